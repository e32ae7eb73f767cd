"""What the desk keeps, as immutable records.

Every record is a frozen dataclass that holds plain values only: the store builds them from rows, the
gateway and the console show them. Instants end in ``_at`` and are aware UTC datetimes.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class Author(enum.StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class Owner(enum.StrEnum):
    """Who answers a conversation now (DESIGN: "One message's way", step 3)."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    AGENT = "agent"


class HandoffState(enum.StrEnum):
    """waiting -> offered -> accepted -> wrap_up -> closed, or abandoned."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class Role(enum.StrEnum):
    """What a person may do in the console."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class HandoffReason(enum.StrEnum):
    """Why the assistant handed a conversation to a person."""

    REQUESTED = "requested"  # the customer asked for a person
    THEFT = "theft"  # account_theft or scam_victim
    UNSURE = "unsure"  # the assistant did not understand twice
    ANSWER_FAILED = "answer_failed"  # the customer said that an answer did not help
    POLICY = "policy"  # the intent always goes to a person (complaint, ticket_status)
    CASE = "case"  # a guided flow filled a case that people have to look at
    ASSISTANT_DOWN = "assistant_down"  # Rasa or the actions server failed


@dataclass(frozen=True)
class Button:
    """A quick reply. ``payload`` goes back verbatim; it begins with ``/`` and is never shown."""

    title: str
    payload: str


@dataclass(frozen=True)
class Attachment:
    """A stored file of one conversation; ``size_bytes`` counts the stored bytes."""

    id: str
    conversation_id: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Message:
    """One committed message. ``seq`` counts from 1 without gaps within its conversation.

    ``kind`` is ``text`` or, for what the product says by itself, the key of the text
    (``handoff_waiting``, ``agent_joined``, ``closed``, ``rating`` ...). ``meta`` holds what agents may see
    besides the text: the understanding of a customer's message, the topic an answer came from.
    """

    conversation_id: str
    seq: int
    author: Author
    text: str
    created_at: datetime
    kind: str = "text"
    client_id: str | None = None
    agent_name: str | None = None
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A message that is about to be committed; the store gives it its number and its time."""

    text: str
    kind: str = "text"
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conversation:
    """One customer on one channel; its id is Rasa's ``sender_id``.

    ``external_id`` is unique within the channel (a session's id on the web, the chat id on Telegram).
    ``locale`` is what the page or Telegram reported (BCP 47), ``language`` what the conversation is held in.
    ``handled_seq`` is the last customer message that was dispatched to the end; a customer message above it
    while the assistant or the queue owns the conversation still has to be dispatched (crash recovery).
    """

    id: str
    channel: str
    external_id: str
    owner: Owner
    language: str
    locale: str | None
    last_seq: int
    handled_seq: int
    delivered_seq: int
    agent_id: str | None
    context: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Handoff:
    """One request for a person, from its request to its closing. ``priority`` is 0 (first) to 3."""

    id: str
    conversation_id: str
    state: HandoffState
    reason: HandoffReason
    skill: str
    priority: int
    intent: str | None
    language: str
    summary: Mapping[str, Any]
    requested_at: datetime
    due_at: datetime
    offered_at: datetime | None = None
    accepted_at: datetime | None = None
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None
    agent_id: str | None = None
    disposition: str | None = None
    note: str | None = None
    rating: int | None = None
    rating_comment: str | None = None


@dataclass(frozen=True)
class Agent:
    """A person who signs in to the console."""

    id: str
    username: str
    name: str
    role: Role
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    ui_language: str
    active: bool
    must_change_password: bool
    created_at: datetime


@dataclass(frozen=True)
class WaitingHandoff:
    """A line of the live queue: the handoff with what an agent needs to choose it."""

    handoff: Handoff
    channel: str
    preview: str
    waiting_seconds: float


@dataclass(frozen=True)
class Wait:
    """Where a customer stands: ``position`` from 1, ``expected_seconds`` None when it cannot be told honestly."""

    position: int
    agents_online: int
    expected_seconds: float | None
