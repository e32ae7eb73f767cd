"""The language to speak when only a locale or a script is known. Rasa knows better, when it answers."""

from __future__ import annotations

import re

from handoff import taxonomy

_FALLBACK = "en"
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
# In this order: Japanese mixes kana with Chinese characters, so kana decides first.
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3041-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh-Hans", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
# Three Latin words in a row: more than a coin, a network and an address in a Chinese sentence.
_SENTENCE = re.compile(r"(?:\b[A-Za-z']+\b[ ,]+){2}[A-Za-z']+\b")


def of_locale(locale: str | None) -> str:
    """The supported language of a BCP 47 tag: ``zh-TW`` is ``zh-Hant``, ``pt-BR`` is ``pt``, others ``en``."""
    subtags = (locale or "").replace("_", "-").lower().split("-")
    if subtags[0] == "zh":
        return "zh-Hant" if _TRADITIONAL.intersection(subtags) else "zh-Hans"
    return subtags[0] if subtags[0] in taxonomy.languages() else _FALLBACK


def of_text(text: str, assumed: str, recognised: str | None = None) -> str:
    """The language of ``text``.

    Args:
        text: what was written.
        assumed: the conversation's language: kept when it fits, or when nothing can be told.
        recognised: the language whose words were recognised, if any; else the script has to tell.
    """
    told = recognised or _by_script(text, assumed)
    # A script and a few words do not tell zh-Hans from zh-Hant: the conversation's own stays.
    return assumed if told is None or _primary(told) == _primary(assumed) else told


def _by_script(text: str, assumed: str) -> str | None:
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    other_script = any(_primary(assumed) == _primary(language) for language, _ in _SCRIPTS)
    return _FALLBACK if other_script and _SENTENCE.search(text) else None


def _primary(language: str) -> str:
    return language.partition("-")[0]
