"""Who is typing: a mark in Redis that goes away by itself, and a wake-up for whoever watches.

Best effort: without Redis nobody is seen typing, and nothing else changes.
"""

from __future__ import annotations

import time

from redis.asyncio import Redis

from handoff.records import Author
from handoff.redis_link import best_effort
from handoff.wakeups import Wakeups, conversation_topic

#: A mark lasts this long; whoever goes on typing sets it again.
TYPING_SECONDS = 6.0
#: After a failure Redis is left alone for so long.
_REDIS_PAUSE_SECONDS = 2.0
_AUTHORS = (Author.ASSISTANT, Author.AGENT, Author.CUSTOMER)


def typing_key(conversation_id: str, author: Author) -> str:
    """The mark's key; the console sets and reads the same ones."""
    return f"lifeline:typing:{conversation_id}:{author.value}"


class Typing:
    """Sets, clears and reads the marks of a conversation."""

    def __init__(self, redis: Redis, wakeups: Wakeups) -> None:
        self._redis = redis
        self._wakeups = wakeups
        self._redis_after = 0.0

    async def begin(self, conversation_id: str, author: Author) -> None:
        """Marks ``author`` as typing; wakes the watchers when that is news."""
        key, news = typing_key(conversation_id, author), False
        async with best_effort("typing"):
            news = await self._redis.set(key, "1", px=int(TYPING_SECONDS * 1000), get=True) is None
        if news:
            await self._wakeups.publish(conversation_topic(conversation_id))

    async def end(self, conversation_id: str, author: Author) -> None:
        """Clears the mark. Whoever stops typing has just said something, so watchers wake anyway."""
        async with best_effort("typing"):
            await self._redis.delete(typing_key(conversation_id, author))

    async def now(self, conversation_id: str) -> frozenset[Author]:
        """Who is typing in this conversation."""
        marks: list[bytes | str | None] = []
        if time.monotonic() < self._redis_after:
            return frozenset()
        async with best_effort("typing"):
            marks = await self._redis.mget([typing_key(conversation_id, author) for author in _AUTHORS])
        if not marks:  # no message waits for a Redis that does not answer
            self._redis_after = time.monotonic() + _REDIS_PAUSE_SECONDS
        return frozenset(author for author, mark in zip(_AUTHORS, marks, strict=False) if mark is not None)
