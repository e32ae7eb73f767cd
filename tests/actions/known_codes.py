"""A small table of error codes, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    venue: str
    code: str
    meaning: str = "the signature is wrong"
    cause: str = "something else was signed than what was sent"
    fix: str = "sign exactly what you send"
    topic: str | None = "api-signature-invalid"


@dataclass(frozen=True)
class KnownCodes:
    table: Mapping[str, tuple[str, ...]]

    def venues(self, code: str) -> tuple[str, ...]:
        return self.table.get(code, ())

    def explain(self, code: str, venue: str | None, language: str) -> Sequence[Known]:  # noqa: ARG002
        return [Known(name, code) for name in self.venues(code) if venue in (None, name)]
