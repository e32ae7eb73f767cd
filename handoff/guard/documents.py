"""Finding the numbers of bank cards and of Chinese identity cards.

Order ids have 15 to 20 digits, too, and a tenth of all numbers pass the Luhn check, so both need their word
close by and no other word closer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handoff.guard.canvas import BARRIER, Canvas
from handoff.guard.findings import Finding
from handoff.guard.labels import Label, labels_in

_BEFORE = 30
_AFTER = 14
_CARD = re.compile(r"(?<![0-9A-Za-z.])(?<![0-9][ -])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])")
_CARD_CODE = re.compile(r"(?<![0-9A-Za-z.])\d{3,4}(?![0-9A-Za-z.])")
#: 6 digits of a region, a date of birth, 3 digits, a check digit.
_RESIDENT = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5} ?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?\d{3}[0-9Xx](?![0-9A-Za-z])"
)


def find_documents(canvas: Canvas) -> Iterator[Finding]:
    """Card numbers, card security codes and identity numbers with their words beside them."""
    for pattern, kind, check in (
        (_CARD, "card", passes_luhn),
        (_RESIDENT, "resident_id", None),
        (_CARD_CODE, "card_code", None),
    ):
        matches = [match for match in pattern.finditer(canvas.text) if check is None or check(match[0])]
        labels = labels_in(canvas.folded, kind) if matches else []
        if not labels:
            continue
        others = labels_in(canvas.folded, "identifier")
        reach = (10, 0) if kind == "card_code" else (_BEFORE, _AFTER)
        for match in matches:
            if _named(canvas.folded, match, labels, others, reach):
                yield Finding(match.start(), match.end(), "bank_card" if kind == "card" else kind)


def passes_luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1; spaces and hyphens are skipped."""
    digits = [int(char) for char in number if char.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _named(text: str, match: re.Match[str], labels: list[Label], others: list[Label], reach: tuple[int, int]) -> bool:
    own = _distance(text, match, labels, reach)
    other = _distance(text, match, others, reach)
    return own is not None and (other is None or other > own)


def _distance(text: str, match: re.Match[str], labels: list[Label], reach: tuple[int, int]) -> int | None:
    """How near the nearest label is; one after the number counts as farther."""
    distances = []
    for label in labels:
        if label.end <= match.start():
            distance, between, limit = match.start() - label.end, text[label.end : match.start()], reach[0]
        elif label.start >= match.end():
            distance, between, limit = label.start - match.end(), text[match.end() : label.start], reach[1]
        else:
            continue
        if distance <= limit and BARRIER not in between:
            distances.append(distance if label.end <= match.start() else distance + reach[0] - reach[1])
    return min(distances, default=None)
