"""Who is typing: marks in Redis that go away by themselves. Best effort, as the gateway's are."""

from __future__ import annotations

from redis.asyncio import Redis

from handoff.records import Author
from handoff.redis_link import best_effort
from handoff.wakeups import Wakeups, conversation_topic

TYPING_SECONDS = 6.0
"""A mark lasts this long; whoever goes on typing sets it again. The gateway's lasts as long."""


def _key(conversation_id: str, author: Author) -> str:
    # The gateway sets and reads the same keys (bot/gateway/typing.py).
    return f"lifeline:typing:{conversation_id}:{author.value}"


async def begin(redis: Redis, wakeups: Wakeups, conversation_id: str) -> None:
    """Shows the customer that the agent is typing."""
    news = False
    async with best_effort("typing"):
        key = _key(conversation_id, Author.AGENT)
        news = await redis.set(key, "1", px=int(TYPING_SECONDS * 1000), get=True) is None
    if news:
        await wakeups.publish(conversation_topic(conversation_id))


async def end(redis: Redis, conversation_id: str) -> None:
    """The agent has sent what was typed."""
    async with best_effort("typing"):
        await redis.delete(_key(conversation_id, Author.AGENT))


async def customer_is_typing(redis: Redis, conversation_id: str) -> bool:
    """Whether the customer has typed within the last seconds."""
    found = 0
    async with best_effort("typing"):
        found = await redis.exists(_key(conversation_id, Author.CUSTOMER))
    return bool(found)
