"""The word lists of ``lexicon/*.yml``, as spaCy patterns over the tokens of ``scanner``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import spacy
import yaml
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from bot.assistant.components.scanner import scan

FOLDER = Path(__file__).with_name("lexicon")
_SEPARATOR = "\x1f"


class MessageTokenizer:
    """spaCy's way into ``scanner.scan``. ``doc.user_data["pieces"]`` holds each token's place in the message."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The text as a document."""
        pieces = scan(text)
        doc = Doc(self._vocab, words=[p.text for p in pieces], spaces=[p.space_after for p in pieces])
        doc.user_data["pieces"] = pieces
        return doc


def language_pipeline() -> Language:
    """A blank multilingual pipeline with the tokenizer above."""
    nlp = spacy.blank("xx")
    nlp.tokenizer = MessageTokenizer(nlp.vocab)
    return nlp


@cache
def document(name: str) -> Any:
    """One file of the lexicon. Every scalar is a string: YAML would read Spanish "no" and English "on" as booleans."""
    return yaml.load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


class Tags:
    """Which words of the lexicon stand where in a document."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[str, Span]]] = {}
        self._longest: dict[tuple[str, int], tuple[str, Span]] = {}

    def add(self, kind: str, name: str, span: Span) -> None:
        """Records a word."""
        self._spans.setdefault(kind, []).append((name, span))
        known = self._longest.get((kind, span.start))
        if known is None or len(span) > len(known[1]):
            self._longest[kind, span.start] = (name, span)

    def of(self, kind: str) -> list[tuple[str, Span]]:
        """All words of a kind as (name, span)."""
        return self._spans.get(kind, [])

    def starting(self, kind: str, token: int) -> tuple[str, Span] | None:
        """The longest word of a kind that begins at this token."""
        return self._longest.get((kind, token))

    def near(self, kind: str, token: int, *, before: int, after: int = 0, name: str | None = None) -> bool:
        """Whether a word of a kind ends at most ``before`` tokens before this one or begins ``after`` after it."""
        return any(
            0 < token - span.end + 1 <= before or 0 < span.start - token <= after
            for found, span in self.of(kind)
            if name is None or found == name
        )


class Lexicon:
    """Finds the words of all lists in a document."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._phrases = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._stems = Matcher(nlp.vocab)
        for kind, name, words in _word_lists():
            self._add(f"{kind}{_SEPARATOR}{name}", words)

    def tag(self, doc: Doc) -> Tags:
        """Every word of every list in the document."""
        tags = Tags()
        for matcher in (self._phrases, self._stems):
            for span in matcher(doc, as_spans=True):
                kind, name = span.label_.split(_SEPARATOR)
                tags.add(kind, name, span)
        return tags

    def _add(self, label: str, words: Iterable[str]) -> None:
        for word in words:
            if word.endswith("*"):
                self._stems.add(label, [[{"LOWER": {"REGEX": f"^{re.escape(word[:-1])}\\w*$"}}]])
            else:
                self._phrases.add(label, [self._nlp.make_doc(word)])


def _word_lists() -> Iterator[tuple[str, str, list[str]]]:
    coins, networks, units = document("coins"), document("networks"), document("units")
    for name, words in coins["names"].items():
        yield "coin", name, words
    for symbol in coins["symbols"]:
        yield "symbol", symbol, [symbol.lower()]
    for name, words in networks["names"].items():
        yield "network", name, words
    for name, words in networks["coins"].items():
        yield "network_coin", name, words
    yield "network_word", "", networks["words"]
    for name, words in document("venues").items():
        yield "venue", name, words
    for place in ("after", "before"):
        for name, words in units[place].items():
            yield f"unit_{place}", name, words
    for factor, words in units["multipliers"].items():
        yield "multiplier", factor, words
    for name, words in document("contexts").items():
        yield "context", name, words
