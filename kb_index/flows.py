"""Which guided flow a topic belongs to, as ``flows.yml`` lists them. Both environments read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

#: Begins after the emergency steps, in the queue; no article offers it.
AFTER_EMERGENCY = "theft"


@dataclass(frozen=True)
class Guide:
    """A flow's topics, and the labels of the entities that start it at once."""

    topics: frozenset[str]
    facts: frozenset[str]


@lru_cache(maxsize=1)
def guides() -> Mapping[str, Guide]:
    """All flows by name; read once."""
    document = yaml.safe_load(Path(__file__).with_name("flows.yml").read_text(encoding="utf-8"))
    return {name: Guide(frozenset(entry["topics"]), frozenset(entry["facts"])) for name, entry in document.items()}


def flow_of(topic: str) -> str | None:
    """The flow that a topic belongs to, or None."""
    return next((name for name, guide in guides().items() if topic in guide.topics), None)


def started_by(topic: str, entities: Iterable[Mapping[str, Any]]) -> str | None:
    """The flow that a message about this topic starts: it names a concrete fact of the topic's flow. Or None."""
    flow = flow_of(topic)
    if flow is None:
        return None
    facts = guides()[flow].facts
    return flow if any(entity.get("entity") in facts and _concrete(entity) for entity in entities) else None


def _concrete(entity: Mapping[str, Any]) -> bool:
    return entity.get("entity") != "error_code" or bool(entity.get("venues"))
