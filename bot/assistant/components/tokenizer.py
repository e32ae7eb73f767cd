"""Rasa component: spaCy tokens for every script (see ``scanner``). The document is kept for the entity extractor."""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

import time
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.entities import entity_finder

#: Keys of the message: the spaCy document, and when understanding began (seconds of ``time.perf_counter``).
DOCUMENT = "spacy_document"
STARTED = "started"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MultilingualTokenizer(Tokenizer):
    """First in the pipeline."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Constructs the tokenizer."""
        super().__init__(config)
        self._finder = entity_finder()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's tokenizers expect; intents are never split here."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

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
    ) -> MultilingualTokenizer:
        """Creates the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Tokenises the incoming messages and starts the clock."""
        for message in messages:
            message.set(STARTED, time.perf_counter())
            message.set(DOCUMENT, self._finder.document(message.get(TEXT) or ""))
        return super().process(messages)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples as they are: nothing learns from tokens, and fingerprinting them takes a minute."""
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of an attribute; texts are given back as they were written."""
        text = message.get(attribute)
        document = message.get(DOCUMENT) if attribute == TEXT else None
        if document is None:
            document = self._finder.document(text)
        return [Token(text[p.start : p.end], p.start, p.end) for p in document.user_data["pieces"]]
