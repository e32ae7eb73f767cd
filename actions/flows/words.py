"""Short answers in every language, and which offered choice a customer typed instead of pressing it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from handoff import texts

_WORD = re.compile(r"[0-9a-zÀ-ɏ\u0370-\u052f\u1e00-\u1eff']{4,}")
_ASKS = re.compile(r"[?？吗嗎]$")
#: Longer messages say more than yes or no.
_FEW_WORDS, _FEW_CHARACTERS = 5, 8
_IDEOGRAPHS = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


@cache
def _words() -> Mapping[str, frozenset[str]]:
    document = yaml.safe_load(Path(__file__).with_name("words.yml").read_text("utf-8"))
    return {name: frozenset(normal(word) for word in words) for name, words in document.items()}


def normal(text: str) -> str:
    """The text in lower case, in one form of its characters, without punctuation around it."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", folded).strip(" .,!?;:。，！？；：、…～~()（）\"'“”")


def means(text: str, meaning: str) -> bool:
    """Whether the whole message is one of the words for ``yes``, ``no``, ``unknown`` or ``cancel``."""
    return normal(text) in _words()[meaning]


def begins(text: str, meaning: str) -> bool:
    """Whether a short message, no question, begins with ``yes`` or ``no``: 可以登录, "no i can't", "да, могу"."""
    said = normal(text)
    words = said.replace(",", " ").split()
    if (
        not words
        or _ASKS.search(text.strip())
        or any(said.startswith(word) for word in _words()["unknown"] - _words()[meaning])
    ):
        return False
    if words[0] in _words()[meaning]:
        return len(words) <= _FEW_WORDS
    ideographic = (word for word in _words()[meaning] if _IDEOGRAPHS.fullmatch(word))
    return len(said) <= _FEW_CHARACTERS and any(said.startswith(word) for word in ideographic)


def title(choice: str, language: str) -> str:
    """What the button of a choice says; a value that is the same in every language stands for itself."""
    key = f"flow_choice_{choice}"
    return texts.text(key, language) if key in texts.entries("en") else choice


def typed_choice(text: str, choices: Sequence[str], language: str) -> str | None:
    """The choice that the text names; None when it names none, or more than one alike."""
    said = normal(text)
    if not said:
        return None
    scores: Counter[str] = Counter()
    for choice in choices:
        for tongue in dict.fromkeys((language, "en", "zh-Hans")):
            named = normal(title(choice, tongue))
            if said == named:
                return choice
            scores[choice] = max(scores[choice], len(_pieces(said) & _pieces(named)))
    best = scores.most_common(2)
    if not best or best[0][1] == 0 or (len(best) > 1 and best[1][1] == best[0][1]):
        return None
    return best[0][0]


def _pieces(text: str) -> set[str]:
    """Longer words, and pairs of neighbouring ideographs: what tells two choices apart."""
    pairs = {run[i : i + 2] for run in _IDEOGRAPHS.findall(text) for i in range(len(run) - 1)}
    return {word[:6] for word in _WORD.findall(text)} | pairs
