"""From probabilities to a decision: answer, clarify, handoff, smalltalk or decline, and how sure that is.

Everything is learned from messages that neither the classifier nor the index had seen: two logistic regressions turn
the evidence into frequencies of being right, and each threshold is the lowest one that keeps a stated target error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

CRITICAL = ("account_theft", "scam_victim")
#: Intents that an article can answer; each is a family of topics in taxonomy.yml, but the two critical ones.
ANSWERABLE = frozenset({"account_security", "trading", "deposit_withdrawal", "kyc", "api", "platform", "compliance"})
FOR_PEOPLE = frozenset({"human_request", "complaint", "ticket_status"})
SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", "bot_challenge", "suggestion"})

#: Topics whose articles are for somebody who is losing money now.
CRITICAL_TOPICS = frozenset(
    {"account-stolen-emergency", "unauthorized-withdrawal-report", "scam-victim-first-steps", "p2p-fraud"}
)

#: With fewer unseen messages than this nothing is learned; the defaults below stay.
ENOUGH = 150
#: A threshold is judged on at least so many messages above it.
_SUPPORT = 15

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What is known of one message.

    Attributes:
        intents: probabilities by name.
        topics: (id, score), best first.
        urgent: a critical intent that the lexical rules found, if any.
        urgency: how strongly, in [0, 1].
    """

    intents: Mapping[str, float]
    topics: Sequence[tuple[str, float]]
    urgent: str | None = None
    urgency: float = 0.0

    @property
    def intent(self) -> str:
        """The likeliest intent."""
        return max(self.intents, key=lambda name: self.intents[name])

    @property
    def critical(self) -> float:
        """The probability that money or the account is being lost."""
        return sum(self.intents.get(name, 0.0) for name in CRITICAL)

    def critical_features(self) -> tuple[float, ...]:
        """What the regression sees that says whether money or the account is being lost."""
        told = max((score for topic, score in self.topics if topic in CRITICAL_TOPICS), default=0.0)
        return _logit(self.critical), float(self.urgent is not None), self.urgency, told

    def features(self, families: Mapping[str, str]) -> tuple[float, ...]:
        """What the two regressions see."""
        first, second = (*sorted(self.intents.values(), reverse=True), 0.0)[:2]
        scores = [*(score for _, score in self.topics), 0.0, 0.0]
        answerable = sum(self.intents.get(name, 0.0) for name in (*ANSWERABLE, *CRITICAL))
        agrees = bool(self.topics) and families.get(self.topics[0][0]) == self.intent
        return (
            _logit(first),
            _logit(first) - _logit(second),
            _logit(scores[0]),
            _logit(scores[0]) - _logit(scores[1]),
            _logit(answerable),
            float(agrees),
        )


@dataclass(frozen=True)
class Outcome:
    """What the message really was, for learning."""

    intent: str
    acceptable: frozenset[str]


@dataclass(frozen=True)
class Targets:
    """Stated errors: shares of wrong ones among what is answered, among what is acted on, and of false alarms."""

    wrong_answers: float
    wrong_acts: float
    false_alarms: float


@dataclass(frozen=True)
class Verdict:
    """The decision for one message. ``confidence`` is how often such an intent is right."""

    intent: str
    confidence: float
    decision: str


