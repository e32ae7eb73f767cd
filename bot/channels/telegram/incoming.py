"""Updates from Telegram into the inbox.

An update counts as taken once its message is committed; only then is its id remembered and the offset moved on, so
that a crash in between makes the service send it again. Ids are kept as a set, not as a highest number: the service may
send updates again, and numbers may start anew after a quiet week.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from redis.asyncio import Redis
from telegram import Bot, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.channels import InboundMessage
from bot.channels.telegram.shapes import Incoming, IncomingFile, incoming
from bot.gateway import language
from bot.gateway.inbox import HUMAN, Inbox
from handoff import texts
from handoff.conversations import Conversations
from handoff.errors import HandoffError
from handoff.records import Author, Button, Draft
from handoff.redis_link import best_effort
from handoff.settings import DeskSettings

CHANNEL = "telegram"
_REMEMBERED = 10_000
#: The Bot API keeps an update for a day.
_REMEMBER_SECONDS = 26 * 3600
#: Errors whose text the customer gets; anything else is tried again.
_REFUSALS = {
    "rate_limited": "rate_limited",
    "file_too_large": "file_refused_size",
    "file_type": "file_refused_type",
    "text_too_long": "text_too_long",
    "empty_message": "unsupported_message",
    "payload_not_offered": "button_expired",
}
_log = structlog.get_logger("bot.telegram")


class SeenUpdates:
    """The set of update ids that were taken: in this process, and in Redis for the others and the next start.

    SQL has the last word (a message's ``client_id`` is unique within its conversation); the set also covers what leaves
    no customer message, such as ``/start``.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._ids: OrderedDict[int, None] = OrderedDict()

    async def has(self, update_id: int) -> bool:
        """Whether the update was taken before, as far as can be known now."""
        if update_id in self._ids:
            return True
        async with best_effort("telegram update seen"):
            return bool(await self._redis.exists(self._key(update_id)))
        return False

    async def add(self, update_id: int) -> None:
        """Remembers the update for longer than the service repeats it."""
        self._ids[update_id] = None
        if len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)
        async with best_effort("telegram update taken"):
            await self._redis.set(self._key(update_id), 1, ex=_REMEMBER_SECONDS)

    @staticmethod
    def _key(update_id: int) -> str:
        return f"lifeline:telegram:update:{update_id}"


class Intake:
    """Takes updates, in order within a chat; taking one again changes nothing."""

    def __init__(
        self, bot: Bot, inbox: Inbox, conversations: Conversations, seen: SeenUpdates, settings: DeskSettings
    ) -> None:
        self._bot, self._inbox, self._conversations, self._seen, self._settings = (
            bot,
            inbox,
            conversations,
            seen,
            settings,
        )
        self._chats: dict[int, asyncio.Lock] = {}

    async def take_all(self, updates: Sequence[Update]) -> None:
        """Takes a batch: chats side by side, each chat's updates one after the other.

        Raises:
            HandoffError, TelegramError, OSError: an update could not be taken and has to come again.
        """
        chats: dict[int, list[Update]] = {}
        for update in updates:
            chats.setdefault(update.effective_chat.id if update.effective_chat else 0, []).append(update)
        results = await asyncio.gather(*(self._take_in_order(mine) for mine in chats.values()), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def take(self, update: Update) -> None:
        """Takes one update (a webhook call)."""
        await self.take_all([update])

    async def _take_in_order(self, updates: Sequence[Update]) -> None:
        for update in updates:
            said = incoming(update)
            if said is None or await self._seen.has(update.update_id):
                continue
            lock = self._chats.setdefault(said.chat_id, asyncio.Lock())
            async with lock:
                await self._take_one(said)
            await self._seen.add(update.update_id)

    async def _take_one(self, said: Incoming) -> None:
        if said.command == "start":
            await self._greet(said)
            return
        if not said.supported:
            await self._answer(said, "unsupported_message")
            return
        try:
            message = await self._message(said)
            if message is None:
                await self._answer(said, "button_expired")
                return
            with contextlib.suppress(TelegramError):
                await self._bot.send_chat_action(said.chat_id, ChatAction.TYPING)
            await self._inbox.receive(message)
        except Exception as error:
            refusal = _REFUSALS.get(getattr(error, "code", ""))
            if refusal is None:
                raise
            await self._answer(said, refusal, seconds=getattr(error, "retry_after_seconds", 1))
        finally:
            if said.callback_id is not None:
                await self._settle_button(said)

    async def _message(self, said: Incoming) -> InboundMessage | None:
        text, payload = said.text, None
        if said.command == "human":
            text, payload = "", HUMAN
        elif said.press is not None:
            button = await self._button(said)
            if button is None:
                return None
            text, payload = "", button.payload
        files: list[tuple[str, bytes]] = []
        if said.file is not None:
            files.append((said.file.name, await self._fetch(said.file)))
        return InboundMessage(
            channel=CHANNEL,
            external_id=str(said.chat_id),
            conversation_id=None,
            client_id=f"telegram:{said.update_id}",
            text=text,
            payload=payload,
            attachments=tuple(files),
            locale=said.locale,
        )

    async def _button(self, said: Incoming) -> Button | None:
        """The button that was really shown at that place of this conversation."""
        conversation = await self._conversations.find(CHANNEL, str(said.chat_id))
        if conversation is None or said.press is None:
            return None
        seq, index = said.press
        for message in await self._conversations.messages(conversation.id, after=seq - 1, limit=1):
            if message.seq == seq and message.author is not Author.CUSTOMER and index < len(message.buttons):
                return message.buttons[index]
        return None

    async def _fetch(self, file: IncomingFile) -> bytes:
        if file.size_bytes > self._settings.max_file_bytes:
            raise _TooLarge
        try:
            remote = await self._bot.get_file(file.file_id)
        except BadRequest as error:  # "file is too big": the Bot API hands out 20 MB at most
            raise _TooLarge from error
        return bytes(await remote.download_as_bytearray())

    async def _greet(self, said: Incoming) -> None:
        conversation = await self._conversations.open(
            CHANNEL, str(said.chat_id), locale=said.locale, language=language.of_locale(said.locale)
        )
        greeting = texts.text("start", conversation.language, exchange_name=self._settings.exchange_name)
        buttons = (Button(texts.text("human", conversation.language), HUMAN),)
        await self._conversations.say_as_system(conversation.id, Draft(greeting, kind="start", buttons=buttons))

    async def _answer(self, said: Incoming, key: str, *, seconds: int = 1) -> None:
        """Tells the customer why something was not taken; it becomes part of the conversation."""
        conversation = await self._conversations.open(
            CHANNEL, str(said.chat_id), locale=said.locale, language=language.of_locale(said.locale)
        )
        if key == "rate_limited":
            text = texts.plural(key, conversation.language, seconds)
        else:
            limits = {"limit_mb": self._settings.max_file_bytes // 2**20, "limit": self._settings.max_text_chars}
            text = texts.text(key, conversation.language, **limits)
        await self._conversations.say_as_system(conversation.id, Draft(text, kind=key))

    async def _settle_button(self, said: Incoming) -> None:
        """Ends the button's spinner and takes the used buttons away; both are only for the eye."""
        with contextlib.suppress(TelegramError):
            await self._bot.answer_callback_query(said.callback_id or "")
        if said.pressed_message_id is not None:
            with contextlib.suppress(TelegramError):
                await self._bot.edit_message_reply_markup(said.chat_id, said.pressed_message_id, reply_markup=None)


class _TooLarge(HandoffError):
    """A file that Telegram or the desk does not take."""

    code = "file_too_large"
