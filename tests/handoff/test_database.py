from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from handoff import ledger, schema
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.errors import SchemaMismatch, StoreUnavailable
from handoff.records import Draft

ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import asyncio, sys
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.records import Draft

async def main(url, name, count):
    db = Database(url)
    await db.create()
    conversations = Conversations(db)
    conversation = await conversations.open("web", "shared", locale=None, language="en")
    await asyncio.gather(*(
        conversations.add_customer_message(conversation.id, Draft(f"{name}-{i}"), client_id=f"{name}-{i}")
        for i in range(count)
    ))
    await db.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
async def db(any_database_url: str) -> AsyncIterator[Database]:
    database = Database(any_database_url)
    await database.create()
    yield database
    await database.close()


async def test_creating_again_changes_nothing(db: Database) -> None:
    conversation = await Conversations(db).open("web", "ann", locale=None, language="en")
    await db.create()
    assert (await Conversations(db).get(conversation.id)).external_id == "ann"


@pytest.mark.parametrize(("version", "advice"), [(0, "the release that made it"), (99, "start the newer release")])
async def test_a_database_of_another_release_is_refused_with_advice(db: Database, version: int, advice: str) -> None:
    async with db.write() as tx:
        await tx.execute(update(schema.schema_version).values(version=version))
    with pytest.raises(SchemaMismatch, match=advice):
        await db.create()


async def test_an_exception_in_a_write_leaves_nothing_behind(db: Database) -> None:
    async def fail_half_way() -> None:
        async with db.write() as tx:
            await tx.execute(schema.schema_version.insert().values(version=77))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail_half_way()
    async with db.read() as tx:
        assert (await tx.execute(select(schema.schema_version.c.version))).scalars().all() == [schema.VERSION]


async def test_moments_come_back_aware_and_equal_whatever_zone_they_had(db: Database) -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 22, 7, 30, 0, 123456, tzinfo=shanghai)
    conversation = await Conversations(db, lambda: at).open("web", "ann", locale=None, language="en")
    assert conversation.created_at == at
    assert conversation.created_at.tzinfo is UTC


async def test_a_naive_moment_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="aware"):
        await Conversations(db, lambda: datetime(2026, 1, 1)).open("web", "ann", locale=None, language="en")  # noqa: DTZ001


async def test_text_that_a_database_cannot_hold_is_cleaned_and_not_refused(db: Database) -> None:
    conversations = Conversations(db)
    conversation = await conversations.open("web", "a\x00nn", locale=None, language="en")
    sent, _ = await conversations.add_customer_message(
        conversation.id, Draft("a\x00b \ud800 你好 🙂", meta={"raw": "\x00"}), client_id="1\x00"
    )
    assert sent.text == "ab ? 你好 🙂"
    [kept] = await conversations.messages(conversation.id)
    assert kept.text == sent.text


async def test_a_database_that_cannot_be_reached_is_a_clear_error(tmp_path: Path) -> None:
    folder = Database(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreUnavailable):
        await folder.ping()
    await folder.close()
    unreachable = Database("postgresql+psycopg://lifeline@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable, match="OperationalError"):
        await unreachable.ping()
    await unreachable.close()


async def test_sqlite_keeps_a_log_syncs_every_commit_and_checks_references(database_url: str) -> None:
    db = Database(database_url)
    async with db.read() as tx:
        found = {
            name: await tx.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await db.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_sqlite_reader_does_not_wait_for_a_writer_and_sees_no_half_change(database_url: str) -> None:
    db = Database(database_url)
    await db.create()
    async with db.write() as tx:
        await tx.execute(update(schema.schema_version).values(version=5))
        async with asyncio.timeout(2), db.read() as other:
            assert await other.scalar(select(schema.schema_version.c.version)) == schema.VERSION
    await db.close()


async def test_the_searches_of_every_few_seconds_use_their_indexes(database_url: str) -> None:
    db = Database(database_url)
    await db.create()
    conversations, handoffs = schema.conversations, schema.handoffs
    queries = {
        "ix_conversations_unhandled": select(conversations.c.id).where(schema.UNHANDLED),
        "ix_conversations_undelivered": select(conversations).where(schema.UNDELIVERED, conversations.c.channel == "x"),
        "ix_handoffs_waiting": select(handoffs).where(schema.WAITING),
        "uq_handoffs_open": select(handoffs).where(schema.OPEN, handoffs.c.conversation_id == "x"),
    }
    async with db.read() as tx:
        for index, query in queries.items():
            statement = query.compile(tx.sync_connection, compile_kwargs={"literal_binds": True})
            plan = (await tx.execute(text(f"EXPLAIN QUERY PLAN {statement}"))).all()
            assert index in str(plan), (index, plan)
    await db.close()


async def test_processes_that_start_together_make_one_database_and_number_messages_without_gaps(
    any_database_url: str,
) -> None:
    names, count = ("a", "b", "c"), 12
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, any_database_url, name, str(count), cwd=ROOT)
        for name in names
    ]
    async with asyncio.timeout(120):
        assert [await process.wait() for process in processes] == [0] * len(names)
    db = Database(any_database_url)
    conversations = Conversations(db)
    conversation = await conversations.find("web", "shared")
    assert conversation is not None
    messages = await conversations.messages(conversation.id, limit=1000)
    await db.close()
    assert [message.seq for message in messages] == list(range(1, len(names) * count + 1))
    assert {message.text for message in messages} == {f"{name}-{i}" for name in names for i in range(count)}


async def test_a_write_that_is_cancelled_while_it_waits_leaves_no_lock_behind(any_database_url: str) -> None:
    first, second = Database(any_database_url), Database(any_database_url)
    await first.create()
    conversation = await Conversations(first).open("web", "ann", locale=None, language="en")
    async with first.write() as tx:
        await ledger.lock(tx, conversation.id)
        waiting = asyncio.create_task(Conversations(second).say_as_system(conversation.id, Draft("cancelled")))
        done, _pending = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        waiting.cancel()
        # On SQLite the driver's thread goes on waiting for the lock; the connection is cleaned up after it.
        await asyncio.wait([waiting], timeout=0.1)
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    async with asyncio.timeout(8):
        await Conversations(second).say_as_system(conversation.id, Draft("after"))
        await Conversations(first).say_as_system(conversation.id, Draft("and again"))
    messages = await Conversations(first).messages(conversation.id)
    assert [message.text for message in messages] == ["after", "and again"]
    await first.close()
    await second.close()
