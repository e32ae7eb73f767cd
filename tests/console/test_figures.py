from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handoff import redis_link
from handoff.agents import Agents
from handoff.console import figures
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk, HandoffRequest
from handoff.records import Agent, Draft, Handoff, HandoffReason, Role
from handoff.settings import DeskSettings
from tests.conftest import Clock


class Day:
    """A desk whose clock the test moves."""

    def __init__(self, db: Database, desk: Desk, conversations: Conversations, clock: Clock) -> None:
        self.db, self.desk, self.conversations, self.clock = db, desk, conversations, clock
        self.began_at = datetime(2026, 11, 22, tzinfo=clock().tzinfo)
        self._customers = 0

    async def request(self, skill: str = "kyc", priority: int = 2) -> Handoff:
        self._customers += 1
        conversation = await self.conversations.open("web", str(self._customers), locale=None, language="en")
        wish = HandoffRequest(HandoffReason.REQUESTED, skill, priority, None, "en", {})
        return await self.desk.request_handoff(conversation.id, wish, lambda _: [])

    async def answered(self, agent: Agent, after_seconds: float) -> Handoff:
        handoff = await self.request()
        self.clock.advance(after_seconds)
        await self.desk.claim(handoff.id, agent)
        await self.desk.reply(handoff.conversation_id, agent, Draft("hello"))
        return handoff

    async def read(self, *online: str) -> figures.Figures:
        return await figures.read(self.db, online, self.clock(), self.began_at)


@pytest.fixture
async def day(any_database_url: str, redis_url: str, clock: Clock, tmp_path: Path) -> AsyncIterator[Day]:
    settings = DeskSettings(data_dir=tmp_path, database_url=any_database_url, redis_url=redis_url)
    db, redis = Database(any_database_url), redis_link.connect(redis_url)
    await db.create()
    conversations = Conversations(db, clock)
    yield Day(db, Desk(db, redis, conversations, settings, clock), conversations, clock)
    await redis.aclose()
    await db.close()


async def agent(day: Day, username: str) -> Agent:
    agents = Agents(day.db, day.clock)
    return await agents.create(username=username, name=username, role=Role.AGENT, password="correct horse battery")


async def test_an_empty_desk_has_no_medians_and_no_share(day: Day) -> None:
    read = await day.read()
    assert (read.waiting, read.critical, read.overdue, read.handled_today, read.online) == (0, 0, 0, 0, 0)
    assert (read.oldest_at, read.first_reply_seconds, read.in_time, read.satisfaction) == (None, None, None, None)
    assert (read.skills, read.agents) == ((), ())


async def test_the_line_is_counted_by_skill_with_its_oldest_and_its_late_ones(day: Day) -> None:
    first = await day.request("kyc")
    day.clock.advance(700)
    await day.request("kyc")
    await day.request("account_security", priority=0)
    day.clock.advance(300)
    read = await day.read()
    assert (read.waiting, read.critical, read.overdue, read.oldest_at) == (3, 1, 2, first.requested_at)
    assert [(line.skill, line.waiting, line.critical, line.overdue) for line in read.skills] == [
        ("account_security", 1, 1, 1),
        ("kyc", 2, 0, 1),
    ]


async def test_todays_work_is_told_of_the_whole_desk_and_of_each_agent(day: Day) -> None:
    mei, jo = await agent(day, "mei"), await agent(day, "jo")
    done = [await day.answered(mei, 30), await day.answered(mei, 1000), await day.answered(jo, 60)]
    for handoff, rating in zip(done[:2], (5, 2), strict=True):
        await day.desk.close(handoff.id, mei, "resolved")
        await day.desk.rate(handoff.conversation_id, rating)
    read = await day.read(mei.id)
    assert (read.in_progress, read.online, read.handled_today, read.ratings) == (1, 1, 2, 2)
    assert (read.first_reply_seconds, read.satisfaction) == (60, 3.5)
    assert read.in_time == pytest.approx(2 / 3)
    assert [(person.name, person.online, person.in_progress, person.handled_today) for person in read.agents] == [
        ("jo", False, 1, 0),
        ("mei", True, 0, 2),
    ]
    assert [person.first_reply_seconds for person in read.agents] == [60, 515]


async def test_what_was_done_yesterday_is_not_todays_and_what_is_still_open_is(day: Day) -> None:
    mei = await agent(day, "mei")
    yesterday = await day.answered(mei, 10)
    await day.desk.close(yesterday.id, mei, "resolved")
    open_since_yesterday = await day.request()
    left = await day.request()
    day.clock.advance(timedelta(hours=20).total_seconds())
    day.began_at += timedelta(days=1)
    await day.desk.abandon(left.conversation_id)
    read = await day.read()
    assert (read.waiting, read.handled_today, read.abandoned_today) == (1, 0, 1)
    assert (read.first_reply_seconds, read.oldest_at) == (None, open_since_yesterday.requested_at)
