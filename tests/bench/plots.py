"""The reliability plot and the risk-coverage curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from tests.bench.figures import reliability, risk_coverage
from tests.bench.scoring import Judged, Scored


def draw(rows: Sequence[Scored], judged: Sequence[Judged], folder: Path) -> None:
    """Writes reliability.png and risk-coverage.png."""
    mpl.use("Agg")
    confidence = np.array([j.confidence for j in judged])
    right = np.array([r.intent == j.intent for r, j in zip(rows, judged, strict=True)])
    figure, axes = plt.subplots(figsize=(5, 4.5), layout="constrained")
    said, was, counts = zip(*reliability(confidence, right), strict=True)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot(said, was, marker="o", color="tab:blue")
    for x, y, count in zip(said, was, counts, strict=True):
        axes.annotate(str(count), (x, y), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set(xlabel="reported confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1), title="Intent")
    figure.savefig(folder / "reliability.png", dpi=110)
    plt.close(figure)

    figure, axes = plt.subplots(figsize=(5, 4.5), layout="constrained")
    asked = [i for i, r in enumerate(rows) if r.topics and judged[i].topics]
    wrong = np.array([judged[i].topics[0] not in rows[i].acceptable for i in asked])
    for name, score, faults in (
        ("intent", confidence, ~right),
        ("FAQ topic", np.array([judged[i].topic_score for i in asked]), wrong),
    ):
        coverage, risk = risk_coverage(score, faults)
        axes.plot(coverage, risk, label=name)
    axes.set(xlabel="share decided", ylabel="share of wrong ones", xlim=(0, 1), ylim=(0, None), title="Surest first")
    axes.legend()
    figure.savefig(folder / "risk-coverage.png", dpi=110)
    plt.close(figure)
