"""Handoffs: who is brought, how urgently, and what the customer reads with it."""

from __future__ import annotations

import pytest

from actions.faq import Answer, Clarify
from actions.people import BringPerson, Emergency, LossExplained, LossUnexplained, NotSolved
from actions.talk import Decline, SmallTalk
from handoff.errors import StoreUnavailable
from handoff.records import Agent, HandoffReason, Owner, Role
from tests.actions.conftest import Office

FREEZE = "https://www.example.com/security/freeze"


async def test_a_theft_is_first_in_the_queue_when_the_customer_reads_the_emergency_steps(office: Office) -> None:
    seq = await office.write("我的账户被盗了")

    said = await office.run(Emergency, "account_theft", language="zh-Hans", seq=seq)

    assert said.kinds == ["committed"]
    first, second = (await office.messages())[1:]
    assert first.kind == "emergency_theft"
    assert FREEZE in first.text
    assert "冻结" in first.text
    assert second.kind == "handoff_waiting"
    (waiting,) = await office.desk.waiting()
    assert waiting.handoff.priority == 0
    assert waiting.handoff.skill == "account_security"
    assert waiting.handoff.reason is HandoffReason.THEFT
    conversation = await office.conversations.get(office.conversation_id)
    assert conversation.owner is Owner.QUEUE
    assert conversation.handled_seq == seq


async def test_a_scam_gets_the_steps_for_scams(office: Office) -> None:
    await office.run(Emergency, "scam_victim")

    assert (await office.messages())[1].kind == "emergency_scam"


@pytest.mark.parametrize("rule", ["en/missing", "zh-Hans/gone"])
async def test_an_unexplained_loss_gets_a_question_and_the_freeze_link_and_is_first_in_the_queue(
    office: Office, rule: str
) -> None:
    await office.run(Emergency, "account_theft", rule=rule)

    question = (await office.messages())[1]
    assert question.kind == "clarify_loss"
    assert FREEZE in question.text
    assert [button.payload for button in question.buttons] == ["/loss_mine", "/loss_not_mine", "/loss_unsure"]
    assert (await office.desk.waiting())[0].handoff.priority == 0


async def test_a_loss_that_was_not_the_customers_gets_the_emergency_steps_without_a_second_handoff(
    office: Office,
) -> None:
    await office.run(Emergency, "account_theft", rule="en/missing")
    said = await office.press(LossUnexplained, "loss_not_mine")

    assert said.kinds == ["emergency_theft", "queue_status"]
    assert len(await office.desk.waiting()) == 1


async def test_an_explained_loss_never_lowers_the_priority(office: Office) -> None:
    await office.run(Emergency, "account_theft", rule="en/missing")
    said = await office.press(LossExplained, "loss_mine")

    assert said.kinds == ["queue_noted", "queue_status"]
    assert (await office.desk.waiting())[0].handoff.priority == 0


@pytest.mark.parametrize(
    ("intent", "reason", "kind", "priority"),
    [
        ("human_request", HandoffReason.REQUESTED, "human_handoff", 2),
        ("complaint", HandoffReason.POLICY, "complaint_handoff", 1),
        ("ticket_status", HandoffReason.POLICY, "ticket_status_handoff", 2),
    ],
)
async def test_what_people_answer_goes_to_people(
    office: Office, intent: str, reason: HandoffReason, kind: str, priority: int
) -> None:
    await office.run(BringPerson, intent)

    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert (handoff.reason, handoff.priority, handoff.skill) == (reason, priority, "general")
    assert [message.kind for message in (await office.messages())[1:]] == [kind, "handoff_waiting"]


async def test_a_person_after_an_answer_is_of_the_team_of_that_answer(office: Office) -> None:
    await office.run(Answer, "kyc", topics=[("kyc-rejected", 0.9)])
    await office.press(BringPerson, "human")

    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert handoff.skill == "kyc"
    assert handoff.intent is None


async def test_an_answer_that_did_not_help_brings_the_team_of_its_topic_and_says_what_was_tried(office: Office) -> None:
    await office.run(Answer, "api", text="50113 on every call", topics=[("api-signature-invalid", 0.9)])
    await office.press(NotSolved, "not_solved", topic="api-signature-invalid")

    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.ANSWER_FAILED
    assert handoff.skill == "api"
    assert handoff.summary["tried"] == ["api-signature-invalid"]
    assert handoff.summary["first_message"] == "50113 on every call"


