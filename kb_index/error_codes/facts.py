"""The facts of every error code, as ``codes.yml`` lists them by venue."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb_index.errors import ErrorCodesInvalid

#: The facts and the wording files.
FOLDER = Path(__file__).parent

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SUB_CODE = re.compile(r"(?<=\d)_[0-9x]+$")
_FIELDS = {"kind", "meaning", "values", "topic", "source"}

# libyaml where the wheel carries it (ten times faster), the pure Python parser elsewhere
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Fact:
    """One code of one venue.

    Attributes:
        venue: "OKX", "HTX" or "Binance".
        code: as the venue writes it, with its sign.
        kind: key of the cause and the fix in the wording files.
        meaning: key of the sentence that says what the code means.
        values: what the placeholders of that sentence stand for: a term of the wording files, or the text itself.
        topic: id of taxonomy.yml.
        source: tag of the documentation that the fact comes from.
    """

    venue: str
    code: str
    kind: str
    meaning: str
    values: Mapping[str, str]
    topic: str
    source: str


def named(code: str, venue: str | None = None) -> tuple[Fact, ...]:
    """The facts of a code, one for each venue that has it, or of ``venue`` only; empty for an unknown code.

    A sub-code counts as its code (``51008_1000``), HTX's words may be written with spaces or underscores, and a number
    without its sign counts as the venue's negative code where the venue has no plain one, as customers drop the sign:
    ``1021`` is Binance's ``-1021``, and ``1003`` is HTX's or Binance's ``-1003``.
    """
    plain = _normalised(code)
    found = []
    for name, facts in _facts().items():
        if _is(name, venue):
            found += [facts[form] for form in (plain, f"-{plain}") if form in facts][:1]
    return tuple(found)


def venues(code: str) -> tuple[str, ...]:
    """The venues that have the code."""
    return tuple(fact.venue for fact in named(code))


def topics_by_code() -> dict[str, tuple[str, ...]]:
    """The topics of each code as customers write it: a negative one without its sign too."""
    found: dict[str, tuple[str, ...]] = {}
    for facts in _facts().values():
        for code in facts:
            for form in {code, code.lstrip("-")}:
                found[form] = tuple(dict.fromkeys(fact.topic for fact in named(form)))
    return found


def all_facts(folder: Path = FOLDER) -> tuple[Fact, ...]:
    """Every code of every venue, in the order of the folder's codes.yml.

    Raises:
        ErrorCodesInvalid: it cannot be read.
    """
    return tuple(fact for facts in _facts(folder).values() for fact in facts.values())


def document(path: Path) -> dict[str, Any]:
    """A data file's content.

    Raises:
        ErrorCodesInvalid: it is no YAML, or no mapping.
    """
    try:
        # Written by this project's editors, and the loaders are the safe ones.
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        raise ErrorCodesInvalid(path, mark.line + 1 if mark else 1, "is no YAML; put the text in quotes") from exc
    if not isinstance(read, dict):
        raise ErrorCodesInvalid(path, 1, "must be a mapping")
    return read


@cache
def _facts(folder: Path = FOLDER) -> Mapping[str, Mapping[str, Fact]]:
    path = folder / "codes.yml"
    found: dict[str, dict[str, Fact]] = {}
    for venue, codes in document(path).items():
        if not isinstance(codes, dict):
            raise ErrorCodesInvalid(path, 1, f"{venue} must be a mapping of codes")
        for code, fields in codes.items():
            complete = isinstance(fields, dict) and _FIELDS >= set(fields) >= _FIELDS - {"values"}
            if not isinstance(code, str) or not complete:
                raise ErrorCodesInvalid(path, 1, f"{venue} {code} needs quotes around the code, and {sorted(_FIELDS)}")
            found.setdefault(venue, {})[code] = Fact(venue, code, **{"values": {}, **fields})
    return found


def _normalised(code: str) -> str:
    plain = unicodedata.normalize("NFKC", code).strip().casefold().translate(_DASHES)
    plain = _SUB_CODE.sub("", plain)
    return re.sub(r"(?<=[a-z])[\s_]+(?=[a-z])", "-", plain)


def _is(name: str, venue: str | None) -> bool:
    return venue is None or name.casefold() == venue.strip().casefold()
