"""What the featurizers that give one vector a message have in common."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.tokenizer import MultilingualTokenizer

Own = TypeVar("Own", bound="SentenceVectorFeaturizer")


class SentenceVectorFeaturizer(DenseFeaturizer, GraphComponent):
    """Dense sentence features, float32, (1, dimensions), and none for the tokens."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [MultilingualTokenizer]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate: what is missing fails when it is read, with what to do about it."""

    @classmethod
    def create(
        cls: type[Own],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Own:
        """Creates the component."""
        return cls(config, execution_context.node_name)

    @staticmethod
    def examples_of(training_data: TrainingData) -> list[Message]:
        """The training examples that have a text."""
        return [example for example in training_data.training_examples if example.get(TEXT)]

    def add(self, messages: Sequence[Message], vectors: Iterable[npt.NDArray[np.float32]]) -> None:
        """Gives each message its vector, (dimensions,)."""
        for message, vector in zip(messages, vectors, strict=True):
            self.add_features_to_message(np.zeros((0, len(vector)), np.float32), vector[None], TEXT, message)
