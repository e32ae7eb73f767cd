"""Who is served next, and what the customers are told about it."""

from __future__ import annotations

import pytest

from handoff.queue import Queue, score
from handoff.records import Agent, Draft, Wait
from handoff.waiting import Staff, expected_seconds
from tests.handoff.conftest import Office, request


async def _line(office: Office) -> list[str]:
    ids = [waiting.handoff.conversation_id for waiting in await office.desk.waiting()]
    return [(await office.conversations.get(conversation_id)).external_id for conversation_id in ids]


async def test_critical_ones_come_first_in_order_of_arrival_then_the_earliest_deadline(office: Office) -> None:
    for name, priority in [("low", 3), ("normal", 2), ("theft1", 0), ("high", 1), ("theft2", 0), ("normal2", 2)]:
        await office.ask(await office.customer(name), priority=priority)
        office.clock.advance(10)
    assert await _line(office) == ["theft1", "theft2", "high", "normal", "normal2", "low"]


async def test_who_waits_long_enough_is_served_before_a_higher_priority_that_came_later(office: Office) -> None:
    await office.ask(await office.customer("normal"), priority=2)
    office.clock.advance(700)
    await office.ask(await office.customer("high"), priority=1)
    assert await _line(office) == ["normal", "high"]


async def test_redis_orders_a_line_exactly_as_sql_does(office: Office) -> None:
    handoffs = []
    for i in range(20):
        handoffs.append(await office.ask(await office.customer(f"c{i}"), priority=i % 4))
        office.clock.advance(37)
    queue = Queue(office.redis)
    by_sql = [waiting.handoff.id for waiting in await office.desk.waiting()]
    assert [await queue.position(handoff_id) for handoff_id in by_sql] == list(range(1, 21))
    assert sorted(handoffs, key=score) == [await office.desk.get(handoff_id) for handoff_id in by_sql]


async def test_the_live_line_shows_what_an_agent_needs_to_choose(office: Office) -> None:
    ann, bob = await office.customer("ann"), await office.customer("bob")
    await office.conversations.add_customer_message(ann.id, Draft("first"), client_id=None)
    await office.conversations.add_customer_message(ann.id, Draft("我的  账户\n" + "x" * 200), client_id=None)
    await office.conversations.say_as_assistant(ann.id, [Draft("answer")], answering_seq=None)
    await office.ask(ann)
    await office.ask(bob, priority=3)
    office.clock.advance(42)
    shown, silent = await office.desk.waiting()
    assert shown.preview.startswith("我的 账户 xxx")
    assert len(shown.preview) == 120
    assert (shown.channel, shown.waiting_seconds) == ("web", 42.0)
    assert silent.preview == ""


async def test_each_skill_has_its_own_line(office: Office) -> None:
    ann, bob, cid = [await office.customer(name) for name in ("ann", "bob", "cid")]
    await office.ask(ann, skill="trading")
    await office.ask(bob, skill="kyc")
    office.clock.advance(1)
    await office.ask(cid, skill="trading")
    assert [(await office.desk.wait_of(who.id)).position for who in (ann, bob, cid)] == [1, 1, 2]  # type: ignore[union-attr]
    depths = await Queue(office.redis).depths()
    assert (depths["trading"], depths["kyc"], depths["api"]) == (2, 1, 0)


async def test_a_raised_handoff_stands_in_one_line_only(office: Office) -> None:
    ann = await office.customer()
    await office.ask(ann, skill="trading", priority=2)
    await office.ask(ann, skill="account_security", priority=0)
    depths = await Queue(office.redis).depths()
    assert (depths["trading"], depths["account_security"]) == (0, 1)


async def test_claim_next_takes_the_most_urgent_of_the_agents_skills(office: Office) -> None:
    mei = await office.agent("mei", skills=["trading"])
    kai = await office.agent("kai", skills=["kyc"])
    await office.presence.beat(mei)
    await office.presence.beat(kai)
    kyc = await office.ask(await office.customer("k"), skill="kyc", priority=1)
    low = await office.ask(await office.customer("a"), skill="trading", priority=3)
    high = await office.ask(await office.customer("b"), skill="trading", priority=1)
    assert [getattr(await office.desk.claim_next(mei), "id", None) for _ in range(3)] == [high.id, low.id, None]
    assert getattr(await office.desk.claim_next(kai), "id", None) == kyc.id


