"""What answers a flow's question, what interrupts it, and which texts customers and agents read."""

from __future__ import annotations

from typing import Any

import pytest

from actions.flows.catalogue import FLOWS
from actions.flows.interruption import Act, act
from actions.flows.plan import Kind, Message
from actions.flows.words import begins, means, title, typed_choice
from handoff import guard, texts
from handoff.console.wording import LANGUAGES, Wording
from kb_index.flows import flow_of, guides, started_by
from kb_index.taxonomy import taxonomy
from tests.actions.flows.customers import EVM_HASH, TRON, TRON_HASH, entity

Parts = dict[str, Any]


def does(of: str, field: str, text: str = "", **parts: Any) -> Act:
    parts.setdefault("decision", "clarify" if text else "")
    return act(FLOWS[of], FLOWS[of].fields[field], Message(text=text, **parts))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"intent": "flow_reply", "choice": "TRC20"}, Act.ANSWER),
        ({"intent": "flow_skip"}, Act.SKIP),
        ({"intent": "flow_cancel"}, Act.CANCEL),
        ({"intent": "human"}, Act.INTERRUPT),
        ({"intent": "solved"}, Act.INTERRUPT),
        ({"text": "TRC20", "entities": [entity("network", "TRC20")]}, Act.ANSWER),
        ({"text": "我不清楚"[1:]}, Act.SKIP),
        ({"text": "I don't know."}, Act.SKIP),
        ({"text": "отмена"}, Act.CANCEL),
        ({"text": "no", "intent": "deny", "decision": "smalltalk"}, Act.SKIP),
        ({"text": "hello there", "intent": "greet", "decision": "smalltalk"}, Act.INTERRUPT),
        ({"text": "what is the funding rate", "decision": "answer", "topics": ["funding-rate"]}, Act.INTERRUPT),
        ({"text": "my deposit is missing", "decision": "answer", "topics": ["deposit-not-credited"]}, Act.ANSWER),
        ({"text": "let me talk to a human", "intent": "human_request", "decision": "handoff"}, Act.INTERRUPT),
        ({"text": "i was hacked", "intent": "account_theft", "decision": "handoff"}, Act.INTERRUPT),
        ({"text": "what's the weather like", "intent": "out_of_scope", "decision": "decline"}, Act.INTERRUPT),
        (
            {"text": "error 50113", "decision": "flow", "flow": "api", "topics": ["api-signature-invalid"]},
            Act.INTERRUPT,
        ),
        ({"text": "the usual one"}, Act.ANSWER),
    ],
)
def test_a_message_answers_skips_ends_or_interrupts(parts: Parts, expected: Act) -> None:
    assert does("deposit", "network", **parts) is expected


def test_a_theft_does_not_interrupt_the_questions_about_it() -> None:
    assert does("theft", "time", "they took it at noon", intent="account_theft", decision="handoff") is Act.ANSWER
    assert does("theft", "time", "a person please", intent="human_request", decision="handoff") is Act.INTERRUPT


def test_free_words_interrupt_only_as_a_question_or_about_another_matter() -> None:
    own = {"decision": "answer", "topics": ["funding-rate"]}
    assert does("trade", "time", "at the funding settlement", **own) is Act.ANSWER
    assert does("trade", "time", "what is funding?", **own) is Act.INTERRUPT
    assert does("trade", "time", "reset 2fa", decision="answer", topics=["lost-authenticator"]) is Act.INTERRUPT
    assert does("trade", "time", "yesterday", intent="out_of_scope", decision="decline") is Act.ANSWER


def test_no_is_an_answer_where_yes_and_no_are_asked_for() -> None:
    assert does("deposit", "memo", "no", intent="deny", decision="smalltalk") is Act.ANSWER
    assert does("deposit", "memo", "没有") is Act.ANSWER
    assert does("deposit", "tx_hash", "没有") is Act.SKIP


def test_a_choice_may_be_typed_in_parts() -> None:
    choices = FLOWS["withdrawal"].fields["status"].choices
    assert typed_choice("it says pending", choices, "en") == "status_pending"
    assert typed_choice("还在审核中", choices, "zh-Hans") == "status_pending"
    assert typed_choice("Completed.", choices, "ja") == "status_completed"
    assert typed_choice("something", choices, "en") is None


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("可以登录", True, False),
        ("没有给过", False, True),
        ("no i can't", False, True),
        ("да, могу", True, False),
        ("はい、できます", True, False),
        ("no sé cuándo", False, False),
        ("可以登录吗", False, False),
        ("can i?", False, False),
        ("no idea what you mean by that, who are you anyway", False, False),
    ],
)
def test_yes_and_no_may_begin_a_short_answer(text: str, yes: bool, no: bool) -> None:
    assert (begins(text, "yes"), begins(text, "no")) == (yes, no)


