"""What is wrong with the files of error codes: the part of ``python -m kb_index.validate`` that looks at them."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kb_index.checks import content
from kb_index.error_codes.facts import FOLDER, Fact, all_facts, document
from kb_index.error_codes.wording import put_in_words
from kb_index.errors import ErrorCodesInvalid
from kb_index.taxonomy import Taxonomy, taxonomy

#: An explanation stands above an article, and both must fit one message.
MAX_CHARACTERS = {"meaning": 120, "cause": 160, "fix": 240}

_LAYOUT = {"code": {"code", "venue"}, "meaning": {"text"}, "cause": {"text"}, "fix": {"text"}, "several": set()}
_SECTIONS = ("layout", "terms", "kinds", "meanings")
_TERM = re.compile(r"[a-z]+(?:_[a-z]+)*")


def problems(folder: Path = FOLDER, required: Collection[str] | None = None) -> list[str]:
    """``file:line: problem`` for everything that must be corrected in codes.yml and in the wording files.

    Args:
        folder: where the files are.
        required: the languages that must have a file; those of taxonomy.yml by default.
    """
    known = taxonomy()
    try:
        facts = all_facts(folder)
    except ErrorCodesInvalid as exc:
        return [str(exc)]
    path = folder / "codes.yml"
    lines, twice = _places(path)
    found = [
        f"{path}:{lines.get(f'{fact.venue}.{fact.code}', 1)}: the topic {fact.topic!r} is not in taxonomy.yml"
        for fact in facts
        if fact.topic not in known.topics
    ]
    required = known.languages if required is None else required
    return [*twice, *found, *_wording_problems(folder, facts, known, required)]


def _wording_problems(
    folder: Path, facts: tuple[Fact, ...], known: Taxonomy, required: Collection[str]
) -> Iterator[str]:
    expected: set[str] | None = None
    for language in known.languages:
        path = folder / f"{language}.yml"
        if not path.exists():
            if language in required:
                yield f"{path}:1: is missing"
            continue
        try:
            words = document(path)
        except ErrorCodesInvalid as exc:
            yield str(exc)
            continue
        lines, twice = _places(path)
        yield from twice
        keys = set(_keys(words))
        expected = keys if expected is None else expected
        yield from (f"{path}:1: {key} is missing" for key in sorted(expected - keys))
        yield from (
            f"{path}:{lines.get(key, 1)}: {key} is not in {known.languages[0]}.yml" for key in sorted(keys - expected)
        )
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield from (f"{path}:{line}: {problem}" for _, problem in content(text))
        found = {*_layout(words), *_texts(words, facts)}
        yield from sorted(f"{path}:{lines.get(key, 1)}: {key} {problem}" for key, problem in found)


def _places(path: Path) -> tuple[dict[str, int], list[str]]:
    """The line of each key, written ``kinds.rate.fix``, and a problem for each that stands there twice."""
    lines: dict[str, int] = {}
    twice: list[str] = []

    def walk(node: yaml.Node | None, above: str) -> None:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            name, line = f"{above}{key.value}", key.start_mark.line + 1
            if name in lines:
                twice.append(f"{path}:{line}: {name} stands in line {lines[name]} already")
            lines[name] = line
            walk(value, f"{name}.")

    walk(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), "")
    return lines, twice


def _keys(words: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def _layout(words: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    lines = words.get("layout") or {}
    for name, fields in _LAYOUT.items():
        if name in lines and _placeholders(str(lines[name])) != fields:
            yield f"layout.{name}", f"must have the placeholders {sorted(fields)}"


def _texts(words: Mapping[str, Any], facts: tuple[Fact, ...]) -> Iterator[tuple[str, str]]:
    if missing := [section for section in _SECTIONS if not isinstance(words.get(section), dict)]:
        yield from ((section, "is missing") for section in missing)
        return
    for section, used in (("kinds", {f.kind for f in facts}), ("meanings", {f.meaning for f in facts})):
        yield from ((f"{section}.{key}", "is used by no code") for key in set(words[section]) - used)
    for fact in facts:
        meaning = f"meanings.{fact.meaning}"
        try:
            explained = vars(put_in_words(fact, words))
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as exc:
            yield meaning, f"or kinds.{fact.kind} is not complete for {fact.venue} {fact.code}: {exc!r}"
            continue
        own = words["meanings"][fact.meaning]
        text = own["text"] if isinstance(own, dict) else own
        if _placeholders(text) != set(fact.values):
            yield meaning, f"must have the placeholders {sorted(fact.values)}"
        for value in fact.values.values():
            if _TERM.fullmatch(value) and value not in words["terms"]:
                yield f"terms.{value}", f"is missing; {fact.venue} {fact.code} uses it"
        for name, most in MAX_CHARACTERS.items():
            if not 0 < len(explained[name].strip()) <= most:
                key = meaning if name == "meaning" else _place_of(name, fact, own)
                yield key, f"has {len(explained[name])} characters; it must have 1 to {most}"


def _place_of(name: str, fact: Fact, meaning: object) -> str:
    """Whose cause or fix a code has: its own, or that of its kind."""
    if isinstance(meaning, dict) and name in meaning:
        return f"meanings.{fact.meaning}.{name}"
    return f"kinds.{fact.kind}.{name}"


def _placeholders(line: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}
