"""A text as the detectors read it, and the way back to the text as it was written.

Customers paste full-width letters, circled numbers, zero-width characters and decomposed accents. The
detectors see NFKC text without invisible characters, and a second string of the same length in which case,
Latin accents and katakana are folded as well. Every character remembers where it came from.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handoff.guard.findings import TOKEN

#: Stands where a secret was or a token is: no label, no run of words and no number reaches across it.
BARRIER = "\ufffc"

#: Characters that show nothing but are not in Unicode's category Cf.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_KEPT_TOGETHER = frozenset("\uff9e\uff9f")  # half-width voicing marks compose with the kana before them
_UNACCENTED = {"đ": "d", "ı": "i", "ł": "l", "ø": "o", "ß": "s", "æ": "a", "œ": "o", "ё": "е"}


def is_invisible(char: str) -> bool:
    """Whether a character takes no room: zero-width, bidirectional marks, fillers, variation selectors."""
    if char < "\u00ad":
        return False
    return (
        char in _BLANK
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or unicodedata.category(char) == "Cf"
    )


@functools.lru_cache(maxsize=8192)
def fold(char: str) -> str:
    """One character for one: lower case, Latin letters without accents, ё as е, katakana as hiragana."""
    lower = char.lower()[:1]
    if lower < "\u0080":
        return lower
    if "\u30a1" <= lower <= "\u30f6":
        return chr(ord(lower) - 0x60)
    if lower in _UNACCENTED:
        return _UNACCENTED[lower]
    base = unicodedata.normalize("NFD", lower)[0]
    return _UNACCENTED.get(base, base) if base < "\u0250" else lower


def folded(text: str) -> str:
    """``text`` in the form of `Canvas.folded`, for word lists and labels."""
    return "".join(map(fold, unicodedata.normalize("NFKC", text)))


@dataclass(frozen=True)
class Canvas:
    """``text`` and ``folded`` have the same length; ``starts`` and ``ends`` lead back to the original."""

    text: str
    folded: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original; ``start < end``."""
        return self.starts[start], self.ends[end - 1]


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces that NFKC may be applied to one by one: a character with all that combines with it."""
    begin = start
    for position in range(start + 1, end):
        char = text[position]
        jamo = "\u1160" <= char <= "\u11ff"  # vowels and finals of decomposed Hangul
        joins = char >= "\u0080" and (
            jamo or char in _KEPT_TOGETHER or unicodedata.combining(char) != 0 or is_invisible(char)
        )
        if not joins:
            yield begin, position
            begin = position
    if begin < end:
        yield begin, end


def canvas_of(text: str, hidden: Sequence[tuple[int, int]] = (), filler: str = "") -> Canvas:
    """Read ``text`` with the ``hidden`` spans (sorted, apart) and all tokens as one `BARRIER` each.

    ``filler`` stands for each invisible character: nothing, or a space for those that separate words.
    """
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(output: str, start: int, end: int) -> None:
        for char in output:
            chars.append(char)
            starts.append(start)
            ends.append(end)

    def read(start: int, end: int) -> None:
        if text[start:end].isascii():
            put_plain(start, end)
            return
        for begin, stop in _clusters(text, start, end):
            piece = text[begin:stop]
            if piece.isascii():
                put(piece, begin, stop)
                continue
            visible = "".join(filler if is_invisible(char) else char for char in piece)
            # An accent that composes with nothing is noise.
            composed = (char for char in unicodedata.normalize("NFKC", visible) if not unicodedata.combining(char))
            put("".join(composed).replace(BARRIER, " "), begin, stop)

    def put_plain(start: int, end: int) -> None:
        chars.extend(text[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))

    position = 0
    for start, end in [*hidden, (len(text), len(text))]:
        for match in TOKEN.finditer(text, position, start):
            read(position, match.start())
            put(BARRIER, match.start(), match.end())
            position = match.end()
        read(position, start)
        if start < end:
            put(BARRIER, start, end)
        position = end
    shown = "".join(chars)
    return Canvas(shown, "".join(map(fold, shown)), tuple(starts), tuple(ends))
