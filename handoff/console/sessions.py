"""Who is signed in: opaque tokens in a cookie, their keyed digests in SQL.

The database holds only the HMAC of each token under the desk's secret, so reading it does not let anybody
in, and a new secret signs everybody out. Every check reads the agent as well: whoever was deactivated is
out at once, on every console.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select, text

from handoff import schema
from handoff.agents import agent_of
from handoff.clock import Clock, utc_now
from handoff.database import Database
from handoff.records import Agent

TOKEN_BYTES = 32
# Any number will do that nothing else locks on the same PostgreSQL database.
_CREATION_LOCK = 0x11FE_C0

_metadata = MetaData()
# The console's own table: no other part of the desk reads it.
console_sessions = Table(
    "console_sessions",
    _metadata,
    Column("id", Text, primary_key=True),
    Column("agent_id", Text, nullable=False, index=True),
    Column("created_at", schema.Instant, nullable=False),
    Column("expires_at", schema.Instant, nullable=False, index=True),
)


@dataclass(frozen=True)
class SignedIn:
    """A valid session: its id (never the token), the agent as SQL has it now, and its end."""

    session_id: str
    agent: Agent
    expires_at: datetime


class Sessions:
    """The sessions of all consoles on one database.

    Args:
        db: the database.
        secret: the key of the digests (`DeskSettings.secret`).
        lifetime_seconds: how long a session is valid from its beginning.
        clock: gives the time.
    """

    def __init__(self, db: Database, secret: str, lifetime_seconds: int, clock: Clock = utc_now) -> None:
        self._db = db
        self._secret = secret.encode()
        self._lifetime = timedelta(seconds=lifetime_seconds)
        self._clock = clock

    async def create_table(self) -> None:
        """Makes the table when it is not there. Safe in several processes at once."""
        async with self._db.write() as tx:
            if tx.dialect.name == "postgresql":
                await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATION_LOCK})
            await tx.run_sync(_metadata.create_all)

    async def begin(self, agent_id: str) -> str:
        """Begins a session and returns its token, which is kept nowhere. Sweeps out what has expired."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock()
        async with self._db.write() as tx:
            await tx.execute(delete(console_sessions).where(console_sessions.c.expires_at <= now))
            await tx.execute(
                insert(console_sessions).values(
                    id=self._id_of(token), agent_id=agent_id, created_at=now, expires_at=now + self._lifetime
                )
            )
        return token

    async def read(self, token: str) -> SignedIn | None:
        """The session of a cookie's token; None when there is none, it has ended, or the agent is inactive."""
        return await self.look_up(self._id_of(token))

    async def look_up(self, session_id: str) -> SignedIn | None:
        """The session with this id, if it is still valid."""
        agents = schema.agents
        query = (
            select(agents, console_sessions.c.expires_at)
            .join(agents, agents.c.id == console_sessions.c.agent_id)
            .where(console_sessions.c.id == session_id, console_sessions.c.expires_at > self._clock())
            .where(agents.c.active.is_(True))
        )
        async with self._db.read() as tx:
            row = (await tx.execute(query)).mappings().first()
        if row is None:
            return None
        return SignedIn(session_id, agent_of(row), row["expires_at"])

    async def end(self, session_id: str) -> None:
        """Ends one session."""
        async with self._db.write() as tx:
            await tx.execute(delete(console_sessions).where(console_sessions.c.id == session_id))

    async def end_all_of(self, agent_id: str) -> None:
        """Ends every session of an agent: after a new password, and when the agent is deactivated."""
        async with self._db.write() as tx:
            await tx.execute(delete(console_sessions).where(console_sessions.c.agent_id == agent_id))

    def _id_of(self, token: str) -> str:
        return hmac.new(self._secret, token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
