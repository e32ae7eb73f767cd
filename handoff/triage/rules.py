"""The rules that find the two priority-0 intents in a text, in the words of any of the twelve languages.

A rule (``rules.yml``) needs one phrase of each of its groups, and none of its blockers. It knows no language;
the lexicons fill the groups. A blocker counts where its scope says: "if" only before the phrase and in its
sentence, "liquidated" anywhere in the message.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handoff.triage import reading
from handoff.triage.lexicon import LANGUAGES, Lexicon, lexicon, lexicon_for

MAX_CHARS = 4000  # of a message that is looked at; longer ones are not accepted
_NEAR = {"spaced": 100, "solid": 40}  # characters between the phrases of a rule
_CLOSE = {"spaced": 26, "solid": 9}  # and between a phrase and the blocker that modifies it
_ADJACENT = {"spaced": 12, "solid": 4}  # and between a phrase and the negation before it
_LIKELY = 0.7  # of the frequent words of the likeliest language
_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_HAN = re.compile("[㐀-鿿]")
_HANGUL = re.compile("[가-힣ㄱ-ㆎ\u1100-\u11ff]")
_CYRILLIC = re.compile("[а-яА-ЯёЁ]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏẠ-ỹ]{2,}")


@dataclass(frozen=True)
class Urgency:
    """What the words of a text say about the two priority-0 intents.

    ``intent`` is ``account_theft``, ``scam_victim`` or None; ``score`` is the rule's precision as an estimate
    from 0 to 1 (0 without an intent); ``rule`` names the language and the rule ("en/unauthorised").
    """

    intent: str | None
    score: float
    rule: str


@dataclass(frozen=True)
class Rule:
    """One line of ``rules.yml``."""

    name: str
    intent: str
    score: float
    groups: tuple[str, ...]
    near: bool
    blockers: tuple[str, ...]


@functools.lru_cache(maxsize=1)
def _rules() -> tuple[tuple[Rule, ...], Mapping[str, str]]:
    content: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("rules.yml").read_text(encoding="utf-8"))
    sets: Mapping[str, Sequence[str]] = content["blocker_sets"]
    rules = [
        Rule(
            name=entry["name"],
            intent=entry["intent"],
            score=float(entry["score"]),
            groups=tuple(entry["all"]),
            near=bool(entry.get("near", True)),
            blockers=tuple(dict.fromkeys(blocker for name in entry["unless"] for blocker in sets.get(name, (name,)))),
        )
        for entry in content["rules"]
    ]
    return tuple(sorted(rules, key=lambda rule: -rule.score)), content["scopes"]


def urgency(text: str) -> Urgency:
    """Whether the words of ``text`` report a theft or a fraud.

    Needs neither a model nor a network, so it also works when Rasa is down. Built for precision: hypothetical
    questions, negations, anger at a liquidation, wrong addresses and accounts frozen by the platform stay out.
    """
    best = Urgency(None, 0.0, "")
    message = unicodedata.normalize("NFKC", text[:MAX_CHARS])
    for language in _languages(message):
        known = lexicon_for(language, message)
        found = _Message(known, known.read(message)).urgency(best.score)
        if found is not None:
            best = found
    return best


def preload(languages: Iterable[str] = LANGUAGES) -> None:
    """Read and compile the lexicons now (some 3 s for all twelve) instead of at the first message of each."""
    for language in languages:
        lexicon(language).compile()
    if "vi" in languages:
        lexicon("vi", accents=True).compile()


def _languages(text: str) -> Iterator[str]:
    """The languages that the text may be in, by its scripts and, among Latin letters, its frequent words."""
    kana = len(_KANA.findall(text))
    han = len(_HAN.findall(text))
    hangul = bool(_HANGUL.search(text))
    cyrillic = bool(_CYRILLIC.search(text))
    if han > 2 * kana:
        yield "zh-Hans"
        if reading.is_traditional(text):
            yield "zh-Hant"
    if kana:
        yield "ja"
    if hangul:
        yield "ko"
    if cyrillic:
        yield "ru"
    # A few Latin words in another script are names of coins and apps.
    if len(_LATIN_WORD.findall(text)) >= (4 if han or kana or hangul or cyrillic else 1):
        yield from _latin_languages(text)


@functools.lru_cache(maxsize=1)
def _frequent_words() -> Mapping[str, frozenset[str]]:
    content = yaml.safe_load(Path(__file__).with_name("languages.yml").read_text(encoding="utf-8"))
    return {language: frozenset(words) for language, words in content.items()}


def _latin_languages(text: str) -> list[str]:
    words = reading.spaced(text).split()
    counts = {language: sum(word in common for word in words) for language, common in _frequent_words().items()}
    most = max(counts.values())
    # Short texts and mixed ones are searched for the phrases of every likely language.
    return [language for language, count in counts.items() if count >= _LIKELY * most]


class _Message:
    """One text in the form of one language; phrases are searched when a rule first asks for them."""

    def __init__(self, known: Lexicon, form: str) -> None:
        self._known = known
        self._form = form
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def urgency(self, above: float) -> Urgency | None:
        """The best rule that holds with a score over ``above``."""
        for rule in _rules()[0]:
            if rule.score <= above:
                return None
            if self._holds(rule):
                return Urgency(rule.intent, rule.score, f"{self._known.language}/{rule.name}")
        return None

    def _find(self, group: str) -> list[tuple[int, int]]:
        if group not in self._spans:
            self._spans[group] = list(self._known.spans(group, self._form))
        return self._spans[group]

    def _holds(self, rule: Rule) -> bool:
        others = [self._find(group) for group in rule.groups[1:]]
        if not all(others):
            return False
        return any(
            all(self._has_partner(anchor, spans, rule.near) for spans in others)
            and not any(self._is_blocked(anchor, blocker) for blocker in rule.blockers)
            for anchor in self._find(rule.groups[0])
        )

    def _has_partner(self, anchor: tuple[int, int], spans: Iterable[tuple[int, int]], near: bool) -> bool:
        reach = _NEAR[self._known.writing] if near else len(self._form)
        return any(max(start - anchor[1], anchor[0] - end) <= reach for start, end in spans)

    def _is_blocked(self, anchor: tuple[int, int], blocker: str) -> bool:
        spans = self._find(blocker)
        if not spans:
            return False
        scope = _rules()[1][blocker]
        sentence = reading.sentence_of(self._form, *anchor)
        return any(_counts(scope, span, anchor, sentence, self._known.writing) for span in spans)


def _counts(
    scope: str, span: tuple[int, int], anchor: tuple[int, int], sentence: tuple[int, int], writing: str
) -> bool:
    """Whether a blocker at ``span`` counts against the phrase at ``anchor``; a scope is a key of ``rules.yml``."""
    start, end = span
    close = _CLOSE[writing]
    inside = sentence[0] <= start < sentence[1]
    return {
        "message": True,
        "sentence": inside,
        "before": sentence[0] <= start < anchor[1],
        "close": inside and start <= anchor[1] + close and end >= anchor[0] - close,
        "just before": anchor[0] - _ADJACENT[writing] <= end <= anchor[0] + 1,
        "just after": inside and anchor[0] <= start <= anchor[1] + close,
    }[scope]
