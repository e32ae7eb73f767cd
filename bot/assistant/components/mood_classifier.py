"""Rasa component: whether the customer is calm, angry or in panic, by scikit-learn on the features there are already.

The labels stand beside the messages, in ``nlu_data/mood/<language>.jsonl``: ``{"text": ..., "mood": ...}`` for a part
of the training messages and for those to calibrate on. Each mood is reported only above a threshold that keeps a stated
share of wrong ones among the messages to calibrate on, whose writers the classifier does not know.
"""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.assistant.components.encoder_featurizer import SentenceEncoderFeaturizer
from bot.assistant.components.examples import labelled
from bot.assistant.components.intent_classifier import centre_of, features_of
from bot.assistant.components.linear import Floats, LinearClassifier
from bot.assistant.components.ngram_featurizer import CharacterNgramFeaturizer

log = logging.getLogger(__name__)

MOOD = "mood"
CALM = "calm"
MOODS = (CALM, "angry", "panic")

_PENALTY = 1.0
#: With fewer labelled messages than this, to train on or to calibrate on, no mood is ever reported.
_ENOUGH = 60
_NEVER = 1.01


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class MoodClassifier(GraphComponent):
    """Sets ``mood``: ``{"name", "confidence"}``."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Untrained, it finds everybody calm."""
        self._config, self._storage, self._resource = config, storage, resource
        self._classifier: LinearClassifier | None = None
        self._centre: Floats = np.zeros(0, np.float32)
        self._from: dict[str, float] = {}

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [SentenceEncoderFeaturizer, CharacterNgramFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``labels``: folder of the labels; ``wrong_moods``: share of wrong ones among the moods reported."""
        return {"labels": "nlu_data/mood", "wrong_moods": 0.2}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other labels mean training again; Rasa does not see them, they are no training data of its own."""
        folder = config.get("labels", cls.get_default_config()["labels"])
        return repr(sorted(read_labels(Path(folder)).items()))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MoodClassifier:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on the labelled examples."""
        labels = read_labels(Path(self._config["labels"]))
        known, unseen = (
            [example for example in labelled(training_data, calibration=purpose) if example.get(TEXT) in labels]
            for purpose in (False, True)
        )
        with self._storage.write_to(self._resource) as folder:
            moods = [labels[example.get(TEXT)] for example in known]
            if min(len(known), len(unseen)) < _ENOUGH or set(moods) != set(MOODS):
                log.warning("%d and %d labelled messages are too few to learn moods from", len(known), len(unseen))
                return self._resource
            self._centre = centre_of(known)
            fitted = LogisticRegression(C=_PENALTY, max_iter=200).fit(features_of(known, self._centre), moods)
            self._classifier = LinearClassifier(
                tuple(str(name) for name in fitted.classes_),
                fitted.coef_.T.astype(np.float32),
                fitted.intercept_.astype(np.float32),
            )
            self._from = thresholds(
                self._classifier.probabilities(features_of(unseen, self._centre)),
                self._classifier.classes,
                [labels[example.get(TEXT)] for example in unseen],
                float(self._config["wrong_moods"]),
            )
            log.info("moods: learned from %d messages, reported from %s", len(known), self._from)
            self._classifier.save(folder / "classifier.npz")
            about = {"centre": self._centre.tolist(), "from": self._from}
            (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the mood of each message."""
        for message in messages:
            mood = {"name": CALM, "confidence": 0.0}
            if self._classifier is not None:
                (row,) = self._classifier.probabilities(features_of([message], self._centre))
                found = dict(zip(self._classifier.classes, (float(p) for p in row), strict=True))
                name = _stirred(found)
                name = name if found[name] >= self._from[name] else CALM
                mood = {"name": name, "confidence": round(found[name], 4)}
            message.set(MOOD, mood, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MoodClassifier:
        """Loads a trained component."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / "about.json").exists():
                about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
                component._centre, component._from = np.array(about["centre"], np.float32), about["from"]
                component._classifier = LinearClassifier.load(folder / "classifier.npz")
        return component


def read_labels(folder: Path) -> dict[str, str]:
    """The mood of each labelled text; none when the folder is missing.

    Raises:
        ValueError: a line is no label; it names the file and the line.
    """
    labels = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                document = json.loads(line)
                text, mood = str(document["text"]), document["mood"]
            except (ValueError, KeyError, TypeError) as exc:
                raise ValueError(f'{path}:{number}: write {{"text": ..., "mood": ...}}') from exc
            if mood not in MOODS:
                raise ValueError(f"{path}:{number}: mood {mood!r} must be one of {', '.join(MOODS)}")
            labels[text] = mood
    return labels


def thresholds(probabilities: Floats, names: Sequence[str], truth: Sequence[str], error: float) -> dict[str, float]:
    """For each mood but calm, from what probability it is reported.

    Among the thresholds above which at most ``error`` are wrong it is the one with the most right beyond the wrong.

    Args:
        probabilities: (n, moods).
        names: of the columns.
        truth: (n,), the labels.
        error: share in [0, 1].
    """
    rows = [dict(zip(names, (float(p) for p in row), strict=True)) for row in probabilities]
    lowest = {}
    for mood in set(names) - {CALM}:
        said = sorted(
            ((row[mood], right == mood) for row, right in zip(rows, truth, strict=True) if _stirred(row) == mood),
            reverse=True,
        )
        count, wrong = np.arange(1, len(said) + 1), np.cumsum([not right for _, right in said])
        gained = np.where(wrong <= error * count, count - 2 * wrong, 0)
        lowest[mood] = said[int(gained.argmax())][0] if gained.any() else _NEVER
    return lowest


def _stirred(probabilities: Mapping[str, float]) -> str:
    """The likeliest mood but calm."""
    return max((mood for mood in probabilities if mood != CALM), key=lambda mood: probabilities[mood])


def raised(priority: int, mood: str) -> int:
    """The priority of a message in that mood: one step nearer to the front, never the front itself, never further."""
    return priority if mood == CALM else min(priority, max(1, priority - 1))
