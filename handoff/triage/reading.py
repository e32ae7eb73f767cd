"""Two plain forms of a text in which phrases are searched.

*Spaced*, for languages that separate words: lower case without accents and apostrophes, every word and every
sentence end after exactly one space, no other marks. *Solid*, for Chinese, Japanese and Korean: lower case
without spaces. Both keep sentence ends (``.`` or ``?``) and write any long hash, address or link as one ``§``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import yaml

SENTENCE_ENDS = ".?"
_UNACCENTED = {"đ": "d", "ı": "i", "ł": "l", "ø": "o", "ß": "s", "æ": "a", "œ": "o", "ё": "е"}
_LONG = re.compile(r"(?:https?://[^\s]{1,500}|(?<![0-9a-z])[0-9a-z]{24,})")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’‘`´ʼ](?=[^\W\d_])")
_ELISION = re.compile(r"(?<![^\W\d_])([ld]|qu)['’‘`´ʼ](?=[^\W\d_])")  # l'argent is two words, j'ai is typed as one
_PIECE = re.compile(r"§|\d+(?:[.,:]\d+)*[^\W_]*|[^\W_]+|[.!?\n;]")
_CJK = "\u1100-\u11ff\u3005-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3"
_SPACE_BETWEEN = re.compile(rf"(?<=[{_CJK}§\d])[ \t]+(?=[{_CJK}§\d])")
_MARKS = {"。": ".", "！": ".", "!": ".", "？": "?", "、": ",", "，": ",", "；": ".", ";": ".", "\n": ".", "…": ","}


@functools.lru_cache(maxsize=8192)
def _unaccented(char: str) -> str:
    if char < "\u0080":
        return char
    if char in _UNACCENTED:
        return _UNACCENTED[char]
    base = unicodedata.normalize("NFD", char)[0]
    return _UNACCENTED.get(base, base) if base < "\u0250" else char


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text).replace("İ", "i").lower()
    visible = (char for char in composed if char == "\n" or unicodedata.category(char) not in ("Cf", "Cc", "Mn"))
    return _LONG.sub("§", "".join(visible))


def has_accents(text: str) -> bool:
    """Whether Latin letters in the text carry accents, as those of Vietnamese do in every other word."""
    return any(_unaccented(char) != char for char in _plain(text))


def spaced(text: str, *, accents: bool = False) -> str:
    """ " my coins were stolen . " for "My coins were stolen!!": one space before each word and sentence end."""
    plain = _plain(text) if accents else "".join(map(_unaccented, _plain(text)))
    plain = _APOSTROPHE.sub("", _ELISION.sub(r"\1 ", plain))
    pieces: list[str] = []
    for piece in _PIECE.findall(plain):
        mark = _MARKS.get(piece, piece)
        if mark in SENTENCE_ENDS and (not pieces or pieces[-1] == mark):
            continue
        pieces.append(mark)
    return " " + " ".join([*pieces, ""]) if pieces else " "


def solid(text: str, comma: str = ",") -> str:
    """The text without spaces; those between characters of the script become ``comma``."""
    pieces: list[str] = []
    for char in _SPACE_BETWEEN.sub(comma, _plain(text)):
        mark = _MARKS.get(char, char)
        if mark in (".", ",", "?"):
            if pieces and pieces[-1] != mark:
                pieces.append(mark)
        elif mark == "§" or mark.isalnum() or mark in "*":
            pieces.append(mark)
    return "".join(pieces)


@functools.lru_cache(maxsize=1)
def _traditional() -> tuple[Mapping[str, str], re.Pattern[str], Mapping[int, str]]:
    content = yaml.safe_load(Path(__file__).with_name("traditional.yml").read_text(encoding="utf-8"))
    words = {str(word): str(instead) for word, instead in content["words"].items()}
    characters = (content["characters"][side].replace(" ", "") for side in ("from", "to"))
    longest_first = sorted(words, key=lambda word: -len(word))
    return words, re.compile("|".join(map(re.escape, longest_first))), str.maketrans(*characters)


def is_traditional(text: str) -> bool:
    """Whether the text has characters that only traditional Chinese or Cantonese writes."""
    words, _, table = _traditional()
    return any(ord(char) in table or char in words for char in text)


def simplified(text: str) -> str:
    """Traditional Chinese in the words and characters of the mainland, well enough to find phrases in it."""
    words, pattern, table = _traditional()
    return pattern.sub(lambda match: words[match[0]], text).translate(table)


def sentence_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence (or sentences) around ``text[start:end]`` in either form."""
    first = max(text.rfind(mark, 0, start) for mark in SENTENCE_ENDS) + 1
    lasts = [position for mark in SENTENCE_ENDS if (position := text.find(mark, end)) >= 0]
    return first, min(lasts, default=len(text))
