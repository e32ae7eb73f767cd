"""One message on the screen. All that people wrote is shown as text nodes; files are shown by address."""

from __future__ import annotations

from datetime import datetime, timedelta

from handoff.console.door import FILES
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, icon
from handoff.records import Attachment, Author, Message

_SAME_SPEAKER = timedelta(minutes=5)
_AUTHOR_ICONS = {Author.CUSTOMER: "person", Author.ASSISTANT: "smart_toy", Author.AGENT: "support_agent"}


def render(visit: Visit, message: Message, before: Message | None) -> None:
    """Adds a message to the current container, with a heading where a new day begins.

    Args:
        visit: the page.
        message: the message.
        before: the one above it, if any.
    """
    if before is None or _day(visit, before) != _day(visit, message):
        Text(visit.say.day(message.created_at, visit.zone, visit.now), "day")
    if message.author is Author.SYSTEM:
        _notice(visit, message)
        return
    continued = (
        before is not None
        and before.author is message.author
        and before.agent_name == message.agent_name
        and message.created_at - before.created_at < _SAME_SPEAKER
        and _day(visit, before) == _day(visit, message)
    )
    classes = f"message {message.author}{' continued' if continued else ''}"
    with attributes(box(classes, tag="article"), data_seq=str(message.seq)):
        _heading(visit, message)
        if message.text:
            Text(message.text, "bubble", tag="p")
        if message.attachments:
            with box("files"):
                for attachment in message.attachments:
                    _file(visit, attachment)
        _offered(visit, message)


def _heading(visit: Visit, message: Message) -> None:
    say = visit.say
    name = message.agent_name if message.author is Author.AGENT else None
    with box("message-head"):
        icon(_AUTHOR_ICONS[message.author])
        Text(name or say(f"author_{message.author}"), "author")
        understanding = message.meta.get("understanding")
        language = understanding.get("language") if isinstance(understanding, dict) else None
        if message.author is Author.CUSTOMER and isinstance(language, str):
            Text(say.language_name(language), "language")
        _time(visit, message.created_at)


def _notice(visit: Visit, message: Message) -> None:
    with attributes(box("message system", tag="article"), data_seq=str(message.seq)):
        with box("notice-line"):
            Text(message.text, "notice-text", tag="p")
            _time(visit, message.created_at)
        _offered(visit, message)


def _time(visit: Visit, moment: datetime) -> None:
    attributes(Text(visit.say.clock_time(moment, visit.zone), "time", tag="time"), datetime=moment.isoformat())


def _offered(visit: Visit, message: Message) -> None:
    """The quick replies that the customer was offered: what they say, never what they send."""
    if not message.buttons:
        return
    with attributes(box("offered"), aria_label=visit.say("offered")):
        for offered in message.buttons:
            Text(offered.title, "offer")


def _file(visit: Visit, attachment: Attachment) -> None:
    link = attributes(box("file", tag="a"), href=f"{FILES}/{attachment.id}", target="_blank", rel="noopener")
    if attachment.content_type.startswith("image/"):
        link.classes("picture")
        with link:
            attributes(box(tag="img"), src=f"{FILES}/{attachment.id}", alt=attachment.name, loading="lazy")
        return
    with link:
        icon("description")
        with box("file-about"):
            Text(attachment.name, "file-name")
            Text(visit.say.size(attachment.size_bytes), "hint")


def _day(visit: Visit, message: Message) -> object:
    return message.created_at.astimezone(visit.zone).date()
