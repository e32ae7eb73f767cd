"""Cuts a message into tokens that keep addresses, hashes, codes and numbers whole, in any script.

spaCy's own tokenizers are made for one language each; customers mix three in a line ("我的地址TXvy…请查 pls"). Han,
kana and Hangul are cut by character, so that a word inside a run of them can be matched; other scripts by word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: Zero-width and soft characters, which people paste unknowingly (or to get past a filter).
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")

_CJK = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f"
)
_TOKEN = re.compile(
    rf"""
      (?P<url>https?://[^\s<>"'，。、；）】」]+)
    | (?P<email>[0-9A-Za-z][0-9A-Za-z._+-]*@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+)
      # TON's base64url addresses and the raw form: the only ones that hold - _ or :
    | (?P<ton>(?<![0-9A-Za-z_-])(?:[EUk0][Qf][0-9A-Za-z_-]{{46}}|-?[01]:[0-9a-fA-F]{{64}})(?![0-9A-Za-z_-]))
      # OKX instrument ids; HTX's and others' codes in words: order-orderprice-precision-error
    | (?P<instrument>(?<![0-9A-Za-z-])[A-Z0-9]{{1,15}}-(?:USDT|USDC|USD|EUR|BTC|ETH)
        (?:-(?:SWAP|[0-9]{{6}}(?:-[0-9]+(?:\.[0-9]+)?-[CP])?))?(?![0-9A-Za-z-]))
    | (?P<word_code>(?<![0-9A-Za-z-])[a-z]{{2,}}(?:-[a-z0-9]{{2,}}){{2,6}}(?![0-9A-Za-z-]))
    | (?P<standard>(?<![0-9A-Za-z])(?i:trc|erc|bep|brc)-?(?:20|2|10|721)(?![0-9A-Za-z]))
    | (?P<sub_code>(?<![0-9A-Za-z])[0-9]{{5}}_[0-9]{{1,4}}(?![0-9A-Za-z]))
      # twenty or more letters and digits mixed: an address, a hash, a key
    | (?P<blob>(?<![0-9A-Za-z])(?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{{20,}}(?![0-9A-Za-z]))
    | (?P<number>[0-9]{{1,3}}(?:[ \u00a0\u202f'’][0-9]{{3}})+(?:[.,][0-9]+)?(?![0-9]) | [0-9]+(?:[.,][0-9]+)*)
    | (?P<cjk>[{_CJK}])
    | (?P<ascii>[A-Za-z][0-9A-Za-z]*(?![^\W\d_]))
    | (?P<word>[^\W\d_{_CJK}][\w\u0300-\u036f]*?(?=[\W_{_CJK}]|$))
    | (?P<other>\S)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Piece:
    """One token: its cleaned text (NFKC, nothing invisible) and its place in the message as written."""

    text: str
    start: int
    end: int
    kind: str
    space_after: bool


def clean(text: str) -> str:
    """The text in NFKC without invisible characters: what every matching works on."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def scan(text: str) -> list[Piece]:
    """The tokens of a message, in order. Offsets refer to ``text`` itself, which may hold full-width forms."""
    cleaned, origin = _clean_with_origin(text)
    pieces = []
    for match in _TOKEN.finditer(cleaned):
        start, end = match.span()
        pieces.append(
            Piece(
                text=match[0],
                start=origin[start][0],
                end=origin[end - 1][1],
                kind=match.lastgroup or "other",
                space_after=end < len(cleaned) and cleaned[end].isspace(),
            )
        )
    return pieces


def _clean_with_origin(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The cleaned text, and for each of its characters the span that it came from."""
    characters: list[str] = []
    origin: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1  # NFKC composes a letter and its marks
        for character in clean(text[start:end]):
            characters.append(character)
            origin.append((start, end))
        start = end
    return "".join(characters), origin
