"""Label words in twelve languages: what stands beside a secret says what it is.

The words live in ``labels.yml`` (what customers write) and ``asking.yml`` (what we must not write). They are
searched in the folded form of `canvas.folded`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handoff.guard.canvas import BARRIER, folded

_FILES = ("labels.yml", "asking.yml")
_LETTER = "a-zа-я"

#: What may stand between a label and its value: "password: ", "密码是", "pass = '", "пароль — ".
BINDER = re.compile(
    r"[\s\"'“”‘’「『【\[(<*`]{0,4}"
    r"(?:[:=→]|[-=]>|[-–—]|(?:is|are|was|es|ist|lautet|est|la|e|olarak)(?![a-z0-9])"
    r"|(?:这是|这个是|這是|是|为|為|係|系|就是|は|が|を|는|은|이|가|:|=){1,2})?"
    r"[\s\"'“”‘’「『【\[(<*`:]{0,4}"
)


@dataclass(frozen=True)
class Label:
    """A label word and where it stands in the folded text."""

    kind: str
    start: int
    end: int


@functools.lru_cache(maxsize=1)
def _file() -> Mapping[str, Any]:
    content: dict[str, Any] = {"labels": {}, "vocabulary": {}}
    for name in _FILES:
        part = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        for section, entries in part.items():
            content[section].update(entries)
    return content


def _expression(word: str) -> str:
    """The regular expression of one entry, with its boundaries where letters are separated by spaces."""
    open_start, open_end = word.startswith("*"), word.endswith("*")
    bare = folded(word.strip("*"))
    pieces = [re.escape(piece).replace(r"\*", f"[{_LETTER}]{{0,8}}") for piece in re.split(r"[ _]", bare)]
    body = r"[\s_\-]{0,3}".join(pieces)
    if open_end:
        body += f"[{_LETTER}]{{0,8}}"
    elif re.match(f"[{_LETTER}0-9]", bare[-1]):
        body += f"(?![{_LETTER}])"
    if not open_start and re.match(f"[{_LETTER}0-9]", bare[0]):
        body = f"(?<![{_LETTER}0-9])" + body
    return body


@functools.lru_cache(maxsize=128)
def _pattern(kind: str, language: str | None) -> re.Pattern[str]:
    by_language = _file()["labels"][kind]
    words = {word for of, words in by_language.items() if language in (None, of) for word in words}
    # Longest first: "error code" must win over "error".
    return re.compile("|".join(_expression(word) for word in sorted(words, key=lambda word: (-len(word), word))))


def labels_in(text: str, *kinds: str, language: str | None = None) -> list[Label]:
    """All labels of these kinds in a folded text, in order; those of different kinds may overlap.

    Without ``language`` (a BCP 47 code of the files) the words of all languages count.
    """
    found = [
        Label(kind, match.start(), match.end()) for kind in kinds for match in _pattern(kind, language).finditer(text)
    ]
    return sorted(found, key=lambda label: (label.start, label.end))


def nearest_before(text: str, start: int, labels: Sequence[Label], reach: int) -> Label | None:
    """The label that ends last within ``reach`` characters before ``start``, with nothing redacted between."""
    best: Label | None = None
    for label in labels:
        if not 0 <= start - label.end <= reach or BARRIER in text[label.end : start]:
            continue
        if best is None or (label.end, -label.start) > (best.end, -best.start):
            best = label
    return best


def languages(kind: str) -> tuple[str, ...]:
    """The languages that have words of this kind."""
    return tuple(_file()["labels"][kind])


@functools.lru_cache(maxsize=8)
def vocabulary(name: str) -> frozenset[str]:
    """One of the plain word lists of ``labels.yml``, folded."""
    return frozenset(folded(str(word)) for word in _file()["vocabulary"][name])
