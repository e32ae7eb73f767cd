"""The vocabulary that the assistant, the queue and the reports share (taxonomy.yml beside this file).

Only the standard library and PyYAML are needed, on Python 3.10 too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LOWEST_PRIORITY = 3
DEFAULT_PRIORITY = 2
DEFAULT_SKILL = "general"


@cache
def _taxonomy() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("taxonomy.yml").read_text("utf-8"))
    return loaded


def languages() -> tuple[str, ...]:
    """The twelve languages as BCP 47 tags, the hand-written ones first."""
    return tuple(_taxonomy()["languages"])


def skills() -> tuple[str, ...]:
    """The teams that a handoff can be routed to."""
    return tuple(_taxonomy()["skills"])


def intents() -> tuple[str, ...]:
    """Every intent that the assistant distinguishes."""
    return tuple(_taxonomy()["intents"])


def topics() -> Mapping[str, tuple[str, ...]]:
    """The FAQ topics by family."""
    return {family: tuple(names) for family, names in _taxonomy()["topics"].items()}


def skill_of(intent: str | None) -> str:
    """The team for an intent; ``general`` for small talk, an unknown intent or none."""
    entry = _taxonomy()["intents"].get(intent, {})
    return str(entry.get("skill", DEFAULT_SKILL))


def priority_of(intent: str | None) -> int:
    """The priority of a handoff for an intent, 0 (first) to 3; an unknown intent or none is 2 (normal)."""
    entry = _taxonomy()["intents"].get(intent, {})
    return int(entry.get("priority", DEFAULT_PRIORITY))
