"""The waiting line as all pages of this process show it: read once, told to all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from handoff.desk import Desk
from handoff.errors import StoreUnavailable
from handoff.records import WaitingHandoff
from handoff.wakeups import QUEUE, Wakeups

_log = structlog.get_logger("handoff.console")


class Board:
    """Follows the queue's wake-ups and rereads SQL.

    Args:
        desk: gives the line.
        wakeups: the process's own.
        refresh_seconds: longest time between two readings.

    Attributes:
        lines: the line in its order, as it was last read.
        answering: False while the database does not answer, so that pages can say that `lines` is old.
    """

    def __init__(self, desk: Desk, wakeups: Wakeups, refresh_seconds: float) -> None:
        self._desk = desk
        self._wakeups = wakeups
        self._refresh_seconds = refresh_seconds
        self._version = 0
        self._news = asyncio.Condition()
        self.lines: Sequence[WaitingHandoff] = ()
        self.answering = True

    async def changed(self, version: int) -> int:
        """Waits until what is shown differs from what it was at `version` (0 at first); returns the new version."""
        async with self._news:
            await self._news.wait_for(lambda: self._version != version)
            return self._version

    async def run(self) -> None:
        """Reads at once, at each wake-up and every `refresh_seconds`, until it is cancelled."""
        async with self._wakeups.listen(QUEUE) as events:
            while True:
                await self._read()
                await events.wait(self._refresh_seconds)

    async def _read(self) -> None:
        try:
            lines: Sequence[WaitingHandoff] = await self._desk.waiting()
            answering = True
        except StoreUnavailable:
            lines, answering = self.lines, False
            _log.warning("queue_not_read")
        # The waiting time is left out: pages count it themselves.
        same = [(line.handoff, line.preview) for line in lines] == [(line.handoff, line.preview) for line in self.lines]
        self.lines = lines
        if same and answering == self.answering and self._version:
            return
        self.answering = answering
        async with self._news:
            self._version += 1
            self._news.notify_all()
