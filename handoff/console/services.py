"""Everything that the console's pages use, made once a process."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from handoff import redis_link
from handoff.agents import Agents
from handoff.attachments import Attachments
from handoff.clock import Clock, utc_now
from handoff.console.board import Board
from handoff.console.knowledge import Knowledge
from handoff.console.sessions import Sessions
from handoff.console.settings import ConsoleSettings
from handoff.console.staff import Staff
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk
from handoff.presence import Presence
from handoff.wakeups import Wakeups

_STOP_SECONDS = 3.0


@dataclass
class Services:
    """The desk as the console sees it.

    Attributes:
        seen: the last message that an agent has had on screen, by agent and conversation.
        pages: how many workspaces each agent has open in this process.
        page_tasks: what the open pages do in the background.
    """

    settings: ConsoleSettings
    clock: Clock
    db: Database
    redis: Redis
    wakeups: Wakeups
    conversations: Conversations
    desk: Desk
    presence: Presence
    agents: Agents
    attachments: Attachments
    sessions: Sessions
    staff: Staff
    board: Board
    knowledge: Knowledge
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    pages: Counter[str] = field(default_factory=Counter)
    page_tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    @classmethod
    def of(cls, settings: ConsoleSettings, clock: Clock = utc_now) -> Services:
        """Builds them; nothing is opened yet.

        Raises:
            SecretMissing: there is no key to sign with.
        """
        db = Database(settings.database_url)
        redis = redis_link.connect(settings.redis_url)
        wakeups = Wakeups(redis)
        conversations = Conversations(db, clock, wakeups=wakeups)
        desk = Desk(db, redis, conversations, settings, clock)
        presence = Presence(redis, settings.heartbeat_seconds, clock)
        agents = Agents(db, clock)
        sessions = Sessions(db, settings.secret(), settings.console_session_seconds, clock)
        return cls(
            settings=settings,
            clock=clock,
            db=db,
            redis=redis,
            wakeups=wakeups,
            conversations=conversations,
            desk=desk,
            presence=presence,
            agents=agents,
            attachments=Attachments(db, settings, clock),
            sessions=sessions,
            staff=Staff(db, agents, desk, sessions, wakeups),
            board=Board(desk, wakeups, settings.console_refresh_seconds),
            knowledge=Knowledge(settings),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Opens the database, keeps the board up to date while the block runs, and closes everything.

        Raises:
            StoreUnavailable: the database does not answer.
            SchemaMismatch: it belongs to another release.
        """
        await self.db.create()
        await self.sessions.create_table()
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self.board.run(), name="board"),
            asyncio.create_task(self.knowledge.load(), name="knowledge"),
        ]
        try:
            yield
        finally:
            tasks += self.page_tasks  # they use what is closed below, and say goodbye in Redis
            for task in tasks:
                task.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    await asyncio.gather(*tasks, return_exceptions=True)
            await self.wakeups.close()
            await self.redis.aclose()
            await self.db.close()
