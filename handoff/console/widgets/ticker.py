"""A waiting time or a deadline that counts in the browser."""

from __future__ import annotations

from datetime import datetime

from nicegui.element import Element


class Ticker(Element, component="ticker.js"):
    """Shows the time since an instant, or until it.

    Args:
        at: the instant.
        down: counts towards `at`.
        pattern: the text around it, with ``{t}`` for the time.
        over: the text once a countdown has passed, with ``{t}``.
    """

    def __init__(self, at: datetime, *, down: bool = False, pattern: str = "{t}", over: str = "") -> None:
        super().__init__()
        self.props["pattern"] = pattern
        if down:
            self.props["down"] = True
            self.props["over"] = over
        self.move_to(at)

    def move_to(self, at: datetime) -> None:
        """Changes the instant."""
        milliseconds = at.timestamp() * 1000
        if self.props.get("at") != milliseconds:
            self.props["at"] = milliseconds
