"""Rasa component: the FAQ topics that may answer the message, found with the vector that it has already."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.components.encoder_featurizer import SentenceEncoderFeaturizer, shared_encoder
from bot.assistant.components.intent_classifier import vectors_of
from bot.assistant.components.language_detector import LANGUAGE, MessageLanguageDetector
from kb_index.search import FaqSearch

TOPICS = "topics"


@lru_cache(maxsize=1)
def _shared_search(index: str, encoder: str) -> FaqSearch:
    return FaqSearch(Path(index), shared_encoder(encoder))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FaqRetriever(GraphComponent):
    """Sets ``topics``: up to five of ``{"topic", "score"}``, best first. A rebuilt index is taken over by itself."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Loads the current index."""
        self._search = _shared_search(config["index"], config["encoder"])
        self._most = int(config["most"])

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [SentenceEncoderFeaturizer, MessageLanguageDetector]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``index`` and ``encoder``: where `make train` puts them; ``most``: how many topics."""
        return {"index": "models/faq", "encoder": "models/encoder", "most": 5}

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["jieba"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FaqRetriever:
        """Creates the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the topics of the messages."""
        for message, vector in zip(messages, vectors_of(messages), strict=True):
            hits = self._search.search(message.get(TEXT) or "", message.get(LANGUAGE), vector, self._most)
            found = [{"topic": hit.topic, "score": round(hit.score, 4)} for hit in hits]
            message.set(TOPICS, found, add_to_output=True)
        return messages
