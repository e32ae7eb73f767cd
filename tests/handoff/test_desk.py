from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from handoff import schema
from handoff.errors import (
    AgentInactive,
    AssistantMuted,
    ConversationMissing,
    HandoffMissing,
    HandoffTaken,
    InvalidRating,
    NotYourConversation,
)
from handoff.records import Author, Draft, HandoffReason, HandoffState, Owner
from handoff.wakeups import QUEUE, conversation_topic
from tests.handoff.conftest import Office, request, tells


async def test_a_request_moves_the_conversation_to_the_queue_and_says_so_in_one_go(office: Office) -> None:
    ann = await office.customer()
    await office.conversations.add_customer_message(ann.id, Draft("human please"), client_id=None)
    replies = tells("You are number {position}.")
    handoff = await office.desk.request_handoff(ann.id, request(summary={"tried": "x"}), replies, answering_seq=1)
    assert handoff.state is HandoffState.WAITING
    assert handoff.due_at == office.clock() + timedelta(seconds=900)
    assert (await office.conversations.get(ann.id)).owner is Owner.QUEUE
    last = (await office.conversations.messages(ann.id))[-1]
    assert (last.author, last.text) == (Author.ASSISTANT, "You are number 1.")
    assert await office.conversations.unhandled(0) == []
    assert await office.desk.open_handoff(ann.id) == handoff == await office.desk.get(handoff.id)


async def test_replies_that_fail_leave_no_half_handoff(office: Office) -> None:
    ann = await office.customer()

    def broken(_wait: object) -> list[Draft]:
        raise LookupError("no such text")

    with pytest.raises(LookupError):
        await office.desk.request_handoff(ann.id, request(), broken)
    assert await office.desk.open_handoff(ann.id) is None
    assert (await office.conversations.get(ann.id)).owner is Owner.ASSISTANT
    assert await office.desk.waiting() == []


async def test_asking_again_raises_priority_and_never_lowers_it(office: Office) -> None:
    ann = await office.customer()
    first = await office.ask(ann, skill="trading", priority=2, summary={"a": 1, "b": 1})
    office.clock.advance(100)
    theft = await office.ask(
        ann,
        skill="account_security",
        priority=0,
        reason=HandoffReason.THEFT,
        intent="account_theft",
        summary={"b": 2},
    )
    assert theft.id == first.id
    assert (theft.priority, theft.skill, theft.reason, theft.intent) == (
        0,
        "account_security",
        HandoffReason.THEFT,
        "account_theft",
    )
    assert theft.summary == {"a": 1, "b": 2}
    assert theft.requested_at == first.requested_at
    assert theft.due_at == office.clock() + timedelta(seconds=60)
    later = await office.ask(ann, skill="general", priority=3, summary={"c": 3})
    assert (later.priority, later.skill, later.due_at) == (0, "account_security", theft.due_at)
    assert later.summary == {"a": 1, "b": 2, "c": 3}


async def test_what_is_learned_in_the_line_is_added_without_moving_the_customer(office: Office) -> None:
    ann = await office.customer()
    before = await office.ask(ann, summary={"a": 1, "fields": {"x": "1"}})
    topics = (QUEUE, conversation_topic(ann.id))
    async with office.conversations.wakeups.listen(*topics) as events:  # type: ignore[union-attr]
        after = await office.desk.add_to_summary(ann.id, {"fields": {"x": "1", "y": "2"}})
        assert await events.wait(1)
    assert after is not None
    assert after.summary == {"a": 1, "fields": {"x": "1", "y": "2"}}
    assert (after.id, after.priority, after.due_at) == (before.id, before.priority, before.due_at)
    assert await office.desk.open_handoff(ann.id) == after


async def test_nothing_is_added_where_nobody_waits(office: Office) -> None:
    ann = await office.customer()
    assert await office.desk.add_to_summary(ann.id, {"fields": {}}) is None
    with pytest.raises(ConversationMissing):
        await office.desk.add_to_summary("nobody", {})


async def test_a_raised_priority_never_moves_the_deadline_back(office: Office) -> None:
    ann = await office.customer()
    first = await office.ask(ann, priority=2)
    office.clock.advance(890)
    assert (await office.ask(ann, priority=1)).due_at == first.due_at


async def test_asking_again_still_commits_the_replies(office: Office) -> None:
    ann = await office.customer()
    await office.ask(ann)
    await office.desk.request_handoff(ann.id, request(), tells("Still number {position}."))
    assert await office.said(ann) == ["Still number 1."]


