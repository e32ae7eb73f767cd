"""Learns, while an index is built, what the search weighs by: a linear model over the vectors and the combination.

The combination is fitted on messages that are in neither the index nor the encoder's training
(``training_messages.read_calibration``). The texts of the index itself would not do: whoever writes ten questions for
one article words each unlike the others, so the rest look like worse evidence than they are for a stranger's message;
and a trained encoder is better on what it has seen than it will be on customers.

Needs scipy and scikit-learn, and runs while building only.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from kb_index.combination import FEATURES, LEAST_FOR_CODES, Combination
from kb_index.encoding import Vectors
from kb_index.segmentation import codes, tokens
from kb_index.snapshot import Query, Snapshot
from kb_index.training_messages import TrainingMessage

log = logging.getLogger(__name__)

#: Of the linear model's L2 penalty, for unit vectors. On the calibration messages 10 found the topic first for 84.4 %,
#: 1 for 83.0 %; ridge regression, which was here before, for 75.3 %.
INVERSE_PENALTY = 10.0
_IMPOSSIBLE = -50.0
#: With fewer texts than this there is nothing to learn; the default weights stay.
ENOUGH = 200

Doubles = npt.NDArray[np.float64]


def linear_model(vectors: Vectors, topics: npt.NDArray[np.int64], columns: int) -> Vectors:
    """Multinomial logistic regression from vectors to topics.

    Args:
        vectors: (n, dimensions), unit norm.
        topics: (n,), each text's first topic, or the last column for none.
        columns: number of topics + 1.

    Returns:
        Weights, float32, (dimensions + 1, columns), the last row for the constant. A topic that no text has stays
        impossible.
    """
    weights = np.zeros((vectors.shape[1] + 1, columns), dtype=np.float32)
    present = np.unique(topics)
    if len(present) < 2:  # nothing to tell apart
        return weights
    with warnings.catch_warnings():
        # More iterations take longer and find no better topics.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=60, tol=1e-3).fit(vectors, topics)
    coefficients, constants = model.coef_, model.intercept_
    if len(present) == 2:  # scikit-learn keeps one row for two classes
        coefficients, constants = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.array([-constants[0], constants[0]]) / 2,
        )
    weights[-1] = _IMPOSSIBLE
    weights[:-1, present], weights[-1, present] = coefficients.T, constants
    return weights


def learn_combination(snapshot: Snapshot, messages: Sequence[TrainingMessage], vectors: Vectors) -> Combination:
    """Fits the combination on these messages and their vectors; the default one when they are too few to learn from.

    A message that no article answers speaks too: nothing should score high for it.
    """
    if len(messages) < ENOUGH:
        log.info("%d messages are too few to learn weights from; the default ones stay", len(messages))
        return Combination()
    numbers = {topic: i for i, topic in enumerate(snapshot.about.topics)}
    evidence, right = [], np.zeros((len(messages), len(numbers)), dtype=bool)
    for row, (message, vector) in enumerate(zip(messages, vectors, strict=True)):
        query = Query(vector, tokens(message.text), codes(message.text))
        evidence.append(snapshot.evidence(query, snapshot.neighbours(query.vector)))
        right[row, [numbers[topic] for topic in (*message.topics, *message.also) if topic in numbers]] = True
    return _fit(np.concatenate(evidence).astype(np.float64), right.reshape(-1), len(messages))


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
