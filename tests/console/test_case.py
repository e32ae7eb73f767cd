from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from handoff.console.case import Checked, Tried, case_of
from handoff.records import Author, Conversation, Handoff, HandoffReason, HandoffState, Message, Owner

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CONVERSATION = Conversation("c", "web", "x", Owner.QUEUE, "en", "en-GB", 9, 9, 0, None, {}, NOW, NOW)
HANDOFF = Handoff(
    id="h",
    conversation_id="c",
    state=HandoffState.WAITING,
    reason=HandoffReason.THEFT,
    skill="account_security",
    priority=0,
    intent="account_theft",
    language="zh-Hans",
    summary={"problem": "3200 USDT 不见了"},
    requested_at=NOW,
    due_at=NOW,
)


def message(seq: int, author: Author, text: str, **meta: Any) -> Message:
    return Message("c", seq, author, text, NOW, meta=meta)


def understood(intent: str, confidence: float, *entities: tuple[str, str]) -> dict[str, Any]:
    return {
        "intent": {"name": intent, "confidence": 0.2},
        "confidence": confidence,
        "entities": [{"entity": kind, "value": value, "start": 0} for kind, value in entities],
    }


def test_a_case_shows_what_was_understood_tried_and_said_first() -> None:
    messages = [
        message(1, Author.CUSTOMER, "在吗"),
        message(2, Author.CUSTOMER, "币没了", understanding=understood("account_theft", 0.9, ("coin", "USDT"))),
        message(3, Author.ASSISTANT, "...", topic="account-stolen-emergency"),
        message(4, Author.CUSTOMER, "没有帮助", payload='/not_solved{"topic":"account-stolen-emergency"}'),
        message(
            5, Author.CUSTOMER, "TRC20", understanding=understood("affirm", 0.4, ("network", "TRC20"), ("coin", "USDT"))
        ),
    ]
    case = case_of(CONVERSATION, HANDOFF, messages)
    assert case.language == "zh-Hans"
    assert case.first_message == "在吗"
    assert case.problem == "3200 USDT 不见了"
    assert case.confidence == 0.9  # of the handoff's intent, not of whatever came last
    assert case.entities == (("coin", "USDT"), ("network", "TRC20"))
    assert case.tried == (Tried("account-stolen-emergency", "did_not_help"),)


def test_without_a_handoff_the_conversation_itself_is_the_case() -> None:
    case = case_of(CONVERSATION, None, [message(1, Author.CUSTOMER, "hello"), message(2, Author.CUSTOMER, "my coins?")])
    assert (case.language, case.intent, case.problem, case.first_message) == ("en", None, "my coins?", "hello")


def test_a_removed_secret_is_told_once_a_kind() -> None:
    messages = [message(seq, Author.CUSTOMER, "[...]", redacted=["seed_phrase", "password"]) for seq in (1, 2)]
    assert case_of(CONVERSATION, HANDOFF, messages).redacted == ("seed_phrase", "password")


def test_entities_of_the_summary_may_be_a_mapping_too() -> None:
    handoff = replace(HANDOFF, summary={"entities": {"coin": ["BTC", "ETH"], "amount": 3}})
    assert case_of(CONVERSATION, handoff, []).entities == (("coin", "BTC"), ("coin", "ETH"), ("amount", "3"))


def test_what_has_no_known_shape_is_left_out() -> None:
    rubbish: list[Any] = [None, 3, "x", [], [1, None, {"entity": 5, "value": "v"}], {"a": {"b": "c"}}, {"entity": None}]
    for value in rubbish:
        messages = [
            message(1, Author.CUSTOMER, "hi", understanding=value, redacted=value, payload=value),
            message(2, Author.CUSTOMER, "ho", understanding={"intent": value, "entities": value, "confidence": value}),
            message(3, Author.ASSISTANT, "", topic=value),
        ]
        handoff = replace(
            HANDOFF, summary=dict.fromkeys(("problem", "entities", "tried", "confidence", "topics"), value)
        )
        case = case_of(CONVERSATION, handoff, messages)
        assert case.confidence is None
        assert all(isinstance(text, str) for pair in case.entities for text in pair)


def test_the_summary_of_the_assistant_is_understood_as_it_sends_it() -> None:
    summary = {
        "confidence": 0.83,
        "intent": "account_theft",
        "topics": [["account-stolen-emergency", 0.9], ["sim-swap-protection", 0.4]],
        "entities": [{"entity": "amount", "value": "3200", "unit": "USDT", "start": 3, "end": 12}],
        "tried": ["withdrawal-status"],
        "first_message": "my coins",
        "mood": {},
    }
    case = case_of(CONVERSATION, replace(HANDOFF, summary=summary), [message(9, Author.CUSTOMER, "are gone")])
    assert (case.first_message, case.problem, case.confidence) == ("my coins", "are gone", 0.83)
    assert case.entities == (("amount", "3200 USDT"),)
    assert case.topics == ("account-stolen-emergency", "sim-swap-protection")
    assert case.tried == (Tried("withdrawal-status", None),)


def test_what_a_guided_flow_found_is_shown_in_the_agents_language() -> None:
    summary = {
        "flow": "deposit",
        "fields": {"network": "ERC20", "coin": "USDT", "odd": {"a": "b"}},
        "unknown": ["tx_hash"],
        "unchecked": ["network"],
        "findings": [{"key": "x", "text": {"en": "It failed.", "zh-Hans": "失败了。"}}, "rubbish", {"text": 3}],
        "paragraph": {"en": "A deposit.", "zh-Hans": "充值。"},
    }
    checked = case_of(CONVERSATION, replace(HANDOFF, summary=summary), [], "zh-Hans").checked

    assert checked == Checked(
        flow="deposit",
        fields=(("network", "ERC20"), ("coin", "USDT")),
        unknown=("tx_hash",),
        unchecked=("network",),
        findings=("失败了。",),
        paragraph="充值。",
    )
    assert case_of(CONVERSATION, replace(HANDOFF, summary={"flow": 3, "fields": []}), []).checked is None
