"""Rows and records, and the one rule of every change: lock the conversation first.

Each function takes an open transaction. All that happens to a conversation (its messages, its owner,
its handoffs) happens under the lock of its row, so the numbers of its messages are also the order in
which everything was committed. On SQLite the write transaction itself is that lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from handoff import schema
from handoff.database import Tx
from handoff.errors import ConversationMissing, FileMissing
from handoff.records import (
    Attachment,
    Author,
    Button,
    Conversation,
    Draft,
    Handoff,
    HandoffReason,
    HandoffState,
    Message,
    Owner,
)


def new_id() -> str:
    """An id that cannot be guessed: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def conversation_of(row: RowMapping) -> Conversation:
    """The record of a row of ``conversations``."""
    return Conversation(
        id=row["id"],
        channel=row["channel"],
        external_id=row["external_id"],
        owner=Owner(row["owner"]),
        language=row["language"],
        locale=row["locale"],
        last_seq=row["last_seq"],
        handled_seq=row["handled_seq"],
        delivered_seq=row["delivered_seq"],
        agent_id=row["agent_id"],
        context=row["context"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def handoff_of(row: RowMapping) -> Handoff:
    """The record of a row of ``handoffs``."""
    values = {column.name: row[column.name] for column in schema.handoffs.c}
    values["state"] = HandoffState(values["state"])
    values["reason"] = HandoffReason(values["reason"])
    return Handoff(**values)


def attachment_of(row: RowMapping) -> Attachment:
    """The record of a row of ``attachments``."""
    return Attachment(
        id=row["id"],
        conversation_id=row["conversation_id"],
        name=row["name"],
        content_type=row["content_type"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
    )


def _message_of(row: RowMapping, attachments: Sequence[Attachment]) -> Message:
    return Message(
        conversation_id=row["conversation_id"],
        seq=row["seq"],
        author=Author(row["author"]),
        text=row["text"],
        created_at=row["created_at"],
        kind=row["kind"],
        client_id=row["client_id"],
        agent_name=row["agent_name"],
        buttons=tuple(Button(title=button["title"], payload=button["payload"]) for button in row["buttons"]),
        attachments=tuple(attachments),
        meta=row["meta"],
    )


@dataclass
class Locked:
    """A conversation whose row is locked until the transaction ends; `row` follows what was written."""

    tx: Tx
    row: dict[str, Any]

    @property
    def id(self) -> str:
        """The conversation's id."""
        return str(self.row["id"])

    @property
    def owner(self) -> Owner:
        """Who owns it now."""
        return Owner(self.row["owner"])

    async def set(self, **values: Any) -> None:
        """Writes columns of the conversation's row."""
        table = schema.conversations
        await self.tx.execute(update(table).where(table.c.id == self.id).values(**values))
        self.row.update(values)

    async def append(
        self,
        author: Author,
        draft: Draft,
        now: datetime,
        *,
        client_id: str | None = None,
        agent_name: str | None = None,
    ) -> Message:
        """Commits (with the transaction) one message under the next number.

        Raises:
            FileMissing: an attachment is not of this conversation, or was already sent.
        """
        seq = self.row["last_seq"] + 1
        message = Message(
            conversation_id=self.id,
            seq=seq,
            author=author,
            text=schema.storable(draft.text),
            created_at=now,
            kind=draft.kind,
            client_id=client_id,
            agent_name=agent_name,
            buttons=draft.buttons,
            attachments=draft.attachments,
            meta=dict(draft.meta),
        )
        await self.tx.execute(
            insert(schema.messages).values(
                conversation_id=self.id,
                seq=seq,
                author=author,
                kind=message.kind,
                text=message.text,
                client_id=client_id,
                agent_name=agent_name,
                buttons=[{"title": button.title, "payload": button.payload} for button in draft.buttons],
                meta=message.meta,
                created_at=now,
            )
        )
        await self._attach(draft.attachments, seq)
        changes: dict[str, Any] = {"last_seq": seq, "updated_at": now}
        if author is Author.CUSTOMER:
            changes["last_customer_seq"] = seq
        await self.set(**changes)
        return message

    async def _attach(self, attachments: Sequence[Attachment], seq: int) -> None:
        table = schema.attachments
        for position, attachment in enumerate(attachments):
            result = await self.tx.execute(
                update(table)
                .where(
                    table.c.id == attachment.id,
                    table.c.conversation_id == self.id,
                    table.c.message_seq.is_(None),
                )
                .values(message_seq=seq, position=position)
            )
            if result.rowcount != 1:
                raise FileMissing(f"file {attachment.id} is not one that this conversation may send now")


async def lock(tx: Tx, conversation_id: str) -> Locked:
    """Locks a conversation until the transaction ends, and reads it as it is then.

    Raises:
        ConversationMissing: there is none with this id.
    """
    table = schema.conversations
    result = await tx.execute(select(table).where(table.c.id == conversation_id).with_for_update())
    row = result.mappings().first()
    if row is None:
        raise ConversationMissing(f"there is no conversation {conversation_id}")
    return Locked(tx, dict(row))


async def read_messages(tx: Tx, conversation_id: str, *, after: int, limit: int) -> list[Message]:
    """At most `limit` messages with numbers above `after`, in order, with their attachments."""
    table, files = schema.messages, schema.attachments
    rows = (
        (
            await tx.execute(
                select(table)
                .where(table.c.conversation_id == conversation_id, table.c.seq > after)
                .order_by(table.c.seq)
                .limit(limit)
            )
        )
        .mappings()
        .all()
    )
    if not rows:
        return []
    sent = await tx.execute(
        select(files)
        .where(files.c.conversation_id == conversation_id)
        .where(files.c.message_seq.between(rows[0]["seq"], rows[-1]["seq"]))
        .order_by(files.c.message_seq, files.c.position)
    )
    by_seq: dict[int, list[Attachment]] = {}
    for file in sent.mappings():
        by_seq.setdefault(file["message_seq"], []).append(attachment_of(file))
    return [_message_of(row, by_seq.get(row["seq"], ())) for row in rows]


async def find_open_handoff(tx: Tx, conversation_id: str) -> Handoff | None:
    """The conversation's handoff that is not over, if there is one."""
    table = schema.handoffs
    result = await tx.execute(select(table).where(table.c.conversation_id == conversation_id, schema.OPEN))
    row = result.mappings().first()
    return None if row is None else handoff_of(row)


async def set_handoff(tx: Tx, handoff: Handoff, **values: Any) -> Handoff:
    """Writes columns of a handoff (its conversation must be locked) and returns it as it is now."""
    table = schema.handoffs
    await tx.execute(update(table).where(table.c.id == handoff.id).values(**values))
    result = await tx.execute(select(table).where(table.c.id == handoff.id))
    return handoff_of(result.mappings().one())


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`old` with the keys of `new`; a key that `new` maps to None is removed."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}
