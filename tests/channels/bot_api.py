"""An emulator of the Telegram Bot API, as strict as the real one, for tests.

Every object that it returns is built with python-telegram-bot's own classes, so a field that the library would
refuse from the real API it refuses here as well. It keeps the API's rules: updates come again until an offset
acknowledges them, a second poller gets 409, polling with a webhook set gets 409, a text over 4,096 characters or
callback data over 64 bytes gets 400, a customer who blocked the bot gets 403, and more than one message a second into a
chat, or 30 a second in all, gets 429 with ``retry_after``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import telegram
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_CALLBACK_BYTES = 64
PER_CHAT_SECONDS = 1.0
PER_SECOND = 30
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass
class Sent:
    """One message that the bot sent."""

    chat_id: int
    message_id: int
    text: str
    markup: dict[str, Any] | None = None
    document: bytes | None = None
    file_name: str | None = None
    at: float = field(default_factory=time.monotonic)


class BotApi:
    """The state of the emulated service. Customers act through ``write``, ``press`` and ``send_file``."""

    def __init__(self, token: str = "123456:TEST", *, enforce_rate: bool = True) -> None:
        self.token = token
        self.enforce_rate = enforce_rate
        self.base_url = ""
        self.sent: list[Sent] = []
        self.actions: list[tuple[int, str]] = []
        self.answered_callbacks: list[str] = []
        self.commands: dict[str, list[str]] = {}
        self.blocked_by: set[int] = set()
        self.fail_next: deque[ApiError] = deque()
        self.requests: list[str] = []
        self.webhook: dict[str, Any] | None = None
        self.changed = asyncio.Condition()
        self._updates: list[telegram.Update] = []
        self._files: dict[str, bytes] = {}
        self._update_ids, self._message_ids = itertools.count(1000), itertools.count(1)
        self._polling = 0
        self._closed = False
        self._last_to_chat: dict[int, float] = {}
        self._recent: deque[float] = deque()
        self._languages: dict[int, str] = defaultdict(lambda: "en")
        self.bot = telegram.User(
            id=123456, first_name="Lifeline", is_bot=True, username="lifeline_bot", can_join_groups=True,
            can_read_all_group_messages=False, supports_inline_queries=False,
        )  # fmt: skip

    # --- what customers do -----------------------------------------------------------------------

    async def write(self, chat_id: int, text: str, *, language: str = "en", **extra: Any) -> telegram.Update:
        """A customer sends a text; commands are marked as the real service marks them."""
        entities = []
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            entities = [telegram.MessageEntity(telegram.MessageEntity.BOT_COMMAND, 0, length)]
        return await self._receive(chat_id, language, text=text, entities=entities, **extra)

    async def send_file(
        self, chat_id: int, data: bytes, *, name: str | None = None, caption: str | None = None, language: str = "en"
    ) -> telegram.Update:
        """A customer sends a document (with ``name``) or a photo (without)."""
        file_id = f"file{len(self._files)}"
        self._files[file_id] = data
        if name is None:
            small = telegram.PhotoSize(f"{file_id}s", f"u{file_id}s", 90, 90, file_size=10)
            large = telegram.PhotoSize(file_id, f"u{file_id}", 1280, 960, file_size=len(data))
            return await self._receive(chat_id, language, photo=[small, large], caption=caption)
        document = telegram.Document(file_id, f"u{file_id}", file_name=name, file_size=len(data))
        return await self._receive(chat_id, language, document=document, caption=caption)

    async def press(self, chat_id: int, data: str, *, message_id: int, language: str = "en") -> telegram.Update:
        """A customer presses an inline button."""
        message = telegram.Message(message_id, datetime.now(UTC), self._chat(chat_id), from_user=self.bot, text="...")
        query = telegram.CallbackQuery(
            id=f"q{next(self._message_ids)}", from_user=self._user(chat_id, language), chat_instance="1",
            message=message, data=data,
        )  # fmt: skip
        return await self._enqueue(telegram.Update(next(self._update_ids), callback_query=query))

    async def redeliver(self, update: telegram.Update) -> None:
        """The service sends an update a second time, as it does after a lost acknowledgement."""
        await self._enqueue(update)

    async def wait_for(self, count: int, *, chat_id: int | None = None, seconds: float = 20) -> list[Sent]:
        """Waits until the bot has sent ``count`` messages (to ``chat_id``) and returns them."""

        def messages() -> list[Sent]:
            return [m for m in self.sent if chat_id in (None, m.chat_id)]

        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(messages()) >= count)
        return messages()

    async def wait_text(self, part: str, *, chat_id: int, seconds: float = 20) -> Sent:
        """Waits until a message into the chat holds ``part``, and returns it."""

        def found() -> Sent | None:
            return next((m for m in reversed(self.sent) if m.chat_id == chat_id and part in m.text), None)

        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: found() is not None)
        message = found()
        assert message is not None
        return message

    def buttons(self, message: Sent) -> list[tuple[str, str]]:
        """Title and callback data of a message's inline buttons."""
        rows = (message.markup or {}).get("inline_keyboard", [])
        return [(button["text"], button["callback_data"]) for row in rows for button in row]

    # --- the service -----------------------------------------------------------------------------

    async def close(self) -> None:
        """Ends the polls that are waiting, so that the server can stop."""
        async with self.changed:
            self._closed = True
            self.changed.notify_all()

    def app(self) -> Starlette:
        """The HTTP side: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
            ]
        )

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        self.requests.append(method)
        try:
            if request.path_params["token"] != self.token:
                raise ApiError(401, "Unauthorized")
            if self.fail_next and method in {"sendMessage", "sendPhoto", "sendDocument"}:
                raise self.fail_next.popleft()
            handler = getattr(self, "_method_" + method, None)
            if handler is None:
                raise ApiError(404, "Not Found: method not found")
            async with request.form(max_part_size=64 * 1024 * 1024) as form:
                fields = {**request.query_params, **form}
                result = await handler(fields)
        except ApiError as error:
            body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
            if error.parameters:
                body["parameters"] = error.parameters
            return JSONResponse(body, error.status)
        return JSONResponse({"ok": True, "result": result})

    async def _download(self, request: Request) -> Response:
        data = self._files.get(request.path_params["path"].removeprefix("files/"))
        if request.path_params["token"] != self.token or data is None:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(data)

    async def _method_getMe(self, _fields: Mapping[str, Any]) -> Any:
        return self.bot.to_dict()

    async def _method_getUpdates(self, fields: Mapping[str, Any]) -> Any:
        if self.webhook is not None:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._polling:
            raise ApiError(409, "Conflict: terminated by other getUpdates request")
        offset, limit = int(fields.get("offset", 0)), int(fields.get("limit", 100))
        self._polling += 1
        try:
            async with self.changed:
                self._updates = [u for u in self._updates if u.update_id >= offset]
                try:
                    async with asyncio.timeout(float(fields.get("timeout", 0)) or 0.001):
                        await self.changed.wait_for(lambda: bool(self._updates) or self._closed)
                except TimeoutError:
                    return []
                return [u.to_dict() for u in self._updates[:limit]]
        finally:
            self._polling -= 1

    async def _method_setWebhook(self, fields: Mapping[str, Any]) -> Any:
        if not str(fields.get("url", "")).startswith(("https://", "http://127.0.0.1")):
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = {"url": fields["url"], "secret_token": fields.get("secret_token")}
        return True

    async def _method_deleteWebhook(self, fields: Mapping[str, Any]) -> Any:
        self.webhook = None
        if fields.get("drop_pending_updates") in {"true", "True", True}:
            self._updates.clear()
        return True

    async def _method_setMyCommands(self, fields: Mapping[str, Any]) -> Any:
        commands = json.loads(fields["commands"])
        self.commands[fields.get("language_code", "")] = [c["command"] for c in commands]
        return True

    async def _method_sendChatAction(self, fields: Mapping[str, Any]) -> Any:
        self._check_chat(int(fields["chat_id"]))
        self.actions.append((int(fields["chat_id"]), str(fields["action"])))
        return True

    async def _method_answerCallbackQuery(self, fields: Mapping[str, Any]) -> Any:
        self.answered_callbacks.append(str(fields["callback_query_id"]))
        return True

    async def _method_editMessageReplyMarkup(self, fields: Mapping[str, Any]) -> Any:
        for message in self.sent:
            if message.message_id == int(fields["message_id"]):
                message.markup = json.loads(fields["reply_markup"]) if fields.get("reply_markup") else None
                return self._shown(message).to_dict()
        raise ApiError(400, "Bad Request: message to edit not found")

    async def _method_getFile(self, fields: Mapping[str, Any]) -> Any:
        data = self._files.get(str(fields["file_id"]))
        if data is None:
            raise ApiError(400, "Bad Request: invalid file_id")
        if len(data) > MAX_DOWNLOAD_BYTES:
            raise ApiError(400, "Bad Request: file is too big")
        path = f"files/{fields['file_id']}"
        return telegram.File(fields["file_id"], f"u{fields['file_id']}", len(data), path).to_dict()

    async def _method_sendMessage(self, fields: Mapping[str, Any]) -> Any:
        text = str(fields.get("text", ""))
        if not text.strip():
            raise ApiError(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
            raise ApiError(400, "Bad Request: message is too long")
        return await self._send(fields, text)

    async def _method_sendPhoto(self, fields: Mapping[str, Any]) -> Any:
        return await self._send_upload(fields, "photo")

    async def _method_sendDocument(self, fields: Mapping[str, Any]) -> Any:
        return await self._send_upload(fields, "document")

    async def _send_upload(self, fields: Mapping[str, Any], key: str) -> Any:
        caption = str(fields.get("caption", ""))
        if len(caption) > MAX_CAPTION:
            raise ApiError(400, "Bad Request: message caption is too long")
        upload = fields.get(key)
        if isinstance(upload, str) and upload.startswith("attach://"):
            upload = fields.get(upload.removeprefix("attach://"))
        if not isinstance(upload, UploadFile):
            raise ApiError(400, f"Bad Request: there is no {key} in the request")
        return await self._send(fields, caption, document=await upload.read(), file_name=upload.filename)

    async def _send(self, fields: Mapping[str, Any], text: str, **extra: Any) -> Any:
        chat_id = int(fields["chat_id"])
        self._check_chat(chat_id)
        self._check_rate(chat_id)
        markup = json.loads(fields["reply_markup"]) if fields.get("reply_markup") else None
        for row in (markup or {}).get("inline_keyboard", []):
            for button in row:
                if not 1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK_BYTES:
                    raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
        message = Sent(chat_id, next(self._message_ids), text, markup, **extra)
        async with self.changed:
            self.sent.append(message)
            self.changed.notify_all()
        return self._shown(message).to_dict()

    def _check_chat(self, chat_id: int) -> None:
        if chat_id in self.blocked_by:
            raise ApiError(403, "Forbidden: bot was blocked by the user")

    def _check_rate(self, chat_id: int) -> None:
        now = time.monotonic()
        while self._recent and now - self._recent[0] > 1:
            self._recent.popleft()
        too_soon = now - self._last_to_chat.get(chat_id, -10.0) < PER_CHAT_SECONDS * 0.9
        if self.enforce_rate and (too_soon or len(self._recent) >= PER_SECOND):
            raise ApiError(429, "Too Many Requests: retry after 1", retry_after=1)
        self._recent.append(now)
        self._last_to_chat[chat_id] = now

    def _shown(self, message: Sent) -> telegram.Message:
        return telegram.Message(
            message.message_id, datetime.now(UTC), self._chat(message.chat_id), from_user=self.bot, text=message.text
        )

    async def _receive(self, chat_id: int, language: str, **content: Any) -> telegram.Update:
        self._languages[chat_id] = language
        message = telegram.Message(
            next(self._message_ids), datetime.now(UTC), self._chat(chat_id),
            from_user=self._user(chat_id, language), **content,
        )  # fmt: skip
        return await self._enqueue(telegram.Update(next(self._update_ids), message=message))

    async def _enqueue(self, update: telegram.Update) -> telegram.Update:
        if self.webhook is not None:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"] or ""}
            async with httpx.AsyncClient() as client:
                (await client.post(self.webhook["url"], json=update.to_dict(), headers=headers)).raise_for_status()
            return update
        async with self.changed:
            self._updates.append(update)
            self.changed.notify_all()
        return update

    @staticmethod
    def _chat(chat_id: int) -> telegram.Chat:
        return telegram.Chat(chat_id, telegram.Chat.PRIVATE, first_name="Customer")

    @staticmethod
    def _user(chat_id: int, language: str) -> telegram.User:
        return telegram.User(chat_id, "Customer", is_bot=False, language_code=language)