async def test_a_request_while_an_agent_owns_the_conversation_writes_nothing(office: Office) -> None:
    ann, mei = await office.customer(), await office.agent()
    await office.desk.claim((await office.ask(ann)).id, mei)
    before = await office.conversations.messages(ann.id)
    with pytest.raises(AssistantMuted):
        await office.desk.request_handoff(ann.id, request(priority=0), tells("Emergency steps"))
    assert await office.conversations.messages(ann.id) == before
    assert (await office.desk.mine(mei))[0].priority == 2


async def test_a_wrong_label_does_not_cost_the_customer_the_person(office: Office) -> None:
    ann = await office.customer()
    handoff = await office.ask(ann, skill="no such team", priority=7)
    assert (handoff.skill, handoff.priority) == ("general", 3)


async def test_a_request_for_nobody_is_reported(office: Office) -> None:
    with pytest.raises(ConversationMissing):
        await office.desk.request_handoff("nobody", request(), tells("x"))


async def test_claiming_gives_the_conversation_to_the_agent_and_tells_the_customer(office: Office) -> None:
    ann, mei = await office.customer(language="zh-Hans"), await office.agent()
    handoff = await office.ask(ann)
    office.clock.advance(30)
    claimed = await office.desk.claim(handoff.id, mei)
    assert (claimed.state, claimed.agent_id, claimed.accepted_at) == (
        HandoffState.ACCEPTED,
        mei.id,
        office.clock(),
    )
    kept = await office.conversations.get(ann.id)
    assert (kept.owner, kept.agent_id) == (Owner.AGENT, mei.id)
    [joined] = await office.conversations.messages(ann.id)
    assert (joined.author, joined.kind, joined.agent_name) == (Author.SYSTEM, "agent_joined", "Mei")
    assert "Mei" in joined.text
    assert "客服" in joined.text
    assert await office.desk.mine(mei) == [claimed]
    assert await office.desk.waiting() == []
    assert await office.desk.wait_of(ann.id) is None


async def test_claiming_twice_is_harmless_and_a_second_agent_is_refused(office: Office) -> None:
    ann, mei, bo = await office.customer(), await office.agent("mei"), await office.agent("bo")
    handoff = await office.ask(ann)
    first = await office.desk.claim(handoff.id, mei)
    assert await office.desk.claim(handoff.id, mei) == first
    assert len(await office.said(ann)) == 1
    with pytest.raises(HandoffTaken):
        await office.desk.claim(handoff.id, bo)
    with pytest.raises(HandoffMissing):
        await office.desk.claim("nothing", bo)


async def test_what_is_over_can_no_longer_be_claimed(office: Office) -> None:
    ann, bob, mei = await office.customer("ann"), await office.customer("bob"), await office.agent()
    closed, abandoned = await office.ask(ann), await office.ask(bob)
    await office.desk.claim(closed.id, mei)
    await office.desk.close(closed.id, mei, "solved")
    await office.desk.abandon(bob.id)
    for handoff in (closed, abandoned):
        with pytest.raises(HandoffTaken):
            await office.desk.claim(handoff.id, mei)


async def test_a_deactivated_agent_can_neither_claim_nor_reply(office: Office) -> None:
    ann, bob, mei = await office.customer("ann"), await office.customer("bob"), await office.agent()
    await office.desk.claim((await office.ask(ann)).id, mei)
    second = await office.ask(bob)
    async with office.db.write() as tx:
        await tx.execute(update(schema.agents).values(active=False))
    with pytest.raises(AgentInactive):
        await office.desk.claim(second.id, mei)
    with pytest.raises(AgentInactive):
        await office.desk.claim_next(mei)
    with pytest.raises(AgentInactive):
        await office.desk.reply(ann.id, mei, Draft("hello"))


async def test_only_the_owner_replies_and_the_first_reply_is_timed(office: Office) -> None:
    ann, mei, bo = await office.customer(), await office.agent("mei"), await office.agent("bo")
    handoff = await office.ask(ann)
    with pytest.raises(NotYourConversation):
        await office.desk.reply(ann.id, mei, Draft("too early"))
    await office.desk.claim(handoff.id, mei)
    with pytest.raises(NotYourConversation):
        await office.desk.reply(ann.id, bo, Draft("not mine"))
    office.clock.advance(10)
    message = await office.desk.reply(ann.id, mei, Draft("您好"))
    assert (message.author, message.agent_name) == (Author.AGENT, "Mei")
    replied_at = office.clock()
    office.clock.advance(10)
    await office.desk.reply(ann.id, mei, Draft("second"))
    assert (await office.desk.get(handoff.id)).first_reply_at == replied_at


