"""What happens in one conversation, as it happens: the long poll and the WebSocket read the same feed.

A wake-up only says that there may be news; the news is read from SQL, after the last number that was seen. So
nothing is missed when a wake-up is lost, and nothing comes twice when there are two.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.gateway.typing import TYPING_SECONDS, Typing
from handoff.conversations import Conversations
from handoff.records import Author, Message, Owner
from handoff.wakeups import Events, Wakeups, conversation_topic

PAGE = 200
#: SQL is read at least so often, should a wake-up be lost in a way that nobody noticed.
_LOOK_SECONDS = 15.0


@dataclass(frozen=True)
class News:
    """The messages after the last one seen, and how the conversation stands now."""

    messages: Sequence[Message]
    owner: Owner
    typing: frozenset[Author]


class Feed:
    """Opens views of conversations."""

    def __init__(self, conversations: Conversations, wakeups: Wakeups, typing: Typing) -> None:
        self._conversations = conversations
        self._wakeups = wakeups
        self._typing = typing

    @asynccontextmanager
    async def watch(self, conversation_id: str, after: int) -> AsyncIterator[View]:
        """A view that begins after message number ``after``. What is committed from now on will be in it."""
        async with self._wakeups.listen(conversation_topic(conversation_id)) as events:
            yield View(self._conversations, self._typing, events, conversation_id, after)


class View:
    """One reader's place in a conversation."""

    def __init__(
        self, conversations: Conversations, typing: Typing, events: Events, conversation_id: str, after: int
    ) -> None:
        self._conversations = conversations
        self._typing = typing
        self._events = events
        self._id = conversation_id
        self._after = after
        self._someone_types = False

    async def read(self) -> News:
        """What is new since the last `read`; at most 200 messages at once.

        Raises:
            ConversationMissing: no such conversation.
        """
        messages = await self._conversations.messages(self._id, after=self._after, limit=PAGE)
        if messages:
            self._after = messages[-1].seq
        owner = (await self._conversations.get(self._id)).owner
        typing = await self._typing.now(self._id) - {Author.CUSTOMER}
        self._someone_types = bool(typing)
        return News(messages, owner, typing)

    async def wait(self, timeout_seconds: float) -> None:
        """Waits for a reason to `read` again, at most ``timeout_seconds``."""
        longest = TYPING_SECONDS if self._someone_types else _LOOK_SECONDS
        await self._events.wait(min(timeout_seconds, longest))
