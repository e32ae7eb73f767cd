"""Delivery into Telegram chats: everything that the customer did not write, in order, at least once.

SQL remembers how far each conversation was delivered, so a restart goes on where it stopped. A chat that the service
holds back does not hold back the others.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

import structlog
from telegram import Bot, InlineKeyboardMarkup, InputFile
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.pacing import Pacer, asked_seconds
from bot.channels.telegram.shapes import keyboard, split_text
from handoff.attachments import Attachments
from handoff.conversations import Conversations
from handoff.desk import Desk
from handoff.errors import FileMissing, HandoffError, HandoffTaken
from handoff.records import Attachment, Author, Conversation, Message

CHANNEL = "telegram"
_MAX_PAUSE_SECONDS = 60.0
_log = structlog.get_logger("bot.telegram")


@dataclass
class _Retry:
    """A chat that could not be reached: when it is tried again, in the loop's time."""

    at: float
    failures: int


class Outgoing:
    """Sends what is undelivered. `deliver_all` is called on every wake-up and every second or so."""

    def __init__(
        self, bot: Bot, conversations: Conversations, attachments: Attachments, desk: Desk, pacer: Pacer | None = None
    ) -> None:
        self._bot, self._conversations, self._attachments, self._desk = bot, conversations, attachments, desk
        self._pacer = pacer or Pacer()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._retries: dict[str, _Retry] = {}

    async def deliver_all(self) -> None:
        """Starts the delivery of every conversation that has something undelivered and is not being delivered."""
        now = asyncio.get_running_loop().time()
        for conversation in await self._conversations.undelivered(CHANNEL):
            retry = self._retries.get(conversation.id)
            if conversation.id in self._busy or (retry is not None and retry.at > now):
                continue
            task = asyncio.create_task(self._deliver(conversation), name=f"telegram {conversation.id}")
            self._busy[conversation.id] = task
            task.add_done_callback(partial(self._delivered, conversation.id))

    def _delivered(self, conversation_id: str, _task: asyncio.Task[None]) -> None:
        self._busy.pop(conversation_id, None)

    async def stop(self) -> None:
        """Ends what is being delivered; the rest is sent after the next start."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, conversation: Conversation) -> None:
        try:
            # Read again: the list may be older than a delivery of this conversation that has ended meanwhile.
            seq = (await self._conversations.get(conversation.id)).delivered_seq
            while messages := await self._conversations.messages(conversation.id, after=seq, limit=20):
                for message in messages:
                    if message.author is not Author.CUSTOMER:
                        await self._send(int(conversation.external_id), message)
                    seq = message.seq
                    await self._conversations.mark_delivered(conversation.id, seq)
            self._retries.pop(conversation.id, None)
        except Forbidden:
            await self._customer_left(conversation)
        except RetryAfter as error:
            self._pacer.pause(asked_seconds(error))
            _log.info("telegram_asks_to_wait", seconds=asked_seconds(error))
        except (TelegramError, HandoffError, OSError) as error:
            self._try_later(conversation, error)

    async def _send(self, chat_id: int, message: Message) -> None:
        markup = keyboard(message.seq, message.buttons)
        parts = split_text(message.text)
        if message.author is Author.AGENT and message.agent_name:
            parts = split_text(f"{message.agent_name}:\n{message.text}")
        for attachment in message.attachments:
            await self._send_file(chat_id, attachment)
        for number, part in enumerate(parts, start=1):
            await self._send_text(chat_id, part, markup if number == len(parts) else None)

    async def _send_text(self, chat_id: int, text: str, markup: InlineKeyboardMarkup | None) -> None:
        try:
            async with self._pacer.slot(chat_id):
                await self._bot.send_message(chat_id, text, reply_markup=markup, disable_web_page_preview=True)
        except BadRequest as error:
            # Sending it again would be refused again, and everything after it would wait for ever.
            _log.error("telegram_refused_a_message", error=str(error), length=len(text))

    async def _send_file(self, chat_id: int, attachment: Attachment) -> None:
        try:
            _, data = await self._attachments.open(attachment.id)
        except FileMissing:
            _log.error("file_missing", attachment=attachment.id)
            return
        file = InputFile(data, filename=attachment.name)
        try:
            async with self._pacer.slot(chat_id):
                if attachment.content_type in {"image/jpeg", "image/png"}:
                    await self._bot.send_photo(chat_id, file)
                else:
                    await self._bot.send_document(chat_id, file)
        except BadRequest as error:
            _log.error("telegram_refused_a_file", error=str(error), bytes=attachment.size_bytes)

    async def _customer_left(self, conversation: Conversation) -> None:
        """The customer blocked the bot: nothing can be delivered any more, and nobody need wait for them."""
        _log.info("telegram_customer_left", conversation=conversation.id)
        try:
            await self._desk.abandon(conversation.id)
        except HandoffTaken:
            pass  # an agent has it, and decides
        except HandoffError as error:
            _log.warning("abandon_failed", conversation=conversation.id, code=error.code)
        latest = await self._conversations.get(conversation.id)
        await self._conversations.mark_delivered(conversation.id, latest.last_seq)

    def _try_later(self, conversation: Conversation, error: Exception) -> None:
        failures = self._retries[conversation.id].failures + 1 if conversation.id in self._retries else 1
        pause = min(2.0 ** (failures - 1), _MAX_PAUSE_SECONDS)
        self._retries[conversation.id] = _Retry(asyncio.get_running_loop().time() + pause, failures)
        level = _log.info if isinstance(error, NetworkError) else _log.error
        level("telegram_delivery_failed", conversation=conversation.id, error=type(error).__name__, retry_seconds=pause)
