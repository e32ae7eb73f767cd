"""What the guard reports: findings and redactions of what customers write, violations in what we say."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Every kind of secret, with the words that its token shows to customers and agents.
KINDS: dict[str, str] = {
    "seed_phrase": "seed phrase",
    "private_key": "private key",
    "extended_key": "extended key",
    "keystore": "keystore",
    "totp_setup_key": "authenticator setup key",
    "api_secret": "API secret",
    "password": "password",
    "one_time_code": "one-time code",
    "bank_card": "bank card",
    "card_code": "card security code",
    "resident_id": "identity number",
}

#: Of two kinds that find the same characters, the one that stands first here names them.
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def token(kind: str) -> str:
    """The text that stands in a secret's place, such as ``[redacted: seed phrase]``."""
    return f"[redacted: {KINDS[kind]}]"


#: The exact tokens. Only these are opaque: a secret inside any other brackets is still found.
TOKEN = re.compile("|".join(re.escape(token(kind)) for kind in KINDS))


@dataclass(frozen=True, order=True)
class Finding:
    """One secret: ``start`` and ``end`` are offsets in the text as the customer wrote it."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Redaction:
    """A text without its secrets. ``text`` is the input itself when nothing was found."""

    text: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class TurnRedaction(Redaction):
    """The redaction of a message that was read together with the ones before it.

    ``earlier`` belongs to the ``previous_texts`` one by one. An element with findings is a message that
    turned out to hold a part of a secret only now: store its text in place of the message.
    """

    earlier: tuple[Redaction, ...] = ()


@dataclass(frozen=True)
class Violation:
    """Why a text must not be said to a customer.

    ``kind`` is ``asks_for_secret``, ``foreign_link``, ``email``, ``phone`` or ``handle``; ``start`` and
    ``end`` are offsets in the text, ``excerpt`` is the offending part of it.
    """

    kind: str
    start: int
    end: int
    excerpt: str


def merged(findings: list[Finding]) -> list[Finding]:
    """The findings in order, those that overlap joined into one of the longest one's kind."""
    result: list[Finding] = []
    longest = 0
    for finding in sorted(findings, key=lambda finding: (finding.start, -finding.end, _RANK[finding.kind])):
        length = finding.end - finding.start
        if result and finding.start < result[-1].end:
            last = result[-1]
            result[-1] = Finding(
                last.start, max(last.end, finding.end), finding.kind if length > longest else last.kind
            )
            longest = max(length, longest)
        else:
            result.append(finding)
            longest = length
    return result


def cut(text: str, findings: list[Finding], offset: int = 0) -> Redaction:
    """``text`` with a token in place of each finding; the findings' offsets count from ``-offset``."""
    pieces: list[str] = []
    inside: list[Finding] = []
    position = 0
    for finding in findings:
        start, end = max(finding.start - offset, 0), min(finding.end - offset, len(text))
        if start >= end:
            continue
        pieces += [text[position:start], token(finding.kind)]
        inside.append(Finding(start, end, finding.kind))
        position = end
    return Redaction("".join([*pieces, text[position:]]), tuple(inside)) if inside else Redaction(text)