@dataclass(frozen=True)
class Judgement:
    """Weights (the last one is the constant) and thresholds. The defaults serve until there is data to learn from."""

    intent_weights: tuple[float, ...] = (0.6, 0.2, 0.0, 0.0, 0.0, 0.3, 0.3)
    answer_weights: tuple[float, ...] = (0.0, 0.1, 0.7, 0.2, 0.3, 0.4, 0.0)
    answer_from: float = 0.6
    act_from: float = 0.6
    critical_weights: tuple[float, ...] = (1.0, 1.5, 1.0, 1.0, -1.5)
    critical_from: float = 0.4
    learned_from: int = 0

    def judge(self, evidence: Evidence, families: Mapping[str, str]) -> Verdict:
        """Decides.

        Args:
            evidence: of the message. What the lexical rules found counts for an emergency, never against one.
            families: the family of each topic.
        """
        features = np.array([evidence.features(families)])
        sure = float(_frequency(features, self.intent_weights)[0])
        critical = float(_frequency(np.array([evidence.critical_features()]), self.critical_weights)[0])
        intent = evidence.intent
        if critical >= self.critical_from:
            if intent not in CRITICAL:
                total = evidence.critical or 1.0
                intent = max(CRITICAL, key=lambda name: (evidence.intents.get(name, 0.0), name == evidence.urgent))
                sure = critical * evidence.intents.get(intent, 0.0) / total
            return Verdict(intent, sure, "handoff")
        if intent in CRITICAL:  # likeliest, yet below the threshold: then it is what it would be without them
            intent = max((n for n in evidence.intents if n not in CRITICAL), key=lambda n: evidence.intents[n])
            sure = min(sure, evidence.intents[intent])
        return Verdict(intent, sure, self._decision(intent, sure, features, bool(evidence.topics)))

    def _decision(self, intent: str, sure: float, features: Array, has_topics: bool) -> str:
        if intent in ANSWERABLE:
            answered = has_topics and float(_frequency(features, self.answer_weights)[0]) >= self.answer_from
            return "answer" if answered else "clarify"
        if sure < self.act_from:
            return "clarify"
        if intent in FOR_PEOPLE:
            return "handoff"
        return "smalltalk" if intent in SMALL_TALK else "decline"

    def save(self, path: Path) -> None:
        """Writes JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Judgement:
        """Reads what ``save`` wrote."""
        fields = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})


def learn(
    evidence: Sequence[Evidence], outcomes: Sequence[Outcome], families: Mapping[str, str], targets: Targets
) -> Judgement:
    """Learns weights and thresholds from messages that the classifier and the index had not seen."""
    if len(evidence) < ENOUGH:
        return Judgement()
    features = np.array([one.features(families) for one in evidence])
    intent_right = np.array([one.intent == outcome.intent for one, outcome in zip(evidence, outcomes, strict=True)])
    answer_right = np.array(
        [
            bool(one.topics) and one.topics[0][0] in outcome.acceptable
            for one, outcome in zip(evidence, outcomes, strict=True)
        ]
    )
    intent_weights, answer_weights = _fit(features, intent_right), _fit(features, answer_right)
    predicted = np.array([one.intent for one in evidence])
    answerable = np.isin(predicted, sorted(ANSWERABLE))
    acted = ~answerable & ~np.isin(predicted, CRITICAL)
    sure, answer = _frequency(features, intent_weights), _frequency(features, answer_weights)
    is_critical = np.array([outcome.intent in CRITICAL for outcome in outcomes])
    told = np.array([one.critical_features() for one in evidence])
    *weights, constant = _fit(told, is_critical)
    critical_weights = (*(max(weight, 0.0) for weight in weights), constant)  # no alarm speaks against an emergency
    critical = _frequency(told, critical_weights)
    return Judgement(
        intent_weights=intent_weights,
        answer_weights=answer_weights,
        answer_from=_lowest(answer[answerable], answer_right[answerable], targets.wrong_answers),
        act_from=_lowest(sure[acted], intent_right[acted], targets.wrong_acts),
        critical_weights=critical_weights,
        critical_from=float(np.quantile(critical[~is_critical], 1.0 - targets.false_alarms)),
        learned_from=len(evidence),
    )


def _fit(features: Array, right: npt.NDArray[np.bool_]) -> tuple[float, ...]:
    if right.all() or not right.any():
        return (*(0.0 for _ in range(features.shape[1])), 3.0 if right.all() else -3.0)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(features, right)
    return (*(float(weight) for weight in model.coef_[0]), float(model.intercept_[0]))


def _frequency(features: Array, weights: Sequence[float]) -> Array:
    logits = features @ np.array(weights[:-1]) + weights[-1]
    frequencies: Array = 1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40)))
    return frequencies


def _lowest(sure: Array, right: npt.NDArray[np.bool_], error: float) -> float:
    """The lowest threshold above which at most ``error`` are wrong; where none does, the one with the fewest wrong."""
    if len(sure) < _SUPPORT:
        return 0.6
    order = np.argsort(-sure)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    allowed = np.flatnonzero(wrong[_SUPPORT - 1 :] <= error) + _SUPPORT - 1
    chosen = allowed[-1] if len(allowed) else int(np.argmin(wrong[_SUPPORT - 1 :])) + _SUPPORT - 1
    return float(sure[order[chosen]])


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-4), 1.0 - 1e-4)
    return float(np.log(clipped / (1.0 - clipped)))
