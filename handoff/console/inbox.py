"""The conversations that an agent has now: the last thing said in each, and what is unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from handoff import schema
from handoff.database import Database
from handoff.records import Author, Handoff, Owner

_LOOK_BACK = 30
_PREVIEW_CHARS = 90


@dataclass(frozen=True)
class Entry:
    """One of my conversations. ``unread`` counts what the customer wrote since I last looked or answered."""

    handoff: Handoff
    preview: str
    unread: int


@dataclass(frozen=True)
class Said:
    """A message of a customer or an agent, as far as the list needs it."""

    conversation_id: str
    seq: int
    author: str
    text: str


async def read(db: Database, handoffs: Sequence[Handoff], seen: Mapping[str, int]) -> list[Entry]:
    """The entries of an agent's handoffs, in their order.

    Args:
        db: the database.
        handoffs: `Desk.mine`.
        seen: the last message of each conversation that the agent had on screen.

    Raises:
        StoreUnavailable: the database did not answer.
    """
    messages, conversations = schema.messages, schema.conversations
    query = (
        select(messages.c.conversation_id, messages.c.seq, messages.c.author, messages.c.text)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(conversations.c.id.in_([handoff.conversation_id for handoff in handoffs]))
        .where(conversations.c.owner == Owner.AGENT, messages.c.seq > conversations.c.last_seq - _LOOK_BACK)
        .where(messages.c.author.in_((Author.CUSTOMER, Author.AGENT)))
        .order_by(messages.c.conversation_id, messages.c.seq)
    )
    said: list[Said] = []
    if handoffs:
        async with db.read() as tx:
            said = [Said(**row) for row in (await tx.execute(query)).mappings()]
    return [entry(handoff, said, seen.get(handoff.conversation_id, 0)) for handoff in handoffs]


def entry(handoff: Handoff, said: Sequence[Said], seen_seq: int) -> Entry:
    """The entry of one handoff; pure."""
    own = [line for line in said if line.conversation_id == handoff.conversation_id]
    answered = max((line.seq for line in own if line.author == Author.AGENT), default=0)
    unread = [line for line in own if line.author == Author.CUSTOMER and line.seq > max(answered, seen_seq)]
    last = " ".join(own[-1].text.split()) if own else ""
    return Entry(handoff, last if len(last) <= _PREVIEW_CHARS else last[: _PREVIEW_CHARS - 1] + "…", len(unread))
