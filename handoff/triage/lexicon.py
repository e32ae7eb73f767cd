"""The phrases of one language, read from ``lexicon/<language>.yml``.

Notation of a phrase, in both writings: ``(a|b)`` either, ``(a|b)?`` perhaps, ``<class>`` any entry of a class
of the file, ``<#>`` a number (``<class>?`` and ``<#>?``: perhaps), ``..`` a gap within the sentence (five words,
or eight characters where words are not separated). In spaced languages ``stol*`` is any word that begins so.
Accents and case do not matter.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handoff.triage import reading

FOLDER = Path(__file__).with_name("lexicon")
LANGUAGES = ("zh-Hans", "en", "zh-Hant", "ja", "ko", "ru", "vi", "es", "pt", "tr", "fr", "de")
_ACCENTED = frozenset({"vi"})
_GAP = {"spaced": r"(?: [^ .?]{1,40}){0,5}?", "solid": r"[^.?]{0,8}?"}
_NUMBER = {"spaced": r" [0-9][^ ]{0,20}", "solid": r"[0-9][0-9a-z.,]{0,12}"}
_LEXEME = re.compile(r"\s+|\.\.|\(|\)\??|\||<(?:[a-z_]+|#)>\??|\*|\d+(?:\.\d+)+|[^\s()|<>*.+?\\]+")


class Lexicon:
    """One language: signals and blockers by the name of their group, compiled when first asked for."""

    def __init__(self, language: str, *, accents: bool = False) -> None:
        self.language = language
        self._path = FOLDER / f"{language}.yml"
        content: Mapping[str, Any] = yaml.safe_load(self._path.read_text(encoding="utf-8"))
        self.writing = str(content["writing"])
        self._accents = accents
        self._compiler = _Compiler(self.writing, accents, content.get("classes") or {})
        self._phrases = {**content["signals"], **content["blockers"]}
        self._patterns: dict[str, re.Pattern[str] | None] = {}

    def groups(self) -> tuple[str, ...]:
        """The names of all groups."""
        return tuple(self._phrases)

    def read(self, text: str) -> str:
        """``text`` in the form in which this language's phrases are searched."""
        if self.writing == "spaced":
            return reading.spaced(text, accents=self._accents)
        if self.language == "zh-Hans" and reading.is_traditional(text):
            text = reading.simplified(text)
        return reading.solid(text, "" if self.language == "ko" else ",")

    def spans(self, group: str, form: str) -> Iterator[tuple[int, int]]:
        """Where the group's phrases stand in a text that `read` made.

        Raises:
            LexiconError: a phrase of the group cannot be read.
        """
        pattern = self._pattern(group)
        return (match.span() for match in pattern.finditer(form)) if pattern else iter(())

    def compile(self) -> None:
        """Compile all groups now. Raises LexiconError like `spans`."""
        for group in self._phrases:
            self._pattern(group)

    def _pattern(self, group: str) -> re.Pattern[str] | None:
        if group not in self._patterns:
            self._patterns[group] = self._compiled(group)
        return self._patterns[group]

    def _compiled(self, group: str) -> re.Pattern[str] | None:
        bodies = []
        for phrase in _phrases(self._phrases.get(group)):
            try:
                body = self._compiler.expression(phrase)
                re.compile(body)
            except (KeyError, ValueError, re.error) as exc:
                raise LexiconError(f"{self._path}: {group}: cannot read {phrase!r}: {exc}") from exc
            bodies.append(body)
        end = "(?= )" if self.writing == "spaced" else ""
        return re.compile(f"(?:{'|'.join(bodies)}){end}") if bodies else None


class LexiconError(ValueError):
    """A lexicon file is wrong; the message names the file, the group and the phrase."""


def lexicon_for(language: str, text: str) -> Lexicon:
    """The lexicon of one of `LANGUAGES`, for a text with or without accents.

    Accents count only in Vietnamese, where they tell many words apart, and only in texts that have any: many
    customers type without.
    """
    return lexicon(language, language in _ACCENTED and reading.has_accents(text))


@functools.lru_cache(maxsize=2 * len(LANGUAGES))
def lexicon(language: str, accents: bool = False) -> Lexicon:
    """The lexicon of one of `LANGUAGES`, read once."""
    return Lexicon(language, accents=accents)


def _phrases(entry: str | Sequence[str] | None) -> list[str]:
    """A list of phrases, or one text that separates them by semicolons."""
    if isinstance(entry, str):
        entry = entry.split(";")
    return [str(phrase).strip() for phrase in entry or ()]


@dataclass(frozen=True)
class _Compiler:
    """Turns phrases into regular expressions; every repetition in them is bounded."""

    writing: str
    accents: bool
    classes: Mapping[str, Sequence[str]]

    def expression(self, phrase: str) -> str:
        """The expression of one phrase. Raises KeyError (unknown class) or ValueError (unknown sign)."""
        lexemes = _LEXEME.findall(phrase)
        if "".join(lexemes) != phrase:
            raise ValueError("a character that has no meaning here")
        return "".join(self._one(lexeme) for lexeme in lexemes if not lexeme.isspace())

    def _one(self, lexeme: str) -> str:
        fixed = {"..": _GAP[self.writing], "(": "(?:", ")": ")", ")?": ")?", "|": "|", "*": "[^ ]{0,20}"}
        if lexeme in fixed:
            return fixed[lexeme]
        if lexeme.startswith("<#>"):
            return f"(?:{_NUMBER[self.writing]}){lexeme[3:]}"
        if lexeme.startswith("<"):
            name, _, optional = lexeme[1:].partition(">")
            entries = (self.expression(str(entry)) for entry in self.classes[name])
            return f"(?:{'|'.join(entries)}){optional}"
        if self.writing == "spaced":
            word = reading.spaced(lexeme, accents=self.accents).rstrip()
            return re.escape(word).replace(r"\ ", " ")
        return re.escape(reading.solid(lexeme))
