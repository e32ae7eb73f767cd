from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_index.lexical import K1, B, Postings

WORDS = st.lists(st.sampled_from(["fee", "loss", "kyc", "api", "51008", "提币", "a"]), max_size=8)


def plain_bm25(documents: list[list[str]], query: set[str]) -> list[float]:
    """The textbook's formula, document by document, divided by the most that a document could reach."""
    n, mean = len(documents), sum(map(len, documents)) / len(documents)

    def idf(token: str) -> float:
        frequency = sum(token in document for document in documents)
        return math.log1p((n - frequency + 0.5) / (frequency + 0.5))

    rarest = math.log1p((n - 0.5) / 1.5)
    most = sum(idf(t) if any(t in d for d in documents) else rarest for t in query) * (K1 + 1)
    scores = []
    for document in documents:
        count, relative = Counter(document), len(document) / mean if mean else 1.0
        total = sum(idf(t) * count[t] * (K1 + 1) / (count[t] + K1 * (1 - B + B * relative)) for t in query if count[t])
        scores.append(min(1.0, total / most))
    return scores


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=12), st.sets(st.sampled_from(["fee", "loss", "提币", "zzz"]), min_size=1))
def test_scores_are_those_of_the_textbook(documents: list[list[str]], query: set[str]) -> None:
    scores = Postings.build(documents).scores(query)
    assert np.allclose(scores, plain_bm25(documents, query), atol=1e-4)
    assert scores.min() >= 0.0
    assert scores.max() <= 1.0


def test_a_rare_word_outweighs_common_ones() -> None:
    documents = [["my", "order", "is", "gone"], ["error", "51008"], ["my", "order", "waits"], ["my", "fee"]]
    assert int(Postings.build(documents).scores(["my", "order", "51008"]).argmax()) == 1


def test_nothing_asked_or_nothing_indexed_scores_nothing() -> None:
    assert Postings.build([["a"], ["b"]]).scores([]).tolist() == [0.0, 0.0]
    assert Postings.build([["a"], []]).scores(["zzz"]).tolist() == [0.0, 0.0]
    assert Postings.build([]).scores(["a"]).tolist() == []


def test_an_index_is_the_same_after_saving(tmp_path: Path) -> None:
    postings = Postings.build([["fee", "提币"], ["loss", "fee", "fee"]])
    postings.save(tmp_path / "words.npz")
    again = Postings.load(tmp_path / "words.npz")
    assert np.array_equal(again.scores(["提币", "loss", "x"]), postings.scores(["提币", "loss", "x"]))
