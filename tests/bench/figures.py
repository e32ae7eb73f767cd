"""The figures of a model on scoring messages, and the goals they are held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score, roc_auc_score

from tests.bench.scoring import Judged, Scored

BINS = 10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """Shares in [0, 1]; None where a model does not say, or where there is nothing to count."""

    messages: int
    accuracy: float
    macro_f1: float
    critical_found: float | None
    false_alarms: float | None
    topic_first: float | None
    topic_among_three: float | None
    answered: float | None
    wrong_answers: float | None
    out_of_scope_auroc: float | None
    calibration_error: float | None


#: Name, attribute, goal, whether more is better.
GOALS = (
    ("intent macro-F1", "macro_f1", 0.95, True),
    ("critical found", "critical_found", 0.99, True),
    ("false alarms", "false_alarms", 0.01, False),
    ("topic first", "topic_first", 0.92, True),
    ("topic among three", "topic_among_three", 0.98, True),
    ("answered", "answered", 0.85, True),
    ("wrong among answered", "wrong_answers", 0.02, False),
    ("out of scope AUROC", "out_of_scope_auroc", 0.98, True),
    ("calibration error", "calibration_error", 0.03, False),
)
WORST_LANGUAGE_F1 = 0.90


def figures(rows: Sequence[Scored], judged: Sequence[Judged], *, calibrated: bool = True) -> Figures:
    """Counts. ``calibrated`` says whether the model's confidence is meant as a frequency."""
    pairs = list(zip(rows, judged, strict=True))
    right = np.array([r.intent == j.intent for r, j in pairs])
    asked = [(r, j) for r, j in pairs if r.topics and j.topics]
    answered = [(r, j) for r, j in pairs if j.answered]
    answerable = [j.answered for r, j in pairs if r.answerable]
    answers = any(j.answered for j in judged)
    outside = np.array([r.intent == "out_of_scope" for r in rows])
    both = outside.any() and not outside.all()
    return Figures(
        messages=len(rows),
        accuracy=float(right.mean()),
        macro_f1=macro_f1([r.intent for r in rows], [j.intent for j in judged]),
        critical_found=share([j.critical for r, j in pairs if r.critical]),
        false_alarms=share([j.critical for r, j in pairs if not r.critical]),
        topic_first=share([j.topics[0] in r.acceptable for r, j in asked]),
        topic_among_three=share([bool(set(j.topics[:3]) & r.acceptable) for r, j in asked]),
        answered=share(answerable) if answers else None,
        wrong_answers=share([j.topics[0] not in r.acceptable for r, j in answered]),
        out_of_scope_auroc=float(roc_auc_score(outside, [j.out_of_scope for j in judged])) if both else None,
        calibration_error=calibration_error(np.array([j.confidence for j in judged]), right) if calibrated else None,
    )


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Over the intents that occur."""
    return float(f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0))


def share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def calibration_error(confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error over BINS bins of equal width."""
    return float(sum(count / len(right) * abs(said - was) for said, was, count in reliability(confidence, right)))


def reliability(confidence: Floats, right: npt.NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Mean confidence, frequency of being right and count, of each bin that is not empty."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (float(confidence[bins == b].mean()), float(right[bins == b].mean()), int((bins == b).sum()))
        for b in range(BINS)
        if (bins == b).any()
    ]


def risk_coverage(score: Floats, wrong: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Coverage and the share of wrong ones, when only the surest are answered, one point a message."""
    order = np.argsort(-score, kind="stable")
    counts = np.arange(1, len(order) + 1)
    return counts / len(order), np.cumsum(wrong[order]) / counts


def confusions(rows: Sequence[Scored], judged: Sequence[Judged], most: int = 15) -> list[tuple[str, str, int]]:
    """The most frequent wrong intents: right one, given one, how often."""
    counts = Counter((r.intent, j.intent) for r, j in zip(rows, judged, strict=True) if r.intent != j.intent)
    return [(right, given, n) for (right, given), n in counts.most_common(most)]
