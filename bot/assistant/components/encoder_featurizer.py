"""Rasa component: the sentence encoder's vector of the message. It is computed once; the search uses it again."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.tokenizer import MultilingualTokenizer
from kb_index.encoding import Encoder, cores
from kb_index.remembered import REMEMBERED, encode

#: Origin of these features: components that need the vector alone ask for it by this name.
SENTENCE_ENCODER = "sentence_encoder"


@lru_cache(maxsize=1)
def shared_encoder(folder: str) -> Encoder:
    """The process's encoder; loading it takes a second and 150 MB."""
    return Encoder(Path(folder))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Dense sentence features, float32, (1, dimensions), unit norm."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Loads the encoder."""
        super().__init__(name, config)
        self._encoder = shared_encoder(config["folder"])

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [MultilingualTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``folder`` and ``index``: where `make train` puts the encoder and the index."""
        return {FEATURIZER_CLASS_ALIAS: SENTENCE_ENCODER, "folder": "models/encoder", "index": "models/faq"}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Another encoder means training again, which Rasa cannot see from the configuration."""
        return encoder_build(config.get("folder", cls.get_default_config()["folder"]))

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate: a wrong folder fails when it is read, with what to do about it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Creates the component."""
        return cls(config, execution_context.node_name)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vector of each message."""
        self._add(messages, self._encoder.encode([message.get(TEXT) or "" for message in messages]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors of all examples: those that the index was made of are remembered, the others computed."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        every_core = Encoder(Path(self._config["folder"]), threads=cores())
        remembered = Path(self._config["index"]) / REMEMBERED
        self._add(examples, encode(remembered, every_core, [example.get(TEXT) for example in examples]))
        return training_data

    def _add(self, messages: list[Message], vectors: npt.NDArray[np.float32]) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            self.add_features_to_message(np.zeros((0, len(vector)), np.float32), vector[None], TEXT, message)


def encoder_build(folder: str) -> str:
    """What encoder.json calls the encoder; ``missing`` without one."""
    try:
        return str(json.loads((Path(folder) / "encoder.json").read_text(encoding="utf-8"))["build"])
    except FileNotFoundError:
        return "missing"
