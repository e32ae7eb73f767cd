"""The connection to Redis, and how little the desk depends on it.

SQL is the record and Redis is speed, so a Redis that is slow or gone may cost a moment, never a
result: every command has a short time limit, and what follows a commit is best effort. The
reconciler repairs later what could not be written.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

_COMMAND_SECONDS = 0.5
_IDLE_CHECK_SECONDS = 15
_log = structlog.get_logger("handoff.redis")

UNREACHABLE = (RedisError, OSError, TimeoutError)
"""What a command raises when Redis is down, slow, starting or out of memory."""


def connect(url: str) -> Redis:
    """A client that answers or fails within half a second a command. It connects at the first command."""
    client: Redis = Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=_COMMAND_SECONDS,
        socket_connect_timeout=_COMMAND_SECONDS,
        # One new try at once: it replaces a pooled connection that a restarted server has closed.
        retry=Retry(NoBackoff(), 1),
        health_check_interval=_IDLE_CHECK_SECONDS,
    )
    return client


@asynccontextmanager
async def best_effort(what: str, seconds: float = _COMMAND_SECONDS) -> AsyncIterator[None]:
    """Runs its block for at most `seconds`, and logs instead of raising when Redis cannot be reached."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except UNREACHABLE as error:
        _log.warning("redis_unreachable", what=what, error=type(error).__name__)
