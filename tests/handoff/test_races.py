"""What must hold however claims, replies and requests interleave, in one process and in several."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from handoff import ledger
from handoff.errors import AssistantMuted, HandoffError, HandoffTaken
from handoff.records import Agent, Author, Conversation, Draft, HandoffState, Owner
from tests.conftest import Clock
from tests.handoff.conftest import Office, request, tells

STORIES = 24
BATCHES = 8


@pytest.fixture
async def offices(any_database_url: str, redis_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[list[Office]]:
    """Three desks with connections of their own on one database, as in three processes."""
    async with AsyncExitStack() as stack:
        built = [Office.build(any_database_url, redis_url, tmp_path, clock) for _ in range(3)]
        for office in built:
            stack.push_async_callback(office.close)
        await built[0].db.create()
        yield built


async def _outcome(awaitable: Awaitable[object]) -> object:
    """The result, or the refusal: every refusal must be one of the desk's own."""
    try:
        return await awaitable
    except HandoffError as error:
        return error


async def test_of_many_agents_who_claim_the_same_handoff_exactly_one_gets_it(offices: list[Office]) -> None:
    agents = [await offices[0].agent(f"agent{i}") for i in range(12)]
    for round_number in range(5):
        customer = await offices[0].customer(f"c{round_number}")
        handoff = await offices[0].ask(customer)
        outcomes = await asyncio.gather(
            *(_outcome(offices[i % 3].desk.claim(handoff.id, agent)) for i, agent in enumerate(agents))
        )
        won = [agent for agent, outcome in zip(agents, outcomes, strict=True) if not isinstance(outcome, Exception)]
        assert len(won) == 1
        assert all(isinstance(outcome, HandoffTaken) for outcome in outcomes if isinstance(outcome, Exception))
        assert (await offices[0].conversations.get(customer.id)).agent_id == won[0].id
        assert len(await offices[0].said(customer)) == 1


async def test_agents_who_take_the_next_at_once_get_different_ones_and_none_is_left(offices: list[Office]) -> None:
    agents = [await offices[0].agent(f"agent{i}") for i in range(10)]
    handoffs = [await offices[0].ask(await offices[0].customer(f"c{i}")) for i in range(10)]
    claimed = await asyncio.gather(*(offices[i % 3].desk.claim_next(agent) for i, agent in enumerate(agents)))
    assert {getattr(handoff, "id", None) for handoff in claimed} == {handoff.id for handoff in handoffs}
    assert await offices[0].desk.waiting() == []


async def test_many_requests_at_once_make_one_handoff_with_the_highest_priority(offices: list[Office]) -> None:
    customer = await offices[0].customer()
    priorities = [3, 2, 0, 1, 2, 3, 1, 2, 0, 3]
    handoffs = await asyncio.gather(
        *(
            offices[i % 3].desk.request_handoff(customer.id, request(priority=priority), tells(f"r{i}"))
            for i, priority in enumerate(priorities)
        )
    )
    assert len({handoff.id for handoff in handoffs}) == 1
    assert (await offices[0].desk.get(handoffs[0].id)).priority == 0
    assert len(await offices[0].said(customer)) == len(priorities)


async def test_the_assistant_that_waits_for_the_lock_of_a_claim_is_muted_by_it(offices: list[Office]) -> None:
    first, second, _ = offices
    customer, mei = await first.customer(), await first.agent()
    async with first.db.write() as tx:
        conversation = await ledger.lock(tx, customer.id)
        speaking = asyncio.create_task(
            second.conversations.say_as_assistant(customer.id, [Draft("too late")], answering_seq=None)
        )
        asking = asyncio.create_task(second.desk.request_handoff(customer.id, request(), tells("too late")))
        done, _pending = await asyncio.wait([speaking, asking], timeout=0.3)
        assert not done, "they must wait for the lock"
        await conversation.set(owner=Owner.AGENT, agent_id=mei.id)
    for task in (speaking, asking):
        with pytest.raises(AssistantMuted):
            await task
    assert await first.said(customer) == []


def _steps(
    office: Office, customer: Conversation, agent: Agent, handoff_id: str | None, label: str
) -> dict[str, Callable[[], Awaitable[object]]]:
    """Everything that can happen to a conversation, as one process does it."""
    desk, conversations = office.desk, office.conversations
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "customer": lambda: conversations.add_customer_message(customer.id, Draft(label), client_id=label),
        "assistant": lambda: conversations.say_as_assistant(
            customer.id, [Draft(label), Draft(label)], answering_seq=None
        ),
        "request": lambda: desk.request_handoff(customer.id, request(), tells(label)),
        "urgent": lambda: desk.request_handoff(customer.id, request(priority=0), tells(label, label)),
        "reply": lambda: desk.reply(customer.id, agent, Draft(label)),
        "next": lambda: desk.claim_next(agent),
        "abandon": lambda: desk.abandon(customer.id),
    }
    if handoff_id is not None:
        steps["claim"] = lambda: desk.claim(handoff_id, agent)
        steps["release"] = lambda: desk.release(handoff_id, agent)
        steps["close"] = lambda: desk.close(handoff_id, agent, "solved")
    return steps


@pytest.mark.parametrize("seed", range(STORIES))
async def test_no_interleaving_lets_the_assistant_speak_while_an_agent_owns_the_conversation(
    offices: list[Office], seed: int
) -> None:
    """Numbers are given in the order of commits, so the finished conversation shows who owned it when."""
    choose = random.Random(seed)
    customer = await offices[0].customer()
    agents = [await offices[0].agent(f"agent{i}") for i in range(2)]
    for step in range(BATCHES):
        open_handoff = await offices[0].desk.open_handoff(customer.id)
        batch = []
        for i in range(choose.randint(2, 8)):
            steps = _steps(
                choose.choice(offices),
                customer,
                choose.choice(agents),
                open_handoff.id if open_handoff else None,
                f"{step}.{i}",
            )
            batch.append(_outcome(steps[choose.choice(sorted(steps))]()))
        await asyncio.gather(*batch)

    messages = await offices[0].conversations.messages(customer.id, limit=1000)
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    owner_is_agent = False
    for message in messages:
        if message.kind == "agent_joined":
            assert not owner_is_agent, "a second agent joined"
            owner_is_agent = True
        elif message.kind in ("closed", "returned_to_queue"):
            assert owner_is_agent, "an agent left who was not there"
            owner_is_agent = False
        elif message.author is Author.ASSISTANT:
            assert not owner_is_agent, f"the assistant spoke over an agent: message {message.seq}"
        elif message.author is Author.AGENT:
            assert owner_is_agent, f"an agent spoke who did not own the conversation: message {message.seq}"
    kept = await offices[0].conversations.get(customer.id)
    handoff = await offices[0].desk.open_handoff(customer.id)
    assert (kept.owner is Owner.AGENT) == owner_is_agent
    assert (handoff is not None and handoff.state is HandoffState.ACCEPTED) == owner_is_agent
    assert (kept.owner is Owner.ASSISTANT) == (handoff is None)
