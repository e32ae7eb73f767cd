"""What the product says by itself, by language: texts/<language>.yml and texts/flows/<language>.yml beside this file.

An entry is a text, or texts by Babel's plural categories (``one``, ``other`` ...) that are chosen by
``count``. ``{name}`` stands for a value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml
from babel import Locale

from handoff.records import Wait

_FOLDER = Path(__file__).with_name("texts")
_LAST_RESORT = "en"
_CHINESE = "zh-Hans"
_MINUTE = 60
_HOUR = 60 * _MINUTE

Entry = str | Mapping[str, str]


@cache
def languages() -> tuple[str, ...]:
    """The languages that have texts of their own (BCP 47)."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yml")))


@cache
def resolve(language: str) -> str:
    """The language whose texts are used for `language`: itself, zh-Hans for other Chinese, or else English.

    Regions do not matter: ``en-GB`` is ``en``, ``zh-CN`` is ``zh-Hans``, and ``zh-TW`` is ``zh-Hant`` once
    that has texts.
    """
    tag = language.replace("_", "-").lower()
    primary, _, rest = tag.partition("-")
    if primary == "zh":
        traditional = any(part in {"hant", "tw", "hk", "mo"} for part in rest.split("-")) and "hans" not in rest
        return "zh-Hant" if traditional and "zh-Hant" in languages() else _CHINESE
    return primary if primary in languages() else _LAST_RESORT


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """All texts of one of `languages`, by key, as they stand in its files."""
    loaded: dict[str, Entry] = {}
    for path in (_FOLDER / f"{language}.yml", _FOLDER / "flows" / f"{language}.yml"):
        loaded |= yaml.safe_load(path.read_text("utf-8"))
    return loaded


def text(key: str, language: str, **values: object) -> str:
    """The text `key` in the language (or the nearest that has texts), with `values` filled in.

    Raises:
        KeyError: there is no such text, or a value for it is missing.
    """
    found = resolve(language)
    entry = entries(found)[key]
    if not isinstance(entry, str):
        category = Locale.parse(found, sep="-").plural_form(cast("int", values["count"]))
        entry = entry.get(category) or entry["other"]
    return entry.format_map(values)


def plural(key: str, language: str, count: int, **values: object) -> str:
    """The text `key` in the form that the language uses for `count`, which is also filled in."""
    return text(key, language, count=count, **values)


def duration(seconds: float, language: str) -> str:
    """A wait in words, rounded up so that it is not promised too early: "about 3 minutes"."""
    if seconds < _MINUTE:
        return text("duration_moment", language)
    if seconds <= _HOUR:
        return plural("duration_minutes", language, math.ceil(seconds / _MINUTE))
    return plural("duration_hours", language, math.ceil(seconds / _HOUR))


def wait_notice(wait: Wait, language: str) -> str:
    """What the customer reads right after a person was asked for."""
    return _about(wait, language, "handoff")


def queue_status(wait: Wait, language: str) -> str:
    """What the customer reads who writes again while waiting."""
    return _about(wait, language, "queue_status")


def _about(wait: Wait, language: str, prefix: str) -> str:
    if wait.agents_online == 0:
        return text(f"{prefix}_no_agents", language, position=wait.position)
    if wait.expected_seconds is None:
        return text(f"{prefix}_waiting_unknown", language, position=wait.position)
    return text(f"{prefix}_waiting", language, position=wait.position, wait=duration(wait.expected_seconds, language))
