"""The tables, the same on SQLite and PostgreSQL.

What must never be false is a constraint here, not only a check in the program: one number a message,
one conversation a customer and channel, one open handoff a conversation, an agent exactly when an
agent owns the conversation.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TextClause,
    TypeDecorator,
    UniqueConstraint,
    text,
)

VERSION = 1
"""Grows with every change of the tables; `Database.create` compares it with the database's own."""


def storable(value: str) -> str:
    """The text as both databases can keep it: without NUL, lone surrogates replaced.

    PostgreSQL refuses NUL, and a lone surrogate cannot be encoded at all; neither may turn a
    customer's message into an error.
    """
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class Instant(TypeDecorator[datetime]):
    """An aware moment: stored as UTC, returned as UTC. SQLite has no zones, so it keeps the naive UTC time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times, which would silently mean another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be an aware datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Makes what the driver returns an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text that both databases accept; see `storable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Cleans what is written and what is compared."""
        return None if value is None else storable(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# Predicates that an index and the queries which are to use it must spell in the same way.
UNHANDLED = text("conversations.last_customer_seq > conversations.handled_seq AND conversations.owner <> 'agent'")
UNDELIVERED = text("conversations.delivered_seq < conversations.last_seq")
WAITING = text("handoffs.state = 'waiting'")
ACCEPTED = text("handoffs.state = 'accepted'")
OPEN = text("handoffs.state IN ('waiting', 'offered', 'accepted', 'wrap_up')")


def _partial_index(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    # Inside CREATE INDEX a column must not be qualified by its table.
    bare = text(re.sub(r"(conversations|handoffs)\.", "", where.text))
    return Index(name, *columns, unique=unique, sqlite_where=bare, postgresql_where=bare)


schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("username", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("role", Text, nullable=False),
    Column("skills", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("ui_language", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# Kept by username and not by agent, so that a name that nobody has is limited like any other.
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("username", PlainText, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", PlainText, nullable=False),
    Column("external_id", PlainText, nullable=False),
    Column("owner", Text, nullable=False),
    Column("agent_id", Text, ForeignKey("agents.id")),
    Column("language", PlainText, nullable=False),
    Column("locale", PlainText),
    Column("last_seq", Integer, nullable=False),
    Column("last_customer_seq", Integer, nullable=False),
    Column("handled_seq", Integer, nullable=False),
    Column("delivered_seq", Integer, nullable=False),
    Column("context", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("channel", "external_id"),
    CheckConstraint("owner IN ('assistant', 'queue', 'agent')", name="owner"),
    CheckConstraint("(owner = 'agent') = (agent_id IS NOT NULL)", name="agent_owns"),
    # The two searches that run every few seconds touch only the conversations that need something.
    _partial_index("ix_conversations_unhandled", "id", where=UNHANDLED),
    _partial_index("ix_conversations_undelivered", "channel", "updated_at", where=UNDELIVERED),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("client_id", PlainText),
    Column("agent_name", PlainText),
    Column("buttons", JSON, nullable=False),
    Column("meta", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    # NULLs never collide, so only messages with a client_id are held to this.
    UniqueConstraint("conversation_id", "client_id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("message_seq", Integer),
    Column("position", Integer),
    Column("name", PlainText, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "conversation_id", "message_seq"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("skill", PlainText, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("intent", PlainText),
    Column("language", PlainText, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("offered_at", Instant),
    Column("accepted_at", Instant),
    Column("first_reply_at", Instant),
    Column("closed_at", Instant),
    Column("agent_id", Text, ForeignKey("agents.id")),
    Column("disposition", PlainText),
    Column("note", PlainText),
    Column("rating", Integer),
    Column("rating_comment", PlainText),
    CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    CheckConstraint("state NOT IN ('accepted', 'wrap_up') OR agent_id IS NOT NULL", name="agent_has_it"),
    _partial_index("uq_handoffs_open", "conversation_id", where=OPEN, unique=True),
    _partial_index("ix_handoffs_waiting", "skill", "due_at", where=WAITING),
    _partial_index("ix_handoffs_accepted", "agent_id", where=ACCEPTED),
    Index(None, "accepted_at"),
    Index(None, "closed_at"),
)
