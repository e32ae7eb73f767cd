"""Whose turn it is: one process works on a conversation at a time, and in that process one task."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

import structlog
from redis.asyncio import Redis

from handoff.redis_link import UNREACHABLE, best_effort

_log = structlog.get_logger("gateway.turns")
#: A lock whose process died is free again after this; a living one renews it three times as often.
_LOCK_SECONDS = 6.0
_POLL_SECONDS = (0.02, 0.25)

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"


class Turns:
    """A lock per conversation over all gateways, in Redis.

    It keeps two gateways from asking Rasa about the same message. It does not have to be perfect: who may
    speak is decided in SQL when a reply is committed. So without Redis a gateway simply goes on.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._release: Any = redis.register_script(_RELEASE)
        self._renew: Any = redis.register_script(_RENEW)

    @contextlib.asynccontextmanager
    async def hold(self, conversation_id: str) -> AsyncIterator[None]:
        """Waits until no other gateway works on the conversation, and keeps them away during the block."""
        key, mark = f"lifeline:turn:{conversation_id}", secrets.token_hex(12)
        if not await self._acquire(key, mark):
            yield
            return
        keeper = asyncio.create_task(self._keep(key, mark), name="turn-lock")
        try:
            yield
        finally:
            keeper.cancel()
            async with best_effort("turn"):
                await self._release(keys=[key], args=[mark])

    async def _acquire(self, key: str, mark: str) -> bool:
        """True with the lock, False when Redis cannot be reached."""
        pause, longest = _POLL_SECONDS
        while True:
            try:
                if await self._redis.set(key, mark, nx=True, px=int(_LOCK_SECONDS * 1000)):
                    return True
            except UNREACHABLE as exc:
                _log.warning("turns_are_local", error=type(exc).__name__)
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)

    async def _keep(self, key: str, mark: str) -> None:
        while True:
            await asyncio.sleep(_LOCK_SECONDS / 3)
            async with best_effort("turn"):
                await self._renew(keys=[key], args=[mark, int(_LOCK_SECONDS * 1000)])
