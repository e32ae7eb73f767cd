"""Joins the evidence for a topic to one score in [0, 1]: a logistic regression whose weights each build learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

#: The evidence for one topic, in the order of the columns (see ``Snapshot.evidence``). A lead is the distance to the
#: best other topic, negative for all but the first; "no topic" counts as one of the others.
FEATURES: tuple[str, ...] = (
    "nearest",  # inner product with the topic's nearest entry
    "nearest_lead",
    "neighbours",  # the topic's share among the nearest entries, nearer ones weighing more
    "words",  # BM25 of the topic's best entry
    "words_lead",
    "article",  # BM25 of the topic's article, in whatever language fits best
    "article_lead",
    "linear",  # log-probability by a linear model over the vector
    "linear_lead",
    "codes",  # share of the message's exact codes that the topic's articles name
)

#: The least weight that a build may learn for an exact code. Few messages quote one, and none of them should depend on
#: whether those that do happen to be in the sample.
LEAST_FOR_CODES = 8.0

# For a build with too little to learn from. Sensible, not measured: learned weights replace them.
_DEFAULT_WEIGHTS = (4.0, 6.0, 3.0, 3.0, 3.0, 2.0, 2.0, 0.0, 0.0, LEAST_FOR_CODES)
_DEFAULT_INTERCEPT = -6.0


@dataclass(frozen=True)
class Combination:
    """Weights by feature, and the intercept. ``learned_from`` is the number of messages behind them, 0 for defaults."""

    weights: tuple[float, ...] = _DEFAULT_WEIGHTS
    intercept: float = _DEFAULT_INTERCEPT
    learned_from: int = 0

    def scores(self, evidence: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The probability of being a right answer by these weights: (n, features) -> (n,), each in [0, 1]."""
        logits = evidence.astype(np.float64) @ np.array(self.weights) + self.intercept
        scores: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40)))
        return scores

    def document(self) -> dict[str, Any]:
        """What is stored with a build."""
        weights = dict(zip(FEATURES, self.weights, strict=True))
        return {"weights": weights, "intercept": self.intercept, "learned_from": self.learned_from}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Combination:
        """Reads what ``document`` returned."""
        weights: Mapping[str, float] = document["weights"]
        ordered: Sequence[float] = [float(weights[name]) for name in FEATURES]
        return cls(tuple(ordered), float(document["intercept"]), int(document["learned_from"]))
