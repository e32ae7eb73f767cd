"""Repairs the waiting line in Redis from SQL, at start and for ever after."""

from __future__ import annotations

import asyncio

import structlog
from redis.asyncio import Redis

from handoff import waiting
from handoff.database import Database
from handoff.errors import StoreUnavailable
from handoff.queue import Queue
from handoff.redis_link import UNREACHABLE
from handoff.settings import DeskSettings
from handoff.wakeups import QUEUE, Wakeups

_log = structlog.get_logger("handoff.reconciler")


class Reconciler:
    """Makes the line say what SQL says. Any number of processes may run one.

    Between reading SQL and writing Redis a handoff can be claimed, so the line may name it once more
    until the next round; SQL still refuses to give it to a second agent.
    """

    def __init__(self, db: Database, redis: Redis, settings: DeskSettings, *, wakeups: Wakeups | None = None) -> None:
        self._db = db
        self._queue = Queue(redis)
        self._every_seconds = settings.reconcile_seconds
        self._wakeups = wakeups or Wakeups(redis)

    async def rebuild(self) -> int:
        """Compares once; returns how many entries were wrong, and wakes the queue's listeners if any.

        Raises:
            StoreUnavailable: SQL did not answer.
            redis.RedisError: Redis did not answer.
        """
        async with self._db.read() as tx:
            line = await waiting.line(tx)
        wrong = await self._queue.replace(line)
        if wrong:
            _log.info("line_repaired", entries=wrong)
            await self._wakeups.publish(QUEUE)
        return wrong

    async def run(self) -> None:
        """Compares at once and then every ``reconcile_seconds``, until it is cancelled.

        A database or a Redis that does not answer is logged and tried again.
        """
        while True:
            try:
                await self.rebuild()
            except (StoreUnavailable, *UNREACHABLE) as error:
                _log.warning("line_not_compared", error=type(error).__name__)
            await asyncio.sleep(self._every_seconds)
