"""The one way to the SQL database: read transactions, write transactions, and the schema's version.

SQLite lets one connection write at a time. A write transaction therefore begins with BEGIN IMMEDIATE
(it waits for its turn before it has read anything, so it can never fail half-way for having read old
data), and the tasks of one process queue for it in order. PostgreSQL writes side by side; whoever
changes a conversation locks its row first (`handoff.ledger.lock`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, insert, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from handoff import schema
from handoff.errors import SchemaMismatch, StoreUnavailable

Tx = AsyncConnection
"""An open transaction."""

_LOCK_WAIT_SECONDS = 10
_CONNECT_SECONDS = 5
_BEGIN = "lifeline_begin"
# Any number will do that no other program uses on the same PostgreSQL database.
_CREATION_LOCK = 0x11FE11E
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class Database:
    """Transactions on SQLite or PostgreSQL. Connects at the first use; one object a process and event loop.

    Args:
        url: an SQLAlchemy URL; `sqlite:///file` and `postgresql://...` get the drivers used here.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._url: URL = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(self._url) if self._sqlite else _postgresql_engine(self._url)
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self._sqlite else nullcontext()

    async def create(self) -> None:
        """Makes the tables in an empty database, and checks the version of any other.

        Safe in several processes at once.

        Raises:
            SchemaMismatch: the database belongs to a newer or an older release.
            StoreUnavailable: the database did not answer.
        """
        if self._sqlite and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        async with self.write() as tx:
            if not self._sqlite:
                await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATION_LOCK})
            if not await tx.run_sync(_has_tables):
                await tx.run_sync(schema.metadata.create_all)
                await tx.execute(insert(schema.schema_version).values(version=schema.VERSION))
                return
            found = await tx.scalar(select(schema.schema_version.c.version))
        where = self._url.render_as_string(hide_password=True)
        if found is None or found < schema.VERSION:
            raise SchemaMismatch(
                f"{where} has schema version {found}, this program needs {schema.VERSION}: "
                "keep the data with the release that made it, or set LIFELINE_DATABASE_URL to an empty database"
            )
        if found > schema.VERSION:
            raise SchemaMismatch(
                f"{where} has schema version {found}, this program knows {schema.VERSION}: start the newer release"
            )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction that changes something: all of it is committed at the end of the block, or nothing.

        On SQLite it is the only writer while the block runs: keep it short, and never nest it.

        Raises:
            StoreUnavailable: the database did not answer, or another writer did not finish in time.
        """
        async with self._turn, self._begin("BEGIN IMMEDIATE") as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads. On SQLite it sees one snapshot and waits for no writer.

        Raises:
            StoreUnavailable: the database did not answer.
        """
        async with self._begin("BEGIN") as tx:
            yield tx

    @asynccontextmanager
    async def _begin(self, statement: str) -> AsyncIterator[Tx]:
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(**{_BEGIN: statement})
                async with connection.begin():
                    yield connection
        except (OperationalError, InterfaceError, PoolTimeout) as exc:
            # The driver's text may quote parameters, that is, what customers wrote: name the kind only.
            kind = type(getattr(exc, "orig", None) or exc).__name__
            raise StoreUnavailable(f"the database did not do its work ({kind}); try again, see its log") from exc

    async def ping(self) -> None:
        """Asks the database for an answer.

        Raises:
            StoreUnavailable: there is none.
        """
        async with self.read() as tx:
            await tx.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Closes all connections."""
        await self._engine.dispose()


def insert_if_absent(tx: Tx, table: Table, *unique: str) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that does nothing when a row with the same `unique` columns is there, or is just being added."""
    insertion = sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)
    return insertion.on_conflict_do_nothing(index_elements=unique)


def _has_tables(connection: Connection) -> bool:
    return inspect(connection).has_table(schema.schema_version.name)


def _sqlite_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by its own rules (SQLAlchemy's documentation of SQLite,
        # "Using SQLAlchemy to emit BEGIN"); `begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={_LOCK_WAIT_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",  # a committed message survives a power cut
            "foreign_keys=ON",
            "secure_delete=ON",  # a text that was replaced for the secret in it leaves no trace in the file
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _postgresql_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=10,
        pool_timeout=_LOCK_WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "options": f"-c lock_timeout={_LOCK_WAIT_SECONDS}s -c timezone=UTC",
        },
    )
