"""Learns, while an index is built, what the search weighs by: a linear model over the vectors and the combination.

The combination is fitted on texts of the index itself, each searched for as if neither it nor what was written together
with it were known. Only the texts that the encoder's training left out take part (``training_messages.held_out``).
Leaving out a single text would not do: whoever writes ten questions for one article words each unlike the others, so
the rest look like worse evidence than they are for a stranger's message.

Needs scipy, and runs while building only.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from kb_index.combination import FEATURES, LEAST_FOR_CODES, Combination
from kb_index.encoding import Vectors
from kb_index.entries import Entry, Kind
from kb_index.segmentation import codes, tokens
from kb_index.snapshot import Query, Snapshot
from kb_index.training_messages import held_out

log = logging.getLogger(__name__)

#: Strength of the linear model's ridge penalty, for unit vectors.
RIDGE = 0.1
#: The combination is fitted on at most this many texts, drawn with a fixed seed: more changes the weights little.
SAMPLE = 2000
#: With fewer texts than this there is nothing to learn; the default weights stay.
ENOUGH = 200

Doubles = npt.NDArray[np.float64]


class LinearModel:
    """Ridge regression from vectors to topics.

    Attributes:
        weights: float32, (dimensions + 1, topics + 1), the last row for the constant.
    """

    def __init__(self, vectors: Vectors, targets: npt.NDArray[np.float32]) -> None:
        """Fits it: vectors (n, dimensions) of unit norm, targets (n, topics + 1) with rows that sum to 1."""
        self._x: Doubles = np.hstack([vectors, np.ones((len(vectors), 1))]).astype(np.float64)
        inverse = np.linalg.inv(self._x.T @ self._x + RIDGE * np.eye(self._x.shape[1])).astype(np.float64)
        self._projected: Doubles = self._x @ inverse
        weights = self._projected.T @ targets
        self._targets = targets.astype(np.float64)
        self._said: Doubles = self._x @ weights
        self.weights: Vectors = weights.astype(np.float32)

    def unseen(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """What the model would say of these rows, (rows, topics + 1), had it not seen any of them (closed form)."""
        leverage = self._projected[rows] @ self._x[rows].T
        missed = self._targets[rows] - self._said[rows]
        said: Doubles = self._targets[rows] - np.linalg.solve(np.eye(len(rows)) - leverage, missed)
        return said.astype(np.float32)


def learn_combination(
    snapshot: Snapshot, entries: Sequence[Entry], vectors: Vectors, linear: LinearModel
) -> Combination:
    """Fits the combination on a sample of the entries; the default one when there are too few to learn from."""
    learnable = [i for i, entry in enumerate(entries) if entry.kind is not Kind.TITLE and held_out(entry.text)]
    if len(learnable) < ENOUGH:
        log.info("%d texts are too few to learn weights from; the default ones stay", len(learnable))
        return Combination()
    together: dict[str, list[int]] = {}
    for position, entry in enumerate(entries):
        together.setdefault(entry.source, []).append(position)
    numbers = {topic: i for i, topic in enumerate(snapshot.about.topics)}
    chosen = np.random.default_rng(0).permutation(np.array(learnable))[:SAMPLE].tolist()
    evidence, right = [], np.zeros((len(chosen), len(numbers)), dtype=bool)
    for row, position in enumerate(chosen):
        entry = entries[position]
        group = np.array(together[entry.source], dtype=np.int64)
        unseen = linear.unseen(group)[int(np.flatnonzero(group == position)[0])]
        query = Query(vectors[position], tokens(entry.text), codes(entry.text))
        neighbours = snapshot.neighbours(query.vector, without=group)
        evidence.append(snapshot.evidence(query, neighbours, without=group, linear=unseen))
        right[row, [numbers[topic] for topic in entry.acceptable]] = True
    return _fit(np.concatenate(evidence).astype(np.float64), right.reshape(-1), len(chosen))


def _fit(x: Doubles, right: npt.NDArray[np.bool_], texts: int) -> Combination:
    """Logistic regression with weights that cannot be negative: no evidence for a topic may speak against it."""
    y = right.astype(np.float64)
    centre, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    z = (x - centre) / scale

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        weights, logits = parameters[:-1], z @ parameters[:-1] + parameters[-1]
        error = 1.0 / (1.0 + np.exp(-logits)) - y
        value = float((np.logaddexp(0.0, logits) - y * logits).sum() + 0.5 * (weights**2).sum())
        return value, np.append(z.T @ error + weights, error.sum())

    least = np.array([LEAST_FOR_CODES if name == "codes" else 0.0 for name in FEATURES]) * scale
    bounds = [*((low, None) for low in least), (None, None)]
    fitted = minimize(loss, np.append(least, 0.0), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = fitted[:-1] / scale
    return Combination(tuple(float(w) for w in weights), float(fitted[-1] - weights @ centre), texts)
