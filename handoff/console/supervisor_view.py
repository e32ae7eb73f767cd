"""The supervisor's page: the desk now and today, kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from handoff.console import figures
from handoff.console.figures import Figures
from handoff.console.shell import Shell
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, chip
from handoff.console.widgets.ticker import Ticker
from handoff.errors import StoreUnavailable
from handoff.wakeups import QUEUE

_log = structlog.get_logger("handoff.console")


class SupervisorPage:
    """Tiles for the whole desk, a table by skill, a table by agent."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shown: Figures | None = None
        shell = Shell(visit, "supervisor")
        with shell.main, box("sheet"):
            Text(visit.say("page_supervisor"), "sheet-title", tag="h1")
            self._content = box("sheet-content")
        visit.spawn(self._follow())

    async def _follow(self) -> None:
        services = self._visit.services
        async with services.wakeups.listen(QUEUE) as events:
            while True:
                try:
                    online = await services.presence.online()
                    read = await figures.read(services.db, online, self._visit.now, self._visit.day_began_at)
                    if read != self._shown:
                        self._show(read)
                except StoreUnavailable:
                    _log.warning("figures_not_read")
                await events.wait(services.settings.console_refresh_seconds)

    def _show(self, read: Figures) -> None:
        self._shown = read
        self._content.clear()
        say = self._visit.say
        rating = say("rating_of_five", value=f"{read.satisfaction:.1f}") if read.satisfaction is not None else "–"
        in_time = f"{read.in_time:.0%}" if read.in_time is not None else "–"
        with self._content:
            with box("tiles"):
                self._tile("waiting_now", str(read.waiting), say("of_them_late", count=read.overdue))
                self._tile("critical_now", str(read.critical), "", alarming=read.critical > 0)
                self._tile("oldest_wait", read.oldest_at or "–", "")
                self._tile("agents_online", str(read.online), say("in_progress", count=read.in_progress))
                self._tile("handled_today", str(read.handled_today), say("abandoned", count=read.abandoned_today))
                self._tile("first_reply", say.span(read.first_reply_seconds), say("in_time", share=in_time))
                self._tile("satisfaction", rating, say("ratings", count=read.ratings))
            self._skills(read)
            self._agents(read)

    def _tile(self, key: str, value: str | datetime, more: str, *, alarming: bool = False) -> None:
        with attributes(box(f"tile {'alarming' if alarming else ''}"), data_figure=key):
            Text(self._visit.say(key), "tile-name")
            with box("tile-value"):
                _value(value)
            Text(more, "hint")

    def _skills(self, read: Figures) -> None:
        say = self._visit.say
        rows = [
            [
                Cell(say.name_of("skill", skill.skill)),
                Cell(str(skill.waiting), number=True),
                Cell(str(skill.critical), number=True, alarming=skill.critical > 0),
                Cell(str(skill.overdue), number=True),
                Cell(skill.oldest_at, number=True),
            ]
            for skill in read.skills
        ]
        heads = ("fact_skill", "waiting_now", "critical_now", "overdue", "oldest_wait")
        table(say("by_skill"), [say(head) for head in heads], rows, say("queue_empty"))

    def _agents(self, read: Figures) -> None:
        say = self._visit.say
        rows = [
            [
                Cell(agent.name),
                Cell(say("online" if agent.online else "offline"), state="on" if agent.online else "off"),
                Cell(str(agent.in_progress), number=True),
                Cell(str(agent.handled_today), number=True),
                Cell(say.span(agent.first_reply_seconds), number=True),
                Cell("–" if agent.satisfaction is None else f"{agent.satisfaction:.1f}", number=True),
            ]
            for agent in sorted(read.agents, key=lambda agent: (not agent.online, agent.name))
        ]
        heads = ("agent", "presence", "in_progress_head", "handled_today", "first_reply", "satisfaction")
        table(say("by_agent"), [say(head) for head in heads], rows, say("no_agents"))


class Cell:
    """One cell: a text or a running time, set right for numbers, red for what is critical, with a dot for a state."""

    def __init__(self, text: str | datetime, *, number: bool = False, alarming: bool = False, state: str = "") -> None:
        self.text = text
        self.number = number
        self.alarming = alarming
        self.state = state

    def build(self) -> None:
        """Adds the cell to the current row."""
        with box("number" if self.number else "", tag="td"):
            if self.state:
                chip(str(self.text), f"state-{self.state}")
            else:
                _value(self.text, "alarming" if self.alarming else "")


def _value(value: str | datetime, classes: str = "") -> None:
    if isinstance(value, datetime):
        Ticker(value)
    else:
        Text(value, classes)


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str) -> None:
    """Adds a titled table to the current container; `empty` stands there when it has no rows."""
    rows = list(rows)
    Text(title, "sheet-part", tag="h2")
    with box("table-scroller"), box("table", tag="table"):
        with box(tag="thead"), box(tag="tr"):
            for head, cell in zip(heads, rows[0] if rows else [Cell("")] * len(heads), strict=True):
                attributes(Text(head, "number" if cell.number else "", tag="th"), scope="col")
        with box(tag="tbody"):
            for row in rows:
                with box(tag="tr"):
                    for cell in row:
                        cell.build()
            if not rows:
                with box(tag="tr"):
                    attributes(Text(empty, "hint", tag="td"), colspan=str(len(heads)))
