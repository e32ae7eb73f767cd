"""What an agent is about to send, looked at once more before a customer reads it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from handoff import guard

_EXCERPT_CHARS = 80


@dataclass(frozen=True)
class Concern:
    """Something that support should not write. ``kind`` names it, ``excerpt`` is the part of the text."""

    kind: str
    excerpt: str


def concerns(text: str, allowed_hosts: Set[str]) -> list[Concern]:
    """What to ask the agent about before a text is sent, in the order of the text, each kind and excerpt once.

    Requests for secrets, links and contacts that are not the exchange's (`guard.check_outbound`), and
    secrets in the text itself, whose excerpt is left empty.
    """
    violations = guard.check_outbound(text, allowed_hosts)
    found = [Concern(violation.kind, _short(violation.excerpt)) for violation in violations]
    found += [Concern(finding.kind, "") for finding in guard.redact(text).findings]
    return list(dict.fromkeys(found))


def _short(excerpt: str) -> str:
    return excerpt if len(excerpt) <= _EXCERPT_CHARS else excerpt[: _EXCERPT_CHARS - 1] + "…"
