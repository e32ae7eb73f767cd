"""Finds coins, networks, amounts, addresses, hashes, order ids, instruments, error codes and venues in a message.

Their traps: ``\\b`` treats Han as letters, so tokens decide where a word ends; Solana's form covers other chains'
addresses, so it is tried last; codes collide between venues; a long number is an order only beside a word that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from spacy.tokens import Doc, Span, Token

from bot.assistant.components.lexicon import Lexicon, Tags, document, language_pipeline
from handoff.formats import HASH_OR_ACCOUNT, address_chains, hash_chains, number, written

#: Where two finds overlap, the earlier label wins, then the longer one.
LABELS = ("address", "tx_hash", "instrument", "error_code", "order_id", "amount", "network", "venue", "coin")

#: spaCy keeps every token it ever saw; past this many strings the finder starts afresh (about 100 MB).
_MAX_STRINGS = 300_000

_PAIR = re.compile(r"^([A-Za-z0-9]{2,10})(USDT|USDC|USD|BTC|ETH)$", re.IGNORECASE)
_SLANG_AMOUNT = re.compile(r"^(k|w|m)(u|usdt|usdc|usd|btc|eth)$", re.IGNORECASE)
_SLANG_FACTORS = {"k": 1_000, "w": 10_000, "m": 1_000_000}


@dataclass(frozen=True)
class Entity:
    """One find. ``start`` and ``end`` refer to the message as written, ``value`` is in the canonical form."""

    label: str
    start: int
    end: int
    value: str
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Find:
    label: str
    span: Span
    value: str
    extra: dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def entity_finder() -> EntityFinder:
    """The process's finder: documents belong to the one that made them."""
    return EntityFinder()


