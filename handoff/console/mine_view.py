"""The agent's own open conversations, with what is unread in each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handoff.console.inbox import Entry
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, chip, show


class MineView:
    """The list. `on_open` shows a conversation."""

    def __init__(self, visit: Visit, on_open: Callable[[str], Awaitable[None]]) -> None:
        self._visit = visit
        self._on_open = on_open
        self._rows: dict[str, _Row] = {}
        say = visit.say
        with attributes(box("pane mine", tag="section"), aria_label=say("my_conversations")):
            with box("pane-head"):
                Text(say("my_conversations"), "pane-title", tag="h2")
                self._count = Text("0", "count")
            self._list = attributes(box("rows"), role="list")
            self._empty = Text(say("mine_empty"), "empty slim")

    def show(self, entries: Sequence[Entry], selected: str | None) -> None:
        """Shows the conversations as they are now; `selected` is the one in the middle."""
        self._count.show(str(len(entries)))
        show(self._empty, not entries)
        wanted = {entry.handoff.id for entry in entries}
        for handoff_id in [handoff_id for handoff_id in self._rows if handoff_id not in wanted]:
            self._rows.pop(handoff_id).root.delete()
        for entry in entries:
            row = self._rows.get(entry.handoff.id)
            if row is None:
                with self._list:
                    row = self._rows[entry.handoff.id] = _Row(self._visit, entry, self._on_open)
            row.show(entry, entry.handoff.conversation_id == selected)


class _Row:
    """One of the agent's conversations."""

    def __init__(self, visit: Visit, entry: Entry, on_open: Callable[[str], Awaitable[None]]) -> None:
        self._say = visit.say
        handoff = entry.handoff
        self.root = box(f"row own priority-{handoff.priority}")
        attributes(self.root, role="listitem", data_conversation=handoff.conversation_id)
        with self.root, attributes(box("row-open", tag="button"), type="button") as self._open:
            with box("row-top"):
                Text(self._say.name_of("intent", handoff.intent or handoff.skill), "row-title")
                self._unread = chip("", "unread")
            self._preview = Text("", "row-preview")
        self._open.on("click", lambda _: on_open(handoff.conversation_id), args=[])

    def show(self, entry: Entry, selected: bool) -> None:
        """Shows the entry as it is now."""
        self._preview.show(entry.preview or self._say("nothing_said"))
        self._unread.show(str(entry.unread))
        attributes(self._unread, aria_label=self._say("unread", count=entry.unread))
        show(self._unread, entry.unread > 0)
        attributes(self._open, aria_current="true" if selected else None)
        self.root.classes(add="selected" if selected else "", remove="" if selected else "selected")
