"""The BIP-39 word lists, for looking words up as customers type them.

The lists come with the `mnemonic` package: ten of the standard (BIP-39 and the Portuguese and Czech ones)
and its Russian and Turkish. Words are compared in the folded form of `canvas.folded`; in that form, too, the
first four letters identify a word within its list.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import mnemonic

from handoff.guard.canvas import folded

#: Lists of single characters; their words count only when separators stand between them.
HAN_LISTS = frozenset({"chinese_simplified", "chinese_traditional"})
_PREFIX_LETTERS = 4
#: The package's Russian list has one word with two letters lost to a wrong decoding; wallets show the whole one.
_MENDED = {"сно\ufffd\ufffdа": "сноха"}


@functools.lru_cache(maxsize=1)
def lists() -> Mapping[str, tuple[str, ...]]:
    """Name of the list -> its 2048 words, folded, in the order of the list."""
    folder = Path(mnemonic.__file__).parent / "wordlist"
    return {
        path.stem: tuple(map(folded, path.read_text(encoding="utf-8").split())) for path in sorted(folder.glob("*.txt"))
    }


@functools.lru_cache(maxsize=1)
def _known() -> Mapping[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for name, words in lists().items():
        for word in words:
            names.setdefault(word, set()).add(name)
            names.setdefault(_MENDED.get(word, word), set()).add(name)
    return {word: frozenset(of) for word, of in names.items()}


@functools.lru_cache(maxsize=1)
def _prefixes() -> Mapping[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for name, words in lists().items():
        if name in HAN_LISTS:
            continue
        for word in words:
            if len(word) > _PREFIX_LETTERS:
                names.setdefault(word[:_PREFIX_LETTERS], set()).add(name)
    return {prefix: frozenset(of) for prefix, of in names.items()}


def lists_with(word: str) -> frozenset[str]:
    """The lists that hold this folded word."""
    return _known().get(word, frozenset())


def lists_with_prefix(word: str) -> frozenset[str]:
    """The lists in which these four letters begin a longer word (steel plates keep only those)."""
    return _prefixes().get(word, frozenset())


@functools.lru_cache(maxsize=2)
def _ranks(name: str) -> Mapping[str, int]:
    return {word: rank for rank, word in enumerate(lists()[name])}


def rank(word: str, name: str) -> int:
    """The word's place in its list, from 0. The Chinese lists are in order of frequency."""
    return _ranks(name)[word]


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _letters_to_compare(name: str) -> int:
    return 3 if name == "japanese" else _PREFIX_LETTERS  # a kana is a syllable


@functools.lru_cache(maxsize=12)
def _spellings(name: str) -> frozenset[str]:
    words = [word for word in lists()[name] if len(word) >= _letters_to_compare(name)]
    return frozenset(words).union(*map(_deletions, words))


@functools.lru_cache(maxsize=4096)
def is_near(word: str, name: str) -> bool:
    """Whether a list word is one slip away: a letter too many, too few, wrong or two swapped."""
    if name == "korean":
        return len(word) <= _PREFIX_LETTERS and "가" <= word[0] <= "힣"  # one syllable is half a word
    if name in HAN_LISTS:
        return "㐀" <= word <= "鿿"  # any single character: prose has no separators between them
    if len(word) < _letters_to_compare(name) - 1:
        return False
    spellings = _spellings(name)
    return word in spellings or not spellings.isdisjoint(_deletions(word))


@functools.lru_cache(maxsize=12)
def _lengths(name: str) -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in lists()[name]}))


def words_in_one(letters: str) -> int:
    """How many list words a text without separators consists of; 0 when it is anything else."""
    return max((_segments(letters, name) for name in lists() if name not in HAN_LISTS), default=0)


def _segments(letters: str, name: str) -> int:
    words = frozenset(lists()[name])
    most = [0] + [-1] * len(letters)
    for end in range(1, len(letters) + 1):
        for length in _lengths(name):
            if length <= end and most[end - length] >= 0 and letters[end - length : end] in words:
                most[end] = max(most[end], most[end - length] + 1)
    return max(most[-1], 0)
