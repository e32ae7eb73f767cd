"""Translation between Telegram's objects and Lifeline's messages. No input or output happens here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from handoff.records import Button

#: Bot API: sendMessage takes 1 to 4,096 characters after entities parsing, counted in UTF-16 units.
MAX_TEXT_UNITS = 4096
COMMANDS = {"/start": "start", "/human": "human"}


@dataclass(frozen=True)
class IncomingFile:
    """A file that a customer sent and that still has to be fetched; ``size_bytes`` is what Telegram says."""

    file_id: str
    name: str
    size_bytes: int


@dataclass(frozen=True)
class Incoming:
    """What one update says. ``press`` is a button's place: the message's number and the button's index."""

    update_id: int
    chat_id: int
    locale: str | None
    text: str = ""
    command: str | None = None
    press: tuple[int, int] | None = None
    callback_id: str | None = None
    pressed_message_id: int | None = None
    file: IncomingFile | None = None
    supported: bool = True


def incoming(update: Update) -> Incoming | None:
    """Reads an update; None for what is not a private message or a button (groups, edits, channel posts)."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    message = update.message
    if message is None or message.chat.type != "private":
        return None
    locale = message.from_user.language_code if message.from_user else None
    base = Incoming(update.update_id, message.chat.id, locale)
    file = _file(message)
    text = message.text or message.caption or ""
    if text.startswith("/") and file is None:
        command = COMMANDS.get(text.split()[0].partition("@")[0].lower())
        if command is not None:
            return Incoming(base.update_id, base.chat_id, locale, command=command)
    supported = bool(text) or file is not None
    return Incoming(base.update_id, base.chat_id, locale, text=text, file=file, supported=supported)


def _pressed(update_id: int, query: CallbackQuery) -> Incoming | None:
    if query.message is None or query.message.chat.type != "private":
        return None
    seq, _, index = (query.data or "").partition(":")
    place = (int(seq), int(index)) if seq.isdecimal() and index.isdecimal() else None
    return Incoming(
        update_id,
        query.message.chat.id,
        query.from_user.language_code,
        press=place,
        callback_id=query.id,
        pressed_message_id=query.message.message_id,
        supported=place is not None,
    )


def _file(message: Message) -> IncomingFile | None:
    if message.document is not None:
        document = message.document
        return IncomingFile(document.file_id, document.file_name or "document", document.file_size or 0)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return IncomingFile(largest.file_id, "photo.jpg", largest.file_size or 0)
    return None


def keyboard(seq: int, buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Inline buttons below a message, one a row: titles in some languages are long.

    The data names the button by its place (``<seq>:<index>``), so that it stays under the service's 64 bytes whatever
    the payload is, and a forged one can only name a button that was really shown.
    """
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.title, callback_data=f"{seq}:{i}")] for i, button in enumerate(buttons)]
    )


def split_text(text: str, limit: int = MAX_TEXT_UNITS) -> list[str]:
    """Cuts a text into parts that Telegram takes: at a blank line, else a line, else a space, else anywhere."""
    parts: list[str] = []
    rest = text.strip()
    while _units(rest) > limit:
        head = _head(rest, limit)
        for separator in ("\n\n", "\n", " "):
            at = head.rfind(separator)
            if at > len(head) // 2:
                head = head[:at]
                break
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*parts, rest] if rest else parts


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most ``limit`` UTF-16 units that does not cut a character in two."""
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")
