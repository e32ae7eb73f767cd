"""What is known of the exchanges' error codes. The table is part of the knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from actions.flows.plan import Codes, Explanation

__all__ = ["Codes", "NoCodes", "code_table"]

_TABLE = "kb_index.error_codes"


class NoCodes:
    """A table without codes: every code goes to a person."""

    def venues(self, code: str) -> tuple[str, ...]:  # noqa: ARG002
        """None."""
        return ()

    def explain(self, code: str, venue: str | None, language: str) -> Sequence[Explanation]:  # noqa: ARG002
        """Nothing."""
        return ()


def code_table() -> Codes:
    """The knowledge base's table; one without codes where the knowledge base has none."""
    if find_spec(_TABLE) is None:
        return NoCodes()
    table: Codes = import_module(_TABLE)
    return table
