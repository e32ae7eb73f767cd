"""The FAQ's topics by family and the languages, as ``taxonomy.yml`` lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

#: Where an article is looked for when it is not written in the customer's language, in this order.
_FALLBACKS: Mapping[str, Sequence[str]] = {"zh-Hant": ("zh-Hans", "en"), "zh-Hans": ("zh-Hant", "en")}


@dataclass(frozen=True)
class Taxonomy:
    """Languages (BCP 47), the languages that every topic needs, and topic ids by family."""

    languages: tuple[str, ...]
    required_languages: tuple[str, ...]
    families: Mapping[str, tuple[str, ...]]

    @property
    def topics(self) -> tuple[str, ...]:
        """All topic ids, family by family."""
        return tuple(topic for family in self.families.values() for topic in family)

    def family_of(self, topic: str) -> str | None:
        """The family (the intent whose FAQ it is), or None for an unknown topic."""
        return next((family for family, topics in self.families.items() if topic in topics), None)


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """Reads taxonomy.yml, once."""
    document = yaml.safe_load(Path(__file__).with_name("taxonomy.yml").read_text(encoding="utf-8"))
    return Taxonomy(
        languages=tuple(document["languages"]),
        required_languages=tuple(document["required_languages"]),
        families={family: tuple(topics) for family, topics in document["topics"].items()},
    )


def nearest_language(wanted: str | None, available: Iterable[str]) -> str | None:
    """The language to show out of those that exist.

    The wanted one; for Chinese the other script; then English, then Simplified Chinese, then whatever there is. None
    only when nothing is available.
    """
    existing = set(available)
    order = [wanted, *_FALLBACKS.get(wanted or "", ()), "en", "zh-Hans", *sorted(existing)]
    return next((language for language in order if language in existing), None)
