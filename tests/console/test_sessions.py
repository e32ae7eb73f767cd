from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from handoff import schema
from handoff.agents import Agents
from handoff.console.sessions import Sessions, console_sessions
from handoff.database import Database
from handoff.records import Agent, Role
from tests.conftest import Clock

HOUR = 3600


@pytest.fixture
async def db(any_database_url: str) -> AsyncIterator[Database]:
    db = Database(any_database_url)
    await db.create()
    yield db
    await db.close()


@pytest.fixture
async def sessions(db: Database, clock: Clock) -> Sessions:
    sessions = Sessions(db, "secret", HOUR, clock)
    await sessions.create_table()
    return sessions


@pytest.fixture
async def agent(db: Database) -> Agent:
    return await Agents(db).create(username="mei", name="Mei", role=Role.AGENT, password="correct horse battery")


async def test_a_token_leads_to_its_agent_until_the_session_ends(sessions: Sessions, agent: Agent) -> None:
    token = await sessions.begin(agent.id)
    session = await sessions.read(token)
    assert session is not None
    assert session.agent == agent
    await sessions.end(session.session_id)
    assert await sessions.read(token) is None
    assert await sessions.look_up(session.session_id) is None


async def test_a_session_expires_and_is_swept_out_by_the_next_one(
    sessions: Sessions, agent: Agent, db: Database, clock: Clock
) -> None:
    token = await sessions.begin(agent.id)
    clock.advance(HOUR - 1)
    assert await sessions.read(token) is not None
    clock.advance(1)
    assert await sessions.read(token) is None
    await sessions.begin(agent.id)
    async with db.read() as tx:
        assert len((await tx.execute(select(console_sessions))).all()) == 1


async def test_the_database_does_not_hold_what_would_let_somebody_in(
    sessions: Sessions, agent: Agent, db: Database
) -> None:
    token = await sessions.begin(agent.id)
    async with db.read() as tx:
        row = (await tx.execute(select(console_sessions))).mappings().one()
    assert token not in str(dict(row))
    assert await sessions.read(row["id"]) is None


async def test_another_secret_signs_everybody_out(sessions: Sessions, agent: Agent, db: Database, clock: Clock) -> None:
    token = await sessions.begin(agent.id)
    assert await Sessions(db, "another secret", HOUR, clock).read(token) is None


async def test_an_inactive_agent_has_no_session(sessions: Sessions, agent: Agent, db: Database) -> None:
    token = await sessions.begin(agent.id)
    async with db.write() as tx:
        await tx.execute(update(schema.agents).values(active=False))
    assert await sessions.read(token) is None


async def test_all_sessions_of_an_agent_end_together_and_no_others(
    sessions: Sessions, agent: Agent, db: Database
) -> None:
    other = await Agents(db).create(username="jo", name="Jo", role=Role.AGENT, password="correct horse battery")
    tokens = [await sessions.begin(agent.id), await sessions.begin(agent.id)]
    kept = await sessions.begin(other.id)
    await sessions.end_all_of(agent.id)
    assert [await sessions.read(token) for token in tokens] == [None, None]
    assert await sessions.read(kept) is not None


async def test_nonsense_in_the_cookie_is_nobody(sessions: Sessions) -> None:
    for token in ("", "x", "\x00", "\ud800", "a" * 5000):
        assert await sessions.read(token) is None


async def test_the_table_may_be_made_twice(sessions: Sessions) -> None:
    await sessions.create_table()
