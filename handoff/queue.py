"""The waiting line in Redis: one sorted set a skill, the one who is served first has the lowest score.

The line is a copy of what SQL says, for fast positions, and a place where agents who reach for the
same handoff at the same moment are told apart. It may be lost or lag behind at any time: SQL decides
every claim, and the reconciler writes the line anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from redis.asyncio import Redis

from handoff import taxonomy
from handoff.records import Handoff

_CRITICAL_FIRST_MS = 1e13  # more than any moment in ms until the year 2286, so priority 0 sorts below all deadlines
_RESERVED_MS = 3000  # longer than a claim's transaction takes; when its process died, others wait no longer than this

# KEYS: the reservation, then every line. ARGV: handoff, agent, ms. One agent gets 1, all others get 0.
_RESERVE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
for i = 2, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
return 1
"""

# KEYS: the reservation, the line of the handoff's skill, then every line. ARGV: handoff, score.
_ADD = """
redis.call('DEL', KEYS[1])
for i = 3, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
"""

# KEYS: every line. ARGV: handoff. How many are before it, or nothing.
_RANK = """
for i = 1, #KEYS do
  local rank = redis.call('ZRANK', KEYS[i], ARGV[1])
  if rank then return rank end
end
return false
"""


def score(handoff: Handoff) -> float:
    """The handoff's place: when its first human reply is due (ms), or its arrival (ms - 1e13) at priority 0."""
    if handoff.priority == 0:
        return float(round(handoff.requested_at.timestamp() * 1000)) - _CRITICAL_FIRST_MS
    return float(round(handoff.due_at.timestamp() * 1000))


def line_key(skill: str) -> str:
    """The name of a skill's sorted set."""
    return f"lifeline:queue:{skill}"


def _lines() -> list[str]:
    return [line_key(skill) for skill in taxonomy.skills()]


def _reservation_key(handoff_id: str) -> str:
    return f"lifeline:reserved:{handoff_id}"


class Queue:
    """The waiting line. Every method raises `redis.RedisError` (or OSError) when Redis cannot be reached."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # redis-py sends a script's text again when the server has lost it.
        self._reserve = redis.register_script(_RESERVE)
        self._add = redis.register_script(_ADD)
        self._rank = redis.register_script(_RANK)

    async def add(self, handoff: Handoff) -> None:
        """Puts the handoff in its place in its skill's line, and takes it out of any other place."""
        line = line_key(handoff.skill)
        await self._add(keys=[_reservation_key(handoff.id), line, *_lines()], args=[handoff.id, repr(score(handoff))])

    async def remove(self, handoff_id: str) -> None:
        """Takes a handoff out of the line."""
        pipeline = self._redis.pipeline(transaction=False)
        for line in _lines():
            pipeline.zrem(line, handoff_id)
        await pipeline.execute()

    async def reserve(self, handoff_id: str, agent_id: str) -> bool:
        """Takes the handoff out of the line for one agent; False when another agent is just taking it.

        A reservation ends by itself after three seconds, or when the handoff is added again.
        """
        reserved = await self._reserve(
            keys=[_reservation_key(handoff_id), *_lines()], args=[handoff_id, agent_id, _RESERVED_MS]
        )
        return bool(reserved)

    async def position(self, handoff_id: str) -> int | None:
        """The handoff's place in its skill's line, from 1; None when it is not in a line."""
        rank = await self._rank(keys=_lines(), args=[handoff_id])
        return None if rank is None else int(rank) + 1

    async def depths(self) -> dict[str, int]:
        """How many wait for each skill."""
        skills = taxonomy.skills()
        pipeline = self._redis.pipeline(transaction=False)
        for skill in skills:
            pipeline.zcard(line_key(skill))
        return dict(zip(skills, await pipeline.execute(), strict=True))

    async def replace(self, waiting: Iterable[Handoff]) -> int:
        """Makes the lines hold exactly `waiting`; returns how many entries were added, moved or removed."""
        wanted: dict[str, dict[str, float]] = {skill: {} for skill in taxonomy.skills()}
        for handoff in waiting:
            wanted.setdefault(handoff.skill, {})[handoff.id] = score(handoff)
        reading = self._redis.pipeline(transaction=False)
        for skill in wanted:
            reading.zrange(line_key(skill), 0, -1, withscores=True)
        present = [_scores(entries) for entries in await reading.execute()]
        changes = 0
        writing = self._redis.pipeline(transaction=True)
        for (skill, entries), found in zip(wanted.items(), present, strict=True):
            gone = found.keys() - entries.keys()
            new = {handoff_id: at for handoff_id, at in entries.items() if found.get(handoff_id) != at}
            if gone:
                writing.zrem(line_key(skill), *gone)
            if new:
                writing.zadd(line_key(skill), cast("Mapping[Any, float]", new))
            changes += len(gone) + len(new)
        if changes:
            await writing.execute()
        return changes


def _scores(entries: Iterable[Iterable[Any]]) -> dict[str, float]:
    return {str(member): float(at) for member, at in entries}
