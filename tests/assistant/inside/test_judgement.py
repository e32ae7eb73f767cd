"""From evidence to a decision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.assistant.components.judgement import Evidence, Judgement, Outcome, Targets, learn

FAMILIES = {"adl": "trading", "kyc-rejected": "kyc"}
EVEN = Judgement(
    intent_weights=(1.0, 0, 0, 0, 0, 0, 0.0),
    answer_weights=(0, 0, 1.0, 0, 0, 0, 0.0),
    answer_from=0.6,
    act_from=0.6,
    critical_weights=(1.0, 4.0, 0.0, 0.0, 0.0),
    critical_from=0.4,
)


def evidence(topic: float = 0.9, **intents: float) -> Evidence:
    return Evidence(intents, [("adl", topic), ("kyc-rejected", topic / 3)])


def decide(found: Evidence, urgent: str | None = None) -> tuple[str, str]:
    verdict = EVEN.judge(replace(found, urgent=urgent, urgency=0.9 if urgent else 0.0), FAMILIES)
    return verdict.intent, verdict.decision


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (evidence(trading=0.9, kyc=0.1), ("trading", "answer")),
        (evidence(topic=0.3, trading=0.9, kyc=0.1), ("trading", "clarify")),
        (evidence(greet=0.9, kyc=0.1), ("greet", "smalltalk")),
        (evidence(suggestion=0.9, kyc=0.1), ("suggestion", "smalltalk")),
        (evidence(greet=0.5, kyc=0.3, thanks=0.2), ("greet", "clarify")),
        (evidence(out_of_scope=0.9, kyc=0.1), ("out_of_scope", "decline")),
        (evidence(complaint=0.9, kyc=0.1), ("complaint", "handoff")),
        (evidence(human_request=0.9, kyc=0.1), ("human_request", "handoff")),
    ],
)
def test_the_likeliest_intent_decides_when_it_is_likely_enough(found: Evidence, expected: tuple[str, str]) -> None:
    assert decide(found) == expected


def test_theft_and_fraud_together_may_be_critical_though_neither_is_likely() -> None:
    assert decide(evidence(account_theft=0.2, scam_victim=0.25, trading=0.55)) == ("scam_victim", "handoff")


def test_a_theft_below_the_threshold_is_what_the_message_would_be_without_it() -> None:
    assert decide(evidence(account_theft=0.35, account_security=0.33, trading=0.32)) == ("account_security", "answer")


def test_the_lexical_rules_raise_what_the_classifier_finds_possible() -> None:
    doubtful = evidence(trading=0.9, scam_victim=0.1)
    assert decide(doubtful) == ("trading", "answer")
    assert decide(doubtful, urgent="scam_victim") == ("scam_victim", "handoff")


def test_the_lexical_rules_alone_do_not_overrule_a_sure_classifier() -> None:
    assert decide(evidence(trading=0.999, kyc=0.001), urgent="scam_victim") == ("trading", "answer")


def test_a_topic_for_victims_speaks_for_an_emergency() -> None:
    told = Judgement(critical_weights=(1.0, 0.0, 0.0, 3.0, 0.0), critical_from=0.4)
    found = Evidence({"account_security": 0.9, "account_theft": 0.1}, [("account-stolen-emergency", 0.9)])
    assert told.judge(found, FAMILIES).decision == "handoff"
    assert told.judge(replace(found, topics=[("adl", 0.9)]), FAMILIES).decision != "handoff"


def test_the_lexical_rules_do_not_lower() -> None:
    assert decide(evidence(account_theft=0.9, trading=0.1), urgent=None) == ("account_theft", "handoff")


def test_without_any_topic_a_question_is_clarified() -> None:
    assert decide(Evidence({"trading": 0.99, "kyc": 0.01}, [])) == ("trading", "clarify")


def _messages(count: int) -> tuple[list[Evidence], list[Outcome]]:
    """Messages whose likeliest intent, and topic, are right as often as they are said to be."""
    random = np.random.default_rng(0)
    found, outcomes = [], []
    for _ in range(count):
        intent, topic, theft = random.uniform(0.5, 1), random.uniform(0, 1), random.uniform(0, 1) ** 4
        other = (1 - intent) / 2
        found.append(
            Evidence(
                {"trading": intent * (1 - theft), "account_theft": theft * intent, "kyc": other, "greet": other},
                [("adl", topic), ("kyc-rejected", 0.01)],
            )
        )
        is_theft = random.uniform() < theft
        right = random.uniform() < topic
        outcomes.append(Outcome("account_theft" if is_theft else "trading", frozenset({"adl"} if right else ())))
    return found, outcomes


def test_thresholds_keep_the_stated_errors_on_what_they_were_learned_from() -> None:
    found, outcomes = _messages(3000)
    learned = learn(found, outcomes, FAMILIES, Targets(wrong_answers=0.15, wrong_acts=0.1, false_alarms=0.02))

    verdicts = [learned.judge(one, FAMILIES) for one in found]
    answered = [outcome for verdict, outcome in zip(verdicts, outcomes, strict=True) if verdict.decision == "answer"]
    harmless = [
        verdict for verdict, outcome in zip(verdicts, outcomes, strict=True) if outcome.intent != "account_theft"
    ]

    assert len(answered) > 300
    assert sum("adl" not in outcome.acceptable for outcome in answered) / len(answered) <= 0.16
    assert sum(verdict.intent == "account_theft" for verdict in harmless) / len(harmless) <= 0.021


def test_too_few_messages_leave_the_defaults() -> None:
    found, outcomes = _messages(20)

    assert learn(found, outcomes, FAMILIES, Targets(0.1, 0.1, 0.1)) == Judgement()


def test_what_was_learned_survives_saving(tmp_path: Path) -> None:
    found, outcomes = _messages(500)
    learned = learn(found, outcomes, FAMILIES, Targets(0.2, 0.1, 0.02))
    learned.save(tmp_path / "judgement.json")

    assert Judgement.load(tmp_path / "judgement.json") == learned
