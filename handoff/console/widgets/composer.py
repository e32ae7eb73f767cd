"""Where an agent writes to a customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui.element import Element

ACCEPTED = "image/png,image/jpeg,image/webp,image/gif,application/pdf"


@dataclass(frozen=True)
class Outgoing:
    """A message that the agent wants to send. ``send_id`` is the same when it is sent again."""

    conversation_id: str
    text: str
    attachment_ids: tuple[str, ...]
    send_id: str


class Composer(Element, component="composer.js"):
    """The reply box of one conversation. It keeps the text until `sent` is called.

    Args:
        conversation_id: where the files go, and whose draft it is.
        texts: its labels by name.
        refusals: why a file was not taken, by code; ``other`` for anything else.
        limit: longest text, in characters.
        max_bytes: largest file.
        on_send: called with what is to be sent; answer with `sent` or `failed`.
        on_typing: called at most every three seconds while the agent types.
    """

    def __init__(
        self,
        *,
        conversation_id: str,
        texts: Mapping[str, str],
        refusals: Mapping[str, str],
        limit: int,
        max_bytes: int,
        on_send: Callable[[Outgoing], Awaitable[None]],
        on_typing: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__()
        self.props["conversation"] = conversation_id
        self.props["texts"] = dict(texts)
        self.props["refusals"] = dict(refusals)
        self.props["accept"] = ACCEPTED
        self.props["limit"] = limit
        self.props["max-bytes"] = max_bytes
        self._conversation_id = conversation_id
        self._limit = limit
        self.on("send", lambda event: on_send(self._outgoing(event.args)))
        self.on("typing", lambda _: on_typing(), args=[])

    def sent(self) -> None:
        """The message is committed: empties the box."""
        self.run_method("sent")

    def failed(self, message: str) -> None:
        """The message was not sent: says why and keeps it. An empty message only lets the agent go on."""
        self.run_method("failed", message)

    def insert(self, text: str) -> None:
        """Puts a text where the cursor is."""
        self.run_method("insert", text)

    def focus(self) -> None:
        """Puts the cursor into the box."""
        self.run_method("focus")

    def _outgoing(self, sent: dict[str, Any]) -> Outgoing:
        """What the browser sent, held to its shape: it may say anything."""
        files = sent.get("files")
        return Outgoing(
            conversation_id=self._conversation_id,
            text=str(sent.get("text") or "")[: self._limit],
            attachment_ids=tuple(str(file) for file in files) if isinstance(files, list) else (),
            send_id=str(sent.get("id") or "")[:64],
        )