class EntityFinder:
    """Not to be shared between threads."""

    def __init__(self) -> None:
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._nlp = language_pipeline()
        self._lexicon = Lexicon(self._nlp)
        coins = document("coins")
        self._symbols = frozenset(coins["symbols"])
        self._words, self._needs_number = frozenset(coins["words"]), frozenset(coins["needs_number"])
        codes = document("codes")
        self._word_codes = [re.compile(pattern) for pattern in codes["HTX_words"]]
        self._venues_of_code: dict[str, list[str]] = {}
        for venue in ("OKX", "HTX", "Binance"):
            for code in codes[venue]:
                self._venues_of_code.setdefault(code, []).append(venue)

    def document(self, text: str) -> Doc:
        """The message's tokens."""
        if len(self._nlp.vocab.strings) > _MAX_STRINGS:
            self._start_afresh()
        return self._nlp(text)

    def find(self, doc: Doc, language: str | None = None) -> list[Entity]:
        """All entities of a document, in order, none overlapping another.

        Args:
            doc: from ``document``.
            language: BCP 47; decides what ``5.400`` means.
        """
        tags = self._lexicon.tag(doc)
        finds = [
            *self._strings(doc, tags),
            *self._instruments(doc, tags),
            *self._codes(doc, tags),
            *self._order_ids(doc, tags),
            *self._amounts(doc, tags, language),
            *self._networks(tags),
            *(_Find("venue", span, name) for name, span in tags.of("venue")),
            *self._coins(doc, tags),
        ]
        return [_entity(find, doc) for find in _without_overlaps(finds)]

    def _strings(self, doc: Doc, tags: Tags) -> Iterator[_Find]:
        for token in doc:
            if len(token.text) < 20:
                continue
            is_account = HASH_OR_ACCOUNT.fullmatch(token.text) and (
                tags.near("context", token.i, before=6, name="address")
                and not tags.near("context", token.i, before=6, after=3, name="hash")
            )
            if is_account:
                yield _Find("address", doc[token.i : token.i + 1], token.text, {"chains": ["Aptos", "Sui"]})
            elif chains := hash_chains(token.text):
                yield _Find("tx_hash", doc[token.i : token.i + 1], token.text, {"chains": list(chains)})
            elif chains := address_chains(token.text):
                yield _Find("address", doc[token.i : token.i + 1], token.text, {"chains": list(chains)})

    def _instruments(self, doc: Doc, tags: Tags) -> Iterator[_Find]:
        for token in doc:
            i = token.i
            if _kind(token) == "instrument":
                yield _Find("instrument", doc[i : i + 1], token.text)
                continue
            base, end = "", i + 1
            if (pair := _PAIR.fullmatch(token.text)) and pair[1].upper() in self._symbols:
                base, quote = pair[1].upper(), pair[2].upper()
            elif (
                token.text.upper() in self._symbols
                and i + 2 < len(doc)
                and doc[i + 1].text in "/-"
                and not token.whitespace_
            ):
                quote, base = doc[i + 2].text.upper(), token.text.upper()
                end = i + 3
                if quote not in {"USDT", "USDC", "USD", "BTC", "ETH"}:
                    continue
            perpetual = next((s for n, s in tags.of("context") if n == "perpetual" and s.start == end), None)
            if base:
                value = f"{base}-{quote}"
            elif perpetual is not None and token.text.upper() in self._symbols:
                value = f"{token.text.upper()}-USDT"  # named without a quote, customers mean the linear contract
            else:
                continue
            if perpetual is not None:
                value, end = f"{value}-SWAP", perpetual.end
            yield _Find("instrument", doc[i:end], value)

    def _codes(self, doc: Doc, tags: Tags) -> Iterator[_Find]:
        for token in doc:
            kind, text, i = _kind(token), token.text, token.i
            if kind == "word_code" and any(form.match(text) for form in self._word_codes):
                yield _Find("error_code", doc[i : i + 1], text, {"venues": ["HTX"]})
            elif kind == "sub_code" and text[:5] in self._venues_of_code:
                yield _Find("error_code", doc[i : i + 1], text, {"venues": ["OKX"]})
            elif kind == "number" and text.isdigit() and 3 <= len(text) <= 6:
                start = i
                if i and doc[i - 1].text in "-−" and not doc[i - 1].whitespace_ and (i == 1 or not _glued(doc[i - 2])):
                    start, text = i - 1, f"-{text}"
                venues = self._venues_of_code.get(text, [])
                if self._is_code(doc, tags, start, i, text, bool(venues)):
                    yield _Find("error_code", doc[start : i + 1], text, {"venues": venues})

    def _is_code(self, doc: Doc, tags: Tags, start: int, i: int, text: str, known: bool) -> bool:
        following = doc[i + 1].text if i + 1 < len(doc) else ""
        if (
            tags.starting("unit_after", i + 1)
            or tags.starting("symbol", i + 1)
            or following in {"%", "x", "X", "倍", "年", "月"}
        ):
            return False
        if tags.starting("multiplier", i + 1) and not doc[i].whitespace_:
            return False
        named = tags.near("context", start, before=2, name="error")
        if not known:
            return named and len(text) >= 3 and tags.near("context", start, before=1, name="error")
        if len(text) == 4 or text.endswith("000"):  # years, prices and round sums look the same
            return named or tags.near("context", start, before=6, after=4, name="error")
        return not tags.near("symbol", start, before=1)  # "BTC 58001" is a price

    def _order_ids(self, doc: Doc, tags: Tags) -> Iterator[_Find]:
        for token in doc:
            if not token.text.isdigit() or not 6 <= len(token.text) <= 20:
                continue
            named = tags.near("context", token.i, before=5, after=2, name="order")
            papers = tags.near("context", token.i, before=6, name="document")
            if (named and len(token.text) >= 8) or (len(token.text) >= 18 and not papers):
                yield _Find("order_id", doc[token.i : token.i + 1], token.text)

    def _amounts(self, doc: Doc, tags: Tags, language: str | None) -> Iterator[_Find]:
        for token in doc:
            if _kind(token) != "number":
                continue
            i, value, end = token.i, number(token.text, language), token.i + 1
            if end < len(doc) and (slang := _SLANG_AMOUNT.fullmatch(doc[end].text)) and not token.whitespace_:
                unit = slang[2].upper() if len(slang[2]) > 1 else "USDT"
                yield _Find(
                    "amount", doc[i : end + 1], written(value * _SLANG_FACTORS[slang[1].lower()]), {"unit": unit}
                )
                continue
            if found := tags.starting("multiplier", end):
                value, end = value * int(found[0]), found[1].end
            if end < len(doc) and doc[end].text == "幾":
                end += 1
            unit, end = self._unit(doc, tags, i, end)
            if unit:
                yield _Find("amount", doc[i:end], written(value), {"unit": unit})

    def _unit(self, doc: Doc, tags: Tags, first: int, end: int) -> tuple[str, int]:
        """The unit of a number that ends before ``end``, and where the amount ends: a coin is an entity of its own."""
        for kind in ("symbol", "coin"):
            found = tags.starting(kind, end)
            if found and _countable(*found, self._needs_number):
                return found[0], end
        if found := tags.starting("unit_after", end):
            # a lone "u" is "you" in English chats unless it is written to the number
            is_you = (
                found[1].text.lower() == "u" and doc[end - 1].whitespace_ and not any(_kind(t) == "cjk" for t in doc)
            )
            if not is_you:
                return found[0], found[1].end
        before = next(((name, s) for name, s in tags.of("unit_before") if s.end == first), None)
        return (before[0], end) if before else ("", end)

    def _networks(self, tags: Tags) -> Iterator[_Find]:
        for name, span in tags.of("network"):
            yield _Find("network", span, name)
        for name, span in tags.of("network_coin"):
            beside = any(word.start == span.end or word.end == span.start for _, word in tags.of("network_word"))
            if beside or (
                span.end < len(span.doc) and span.doc[span.end].text == "-" and _followed(tags, span.end + 1)
            ):
                yield _Find("network", span, name)

    def _coins(self, doc: Doc, tags: Tags) -> Iterator[_Find]:
        for name, span in tags.of("coin"):
            yield _Find("coin", span, name)
        for symbol, span in tags.of("symbol"):
            before = doc[span.start - 1] if span.start else None
            counted = before is not None and (_kind(before) == "number" or before.text == "$")
            ordinary = symbol not in self._words and symbol not in self._needs_number
            in_capitals = symbol not in self._needs_number and span.text == symbol
            if ordinary or in_capitals or (counted and _countable(symbol, span, self._needs_number)):
                yield _Find("coin", span, symbol)


def _kind(token: Token) -> str:
    return str(token.doc.user_data["pieces"][token.i].kind)


def _countable(symbol: str, span: Span, needs_number: frozenset[str]) -> bool:
    """Whether a symbol after a number is the coin: "3 NOT" is, "3 not" is a word."""
    return symbol not in needs_number or span.text == symbol


def _glued(token: Token) -> bool:
    return token.text.isalnum() and not token.whitespace_


def _followed(tags: Tags, token: int) -> bool:
    return any(span.start == token for _, span in tags.of("network_word"))


def _without_overlaps(finds: list[_Find]) -> list[_Find]:
    taken: set[int] = set()
    kept = []
    for find in sorted(finds, key=lambda f: (LABELS.index(f.label), -len(f.span), f.span.start)):
        tokens = set(range(find.span.start, find.span.end))
        if not tokens & taken:
            taken |= tokens
            kept.append(find)
    return sorted(kept, key=lambda f: f.span.start)


def _entity(find: _Find, doc: Doc) -> Entity:
    pieces = doc.user_data["pieces"]
    start, end = pieces[find.span.start].start, pieces[find.span.end - 1].end
    return Entity(find.label, start, end, find.value, find.extra)
