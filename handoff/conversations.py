"""Conversations and their messages: what was said, in which order, and what still has to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from handoff import ledger, schema
from handoff.clock import Clock, utc_now
from handoff.database import Database, Tx, insert_if_absent
from handoff.errors import AlreadyAnswered, AssistantMuted, ConversationMissing, MessageMissing
from handoff.records import Author, Conversation, Draft, Message, Owner
from handoff.wakeups import Wakeups, conversation_topic

_BATCH = 500


class Conversations:
    """The record of all conversations. Each method that writes is one transaction.

    Args:
        db: the database.
        clock: gives the time of what is written.
        wakeups: if given, listeners of ``conversation:<id>`` are woken after each committed change.
    """

    def __init__(self, db: Database, clock: Clock = utc_now, *, wakeups: Wakeups | None = None) -> None:
        self._db = db
        self._clock = clock
        self.wakeups = wakeups

    async def open(self, channel: str, external_id: str, *, locale: str | None, language: str) -> Conversation:
        """The customer's conversation on this channel; it is begun if there is none.

        An existing conversation is returned as it is: `locale` and `language` only begin a new one.
        """
        existing = await self.find(channel, external_id)
        if existing is not None:
            return existing
        now = self._clock()
        async with self._db.write() as tx:
            await tx.execute(
                insert_if_absent(tx, schema.conversations, "channel", "external_id").values(
                    id=ledger.new_id(),
                    channel=channel,
                    external_id=external_id,
                    owner=Owner.ASSISTANT,
                    language=language,
                    locale=locale,
                    last_seq=0,
                    last_customer_seq=0,
                    handled_seq=0,
                    delivered_seq=0,
                    context={},
                    created_at=now,
                    updated_at=now,
                )
            )
            found = await _find(tx, channel, external_id)
        if found is None:  # it was there a statement ago, and conversations are never deleted
            raise ConversationMissing(f"the conversation that was just begun on {channel} is gone")
        return found

    async def get(self, conversation_id: str) -> Conversation:
        """The conversation with this id.

        Raises:
            ConversationMissing: there is none.
        """
        table = schema.conversations
        async with self._db.read() as tx:
            row = (await tx.execute(select(table).where(table.c.id == conversation_id))).mappings().first()
        if row is None:
            raise ConversationMissing(f"there is no conversation {conversation_id}")
        return ledger.conversation_of(row)

    async def find(self, channel: str, external_id: str) -> Conversation | None:
        """The conversation that this customer has on this channel, if any."""
        async with self._db.read() as tx:
            return await _find(tx, channel, external_id)

    async def add_customer_message(
        self, conversation_id: str, draft: Draft, *, client_id: str | None
    ) -> tuple[Message, bool]:
        """Commits what the customer wrote; True when it is new.

        The same `client_id` again changes nothing: the first message is returned, with False.

        Raises:
            ConversationMissing: no such conversation.
            FileMissing: an attachment that this conversation may not send (now).
        """
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            if client_id is not None:
                first = await _message_with(tx, conversation_id, client_id)
                if first is not None:
                    return first, False
            message = await conversation.append(Author.CUSTOMER, draft, self._clock(), client_id=client_id)
        await self._woken(conversation_id)
        return message, True

    async def say_as_assistant(
        self, conversation_id: str, drafts: Sequence[Draft], *, answering_seq: int | None
    ) -> list[Message]:
        """Commits the assistant's replies, and that the message `answering_seq` was handled.

        Whether the assistant may speak is decided under the lock of the conversation, so it never speaks
        after an agent has claimed it, and no message is answered twice.

        Raises:
            AssistantMuted: an agent owns the conversation; nothing was written.
            AlreadyAnswered: the message `answering_seq` was handled before; nothing was written.
            ConversationMissing: no such conversation.
        """
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            handled = answering_seq is not None and answering_seq <= conversation.row["handled_seq"]
            if handled and conversation.owner is not Owner.AGENT:
                raise AlreadyAnswered(f"message {answering_seq} of conversation {conversation_id} was answered before")
            messages = await say(conversation, drafts, self._clock(), answering_seq=answering_seq)
        await self._woken(conversation_id)
        return messages

    async def say_as_system(self, conversation_id: str, draft: Draft) -> Message:
        """Commits a notice of the product itself, whoever owns the conversation.

        Raises:
            ConversationMissing: no such conversation.
        """
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            message = await conversation.append(Author.SYSTEM, draft, self._clock())
        await self._woken(conversation_id)
        return message

    async def set_language(self, conversation_id: str, language: str) -> None:
        """Changes the language that the conversation is held in (BCP 47)."""
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            await conversation.set(language=language)

    async def set_context(self, conversation_id: str, mapping: Mapping[str, Any]) -> None:
        """Merges `mapping` into the conversation's context; a key with the value None is removed."""
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            await conversation.set(context=ledger.merged(conversation.row["context"], mapping))

    async def messages(self, conversation_id: str, *, after: int = 0, limit: int = 200) -> list[Message]:
        """At most `limit` messages with numbers above `after`, in order; none of an unknown conversation."""
        async with self._db.read() as tx:
            return await ledger.read_messages(tx, conversation_id, after=after, limit=limit)

    async def unhandled(self, older_than_seconds: float) -> list[tuple[str, int]]:
        """Customer messages that the assistant still has to answer, as (conversation, number), oldest first.

        Only messages that were committed at least `older_than_seconds` ago, and at most 500 at once: what
        a gateway that died left behind.
        """
        latest = self._clock() - timedelta(seconds=older_than_seconds)
        conversations, messages = schema.conversations, schema.messages
        query = (
            select(messages.c.conversation_id, messages.c.seq)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(schema.UNHANDLED)
            .where(messages.c.seq > conversations.c.handled_seq, messages.c.author == Author.CUSTOMER)
            .where(messages.c.created_at <= latest)
            .order_by(messages.c.created_at, messages.c.conversation_id, messages.c.seq)
            .limit(_BATCH)
        )
        async with self._db.read() as tx:
            return [(str(row.conversation_id), int(row.seq)) for row in await tx.execute(query)]

    async def mark_handled(self, conversation_id: str, seq: int) -> None:
        """Notes that the customer's messages up to `seq` need no (further) answer. Never goes backwards."""
        await self._advance("handled_seq", conversation_id, seq)

    async def mark_delivered(self, conversation_id: str, seq: int) -> None:
        """Notes that a push channel has delivered everything up to `seq`. Never goes backwards."""
        await self._advance("delivered_seq", conversation_id, seq)

    async def undelivered(self, channel: str) -> list[Conversation]:
        """Conversations of a push channel with messages above ``delivered_seq``, longest unchanged first."""
        table = schema.conversations
        query = (
            select(table)
            .where(schema.UNDELIVERED, table.c.channel == channel)
            .order_by(table.c.updated_at, table.c.id)
            .limit(_BATCH)
        )
        async with self._db.read() as tx:
            return [ledger.conversation_of(row) for row in (await tx.execute(query)).mappings()]

    async def annotate(self, conversation_id: str, seq: int, meta: Mapping[str, Any]) -> None:
        """Merges what was understood into the ``meta`` of a customer's message, for the agents.

        Raises:
            MessageMissing: the customer wrote no message with this number.
            ConversationMissing: no such conversation.
        """
        table = schema.messages
        this = (table.c.conversation_id == conversation_id, table.c.seq == seq, table.c.author == Author.CUSTOMER)
        async with self._db.write() as tx:
            await ledger.lock(tx, conversation_id)
            row = (await tx.execute(select(table.c.meta).where(*this))).mappings().first()
            if row is None:
                raise MessageMissing(f"conversation {conversation_id} has no customer message {seq}")
            await tx.execute(update(table).where(*this).values(meta=ledger.merged(row["meta"], meta)))
        await self._woken(conversation_id)

    async def replace_texts(self, conversation_id: str, replacements: Mapping[int, str]) -> None:
        """Replaces texts of messages (by number): for a secret that shows itself only with a later message.

        Raises:
            ConversationMissing: no such conversation.
        """
        table = schema.messages
        async with self._db.write() as tx:
            await ledger.lock(tx, conversation_id)
            for seq, replacement in replacements.items():
                await tx.execute(
                    update(table)
                    .where(table.c.conversation_id == conversation_id, table.c.seq == seq)
                    .values(text=replacement)
                )
        await self._woken(conversation_id)

    async def _advance(self, column: str, conversation_id: str, seq: int) -> None:
        table = schema.conversations
        async with self._db.write() as tx:
            await tx.execute(
                update(table)
                .where(table.c.id == conversation_id, table.c[column] < seq, table.c.last_seq >= seq)
                .values({column: seq})
            )

    async def _woken(self, conversation_id: str) -> None:
        if self.wakeups is not None:
            await self.wakeups.publish(conversation_topic(conversation_id))


