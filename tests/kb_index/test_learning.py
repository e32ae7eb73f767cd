from __future__ import annotations

import numpy as np

from kb_index.combination import FEATURES, LEAST_FOR_CODES, Combination
from kb_index.learning import LinearModel


def test_the_closed_form_says_what_a_model_without_those_rows_says() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((40, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    targets = np.eye(4, dtype=np.float32)[random.integers(0, 4, 40)]
    rows = np.array([3, 17, 21])
    rest = np.setdiff1d(np.arange(40), rows)
    without = LinearModel(vectors[rest], targets[rest]).weights
    expected = vectors[rows] @ without[:-1] + without[-1]
    assert np.allclose(LinearModel(vectors, targets).unseen(rows), expected, atol=1e-4)


def test_scores_rise_with_the_evidence_and_stay_between_0_and_1() -> None:
    nothing, all_of_it = np.full((1, len(FEATURES)), -50, np.float32), np.full((1, len(FEATURES)), 50, np.float32)
    scores = Combination().scores(np.concatenate([nothing, all_of_it]))
    assert 0.0 <= scores[0] < 0.01
    assert 0.99 < scores[1] <= 1.0


def test_a_combination_is_the_same_after_storing() -> None:
    combination = Combination(tuple(float(i) for i in range(len(FEATURES))), -2.5, 300)
    assert Combination.from_document(combination.document()) == combination
    assert dict(zip(FEATURES, Combination().weights, strict=True))["codes"] == LEAST_FOR_CODES
