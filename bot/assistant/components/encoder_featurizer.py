"""Rasa component: the sentence encoder's vector of the message. It is computed once; the search uses it again."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.sentence_vectors import SentenceVectorFeaturizer
from kb_index.encoding import Encoder, cores
from kb_index.remembered import REMEMBERED, encode

#: Origin of these features: components that need the vector alone ask for it by this name.
SENTENCE_ENCODER = "sentence_encoder"


@lru_cache(maxsize=1)
def shared_encoder(folder: str) -> Encoder:
    """The process's encoder; loading it takes a second and 54 MB."""
    return Encoder(Path(folder))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(SentenceVectorFeaturizer):
    """Dense sentence features, float32, (1, dimensions), unit norm."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Loads the encoder."""
        super().__init__(name, config)
        self._encoder = shared_encoder(config["folder"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``folder`` and ``index``: where `make train` puts the encoder and the index."""
        return {FEATURIZER_CLASS_ALIAS: SENTENCE_ENCODER, "folder": "models/encoder", "index": "models/faq"}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["onnxruntime", "sentencepiece"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Another encoder means training again, which Rasa cannot see from the configuration."""
        return encoder_build(config.get("folder", cls.get_default_config()["folder"]))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vector of each message."""
        self.add(messages, self._encoder.encode([message.get(TEXT) or "" for message in messages]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors of all examples: those that the index was made of are remembered, the others computed."""
        examples = self.examples_of(training_data)
        every_core = Encoder(Path(self._config["folder"]), threads=cores())
        remembered = Path(self._config["index"]) / REMEMBERED
        self.add(examples, encode(remembered, every_core, [example.get(TEXT) for example in examples]))
        return training_data


def encoder_build(folder: str) -> str:
    """What encoder.json calls the encoder; ``missing`` without one."""
    try:
        return str(json.loads((Path(folder) / "encoder.json").read_text(encoding="utf-8"))["build"])
    except FileNotFoundError:
        return "missing"