async def say(
    conversation: ledger.Locked, drafts: Sequence[Draft], now: datetime, *, answering_seq: int | None
) -> list[Message]:
    """Appends the assistant's messages to a locked conversation: the only way for the assistant to speak.

    Raises:
        AssistantMuted: an agent owns the conversation.
    """
    if conversation.owner is Owner.AGENT:
        raise AssistantMuted(f"an agent owns conversation {conversation.id}")
    messages = [await conversation.append(Author.ASSISTANT, draft, now) for draft in drafts]
    if answering_seq is not None and answering_seq > conversation.row["handled_seq"]:
        await conversation.set(handled_seq=min(answering_seq, conversation.row["last_seq"]))
    return messages


async def _find(tx: Tx, channel: str, external_id: str) -> Conversation | None:
    table = schema.conversations
    query = select(table).where(table.c.channel == channel, table.c.external_id == external_id)
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else ledger.conversation_of(row)


async def _message_with(tx: Tx, conversation_id: str, client_id: str) -> Message | None:
    table = schema.messages
    query = select(table.c.seq).where(table.c.conversation_id == conversation_id, table.c.client_id == client_id)
    seq = await tx.scalar(query)
    if seq is None:
        return None
    return (await ledger.read_messages(tx, conversation_id, after=seq - 1, limit=1))[0]
