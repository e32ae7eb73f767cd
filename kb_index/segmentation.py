"""Cuts a text into the tokens that the lexical search counts, for all twelve languages.

- Latin, Cyrillic and other alphabets give words, lower-cased and without accents, and for long words their beginning
  too, the poor man's stem: ``withdrawals`` and ``withdrawing`` share ``withd*``.
- Numbers and codes stay whole (``51008``, ``-1021``). A compound gives its parts and all of it written together, so
  that ``TRC-20`` finds ``trc20``, ``BTC-USDT`` finds ``btcusdt`` and ``don't`` finds ``dont``.
- Chinese gives jieba's words and single characters. (Of 900 texts searched for without their siblings, words then
  find the topic of 45 % of the Chinese ones, with characters and bigrams 38 %, with bigrams alone 36 %.)
- Japanese gives character bigrams, and Chinese characters singly too; Korean gives character bigrams.

Queries and documents are cut by the same rules, whatever language they claim to be in.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

#: Words longer than this also give their first letters, marked with ``*`` so that they never equal a word.
STEM_LETTERS = 5
#: Runs of digits or mixed letters and digits from this length on are ids, hashes and addresses. No two messages share
#: one, so only their kind is kept.
ID_CHARACTERS = 16

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇"
_KANA = "\u3040-\u30ff\uff66-\uff9f"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_ALPHABETIC = rf"[^\W_{_HAN}{_KANA}{_HANGUL}]"

_TOKEN = re.compile(
    rf"(?P<cjk>[{_HAN}{_KANA}]+)"
    rf"|(?P<hangul>[{_HANGUL}]+)"
    # A minus sign belongs to a number unless a Latin letter or a digit stands before it; - _ . join the parts of a code
    # or a decimal, a comma only thousands.
    rf"|(?P<word>(?:(?<![0-9A-Za-z_-])-(?=\d))?{_ALPHABETIC}+(?:[-_.'’]{_ALPHABETIC}+|(?<=\d),\d{{3}}(?!\d))*)"
)
_HAS_KANA = re.compile(f"[{_KANA}]")
_PARTS = re.compile(r"[-_.,'’]+")
_NUMBER = re.compile(r"-?\d+(?:[.,-]\d+)*")
_CODE = re.compile(r"-?\d{3,6}(?:_\d+)?|[a-z]+(?:-[a-z]+){2,}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NO_LETTERS = re.compile(r"[\W_]+")
# What NFD does not take apart.
_FOLDED = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ё": "е"})


def tokens(text: str) -> list[str]:
    """The search tokens of a text, in order, repeated as often as they occur.

    Thread-safe. The first Chinese text of a process loads jieba's dictionary (about a second); ``warm_up`` does it
    ahead of time.
    """
    return list(_tokens(normalised(text)))


def normalised(text: str) -> str:
    """NFKC, case-folded, without invisible characters and without the accents of Latin letters."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    if text.isascii():
        return text
    # Only Latin letters lose their marks: й is no и, が is no か.
    return "".join(_fold(character) for character in text).translate(_FOLDED)


def bare(text: str) -> str:
    """The letters and digits of a text, normalised: two texts with the same ones count as the same."""
    return _NO_LETTERS.sub("", normalised(text)) or text


def warm_up() -> None:
    """Loads jieba's dictionary now."""
    _jieba()


def codes(text: str) -> frozenset[str]:
    """The error codes and other exact marks of a text.

    Numbers of three to six digits with their sign (``-1021``, ``51008_1000``) and small words joined by hyphens as HTX
    writes its codes (``order-orderstate-error``). An amount or a year that looks the same is one too; the search asks
    only whether an article names it.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    words = (match.group() for match in _TOKEN.finditer(text) if match.lastgroup == "word")
    return frozenset(word for word in words if _CODE.fullmatch(word))


def _fold(character: str) -> str:
    if character.isascii() or not unicodedata.name(character, "").startswith("LATIN"):
        return "" if character == "\u0307" else character  # the dot that case folding leaves of the Turkish İ
    return "".join(part for part in unicodedata.normalize("NFD", character) if not unicodedata.combining(part))


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        run = match.group()
        if match.lastgroup == "cjk":
            if _HAS_KANA.search(run):
                yield from _bigrams(run)
            else:
                yield from (word for word in _jieba().cut_for_search(run, HMM=False) if len(word) > 1)
            yield from (character for character in run if not _HAS_KANA.match(character))
        elif match.lastgroup == "hangul":
            yield from _bigrams(run)
        else:
            yield from _word_tokens(run)


def _bigrams(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for start in range(len(run) - 1):
        yield run[start : start + 2]


def _word_tokens(word: str) -> Iterator[str]:
    parts = [part for part in _PARTS.split(word) if part]
    if len(parts) == 1 and len(word) >= ID_CHARACTERS and any(c.isdigit() for c in word):
        yield "#hash" if len(word) >= 60 else "#number" if word.isdigit() else "#address"
        return
    if _NUMBER.fullmatch(word):
        yield word
        if word.startswith("-") and len(parts) == 1:
            yield parts[0]  # customers drop the sign
        return
    yield "".join(parts)
    if len(parts) > 1:
        yield from parts
    for part in parts:
        if len(part) > STEM_LETTERS and part.isalpha():
            yield part[:STEM_LETTERS] + "*"


_loading = threading.Lock()


def _jieba() -> Any:
    with _loading:  # lru_cache alone would let two first callers load twice
        return _load_jieba()


@lru_cache(maxsize=1)
def _load_jieba() -> Any:
    import jieba  # noqa: PLC0415  a second and 80 MB, which a process without Chinese text does not need

    tokenizer = jieba.Tokenizer()
    # What `initialize` does, without its cache: that is a marshal file in the shared temporary folder, where another
    # user of the machine could put one of theirs.
    with tokenizer.get_dict_file() as dictionary:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(dictionary)
    tokenizer.initialized = True
    return tokenizer
