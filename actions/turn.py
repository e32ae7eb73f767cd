"""One message of a customer, as Rasa understood it and as the gateway described its conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from actions.flows.case import Case
from actions.flows.plan import Message
from handoff import taxonomy, texts
from handoff.records import Owner

#: Entities that steer the dialogue; the customer did not write them.
_STEERING = {"decision", "topic", "flow", "choice"}
_UNDERSTOOD = ("language", "confidence", "priority", "skill", "decision", "flow", "topics", "mood", "urgency")


@dataclass(frozen=True)
class Turn:
    """What an action knows.

    Attributes:
        conversation_id: the conversation; also Rasa's sender.
        seq: number of the customer's message; None when Rasa was not called by the gateway.
        language: BCP 47, the one to answer in.
        owner: who had the conversation when the message was sent to Rasa.
        intent: name of the intent; for a pressed button that of its payload.
        confidence: how often such an intent is right, in [0, 1].
        topics: (topic id, score), best first.
        entities: what was found in the text, as Rasa gives it.
        slots: the tracker's.
        parsed: the whole parse result.
        form: the guided flow's form that is active, if one is.
    """

    conversation_id: str
    seq: int | None
    language: str
    owner: Owner
    intent: str
    confidence: float
    topics: Sequence[tuple[str, float]]
    entities: Sequence[Mapping[str, Any]]
    slots: Mapping[str, Any]
    parsed: Mapping[str, Any]
    form: str | None = None

    @classmethod
    def read(cls, tracker: Tracker) -> Turn:
        """From the tracker that Rasa sends with the call."""
        parsed: Mapping[str, Any] = tracker.latest_message or {}
        metadata: Mapping[str, Any] = parsed.get("metadata") or {}
        intent: Mapping[str, Any] = parsed.get("intent") or {}
        spoken = parsed.get("language") or metadata.get("language") or metadata.get("locale") or "en"
        seq = metadata.get("seq")
        return cls(
            conversation_id=str(metadata.get("conversation_id") or tracker.sender_id),
            seq=int(seq) if seq is not None else None,
            # a button has no text to tell its language by
            language=str(spoken) if parsed.get("language") else _supported(str(spoken)),
            owner=Owner(metadata.get("owner") or Owner.ASSISTANT),
            intent=str(intent.get("name") or ""),
            confidence=float(intent.get("confidence") or 0.0),
            topics=[(str(hit["topic"]), float(hit["score"])) for hit in parsed.get("topics") or ()],
            entities=[entity for entity in parsed.get("entities") or () if entity.get("entity") not in _STEERING],
            slots=dict(tracker.slots),
            parsed=parsed,
            form=(tracker.active_loop or {}).get("name"),
        )

    @property
    def waiting(self) -> bool:
        """Whether the customer already waits for a person."""
        return self.owner is Owner.QUEUE

    @property
    def priority(self) -> int:
        """0 (first) to 3: the intent's, or what understanding raised it to."""
        usual = taxonomy.priority_of(self.intent)
        return min(usual, int(self.parsed.get("priority", usual)))

    @property
    def tried(self) -> list[str]:
        """The topics that were answered since the last handoff, oldest first."""
        return [str(topic) for topic in self.slots.get("tried") or ()]

    @property
    def case(self) -> Case | None:
        """The guided flow's case, if one was begun and is not over."""
        return Case.read(self.slots.get("flow_case"))

    @property
    def message(self) -> Message:
        """The message as a guided flow sees it."""
        decision = str(self.parsed.get("decision") or "")
        return Message(
            text=str(self.parsed.get("text") or "") if decision else "",
            language=self.language,
            intent=self.intent,
            decision=decision,
            choice=self.steering("choice"),
            topics=[topic for topic, _ in self.topics],
            entities=self.found(),
            flow=self.parsed.get("flow"),
        )

    def steering(self, entity: str) -> str:
        """The value of an entity of a pressed button, or an empty text."""
        given = (e for e in self.parsed.get("entities") or () if e.get("entity") == entity)
        return next((str(e.get("value") or "") for e in given), "")

    @property
    def understanding(self) -> dict[str, Any]:
        """What agents see with the message; empty for a pressed button."""
        if "decision" not in self.parsed:
            return {}
        known = {name: self.parsed[name] for name in _UNDERSTOOD if name in self.parsed}
        return {"intent": self.intent, **known, "entities": self.found()}

    def found(self) -> list[dict[str, Any]]:
        """The entities without the names of the components that found them."""
        return [{key: value for key, value in entity.items() if key != "extractor"} for entity in self.entities]


def _supported(tag: str) -> str:
    return texts.resolve(tag)