async def test_a_skill_that_nobody_online_has_falls_through_to_any_agent(office: Office) -> None:
    mei = await office.agent("mei", skills=["trading"])
    kai = await office.agent("kai", skills=["kyc"])
    await office.presence.beat(mei)
    await office.presence.beat(kai)
    kyc = await office.ask(await office.customer("k"), skill="kyc")
    assert await office.desk.claim_next(mei) is None
    await office.presence.leave(kai)
    assert getattr(await office.desk.claim_next(mei), "id", None) == kyc.id


async def test_an_agent_who_died_while_reaching_for_a_handoff_does_not_hold_it(office: Office) -> None:
    mei, bo = await office.agent("mei"), await office.agent("bo")
    handoff = await office.ask(await office.customer())
    assert await Queue(office.redis).reserve(handoff.id, mei.id)
    claimed = await office.desk.claim_next(bo)
    assert claimed is not None
    assert claimed.agent_id == bo.id


async def test_only_one_of_two_agents_gets_a_reservation(office: Office) -> None:
    handoff = await office.ask(await office.customer())
    queue = Queue(office.redis)
    assert [await queue.reserve(handoff.id, agent) for agent in ("a", "b", "a")] == [True, False, True]
    await queue.add(handoff)
    assert await queue.reserve(handoff.id, "b")


# --- the expected wait ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "staff", "pickup", "handling", "expected"),
    [
        pytest.param(1, Staff(0, 0, 0), [30] * 5, [300] * 5, None, id="nobody is online"),
        pytest.param(1, Staff(2, 1, 1), [20, 30, 90], [], 30, id="somebody is free"),
        pytest.param(1, Staff(2, 1, 1), [20, 30], [300] * 5, None, id="too few recent accept times"),
        pytest.param(1, Staff(2, 0, 2), [], [200, 300, 400], 150, id="next when one of two ends"),
        pytest.param(4, Staff(2, 0, 4), [], [300] * 3, 300, id="agents with two conversations each"),
        pytest.param(3, Staff(2, 1, 1), [], [300] * 3, 300, id="one is taken by the free agent first"),
        pytest.param(1, Staff(2, 0, 2), [30] * 5, [300, 300], None, id="too few recent conversations"),
    ],
)
def test_the_expected_wait_is_honest_or_none(
    position: int, staff: Staff, pickup: list[float], handling: list[float], expected: float | None
) -> None:
    assert expected_seconds(position, staff, pickup, handling) == expected


async def _finished(office: Office, agent: Agent, *, pickup: float, handling: float, count: int) -> None:
    for i in range(count):
        handoff = await office.ask(await office.customer(f"before{i}"))
        office.clock.advance(pickup)
        await office.desk.claim(handoff.id, agent)
        office.clock.advance(handling)
        await office.desk.close(handoff.id, agent, "solved")


async def test_the_customer_is_told_the_position_and_a_wait_from_recent_conversations(office: Office) -> None:
    mei = await office.agent("mei")
    await _finished(office, mei, pickup=40, handling=300, count=3)
    await office.presence.beat(mei)
    ann, bob = await office.customer("ann"), await office.customer("bob")
    waits: list[Wait] = []

    def note(wait: Wait) -> list[Draft]:
        waits.append(wait)
        return []

    await office.desk.request_handoff(ann.id, request(), note)
    office.clock.advance(1)
    await office.desk.request_handoff(bob.id, request(), note)
    assert [(w.position, w.agents_online, w.expected_seconds) for w in waits] == [(1, 1, 40), (2, 1, 300)]
    assert await office.desk.wait_of(bob.id) == waits[1]


async def test_the_other_lines_of_the_same_agents_count_for_the_wait(office: Office) -> None:
    mei = await office.agent("mei", skills=["general", "account_security"])
    await _finished(office, mei, pickup=40, handling=300, count=3)
    await office.presence.beat(mei)
    for name in ("t1", "t2"):
        await office.ask(await office.customer(name), skill="account_security", priority=0)
    ann = await office.customer("ann")
    await office.ask(ann)
    wait = await office.desk.wait_of(ann.id)
    assert wait is not None
    assert (wait.position, wait.expected_seconds) == (1, 600)


async def test_no_wait_is_told_when_nobody_is_online_or_nothing_is_known(office: Office) -> None:
    mei = await office.agent()
    ann = await office.customer()
    await office.ask(ann)
    nobody = await office.desk.wait_of(ann.id)
    assert nobody is not None
    assert (nobody.agents_online, nobody.expected_seconds) == (0, None)
    await office.presence.beat(mei)
    unknown = await office.desk.wait_of(ann.id)
    assert unknown is not None
    assert (unknown.agents_online, unknown.expected_seconds) == (1, None)
