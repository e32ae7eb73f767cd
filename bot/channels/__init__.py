"""The channels and the one message shape that they share.

A channel translates between its platform and these records; what happens to a message is decided by
``bot.gateway`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from handoff.guard import Finding


@dataclass(frozen=True)
class InboundMessage:
    """What a customer sent, before anything was checked.

    ``client_id`` names the message within its conversation: the same one twice is one message. Either
    ``conversation_id`` is known (the web) or the conversation is opened by (``channel``, ``external_id``).
    ``attachments`` are files that arrive with the message (name, bytes); ``attachment_ids`` are files of this
    conversation that were uploaded before. ``payload`` is the pressed button's and excludes text and files.
    ``address`` is the network address the message came from, when that says something about its sender.
    """

    channel: str
    external_id: str
    client_id: str
    text: str = ""
    conversation_id: str | None = None
    payload: str | None = None
    attachments: tuple[tuple[str, bytes], ...] = ()
    attachment_ids: tuple[str, ...] = ()
    locale: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Receipt:
    """The acknowledgement: the message is committed under ``seq``.

    ``duplicate`` is True when it had been committed before; ``findings`` are the secrets that were redacted.
    """

    conversation_id: str
    seq: int
    duplicate: bool = False
    findings: tuple[Finding, ...] = ()