async def test_a_released_handoff_goes_back_with_its_original_deadline(office: Office) -> None:
    ann, bob = await office.customer("ann"), await office.customer("bob")
    mei, bo = await office.agent("mei"), await office.agent("bo")
    first = await office.ask(ann)
    office.clock.advance(60)
    await office.ask(bob)
    await office.desk.claim(first.id, mei)
    with pytest.raises(NotYourConversation):
        await office.desk.release(first.id, bo)
    office.clock.advance(600)
    released = await office.desk.release(first.id, mei)
    assert (released.state, released.agent_id, released.accepted_at, released.due_at) == (
        HandoffState.WAITING,
        None,
        None,
        first.due_at,
    )
    assert (await office.conversations.get(ann.id)).owner is Owner.QUEUE
    assert (await office.conversations.messages(ann.id))[-1].kind == "returned_to_queue"
    wait = await office.desk.wait_of(ann.id)
    assert wait is not None
    assert wait.position == 1
    with pytest.raises(NotYourConversation):
        await office.desk.reply(ann.id, mei, Draft("no longer mine"))
    assert (await office.desk.claim(first.id, bo)).agent_id == bo.id


async def test_closing_gives_the_conversation_back_and_asks_for_a_rating(office: Office) -> None:
    ann, mei, bo = await office.customer(), await office.agent("mei"), await office.agent("bo")
    handoff = await office.ask(ann)
    await office.desk.claim(handoff.id, mei)
    with pytest.raises(NotYourConversation):
        await office.desk.close(handoff.id, bo, "solved")
    closed = await office.desk.close(handoff.id, mei, "solved", "helped")
    assert (closed.state, closed.disposition, closed.note) == (HandoffState.CLOSED, "solved", "helped")
    kept = await office.conversations.get(ann.id)
    assert (kept.owner, kept.agent_id) == (Owner.ASSISTANT, None)
    farewell, rating = (await office.conversations.messages(ann.id))[-2:]
    assert (farewell.kind, rating.kind) == ("closed", "rating")
    assert [button.payload for button in rating.buttons] == [f'/rate{{"value":{n}}}' for n in (5, 4, 3, 2, 1)]
    assert await office.desk.close(handoff.id, mei, "again") == closed
    await office.conversations.say_as_assistant(ann.id, [Draft("I am back")], answering_seq=None)
    assert (await office.ask(ann)).id != handoff.id


async def test_a_rating_belongs_to_the_last_closed_handoff_and_can_be_changed(office: Office) -> None:
    ann, mei = await office.customer(), await office.agent()
    with pytest.raises(HandoffMissing):
        await office.desk.rate(ann.id, 5)
    handoffs = []
    for _ in range(2):
        handoffs.append(await office.ask(ann))
        await office.desk.claim(handoffs[-1].id, mei)
        office.clock.advance(60)
        await office.desk.close(handoffs[-1].id, mei, "solved")
    await office.desk.rate(ann.id, 2)
    rated = await office.desk.rate(ann.id, 4, "fine")
    assert (rated.id, rated.rating, rated.rating_comment) == (handoffs[1].id, 4, "fine")
    assert (await office.desk.get(handoffs[0].id)).rating is None
    for wrong in (0, 6, True, 2.5):
        with pytest.raises(InvalidRating):
            await office.desk.rate(ann.id, wrong)  # type: ignore[arg-type]


async def test_a_customer_can_leave_the_line_until_an_agent_has_come(office: Office) -> None:
    ann, bob, mei = await office.customer("ann"), await office.customer("bob"), await office.agent()
    assert await office.desk.abandon(ann.id) is None
    await office.ask(ann)
    left = await office.desk.abandon(ann.id)
    assert left is not None
    assert left.state is HandoffState.ABANDONED
    assert (await office.conversations.get(ann.id)).owner is Owner.ASSISTANT
    assert await office.desk.waiting() == []
    await office.desk.claim((await office.ask(bob)).id, mei)
    with pytest.raises(HandoffTaken):
        await office.desk.abandon(bob.id)
