"""The people who sign in to the console, and their passwords."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from handoff import schema, taxonomy
from handoff.clock import Clock, utc_now
from handoff.database import Database, Tx, insert_if_absent
from handoff.errors import AgentMissing, TooManyAttempts, UsernameTaken, WeakPassword, WrongCredentials
from handoff.ledger import new_id
from handoff.records import Agent, Role

_FIRST_ADMIN = "admin"
_SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 256  # hashing must not be a way to keep the processor busy
_LONGEST_USERNAME = 64
_ATTEMPTS = 5
_ATTEMPTS_WINDOW = timedelta(minutes=15)
# No l, o, 0 or 1: the one-time password is read from a terminal and typed.
_READABLE = "abcdefghijkmnpqrstuvwxyz23456789"


class Agents:
    """Accounts of agents, supervisors and administrators. Passwords are kept as argon2id hashes only.

    Args:
        db: the database.
        clock: gives the time of what is written and of the attempt limit.
        hasher: argon2 and its costs; hashes with other costs are renewed at the next sign-in.
    """

    def __init__(self, db: Database, clock: Clock = utc_now, *, hasher: PasswordHasher | None = None) -> None:
        self._db = db
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._nobodys_hash: str | None = None

    async def create(
        self,
        *,
        username: str,
        name: str,
        role: Role,
        password: str,
        skills: Sequence[str] = (),
        languages: Sequence[str] = (),
        ui_language: str = "zh-Hans",
        must_change_password: bool = True,
    ) -> Agent:
        """Adds a person. Usernames are compared without regard to case and width.

        Raises:
            UsernameTaken: somebody else has it.
            WeakPassword: shorter than ten characters, or the username.
        """
        username = _canonical(username)
        _require_strong(password, username)
        agent = Agent(
            id=new_id(),
            username=username,
            name=name,
            role=role,
            skills=tuple(skills),
            languages=tuple(languages),
            ui_language=ui_language,
            active=True,
            must_change_password=must_change_password,
            created_at=self._clock(),
        )
        password_hash = await self._hash(password)
        try:
            async with self._db.write() as tx:
                await _insert(tx, agent, password_hash)
        except IntegrityError as exc:
            raise UsernameTaken(f"there is already an agent {username!r}") from exc
        return agent

    async def verify(self, username: str, password: str) -> Agent:
        """The active agent with these credentials.

        A username that nobody has costs as much time as a wrong password. Every attempt is counted before
        the password is compared, so that attempts in parallel do not get round the limit of five in
        fifteen minutes; a success forgets them.

        Raises:
            WrongCredentials: unknown username, wrong password or inactive agent.
            TooManyAttempts: try again after ``retry_after_seconds``.
        """
        username = _canonical(username)
        await self._count_attempt(username)
        table = schema.agents
        async with self._db.read() as tx:
            row = (await tx.execute(select(table).where(table.c.username == username))).mappings().first()
        if self._nobodys_hash is None:
            self._nobodys_hash = await self._hash(secrets.token_hex())
        known_hash = self._nobodys_hash if row is None else row["password_hash"]
        right = await self._matches(known_hash, password)
        if row is None or not right or not row["active"]:
            raise WrongCredentials("wrong username or password")
        new_hash = await self._hash(password) if self._hasher.check_needs_rehash(known_hash) else None
        async with self._db.write() as tx:
            await tx.execute(delete(schema.sign_in_attempts).where(schema.sign_in_attempts.c.username == username))
            if new_hash is not None:
                await tx.execute(
                    update(table)
                    .where(table.c.id == row["id"], table.c.password_hash == known_hash)
                    .values(password_hash=new_hash)
                )
        return agent_of(row)

    async def change_password(self, agent_id: str, current: str, new: str) -> Agent:
        """Replaces the agent's own password; ``must_change_password`` is then false.

        Raises:
            WrongCredentials: `current` is not the password.
            TooManyAttempts: too many wrong ones.
            WeakPassword: `new` is shorter than ten characters, the username, or `current`.
            AgentMissing: no such agent.
        """
        agent = await self.verify((await self.get(agent_id)).username, current)
        _require_strong(new, agent.username)
        if new == current:
            raise WeakPassword("the new password must differ from the old one")
        return await self._set_password(agent_id, new, must_change=False)

    async def reset_password(self, agent_id: str) -> str:
        """Gives the agent a one-time password, which is returned and must be changed at the next sign-in.

        Raises:
            AgentMissing: no such agent.
        """
        password = _one_time_password()
        await self._set_password(agent_id, password, must_change=True)
        return password

    async def list(self) -> tuple[Agent, ...]:
        """Everybody, by name."""
        table = schema.agents
        async with self._db.read() as tx:
            rows = await tx.execute(select(table).order_by(table.c.name, table.c.id))
            return tuple(agent_of(row) for row in rows.mappings())

    async def get(self, agent_id: str) -> Agent:
        """The agent with this id.

        Raises:
            AgentMissing: there is none.
        """
        table = schema.agents
        async with self._db.read() as tx:
            row = (await tx.execute(select(table).where(table.c.id == agent_id))).mappings().first()
        if row is None:
            raise AgentMissing(f"there is no agent {agent_id}")
        return agent_of(row)

    async def ensure_first_admin(self) -> str | None:
        """Makes the first administrator in a database without agents; returns the one-time password, once.

        Safe in several processes at once: one of them gets the password. The username is ``admin``.
        """
        async with self._db.read() as tx:
            if await _anybody(tx):
                return None
        password = _one_time_password()
        password_hash = await self._hash(password)
        agent = Agent(
            id=new_id(),
            username=_FIRST_ADMIN,
            name="Admin",
            role=Role.ADMIN,
            skills=taxonomy.skills(),
            languages=taxonomy.languages(),
            ui_language="zh-Hans",
            active=True,
            must_change_password=True,
            created_at=self._clock(),
        )
        try:
            async with self._db.write() as tx:
                if await _anybody(tx):
                    return None
                await _insert(tx, agent, password_hash)
        except IntegrityError:  # another process was faster
            return None
        return password

    async def _set_password(self, agent_id: str, password: str, *, must_change: bool) -> Agent:
        password_hash = await self._hash(password)
        table = schema.agents
        async with self._db.write() as tx:
            result = await tx.execute(
                update(table)
                .where(table.c.id == agent_id)
                .values(password_hash=password_hash, must_change_password=must_change)
                .returning(table)
            )
            row = result.mappings().first()
            if row is None:
                raise AgentMissing(f"there is no agent {agent_id}")
            await tx.execute(
                delete(schema.sign_in_attempts).where(schema.sign_in_attempts.c.username == row["username"])
            )
        return agent_of(row)

    async def _count_attempt(self, username: str) -> None:
        table = schema.sign_in_attempts
        now = self._clock()
        async with self._db.write() as tx:
            # Old attempts are forgotten, so that invented usernames do not fill the table.
            await tx.execute(delete(table).where(table.c.last_at <= now - _ATTEMPTS_WINDOW))
            await tx.execute(insert_if_absent(tx, table, "username").values(username=username, attempts=0, last_at=now))
            this = table.c.username == username
            row = (await tx.execute(select(table).where(this).with_for_update())).one()
            if row.attempts >= _ATTEMPTS:
                seconds = (row.last_at + _ATTEMPTS_WINDOW - now).total_seconds()
                raise TooManyAttempts("too many attempts to sign in", max(1, round(seconds)))
            await tx.execute(update(table).where(this).values(attempts=row.attempts + 1, last_at=now))

    async def _hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password.encode("utf-8", "surrogatepass"))

    async def _matches(self, password_hash: str, password: str) -> bool:
        encoded = password[:_LONGEST_PASSWORD].encode("utf-8", "surrogatepass")
        try:
            return await asyncio.to_thread(self._hasher.verify, password_hash, encoded)
        except (VerificationError, InvalidHashError):
            return False


async def _anybody(tx: Tx) -> bool:
    return bool(await tx.scalar(select(func.count()).select_from(schema.agents)))


async def _insert(tx: Tx, agent: Agent, password_hash: str) -> None:
    await tx.execute(
        insert(schema.agents).values(
            id=agent.id,
            username=agent.username,
            name=agent.name,
            role=agent.role,
            skills=[*agent.skills],
            languages=[*agent.languages],
            ui_language=agent.ui_language,
            active=agent.active,
            must_change_password=agent.must_change_password,
            password_hash=password_hash,
            created_at=agent.created_at,
        )
    )


def agent_of(row: RowMapping) -> Agent:
    """The agent in a row that holds all columns of the agents' table, and maybe others."""
    return Agent(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        skills=tuple(row["skills"]),
        languages=tuple(row["languages"]),
        ui_language=row["ui_language"],
        active=row["active"],
        must_change_password=row["must_change_password"],
        created_at=row["created_at"],
    )


def _canonical(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().casefold()[:_LONGEST_USERNAME]


def _require_strong(password: str, username: str) -> None:
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise WeakPassword(f"a password has {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters")
    if password.casefold() == username:
        raise WeakPassword("the password must differ from the username")


def _one_time_password() -> str:
    """Sixteen characters in groups of four: 80 bits."""
    letters = "".join(secrets.choice(_READABLE) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
