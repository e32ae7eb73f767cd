"""Redaction of secrets in what customers write, before anything is stored or logged.

Detection repeats on the text without what was found until nothing is left, so redacting a redacted text
changes nothing. Time is linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from handoff.guard.canvas import canvas_of, folded, is_invisible
from handoff.guard.codes import find_codes
from handoff.guard.credentials import find_credentials
from handoff.guard.documents import find_documents
from handoff.guard.findings import Finding, Redaction, TurnRedaction, cut, merged
from handoff.guard.keys import find_keys
from handoff.guard.seeds import find_seed_phrases

_ROUNDS = 6  # two are usual: one that finds and one that finds nothing more
_EARLIER_MESSAGES = 30  # 24 words, one a message, with some talk between
_EARLIER_CHARS = 4000


def redact(text: str) -> Redaction:
    """``text`` with a token such as ``[redacted: seed phrase]`` in place of every secret.

    Finds seed phrases, private and extended keys, key files, API secrets and passphrases, passwords, one-time
    codes, authenticator setup keys, bank cards and Chinese identity numbers. Leaves addresses, labelled
    transaction hashes, order ids, error codes, amounts, UIDs and instruments alone.
    """
    return cut(text, _secrets(text, ""))


def redact_turn(text: str, previous_texts: Sequence[str], *, asked: str = "") -> TurnRedaction:
    """`redact`, for a message that goes on with what the same customer wrote before.

    Words of a seed phrase that came in several messages are found together, and a label in one message
    names the secret in the next.

    Args:
        text: the new message.
        previous_texts: the customer's messages before it, oldest first, as they were stored.
        asked: what the customer was told last. Where it asks for a transaction's hash, 64 unlabelled
            hexadecimal digits are that hash.
    """
    recent = list(previous_texts)[-_EARLIER_MESSAGES:]
    while recent and sum(map(len, recent)) > _EARLIER_CHARS:
        recent.pop(0)
    joined = "\n".join([*recent, text])
    secrets = _secrets(joined, folded(asked))
    earlier = [Redaction(old) for old in previous_texts[: len(previous_texts) - len(recent)]]
    offset = 0
    for old in recent:
        earlier.append(cut(old, secrets, offset))
        offset += len(old) + 1
    current = cut(text, secrets, offset)
    return TurnRedaction(current.text, current.findings, tuple(earlier))


def _secrets(text: str, context: str) -> list[Finding]:
    """All secrets, in order and apart; offsets are those of ``text``."""
    # Invisible characters stand inside words or between them, so both readings count.
    fillers = ("", " ") if any(map(is_invisible, text)) else ("",)
    secrets: list[Finding] = []
    for _ in range(_ROUNDS):
        found: list[Finding] = []
        hidden = [(finding.start, finding.end) for finding in secrets]
        for filler in fillers:
            canvas = canvas_of(text, hidden, filler)
            for finding in (
                *find_seed_phrases(canvas),
                *find_keys(canvas, context),
                *find_credentials(canvas),
                *find_codes(canvas),
                *find_documents(canvas),
            ):
                found.append(Finding(*canvas.origin(finding.start, finding.end), finding.kind))
        if not found:
            break
        secrets = merged(secrets + found)
    return secrets
