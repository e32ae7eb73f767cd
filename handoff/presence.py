"""Which agents are online: those whose console sent a heartbeat lately."""

from __future__ import annotations

from datetime import timedelta

from redis.asyncio import Redis

from handoff.clock import Clock, utc_now
from handoff.records import Agent
from handoff.redis_link import best_effort

_KEY = "lifeline:presence"
_MISSED_BEATS = 3


class Presence:
    """Heartbeats in Redis. Best effort: losing them costs one heartbeat's time.

    Args:
        redis: the connection.
        heartbeat_seconds: seconds between two beats; an agent who misses three is away.
        clock: the clocks of all processes must agree within about one heartbeat.
    """

    def __init__(self, redis: Redis, heartbeat_seconds: float = 15, clock: Clock = utc_now) -> None:
        self._redis = redis
        self._lasts = timedelta(seconds=heartbeat_seconds * _MISSED_BEATS)
        self._clock = clock

    async def beat(self, agent: Agent) -> None:
        """Notes that the agent is here now. Call it every ``heartbeat_seconds``."""
        async with best_effort("presence"):
            await self._redis.zadd(_KEY, {agent.id: self._clock().timestamp()})

    async def leave(self, agent: Agent) -> None:
        """Notes that the agent has gone."""
        async with best_effort("presence"):
            await self._redis.zrem(_KEY, agent.id)

    async def online(self) -> list[str]:
        """The ids of the agents who are here; none when Redis cannot be reached."""
        return await self.known() or []

    async def known(self) -> list[str] | None:
        """Like `online`, but None when Redis cannot be reached, so that nothing is known."""
        oldest = (self._clock() - self._lasts).timestamp()
        found: list[str] | None = None
        async with best_effort("presence"):
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.zremrangebyscore(_KEY, "-inf", oldest)
            pipeline.zrange(_KEY, 0, -1)
            found = [str(agent_id) for agent_id in (await pipeline.execute())[1]]
        return found
