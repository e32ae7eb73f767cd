from __future__ import annotations

import numpy as np

from kb_index.combination import FEATURES, LEAST_FOR_CODES, Combination
from kb_index.learning import linear_model


def test_the_linear_model_names_the_topic_of_vectors_like_those_it_learned() -> None:
    random = np.random.default_rng(1)
    topics = random.integers(0, 4, 80)
    vectors = (np.eye(6)[topics] + 0.1 * random.standard_normal((80, 6))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = linear_model(vectors[:60], topics[:60], 5)
    said = vectors[60:] @ weights[:-1] + weights[-1]
    assert weights.shape == (7, 5)
    assert (said.argmax(axis=1) == topics[60:]).all()


def test_scores_rise_with_the_evidence_and_stay_between_0_and_1() -> None:
    nothing, all_of_it = np.full((1, len(FEATURES)), -50, np.float32), np.full((1, len(FEATURES)), 50, np.float32)
    scores = Combination().scores(np.concatenate([nothing, all_of_it]))
    assert 0.0 <= scores[0] < 0.01
    assert 0.99 < scores[1] <= 1.0


def test_a_combination_is_the_same_after_storing() -> None:
    combination = Combination(tuple(float(i) for i in range(len(FEATURES))), -2.5, 300)
    assert Combination.from_document(combination.document()) == combination
    assert dict(zip(FEATURES, Combination().weights, strict=True))["codes"] == LEAST_FOR_CODES
