from __future__ import annotations

import numpy as np
import pytest

from tests.bench.evaluate import goals
from tests.bench.figures import calibration_error, confusions, figures, risk_coverage
from tests.bench.scoring import Judged, Scored, scoring_sets


def row(intent: str, *topics: str) -> Scored:
    return Scored(intent, "en", intent, intent, topics, frozenset(topics))


def said(intent: str, *topics: str, critical: bool = False, answered: bool = False, outside: float = 0.0) -> Judged:
    return Judged(intent, 0.9, critical, outside, topics, 0.5, answered)


ROWS = [
    row("account_theft", "account-stolen-emergency"),
    row("trading", "adl"),
    row("kyc", "kyc-age"),
    row("out_of_scope"),
]
SAID = [
    said("account_theft", "account-stolen-emergency", critical=True),
    said("trading", "adl", "funding-rate", answered=True),
    said("trading", "adl", "kyc-age", answered=True, critical=True),
    said("out_of_scope", outside=0.9),
]


def test_each_figure_counts_what_it_says() -> None:
    found = figures(ROWS, SAID)
    assert (found.messages, found.accuracy) == (4, 0.75)
    assert found.critical_found == found.topic_among_three == 1.0
    assert found.false_alarms == pytest.approx(1 / 3)
    assert found.topic_first == pytest.approx(2 / 3)
    assert (found.answered, found.wrong_answers) == (1.0, 0.5)
    assert found.out_of_scope_auroc == 1.0
    assert confusions(ROWS, SAID) == [("kyc", "trading", 1)]


def test_a_model_without_topics_has_no_figure_for_them() -> None:
    found = figures(ROWS, [said(r.intent) for r in ROWS])
    assert (found.topic_first, found.answered, found.wrong_answers) == (None, None, None)


def test_a_confidence_that_is_the_frequency_of_being_right_has_no_calibration_error() -> None:
    confidence = np.array([0.75] * 8 + [0.25] * 8)
    right = np.array([True] * 6 + [False] * 2 + [True] * 2 + [False] * 6)
    assert calibration_error(confidence, right) == pytest.approx(0.0)
    assert calibration_error(np.full(16, 0.95), right) == pytest.approx(0.45)


def test_risk_is_counted_from_the_surest_on() -> None:
    coverage, risk = risk_coverage(np.array([0.1, 0.9, 0.5]), np.array([True, False, False]))
    assert coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert risk.tolist() == pytest.approx([0.0, 0.0, 1 / 3])


def test_a_goal_says_whether_it_was_met_and_by_how_much_it_was_missed() -> None:
    table = "\n".join(goals(figures(ROWS, SAID), ("en", 0.5)))
    assert "| topic among three | 98.0 % | 100.0 % | met |" in table
    assert "| wrong among answered | 2.0 % | 50.0 % | missed by 48.0 points |" in table


def test_the_scoring_sets_are_large_enough_in_every_language() -> None:
    counts = dict.fromkeys({r.language for r in scoring_sets()}, 0)
    for r in scoring_sets():
        counts[r.language] += 1
    assert len(counts) == 12
    assert min(counts.values()) >= 60
    assert min(counts["zh-Hans"], counts["en"]) >= 250
