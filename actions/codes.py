"""The error codes that a message names, explained above the article that answers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from actions.turn import Turn
from kb_index import error_codes
from kb_index.error_codes import Explanation

#: Somebody who pastes a whole log wants its first lines explained.
_MOST_CODES = 2
#: Shorter numbers are HTTP statuses as well: they are a venue's code only where the message names the venue.
_LEAST_DIGITS = 4


class ExplainedCodes:
    """What is known of a message's codes.

    A venue that the message names decides where it has the code. Otherwise it is but the other end of a transfer
    ("withdrawing to Binance, 58219"), and every venue that has the code counts.
    """

    def __init__(self, turn: Turn) -> None:
        """Looks the codes up in the language of the turn."""
        self._language = turn.language
        venues = [str(entity["value"]) for entity in turn.entities if entity.get("entity") == "venue"]
        codes = [str(entity["value"]) for entity in turn.entities if entity.get("entity") == "error_code"]
        found: dict[tuple[str, ...], list[Explanation]] = {}
        for code in codes:
            explained = _explained(code, venues, turn.language)
            if explained:
                found.setdefault(tuple(f"{one.venue} {one.code}" for one in explained), explained)
        self._found = list(found.values())[:_MOST_CODES]

    @property
    def text(self) -> str:
        """The explanations as the customer reads them; empty when there is none."""
        return "\n\n".join(self._written(explained) for explained in self._found)

    def topics(self, ranked: Sequence[tuple[str, float]]) -> list[str]:
        """The topics of the codes, those first that the search (topic, score) also found."""
        order = {topic: place for place, (topic, _) in enumerate(ranked)}
        topics = dict.fromkeys(one.topic for explained in self._found for one in explained)
        return sorted(topics, key=lambda topic: order.get(topic, len(order)))

    def _written(self, explained: Sequence[Explanation]) -> str:
        line = error_codes.layout(self._language)
        if len(explained) == 1:
            return "\n".join(self._lines(explained[0], ("meaning", "cause", "fix")))
        brief = ("\n".join(self._lines(one, ("meaning", "fix"))) for one in explained)
        return "\n\n".join((line["several"], *brief))

    def _lines(self, one: Explanation, parts: Sequence[str]) -> Iterator[str]:
        line = error_codes.layout(self._language)
        yield line["code"].format(code=one.code, venue=one.venue)
        for part in parts:
            yield line[part].format(text=getattr(one, part))


def _explained(code: str, venues: Sequence[str], language: str) -> list[Explanation]:
    of_venues = [one for venue in dict.fromkeys(venues) for one in error_codes.explain(code, venue, language)]
    if of_venues or (code.isdigit() and len(code) < _LEAST_DIGITS):
        return of_venues
    return error_codes.explain(code, None, language)
