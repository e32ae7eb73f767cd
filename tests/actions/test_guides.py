"""Guided flows as Rasa calls them, one action at a time. Whole conversations are in tests/assistant."""

from __future__ import annotations

from typing import Any

import pytest

from actions.faq import Answer
from actions.guides import AskOpenQuestion, CheckAnswer, FinishFlow, NoFlow, StartFlow
from actions.people import BringPerson, Emergency
from handoff.errors import StoreUnavailable
from handoff.records import HandoffReason
from kb_index import error_codes
from tests.actions.conftest import Office

TRON_HASH = "ab" * 32


def entity(label: str, value: str, **more: Any) -> dict[str, Any]:
    return {"entity": label, "value": value, "start": 0, "end": 1, **more}


def checks(office: Office, flow: str) -> CheckAnswer:
    return CheckAnswer(office.library, office.handover, flow)


async def started(office: Office, flow: str) -> None:
    """A flow was begun by its button, and its form is active."""
    said = await office.press(StartFlow, "start_flow", flow=flow)
    assert said.then == f"{flow}_form"
    office.form = said.then


async def test_an_article_of_a_flow_offers_it_and_others_do_not(office: Office) -> None:
    offered = await office.run(Answer, "kyc", topics=[("kyc-rejected", 0.9)])
    other = await office.run(Answer, "trading", topics=[("funding-rate", 0.9)])

    assert '/start_flow{"flow": "kyc"}' in offered.payloads
    assert not any("start_flow" in payload for payload in other.payloads)


async def test_a_button_takes_over_what_the_answered_message_named(office: Office) -> None:
    seq = await office.write("my USDT deposit is missing")
    answer = await office.run(
        Answer, "deposit_withdrawal", topics=[("deposit-not-credited", 0.9)], entities=[entity("coin", "USDT")], seq=seq
    )
    understanding = answer.replies[0]["meta"]["understanding"]
    await office.conversations.annotate(office.conversation_id, seq, {"understanding": understanding})

    await started(office, "deposit")

    assert office.slots["flow_case"]["values"] == {"coin": "USDT"}
    assert (await office.run(AskOpenQuestion, "deposit_withdrawal")).replies[0]["meta"]["field"] == "tx_hash"


async def test_facts_that_suffice_are_answered_without_a_question(office: Office) -> None:
    said = await office.run(StartFlow, "api", entities=[entity("error_code", "50113", venues=["OKX"])], flow="api")

    assert said.kinds == ["flow_answer", "answer"]
    assert said.then is None
    (known,) = error_codes.explain("50113", "OKX", "en")
    assert f"OKX error 50113: {known.meaning}" in said.replies[0]["text"]
    assert said.payloads[:2] == [f'/{name}{{"topic": "api-signature-invalid"}}' for name in ("solved", "not_solved")]


async def test_an_answer_moves_the_form_on_and_is_taken_once_even_when_it_comes_twice(office: Office) -> None:
    await started(office, "deposit")
    seq = await office.write(TRON_HASH)

    first = await office.run(checks(office, "deposit"), "deposit_withdrawal", text=TRON_HASH, seq=seq)
    again = await office.run(checks(office, "deposit"), "deposit_withdrawal", text=TRON_HASH, seq=seq)

    assert first.slots["flow_case"]["asked"] == "network"
    assert again.slots == first.slots
    assert again.slots["flow_case"]["warned"] == []


async def test_an_interruption_is_left_to_the_other_rules(office: Office) -> None:
    await started(office, "deposit")

    said = await office.press(checks(office, "deposit"), "human")
    person = await office.press(BringPerson, "human")

    assert (said.replies, said.slots) == ([], {})
    assert person.slots["flow_case"] is None
    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert (handoff.skill, handoff.summary["flow"]) == ("deposit_withdrawal", "deposit")


async def test_an_article_in_between_leads_back_to_the_form(office: Office) -> None:
    await started(office, "deposit")

    said = await office.run(Answer, "trading", topics=[("funding-rate", 0.9)])

    assert said.then == "deposit_form"
    assert "flow_case" not in said.slots


async def test_a_dispute_ends_as_a_case_in_one_transaction(office: Office) -> None:
    await started(office, "trade")
    for _ in range(5):
        await office.press(checks(office, "trade"), "flow_skip")
    assert office.slots["flow_end"] == "handover"
    office.form = None

    said = await office.press(FinishFlow, "flow_skip")

    assert said.kinds == ["committed"]
    assert said.slots["flow_end"] is None
    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert (handoff.reason, handoff.skill, handoff.intent) == (HandoffReason.CASE, "trading", "trading")


async def test_a_customer_in_the_line_keeps_the_place_and_the_case_is_added(office: Office) -> None:
    await office.run(BringPerson, "human_request")
    before = await office.desk.open_handoff(office.conversation_id)
    await started(office, "trade")
    for _ in range(5):
        await office.press(checks(office, "trade"), "flow_skip")
    office.form = None

    said = await office.press(FinishFlow, "flow_skip")

    assert said.kinds == ["flow_handoff", "queue_noted", "queue_status"]
    after = await office.desk.open_handoff(office.conversation_id)
    assert before is not None
    assert after is not None
    assert (after.id, after.due_at, after.summary["flow"]) == (before.id, before.due_at, "trade")


async def test_the_questions_after_a_theft_begin_once(office: Office) -> None:
    first = await office.run(Emergency, "account_theft")
    assert first.then == "theft_form"
    office.slots["flow_case"] = None  # asked and answered

    again = await office.run(Emergency, "account_theft")

    assert again.then is None
    assert again.kinds == ["queue_noted", "queue_status"]


async def test_a_button_of_a_question_long_gone_is_answered(office: Office) -> None:
    assert (await office.press(NoFlow, "flow_reply", choice="memo_yes")).kinds == ["button_expired"]


async def test_a_database_that_does_not_answer_leaves_the_turn_to_the_gateway(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(office, "deposit")

    async def unavailable(*_args: object, **_kwargs: object) -> list[object]:
        raise StoreUnavailable("no")

    seq = await office.write("hello")
    monkeypatch.setattr(office.conversations, "messages", unavailable)

    said = await office.run(checks(office, "deposit"), "deposit_withdrawal", seq=seq)

    assert (said.replies, said.slots) == ([], {})
