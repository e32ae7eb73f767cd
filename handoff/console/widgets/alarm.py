"""What calls an agent back to the tab."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from nicegui.element import Element


class Alarm(Element, component="alarm.js"):
    """The tab's title, icon and sound.

    Args:
        title: the page's title.
        critical_title: what the title pulses with while a critical conversation waits.
        sound: whether a new one also rings.
        now: the server's time, by which the browser counts.
        on_look: told at first and whenever the tab is looked at or left, with ``visible`` and the time ``zone``.
    """

    def __init__(
        self,
        *,
        title: str,
        critical_title: str,
        sound: bool,
        now: datetime,
        on_look: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        super().__init__()
        self.props["title"] = title
        self.props["critical-title"] = critical_title
        self.props["critical"] = []
        self.props["unread"] = 0
        self.props["sound"] = sound
        self.props["server-now"] = now.timestamp() * 1000
        self.on("look", lambda event: on_look(event.args))

    def set_critical(self, handoff_ids: Sequence[str]) -> None:
        """The critical conversations that wait now; a new one rings."""
        if self.props["critical"] != list(handoff_ids):
            self.props["critical"] = list(handoff_ids)

    def set_unread(self, count: int) -> None:
        """How many messages are unread."""
        if self.props["unread"] != count:
            self.props["unread"] = count

    def set_sound(self, on: bool) -> None:
        """Turns the sound on or off."""
        self.props["sound"] = on
