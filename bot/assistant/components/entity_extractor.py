"""Rasa component: coins, networks, amounts, addresses, hashes, order ids, instruments, error codes, venues."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
)
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.components.entities import entity_finder
from bot.assistant.components.language_detector import LANGUAGE, MessageLanguageDetector
from bot.assistant.components.tokenizer import DOCUMENT, MultilingualTokenizer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DomainEntityExtractor(GraphComponent):
    """An entity also carries ``chains`` (addresses, hashes), ``unit`` (amounts) or ``venues`` (codes)."""

    def __init__(self) -> None:
        """Loads the lexicon."""
        self._finder = entity_finder()

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one."""
        return [MultilingualTokenizer, MessageLanguageDetector]

    @staticmethod
    def required_packages() -> list[str]:
        """Distributions that must be installed."""
        return ["spacy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DomainEntityExtractor:
        """Creates the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities of each message."""
        for message in messages:
            found = [
                {
                    ENTITY_ATTRIBUTE_TYPE: entity.label,
                    ENTITY_ATTRIBUTE_START: entity.start,
                    ENTITY_ATTRIBUTE_END: entity.end,
                    ENTITY_ATTRIBUTE_VALUE: entity.value,
                    EXTRACTOR: type(self).__name__,
                    **entity.extra,
                }
                for entity in self._finder.find(message.get(DOCUMENT), message.get(LANGUAGE))
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages
