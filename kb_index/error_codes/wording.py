"""The wording of the explanations: ``<language>.yml`` beside this file.

::

    layout:    the lines of a reply: "Code: {code} ({venue})" ...
    terms:     words that meanings are put together from
    kinds:     cause and fix of each kind of code
    meanings:  what a code says; a mapping of text, cause and fix where one code needs its own
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kb_index.error_codes.facts import FOLDER, Fact, document, named
from kb_index.taxonomy import nearest_language, taxonomy


@dataclass(frozen=True)
class Explanation:
    """One code of one venue, explained in one language.

    Attributes:
        venue: "OKX", "HTX" or "Binance".
        code: as the venue writes it.
        meaning: what it says.
        cause: why it comes.
        fix: what to do.
        topic: the FAQ topic that has more, an id of taxonomy.yml.
    """

    venue: str
    code: str
    meaning: str
    cause: str
    fix: str
    topic: str


def explain(code: str, venue: str | None, language: str) -> list[Explanation]:
    """Explains a code, once for each venue that has it; only ``venue``'s when one is given.

    Args:
        code: as the customer wrote it (``facts.named`` says what is understood).
        venue: name of the exchange, or None when it is not known.
        language: BCP 47; the nearest one that is written is used.

    Returns:
        Nothing for an unknown code, or one that this venue does not have.
    """
    return [put_in_words(fact, wording(language)) for fact in named(code, venue)]


def layout(language: str) -> Mapping[str, str]:
    """The lines of a reply: ``code``, ``meaning``, ``cause``, ``fix``, and ``several`` above two venues."""
    lines: Mapping[str, str] = wording(language)["layout"]
    return lines


def wording(language: str) -> Mapping[str, Any]:
    """The file of the language, or of the nearest one that is written; read once."""
    existing = tuple(name for name in taxonomy().languages if (FOLDER / f"{name}.yml").exists())
    return _read(nearest_language(language, existing) or "en")


def put_in_words(fact: Fact, words: Mapping[str, Any]) -> Explanation:
    """A fact in the words of one language. Raises KeyError for a text that is missing there: the checks name it."""
    kind, meaning = words["kinds"][fact.kind], words["meanings"][fact.meaning]
    own = meaning if isinstance(meaning, dict) else {"text": meaning}
    values = {name: words["terms"].get(value, value) for name, value in fact.values.items()}
    return Explanation(
        venue=fact.venue,
        code=fact.code,
        meaning=own["text"].format_map(values),
        cause=own.get("cause", kind["cause"]),
        fix=own.get("fix", kind["fix"]),
        topic=fact.topic,
    )


@cache
def _read(language: str) -> Mapping[str, Any]:
    return document(FOLDER / f"{language}.yml")
