"""A linear softmax classifier that is trained by scikit-learn and kept as plain arrays: no pickle in the archive."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float32]

#: Measured by cross-validation on nlu_data (README, "What was tried"): inverse strength of the L2 penalty.
PENALTY = 3.0
_ITERATIONS = 120
_TOLERANCE = 1e-3
#: A topic with fewer messages than this is no class of its own.
_ENOUGH = 5


@dataclass(frozen=True)
class LinearClassifier:
    """``classes`` (k,), ``weights`` (d, k) and ``constants`` (k,)."""

    classes: tuple[str, ...]
    weights: Floats
    constants: Floats

    @classmethod
    def fit(cls, features: Floats, labels: Sequence[str]) -> LinearClassifier:
        """Trains on ``features`` (n, d), n labels."""
        if len(set(labels)) < 2:
            raise ValueError("at least two intents with examples are needed; is nlu_data/ complete?")
        with warnings.catch_warnings():
            # Further iterations cost minutes and change no figure of the cross-validation.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(C=PENALTY, max_iter=_ITERATIONS, tol=_TOLERANCE).fit(features, labels)
        weights, constants = model.coef_.T, model.intercept_
        if weights.shape[1] == 1:  # scikit-learn keeps one column for two classes
            weights, constants = np.hstack([-weights, weights]) / 2, np.array([-constants[0], constants[0]]) / 2
        return cls(tuple(str(c) for c in model.classes_), weights.astype(np.float32), constants.astype(np.float32))

    def probabilities(self, features: Floats) -> Floats:
        """(n, d) -> (n, k), each row summing to 1."""
        logits = features @ self.weights + self.constants
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: Floats = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def save(self, path: Path) -> None:
        """Writes an .npz file."""
        with path.open("wb") as file:
            np.savez(file, classes=np.array(self.classes), weights=self.weights, constants=self.constants)

    @classmethod
    def load(cls, path: Path) -> LinearClassifier:
        """Reads what ``save`` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(tuple(str(c) for c in file["classes"]), file["weights"], file["constants"])


def fine_labels(intents: Sequence[str], topics: Sequence[str | None]) -> list[str]:
    """The classes that are really trained: an intent's topics apart, ``trading/adl``.

    An intent like "trading" is many unlike things; a class for each is right more often than one for all (64 against
    62 % of the messages, cross-validated), and costs nothing when the message is read.
    """
    fine = [f"{intent}/{topic or ''}" for intent, topic in zip(intents, topics, strict=True)]
    counts = Counter(fine)
    return [label if counts[label] >= _ENOUGH else f"{label.split('/')[0]}/" for label in fine]


def by_intent(classes: tuple[str, ...], probabilities: Floats) -> tuple[tuple[str, ...], Floats]:
    """Sums fine classes (n, k) to intents: the sorted names and (n, intents)."""
    intents, membership = _membership(classes)
    sums: Floats = probabilities @ membership
    return intents, sums


@lru_cache(maxsize=4)
def _membership(classes: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    owners = [label.split("/")[0] for label in classes]
    intents = tuple(sorted(set(owners)))
    membership = np.zeros((len(classes), len(intents)), dtype=np.float32)
    for row, owner in enumerate(owners):
        membership[row, intents.index(owner)] = 1.0
    return intents, membership
