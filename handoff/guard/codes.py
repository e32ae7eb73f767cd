"""Finding one-time codes.

A six-digit number may be a price, a date or an order, so a code needs its word within some ten characters,
and no word of something public may stand closer: an order, an error code, a UID, an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handoff.guard.canvas import BARRIER, Canvas
from handoff.guard.findings import Finding
from handoff.guard.labels import BINDER, Label, labels_in, nearest_before

CODE_REACH = 10  # characters between "code" and the digits (domain facts, platform identifiers)
_STRONG_REACH = 12  # for words that mean nothing else, such as "verification code"
_CODE_DIGITS = 6  # what a bare "code" needs; error codes have four or five
_DIGITS = re.compile(
    r"(?<![0-9A-Za-z.,$€£¥₽+#_/@-])(?:[Gg]-)?"
    r"(\d{3}[ -]\d{3}|\d{4}-\d{4}|\d{4} \d{2}|\d{2} \d{2} \d{2}|\d(?: \d){5}|\d{4,8})"
    r"(?![0-9A-Za-z_@/:]|[.,]\d|[-]\d)"
)
_UNIT = re.compile(
    r"\s{0,2}(?:[%$€£₽₺₫次元块塊刀个個人秒分天年円원번회]|小时"
    r"|(?:u|usdt|usdc|usd|btc|eth|sol|trx|eur|rub|try|tl|vnd|vnđ|won|krw|jpy|cny|rmb|brl|reais|sats?|k|w|x"
    r"|m|h|s|secs?|seconds|mins?|minutes|hours?|days?|times|euros?|dollars?|dolar\w{0,3}|veces|vezes|fois|mal|kez|kere"
    r"|lan|phut|gio|дней|раз|руб\w{0,4}|долл\w{0,5})(?![a-zа-я]))"
)
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BETWEEN_CODES = re.compile(r"[\s,;/、，]{1,3}|\s?(?:or|and|и|或|和|y|e|und|et|ve)\s?")


def find_codes(canvas: Canvas) -> Iterator[Finding]:
    """One-time codes, and those that follow one in a row (backup codes)."""
    candidates = list(_DIGITS.finditer(canvas.text))
    if not candidates:
        return
    reader = _Reader(canvas.folded)
    end: int | None = None
    for match in candidates:
        in_a_row = end is not None and _BETWEEN_CODES.fullmatch(canvas.folded, end, match.start())
        if in_a_row or reader.is_code(match):
            yield Finding(match.start(), match.end(), "one_time_code")
            end = match.end()
        else:
            end = None


class _Reader:
    """The labels of one folded text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._strong = labels_in(text, "code_strong")
        self._weak = labels_in(text, "code_weak")
        self._public = labels_in(text, "identifier", "card", "password")

    def is_code(self, match: re.Match[str]) -> bool:
        """Whether a label makes these digits a one-time code."""
        digits = re.sub(r"\D", "", match[1])
        start, end = match.span()
        if _UNIT.match(self._text, end) or _DATE.fullmatch(digits):
            return False
        public = nearest_before(self._text, start, self._public, _STRONG_REACH)
        strong = self._unless(public, start, self._strong, _STRONG_REACH)
        if strong and (len(digits) >= _CODE_DIGITS or (self._bound(strong, start) and not _YEAR.fullmatch(digits))):
            return True
        if len(digits) != _CODE_DIGITS:
            return False
        weak = self._unless(public, start, self._weak, CODE_REACH)
        if weak and not re.search(r"\d", self._text[weak.end : start]):
            return True
        return public is None and self._is_named_after(end)

    def _unless(self, public: Label | None, start: int, labels: Sequence[Label], reach: int) -> Label | None:
        """The nearest label, if nothing public is nearer; of two that end together the longer counts."""
        label = nearest_before(self._text, start, labels, reach)
        if label and public and (public.end, -public.start) >= (label.end, -label.start):
            return None
        return label

    def _bound(self, label: Label, start: int) -> bool:
        return BINDER.fullmatch(self._text, label.end, start) is not None

    def _is_named_after(self, end: int) -> bool:
        """ "483920 is the code"."""
        for label in (*self._strong, *self._weak):
            if not 0 <= label.start - end <= CODE_REACH:
                continue
            alone = not re.search(rf"[\d{BARRIER}\n]", self._text[end : label.start])
            if alone and not any(public.start <= label.start and label.end <= public.end for public in self._public):
                return True
        return False
