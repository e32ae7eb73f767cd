"""The live queue: who waits, most urgent first. Rows stay in place while they change, so focus is not lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handoff import taxonomy
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, button, chip, icon, show
from handoff.console.widgets.fields import Choice
from handoff.console.widgets.ticker import Ticker
from handoff.records import WaitingHandoff

OnHandoff = Callable[[WaitingHandoff], Awaitable[None]]

_ALL, _MINE = "all", "mine"
_CHANNEL_ICONS = {"telegram": "send", "web": "language"}


class QueueView:
    """The list with its filters.

    Args:
        visit: the page.
        on_open: shows a waiting conversation.
        on_claim: claims it.
        on_claim_next: claims the most urgent one.
    """

    def __init__(
        self, visit: Visit, *, on_open: OnHandoff, on_claim: OnHandoff, on_claim_next: Callable[[], Awaitable[None]]
    ) -> None:
        self._visit = visit
        self._on_open, self._on_claim = on_open, on_claim
        self._rows: dict[str, _Row] = {}
        self._lines: Sequence[WaitingHandoff] = ()
        self._selected: str | None = None
        say = visit.say
        with attributes(box("pane queue", tag="section"), aria_label=say("queue")):
            with box("pane-head"):
                Text(say("queue"), "pane-title", tag="h2")
                self._count = Text("0", "count")
                box("spacer")
                button(say("claim_next"), on_claim_next, classes="primary small claim-next", symbol="bolt")
            with box("filters"):
                self._skill = Choice(
                    say("filter_skill"),
                    {_ALL: say("all_skills"), _MINE: say("my_skills")}
                    | {skill: say.name_of("skill", skill) for skill in taxonomy.skills()},
                    _ALL,
                    on_change=lambda _: self._arrange(),
                    compact=True,
                )
                self._language = Choice(
                    say("filter_language"),
                    {_ALL: say("all_languages"), _MINE: say("my_languages")}
                    | {tag: say.language_name(tag) for tag in taxonomy.languages()},
                    _ALL,
                    on_change=lambda _: self._arrange(),
                    compact=True,
                )
            self._list = attributes(box("rows"), role="list", aria_live="off")
            with box("empty") as self._empty:
                icon("inbox")
                Text(say("queue_empty"))
                self._hidden = Text("", "hint")

    def show(self, lines: Sequence[WaitingHandoff]) -> None:
        """Shows the line as it is now."""
        self._lines = lines
        self._arrange()

    def select(self, conversation_id: str | None) -> None:
        """Marks the conversation that is open in the middle."""
        self._selected = conversation_id
        for row in self._rows.values():
            row.mark(row.line.handoff.conversation_id == conversation_id)

    def _arrange(self) -> None:
        shown = [line for line in self._lines if self._passes(line)]
        wanted = {line.handoff.id for line in shown}
        for handoff_id in [handoff_id for handoff_id in self._rows if handoff_id not in wanted]:
            self._rows.pop(handoff_id).root.delete()
        for place, line in enumerate(shown):
            row = self._rows.get(line.handoff.id)
            if row is not None and row.line.handoff != line.handoff:
                self._rows.pop(line.handoff.id).root.delete()
                row = None
            if row is None:
                with self._list:
                    row = self._rows[line.handoff.id] = _Row(self._visit, line, self._on_open, self._on_claim)
                row.mark(line.handoff.conversation_id == self._selected)
            row.preview.show(line.preview)
            if self._list.default_slot.children.index(row.root) != place:
                row.root.move(target_index=place)
        hidden = len(self._lines) - len(shown)
        self._count.show(str(len(self._lines)))
        self._hidden.show(self._visit.say("filtered_out", count=hidden) if hidden else "")
        show(self._empty, not shown or hidden > 0)
        self._empty.classes(toggle=None, add="slim" if shown else "", remove="" if shown else "slim")

    def _passes(self, line: WaitingHandoff) -> bool:
        """Whether the filters let a line through. A critical one is never hidden."""
        handoff, agent = line.handoff, self._visit.agent
        if handoff.priority == 0:
            return True
        skills = {_ALL: None, _MINE: agent.skills}.get(self._skill.value, (self._skill.value,))
        languages = {_ALL: None, _MINE: agent.languages}.get(self._language.value, (self._language.value,))
        return (skills is None or handoff.skill in skills) and (languages is None or handoff.language in languages)


class _Row:
    """One waiting conversation."""

    def __init__(self, visit: Visit, line: WaitingHandoff, on_open: OnHandoff, on_claim: OnHandoff) -> None:
        self.line = line
        handoff, say = line.handoff, visit.say
        with attributes(box(f"row priority-{handoff.priority}"), role="listitem", data_handoff=handoff.id) as self.root:
            with attributes(box("row-open", tag="button"), type="button") as self._open:
                with box("row-top"):
                    if handoff.priority < 2:
                        chip(say.name_of("priority", str(handoff.priority)), f"level-{handoff.priority}")
                    Text(say.name_of("intent", handoff.intent or handoff.skill), "row-title")
                    attributes(Ticker(handoff.requested_at), title=say("waiting_time"))
                self.preview = Text(line.preview, "row-preview")
                with box("row-facts"):
                    icon(_CHANNEL_ICONS.get(line.channel, "chat"), "channel")
                    Text(say.language_name(handoff.language))
                    if handoff.intent != handoff.skill:
                        Text(say.name_of("skill", handoff.skill))
                    Text(say.name_of("reason", handoff.reason))
                    Ticker(handoff.due_at, down=True, pattern=say("due_in"), over=say("overdue_by"))
            with box("row-side"):
                button(say("claim"), lambda: on_claim(self.line), classes="small claim")
        self._open.on("click", lambda _: on_open(self.line), args=[])

    def mark(self, selected: bool) -> None:
        """Shows whether this is the conversation in the middle."""
        attributes(self._open, aria_current="true" if selected else None)
        self.root.classes(add="selected" if selected else "", remove="" if selected else "selected")
