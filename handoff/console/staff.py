"""What an administrator does to the accounts of agents, with everything that follows from it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from handoff import schema
from handoff.agents import Agents
from handoff.console.sessions import Sessions
from handoff.database import Database
from handoff.desk import Desk
from handoff.errors import AgentMissing, HandoffError
from handoff.records import Agent, Role
from handoff.wakeups import Wakeups

AGENTS = "agents"
"""The topic of everything that changes an agent or ends a session: pages check then whether they may go on."""


class LastAdministrator(HandoffError):
    """There must be an active administrator, or nobody could make one."""

    code = "last_administrator"


@dataclass(frozen=True)
class Profile:
    """What an administrator sets for a person."""

    name: str
    role: Role
    skills: Sequence[str]
    languages: Sequence[str]
    ui_language: str


class Staff:
    """Changes to agents. Open pages of the agent notice at once.

    Args:
        db: the database.
        agents: accounts and passwords.
        desk: takes back the conversations of whoever leaves.
        sessions: the console's sessions.
        wakeups: tells the open pages.
    """

    def __init__(self, db: Database, agents: Agents, desk: Desk, sessions: Sessions, wakeups: Wakeups) -> None:
        self._db = db
        self._agents = agents
        self._desk = desk
        self._sessions = sessions
        self._wakeups = wakeups

    async def create(self, username: str, profile: Profile) -> tuple[Agent, str]:
        """Adds a person and returns the one-time password, which is shown once and kept nowhere.

        Raises:
            UsernameTaken: somebody else has the username.
        """
        agent = await self._agents.create(
            username=username,
            name=profile.name,
            role=profile.role,
            password=secrets.token_urlsafe(24),
            skills=profile.skills,
            languages=profile.languages,
            ui_language=profile.ui_language,
        )
        password = await self._agents.reset_password(agent.id)
        await self._wakeups.publish(AGENTS)
        return agent, password

    async def change(self, agent_id: str, profile: Profile) -> None:
        """Sets a person's profile.

        Raises:
            LastAdministrator: the only active administrator would be none any more.
            AgentMissing: no such agent.
        """
        await self._write(
            agent_id,
            name=profile.name,
            role=profile.role,
            skills=[*profile.skills],
            languages=[*profile.languages],
            ui_language=profile.ui_language,
        )

    async def set_ui_language(self, agent_id: str, language: str) -> None:
        """Sets the language in which a person sees the console."""
        await self._write(agent_id, ui_language=language)

    async def reset_password(self, agent_id: str) -> str:
        """Signs the person out everywhere and returns a one-time password.

        Raises:
            AgentMissing: no such agent.
        """
        password = await self._agents.reset_password(agent_id)
        await self._sessions.end_all_of(agent_id)
        await self._wakeups.publish(AGENTS)
        return password

    async def activate(self, agent_id: str) -> None:
        """Lets a person sign in again."""
        await self._write(agent_id, active=True)

    async def deactivate(self, agent_id: str) -> int:
        """Shuts a person out at once; the conversations they have go back to the line. Returns how many.

        Raises:
            LastAdministrator: the only active administrator.
            AgentMissing: no such agent.
        """
        await self._write(agent_id, active=False)
        await self._sessions.end_all_of(agent_id)
        agent = await self._agents.get(agent_id)
        left = await self._desk.mine(agent)
        for handoff in left:
            await self._desk.release(handoff.id, agent)
        return len(left)

    async def _write(self, agent_id: str, **values: object) -> None:
        table = schema.agents
        admins = table.c.active.is_(True) & (table.c.role == Role.ADMIN)
        async with self._db.write() as tx:
            # All administrators are locked, so that two cannot remove each other at the same moment.
            before = set((await tx.scalars(select(table.c.id).where(admins).with_for_update())).all())
            result = await tx.execute(update(table).where(table.c.id == agent_id).values(**values))
            if result.rowcount != 1:
                raise AgentMissing(f"there is no agent {agent_id}")
            if before and not await tx.scalar(select(func.count()).select_from(table).where(admins)):
                raise LastAdministrator("the last active administrator cannot be removed")
        await self._wakeups.publish(AGENTS)
