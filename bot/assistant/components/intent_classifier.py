"""Rasa component: the intent of the message, by scikit-learn's logistic regression over all features."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.encoder_featurizer import SENTENCE_ENCODER, SentenceEncoderFeaturizer, encoder_build
from bot.assistant.components.examples import labelled, topics_of
from bot.assistant.components.linear import Floats, LinearClassifier, by_intent, fine_labels
from bot.assistant.components.ngram_featurizer import CHARACTER_NGRAMS, CharacterNgramFeaturizer
from bot.assistant.components.universal_featurizer import UNIVERSAL_ENCODER, UniversalSentenceFeaturizer

#: The classifier fitted last, by what it was fitted on: the decision maker is trained with the same one.
_last_fitted: dict[str, LinearClassifier] = {}

#: How much each encoder's unit vectors count beside the n-grams' (chosen on nlu_data/calibration).
ENCODERS = {SENTENCE_ENCODER: 2.0, UNIVERSAL_ENCODER: 1.5}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MultilingualIntentClassifier(IntentClassifier, GraphComponent):
    """Sets ``intent`` and ``intent_ranking``; the decision maker calibrates the confidence."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained classifier."""
        self._config, self._storage, self._resource = config, model_storage, resource
        self._classifier: LinearClassifier | None = None
        self._centre: Floats = np.zeros(0, np.float32)

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [SentenceEncoderFeaturizer, UniversalSentenceFeaturizer, CharacterNgramFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: the folder of the encoder, to notice that it was replaced after the training."""
        return {"encoder": "models/encoder"}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["sklearn"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MultilingualIntentClassifier:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples."""
        self._classifier, self._centre = fitted(labelled(training_data))
        about = {"encoder": encoder_build(self._config["encoder"]), "centre": self._centre.tolist()}
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder / "classifier.npz")
            (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the intents of the messages."""
        if self._classifier is None:
            raise RuntimeError("the intent classifier is not trained; run `make train`")
        names, probabilities = by_intent(
            self._classifier.classes, self._classifier.probabilities(features_of(messages, self._centre))
        )
        for message, row in zip(messages, probabilities, strict=True):
            order = np.argsort(-row, kind="stable")
            ranking = [{INTENT_NAME_KEY: names[i], "confidence": float(row[i])} for i in order]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MultilingualIntentClassifier:
        """Loads a trained component.

        Raises:
            RasaException: the encoder was replaced since; the classifier would misread its vectors.
        """
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
            component._centre = np.array(about["centre"], dtype=np.float32)
            component._classifier = LinearClassifier.load(folder / "classifier.npz")
        present = encoder_build(config["encoder"])
        if present != about["encoder"]:
            raise RasaException(
                f"the model was trained with the encoder {about['encoder']}, {config['encoder']} holds {present}; "
                "run `make train`"
            )
        return component


def fitted(examples: list[Message]) -> tuple[LinearClassifier, Floats]:
    """The classifier of these examples, and the centre of their vectors. The last one is remembered."""
    features = features_of(examples, centre := centre_of(examples))
    key = hashlib.sha256(np.ascontiguousarray(features).data).hexdigest()
    if key not in _last_fitted:
        _last_fitted.clear()
        _last_fitted[key] = LinearClassifier.fit(features, labels_of(examples))
    return _last_fitted[key], centre


def centre_of(messages: list[Message]) -> Floats:
    """The means of the encoders' vectors, one after the other: an untuned encoder's lie close together around it."""
    return np.concatenate([_stacked(messages, origin).mean(axis=0) for origin in ENCODERS])


def features_of(messages: list[Message], centre: Floats) -> Floats:
    """What the classifier sees: (n, d)."""
    parts, start = [], 0
    for origin, weight in ENCODERS.items():
        vectors = _stacked(messages, origin)
        apart = vectors - centre[start : (start := start + vectors.shape[1])]
        parts.append(weight * apart / np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6))
    return np.concatenate([*parts, _stacked(messages, CHARACTER_NGRAMS)], axis=1)


def vectors_of(messages: list[Message]) -> Floats:
    """The fine-tuned encoder's vectors of the messages: (n, dimensions)."""
    return _stacked(messages, SENTENCE_ENCODER)


def labels_of(examples: list[Message]) -> list[str]:
    """The classes to train (see ``linear.fine_labels``)."""
    return fine_labels([example.get(INTENT) for example in examples], [(*topics_of(e)[0], None)[0] for e in examples])


def _stacked(messages: list[Message], origin: str) -> Floats:
    return np.stack([message.get_dense_features(TEXT, [origin])[1].features[0] for message in messages])
