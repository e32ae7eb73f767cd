"""Rasa component, last in the pipeline: what to do about the message, how urgent it is, and whose work it is.

Sets ``decision``, ``flow``, ``confidence`` (also of ``intent``), ``priority``, ``skill``, ``urgency``,
``out_of_scope`` and ``latency_ms``, and adds the decision as an entity, so that Rasa fills the slot that the rules are
conditioned on.
"""

# ruff: noqa: ARG003  Rasa gives every constructor the same arguments
from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.calibration import calibration_evidence
from bot.assistant.components.encoder_featurizer import SentenceEncoderFeaturizer, encoder_build, shared_encoder
from bot.assistant.components.examples import labelled
from bot.assistant.components.faq_retriever import TOPICS
from bot.assistant.components.flows import chosen_flow
from bot.assistant.components.judgement import Evidence, Judgement, Targets, learn
from bot.assistant.components.mood_classifier import CALM, MOOD, raised
from bot.assistant.components.ngram_featurizer import CharacterNgramFeaturizer
from bot.assistant.components.tokenizer import STARTED
from handoff.taxonomy import priority_of, skill_of
from handoff.triage import urgency
from kb_index import builds
from kb_index.taxonomy import taxonomy

log = logging.getLogger(__name__)

_ONE_WORD_A_SCRIPT = ("hello", "你好", "こんにちは", "안녕", "привет")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DecisionMaker(GraphComponent):
    """Joins the classifier's, the search's and the lexical rules' evidence (see ``judgement``)."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, judgement: Judgement) -> None:
        """With what was learned, or the defaults."""
        self._config, self._storage, self._resource = config, storage, resource
        self._judgement = judgement
        self._families = {topic: family for family, topics in taxonomy().families.items() for topic in topics}

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that come before this one. When messages are read, the classifier and the retriever do too."""
        return [SentenceEncoderFeaturizer, CharacterNgramFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Target errors: shares of wrong answers, of wrong other acts, and of false alarms among harmless messages."""
        folders = {"encoder": "models/encoder", "index": "models/faq"}
        return {**folders, "wrong_answers": 0.1, "wrong_acts": 0.1, "false_alarms": 0.02}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Another encoder or another index means learning again, which Rasa cannot see from the configuration."""
        folders = {**cls.get_default_config(), **config}
        return f"{encoder_build(folders['encoder'])} {builds.current(Path(folders['index']))}"

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
    ) -> DecisionMaker:
        """Creates an untrained component."""
        return cls(config, model_storage, resource, Judgement())

    def train(self, training_data: TrainingData) -> Resource:
        """Learns on messages that neither the classifier nor the index nor the encoder has seen."""
        evidence, outcomes = calibration_evidence(
            labelled(training_data),
            labelled(training_data, calibration=True),
            Path(self._config["index"]),
            shared_encoder(self._config["encoder"]),
        )
        targets = Targets(*(float(self._config[name]) for name in ("wrong_answers", "wrong_acts", "false_alarms")))
        self._judgement = learn(evidence, outcomes, self._families, targets)
        log.info("decisions: %s", self._judgement)
        with self._storage.write_to(self._resource) as folder:
            self._judgement.save(folder / "judgement.json")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the decision of each message."""
        for message in messages:
            self._decide(message)
        return messages

    def _decide(self, message: Message) -> None:
        urgent = urgency(message.get(TEXT) or "")
        evidence = Evidence(
            intents={item["name"]: item["confidence"] for item in message.get(INTENT_RANKING_KEY)},
            topics=[(hit["topic"], hit["score"]) for hit in message.get(TOPICS)],
            urgent=urgent.intent,
            urgency=urgent.score,
        )
        verdict = self._judgement.judge(evidence, self._families)
        confidence = round(verdict.confidence, 4)
        flow = chosen_flow(verdict.decision, evidence.topics, message.get(ENTITIES, []))
        decided = "flow" if flow else verdict.decision
        decision = {"entity": "decision", "value": decided, "extractor": type(self).__name__}
        message.set(INTENT, {"name": verdict.intent, "confidence": confidence}, add_to_output=True)
        message.set(ENTITIES, [*message.get(ENTITIES, []), decision], add_to_output=True)
        outputs = {
            "confidence": confidence,
            "decision": decided,
            "flow": flow,
            "priority": raised(priority_of(verdict.intent), message.get(MOOD, {}).get("name", CALM)),
            "skill": skill_of(verdict.intent),
            "urgency": {"intent": urgent.intent, "score": urgent.score, "rule": urgent.rule},
            "out_of_scope": round(evidence.intents.get("out_of_scope", 0.0), 4),
            "latency_ms": round((time.perf_counter() - message.get(STARTED)) * 1000, 2),
        }
        for name, value in outputs.items():
            message.set(name, value, add_to_output=True)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DecisionMaker:
        """Loads a trained component, and the lexicons of all languages: a broken one fails now and not at a message."""
        for word in _ONE_WORD_A_SCRIPT:
            urgency(word)
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Judgement.load(folder / "judgement.json"))