def test_every_language_has_its_words() -> None:
    for word in ("わかりません", "모르겠어요", "no sé", "não sei", "je ne sais pas", "weiß nicht", "bilmiyorum"):
        assert means(word, "unknown"), word


def test_every_question_choice_and_problem_has_its_text() -> None:
    known, agents = texts.entries("en"), Wording("en")
    for flow in FLOWS.values():
        assert agents.knows(f"flow_{flow.name}")
        for field in flow.fields.values():
            assert f"flow_ask_{flow.name}_{field.name}" in known or f"flow_ask_{field.name}" in known, field
            assert agents.knows(f"field_{field.name}")
            for choice in field.choices:
                if choice.islower():  # others are the same in every language
                    assert title(choice, "en") != choice
                    assert agents.knows(f"choice_{choice}"), choice
            if field.kind not in (Kind.TEXT, Kind.NOTICE):
                assert f"flow_wrong_{field.kind.value}" in known, field


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_and_agents_read_the_same_findings(language: str) -> None:
    prefix = "flow_found_"
    told = {key.removeprefix(prefix) for key in texts.entries(language) if key.startswith(prefix)}

    assert all(Wording(language).knows(f"finding_{key}") for key in told)


def test_every_topic_of_a_flow_exists_and_belongs_to_one_flow() -> None:
    listed = [topic for guide in guides().values() for topic in guide.topics]

    assert len(listed) == len(set(listed))
    assert set(listed) <= set(taxonomy().topics)
    assert guides().keys() == FLOWS.keys()


def test_a_flow_starts_only_with_a_concrete_fact_of_its_topic() -> None:
    assert started_by("deposit-not-credited", [entity("tx_hash", TRON_HASH)]) == "deposit"
    assert started_by("withdrawal-not-arrived", [entity("address", TRON)]) == "withdrawal"
    assert started_by("deposit-not-credited", [entity("coin", "USDT")]) is None
    assert started_by("api-signature-invalid", [entity("error_code", "50113", venues=["OKX"])]) == "api"
    assert started_by("api-signature-invalid", [entity("error_code", "999", venues=[])]) is None
    assert started_by("funding-rate", [entity("order_id", "1")]) is None
    assert flow_of("funding-rate") is None


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("key", ["flow_ask_tx_hash", "flow_ask_withdrawal_tx_hash", "flow_ask_trace"])
@pytest.mark.parametrize("answer", [TRON_HASH, EVM_HASH, "AB" * 32])
def test_a_hash_that_was_asked_for_is_not_taken_for_a_private_key(language: str, key: str, answer: str) -> None:
    assert guard.redact_turn(answer, [], asked=texts.text(key, language)).findings == ()


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("answer", ["312269865356374016", "31226986535637401"])
def test_an_order_id_that_was_asked_for_is_not_taken_for_a_document(language: str, answer: str) -> None:
    assert guard.redact_turn(answer, [], asked=texts.text("flow_ask_order_id", language)).findings == ()


def test_hardly_more_than_a_fact_is_an_answer_whatever_it_would_mean_alone() -> None:
    amount = {"entity": "amount", "value": "500", "unit": "USDT", "start": 0, "end": 3}
    coin = {"entity": "coin", "value": "USDT", "start": 4, "end": 8}
    alarm = {"intent": "account_theft", "decision": "handoff", "entities": [amount, coin]}
    assert does("deposit", "amount", "500 USDT", **alarm) is Act.ANSWER
    assert does("deposit", "amount", "500 USDT were stolen, it was not me", **alarm) is Act.INTERRUPT
    person = {**alarm, "intent": "human_request"}
    assert does("deposit", "amount", "500 USDT human!", **person) is Act.INTERRUPT


def test_a_choice_in_its_own_words_is_no_wish_for_a_person() -> None:
    said = texts.text("flow_choice_reason_face", "zh-Hans")
    assert does("kyc", "reason", said, intent="human_request", decision="handoff") is Act.ANSWER


def test_any_short_words_answer_a_question_that_takes_any_words() -> None:
    assert does("theft", "time", "вчера вечером", intent="greet", decision="smalltalk") is Act.ANSWER


def test_a_time_that_sounds_like_a_farewell_is_an_answer_and_a_farewell_is_not() -> None:
    assert does("theft", "time", "last night at ten", intent="goodbye", decision="smalltalk") is Act.ANSWER
    assert does("theft", "time", "bye", intent="goodbye", decision="smalltalk") is Act.INTERRUPT


def test_a_number_in_a_wrong_form_is_an_answer_and_a_question_with_a_number_is_not() -> None:
    given = {"intent": "out_of_scope", "decision": "decline"}
    assert does("deposit", "tx_hash", "there is only 12345", **given) is Act.ANSWER
    assert does("deposit", "tx_hash", "will btc reach 100000?", **given) is Act.INTERRUPT
    assert does("deposit", "tx_hash", "what's the weather like", **given) is Act.INTERRUPT
