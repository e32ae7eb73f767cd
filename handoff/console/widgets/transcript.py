"""The scrolling list of messages."""

from __future__ import annotations

from nicegui.element import Element


class Transcript(Element, component="transcript.js"):
    """A container that stays at its newest message. `label` names it for screen readers."""

    def __init__(self, *, label: str, newest: str) -> None:
        super().__init__()
        self.props["label"] = label
        self.props["newest"] = newest

    def to_end(self) -> None:
        """Scrolls to the newest message."""
        self.run_method("toEnd")

    def hold(self) -> None:
        """Keeps the place while earlier messages are added on top."""
        self.run_method("hold")