async def test_the_summary_holds_what_the_agent_needs(office: Office) -> None:
    coin = {"entity": "coin", "value": "USDT", "start": 3, "end": 7, "extractor": "DomainEntityExtractor"}
    await office.run(
        Emergency, "account_theft", text="my USDT left", topics=[("account-stolen-emergency", 0.8)], entities=[coin]
    )

    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert handoff.summary == {
        "language": "en",
        "intent": "account_theft",
        "confidence": 0.9,
        "topics": [["account-stolen-emergency", 0.8]],
        "entities": [{"entity": "coin", "value": "USDT", "start": 3, "end": 7}],
        "tried": [],
        "first_message": "my USDT left",
        "mood": {"name": "calm", "confidence": 0.9},
    }


async def test_while_waiting_the_faq_is_answered_with_the_place_in_the_line(office: Office) -> None:
    await office.run(BringPerson, "human_request")
    said = await office.run(Answer, "trading", topics=[("adl", 0.9)])

    assert said.kinds == ["answer", "queue_status"]
    assert len(await office.desk.waiting()) == 1


@pytest.mark.parametrize("action", [Clarify, BringPerson])
async def test_while_waiting_no_second_person_is_asked_for(office: Office, action: type[Clarify]) -> None:
    await office.run(BringPerson, "human_request")
    before = await office.desk.open_handoff(office.conversation_id)

    said = await office.run(action, "human_request")

    assert said.kinds == ["queue_noted", "queue_status"]
    assert await office.desk.open_handoff(office.conversation_id) == before


async def test_while_waiting_a_theft_raises_the_priority_of_the_same_handoff(office: Office) -> None:
    await office.run(BringPerson, "human_request")
    before = await office.desk.open_handoff(office.conversation_id)
    said = await office.run(Emergency, "account_theft")

    after = await office.desk.open_handoff(office.conversation_id)
    assert before is not None
    assert after is not None
    assert said.kinds == ["committed"]
    assert (after.id, after.priority, after.skill) == (before.id, 0, "account_security")
    assert [message.kind for message in await office.messages()][-2:] == ["emergency_theft", "handoff_waiting"]


async def test_an_action_that_comes_after_an_agent_says_nothing(office: Office) -> None:
    await office.run(BringPerson, "human_request")
    seq = await office.write("someone is in my account")
    waiting = (await office.desk.waiting())[0].handoff
    agent = await _agent(office)
    await office.desk.claim(waiting.id, agent)
    written = len(await office.messages())

    said = await office.run(Emergency, "account_theft", seq=seq)

    assert said.kinds == ["committed"]
    assert len(await office.messages()) == written


async def test_a_database_that_does_not_answer_leaves_the_turn_to_the_gateway(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_args: object, **_kwargs: object) -> None:
        raise StoreUnavailable("no")

    monkeypatch.setattr(office.desk, "request_handoff", unavailable)

    said = await office.run(Emergency, "account_theft")

    assert said.replies == []
    assert said.slots == {}


async def test_a_bug_in_an_action_leaves_the_turn_to_the_gateway(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.library, "page", None)

    assert (await office.run(Answer, "trading", text="secret words", topics=[("adl", 0.9)])).replies == []


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("greet", "greet"),
        ("affirm", "acknowledged"),
        ("suggestion", "suggestion_thanks"),
        ("bot_challenge", "bot_challenge"),
    ],
)
async def test_small_talk_is_answered_in_kind(office: Office, intent: str, kind: str) -> None:
    said = await office.run(SmallTalk, intent)

    assert said.kinds == [kind]
    assert "{" not in said.replies[0]["text"]


async def test_a_no_after_an_answer_says_that_it_did_not_help(office: Office) -> None:
    topics = [("deposit-not-credited", 0.9)]
    await office.run(Answer, "deposit_withdrawal", topics=topics)
    asked = await office.run(SmallTalk, "deny", text="还是不行")
    again = await office.run(SmallTalk, "deny", text="不行")

    assert asked.kinds == ["clarify"]
    assert '/not_solved{"topic": "deposit-not-credited"}' in asked.payloads
    assert again.kinds == ["committed"]


async def test_a_no_that_follows_no_answer_is_acknowledged(office: Office) -> None:
    assert (await office.run(SmallTalk, "deny")).kinds == ["acknowledged"]


async def test_what_this_desk_cannot_do_is_declined_with_the_offer_of_a_person(office: Office) -> None:
    said = await office.run(Decline, "out_of_scope")

    assert said.kinds == ["out_of_scope"]
    assert said.payloads == ["/human"]


async def _agent(office: Office) -> Agent:
    from handoff.agents import Agents

    return await Agents(office.conversations._db).create(
        username="ada", name="Ada", role=Role.AGENT, password="correct horse battery", skills=("general",)
    )


async def test_anger_brings_a_person_sooner(office: Office) -> None:
    await office.run(BringPerson, "ticket_status", mood="angry", priority=1)

    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert handoff.priority == 1
