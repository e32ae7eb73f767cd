"""A desk on a real database and a real Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from redis.asyncio import Redis

from handoff import redis_link
from handoff.agents import Agents
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk, HandoffRequest
from handoff.presence import Presence
from handoff.records import Agent, Conversation, Draft, Handoff, HandoffReason, Role, Wait
from handoff.settings import DeskSettings
from handoff.wakeups import Wakeups
from tests.conftest import Clock

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Passwords of tests need no protection, and the machine's cores are shared."""
PASSWORD = "correct horse battery"


@dataclass
class Office:
    """Everything of one process: the database, Redis, the desk, and shorthands for what tests say often."""

    db: Database
    redis: Redis
    settings: DeskSettings
    clock: Clock
    wakeups: Wakeups
    conversations: Conversations
    desk: Desk
    presence: Presence
    agents: Agents

    @classmethod
    def build(cls, database_url: str, redis_url: str, folder: Path, clock: Clock) -> Office:
        settings = DeskSettings(_env_file=None, data_dir=folder, database_url=database_url, redis_url=redis_url)
        db = Database(settings.database_url)
        redis = redis_link.connect(redis_url)
        wakeups = Wakeups(redis)
        conversations = Conversations(db, clock, wakeups=wakeups)
        desk = Desk(db, redis, conversations, settings, clock)
        presence = Presence(redis, settings.heartbeat_seconds, clock)
        return cls(db, redis, settings, clock, wakeups, conversations, desk, presence, Agents(db, clock, hasher=CHEAP))

    async def close(self) -> None:
        await self.wakeups.close()
        await self.redis.aclose()
        await self.db.close()

    async def customer(self, name: str = "ann", language: str = "en") -> Conversation:
        return await self.conversations.open("web", name, locale=None, language=language)

    async def agent(self, username: str = "mei", skills: Sequence[str] = ("general", "trading")) -> Agent:
        return await self.agents.create(
            username=username, name=username.title(), role=Role.AGENT, password=PASSWORD, skills=skills
        )

    async def ask(self, conversation: Conversation, **changes: object) -> Handoff:
        return await self.desk.request_handoff(conversation.id, request(**changes), lambda _wait: [])

    async def said(self, conversation: Conversation) -> list[str]:
        return [message.text for message in await self.conversations.messages(conversation.id)]


def request(**changes: object) -> HandoffRequest:
    values: dict[str, object] = {
        "reason": HandoffReason.REQUESTED,
        "skill": "general",
        "priority": 2,
        "intent": "human_request",
        "language": "en",
        "summary": {},
    }
    return HandoffRequest(**{**values, **changes})  # type: ignore[arg-type]


def tells(*lines: str) -> object:
    """Replies that mention the customer's place."""
    return lambda wait: [Draft(line.format(position=wait.position)) for line in lines]


def no_reply(_wait: Wait) -> list[Draft]:
    return []


@pytest.fixture
async def office(any_database_url: str, redis_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Office]:
    """A desk on both databases, one after the other."""
    office = Office.build(any_database_url, redis_url, tmp_path, clock)
    await office.db.create()
    yield office
    await office.close()
