"""Questions to the agent. Each returns the answer, or None when the agent thought better of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import ui

from handoff.console.outbound import Concern
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, button, enable
from handoff.console.widgets.fields import Radios, TextField

DISPOSITIONS = ("resolved", "workaround", "escalated", "duplicate", "no_answer", "spam", "other")
_NOTE_CHARS = 1000


@dataclass(frozen=True)
class Closing:
    """How a conversation ended."""

    disposition: str
    note: str


@contextmanager
def dialog(visit: Visit, title: str, classes: str = "") -> Iterator[ui.dialog]:
    """A dialog with a title; its content goes into the block. Escape and a click outside answer None."""
    with visit.client, ui.dialog() as asked, box(f"dialog {classes}"):
        Text(title, "dialog-title", tag="h2")
        yield asked


async def answer_of(asked: ui.dialog) -> object:
    """Shows a dialog, waits for its answer, and removes it."""
    try:
        return await asked
    finally:
        if not asked.is_deleted:
            asked.delete()


async def confirm(visit: Visit, title: str, text: str, action: str, *, classes: str = "primary") -> bool:
    """Asks whether to go on; `action` is what the button says."""
    with dialog(visit, title) as asked:
        Text(text, "dialog-text", tag="p")
        with box("dialog-foot"):
            attributes(button(visit.say("cancel"), lambda: asked.submit(None), classes="quiet"), autofocus=True)
            button(action, lambda: asked.submit(True), classes=f"{classes} confirm")
    return await answer_of(asked) is True


async def ask_closing(visit: Visit) -> Closing | None:
    """Asks how the conversation ended."""
    say = visit.say
    with dialog(visit, say("close_title")) as asked:
        Text(say("close_text"), "dialog-text", tag="p")
        ended = Radios(
            say("disposition"),
            {value: say.name_of("disposition", value) for value in DISPOSITIONS},
            on_change=lambda: enable(done, True),
        )
        note = TextField(say("note"), lines=3, limit=_NOTE_CHARS, hint=say("note_hint"))
        with box("dialog-foot"):
            button(say("cancel"), lambda: asked.submit(None), classes="quiet")
            done = button(say("close"), lambda: asked.submit(True), classes="primary confirm", symbol="task_alt")
            enable(done, False)
    if await answer_of(asked) is not True or ended.value is None:
        return None
    return Closing(ended.value, note.value.strip())


async def confirm_concerns(visit: Visit, concerns: Sequence[Concern]) -> bool:
    """Shows what is wrong with an outgoing text; True when the agent sends it all the same."""
    say = visit.say
    with dialog(visit, say("concerns_title"), "concerns") as asked:
        Text(say("concerns_text"), "dialog-text", tag="p")
        with box("concern-list", tag="ul"):
            for concern in concerns:
                with box(tag="li"):
                    kind = say.name_of("concern", concern.kind)
                    if not say.knows(f"concern_{concern.kind}"):
                        kind = say("concern_holds_secret", kind=say.name_of("secret", concern.kind))
                    Text(kind, "concern-kind")
                    if concern.excerpt:
                        Text(concern.excerpt, "quote", tag="blockquote")
        with box("dialog-foot"):
            button(say("send_anyway"), lambda: asked.submit(True), classes="quiet confirm")
            attributes(button(say("edit"), lambda: asked.submit(None), classes="primary"), autofocus=True)
    return await answer_of(asked) is True


async def show_password(visit: Visit, username: str, password: str) -> None:
    """Shows a one-time password, once."""
    say = visit.say
    with dialog(visit, say("one_time_password")) as asked:
        asked.props("persistent")
        Text(say("one_time_password_text", username=username), "dialog-text", tag="p")
        Text(password, "secret", tag="output")
        with box("dialog-foot"):
            button(say("done"), lambda: asked.submit(True), classes="primary confirm")
    await answer_of(asked)
