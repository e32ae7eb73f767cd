"""Runs the bot: takes updates, delivers messages, and reports its state.

With several gateways side by side one of them is the leader, by a lock in Redis: only it polls and delivers. A
webhook call may reach any of them. Without Redis a gateway that cannot ask acts as the leader: a message twice is
better than none.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import uuid
from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter, Request, Response
from redis.asyncio import Redis
from telegram import Bot, BotCommand, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.incoming import Intake, SeenUpdates
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pacing import Pacer, asked_seconds
from bot.gateway.inbox import Inbox
from bot.gateway.settings import GatewaySettings
from handoff import texts
from handoff.attachments import Attachments
from handoff.conversations import Conversations
from handoff.desk import Desk
from handoff.errors import HandoffError
from handoff.redis_link import UNREACHABLE
from handoff.settings import DeskSettings
from handoff.wakeups import ANY_CONVERSATION, Wakeups

WEBHOOK_PATH = "/telegram/webhook"
_ALLOWED_UPDATES = ["message", "callback_query"]
_COMMANDS = ("start", "human")
_POLL_SECONDS = 25
_LOOK_SECONDS = 2.0
_LEADER_KEY = "lifeline:telegram:leader"
_LEADER_SECONDS = 15
_MAX_PAUSE_SECONDS = 60.0
_log = structlog.get_logger("bot.telegram")


class TelegramChannel:
    """One bot. `state` is ``off``, ``starting``, ``up``, ``standby`` or ``down: <why>``, for /healthz."""

    def __init__(
        self,
        settings: GatewaySettings,
        desk_settings: DeskSettings,
        inbox: Inbox,
        conversations: Conversations,
        attachments: Attachments,
        desk: Desk,
        redis: Redis,
        wakeups: Wakeups,
        *,
        pacer: Pacer | None = None,
    ) -> None:
        if settings.telegram_token is None:
            raise ValueError("LIFELINE_TELEGRAM_TOKEN is not set")
        api = settings.telegram_api_url.rstrip("/")
        self.bot = Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=HTTPXRequest(connection_pool_size=64, read_timeout=20),
            get_updates_request=HTTPXRequest(connection_pool_size=2, read_timeout=_POLL_SECONDS + 10),
        )
        self.state = "off"
        self._settings, self._redis, self._wakeups = settings, redis, wakeups
        self._intake = Intake(self.bot, inbox, conversations, SeenUpdates(redis), desk_settings)
        self._outgoing = Outgoing(self.bot, conversations, attachments, desk, pacer)
        self._secret = settings.telegram_webhook_secret.get_secret_value() if settings.telegram_webhook_secret else ""
        self._identity = uuid.uuid4().hex
        self._leading = asyncio.Event()
        self._offset = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def uses_webhook(self) -> bool:
        """Whether Telegram calls us (a public address and a secret are set) or is polled."""
        return bool(self._settings.public_url and self._secret)

    @property
    def router(self) -> APIRouter:
        """The webhook's route; it refuses calls without the secret."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            shown = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not self.uses_webhook or not hmac.compare_digest(shown.encode(), self._secret.encode()):
                return Response(status_code=403)
            update = Update.de_json(await request.json(), self.bot)
            await self._intake.take(update)  # an error answers 500, and Telegram sends the update again
            return Response(status_code=200)

        return router

    async def start(self) -> None:
        """Starts in the background: a Telegram that cannot be reached does not hold up the gateway."""
        self.state = "starting"
        loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [("lead", self._lead), ("deliver", self._deliver)]
        if not self.uses_webhook:
            loops.append(("poll", self._poll))
        self._tasks = [asyncio.create_task(self._run(name, loop), name=f"telegram {name}") for name, loop in loops]

    async def stop(self) -> None:
        """Stops taking and delivering, and lets another gateway lead."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._outgoing.stop()
        with contextlib.suppress(*UNREACHABLE):
            if await self._redis.get(_LEADER_KEY) == self._identity:
                await self._redis.delete(_LEADER_KEY)
        with contextlib.suppress(TelegramError):
            await self.bot.shutdown()
        self.state = "off"

    async def _run(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        """Repeats `step` for ever; after an error it waits, longer each time up to a minute."""
        failures = 0
        while True:
            try:
                await step()
                failures = 0
            except RetryAfter as error:
                await asyncio.sleep(asked_seconds(error))
            except (TelegramError, HandoffError, OSError) as error:
                failures += 1
                pause = min(2.0 ** (failures - 2), _MAX_PAUSE_SECONDS)
                self.state = f"down: {_reason(error)}"
                _log.warning("telegram_failed", loop=name, error=type(error).__name__, retry_seconds=pause)
                await asyncio.sleep(pause)

    async def _lead(self) -> None:
        """Takes or renews the leadership, and prepares the bot when it begins."""
        try:
            mine = bool(await self._redis.set(_LEADER_KEY, self._identity, nx=True, ex=_LEADER_SECONDS))
            if not mine and await self._redis.get(_LEADER_KEY) == self._identity:
                mine = bool(await self._redis.expire(_LEADER_KEY, _LEADER_SECONDS))
        except UNREACHABLE:
            mine = True
        if mine and not self._leading.is_set():
            await self._prepare()
            self._leading.set()
        elif not mine:
            self._leading.clear()
        self.state = "up" if mine else "standby"
        await asyncio.sleep(_LEADER_SECONDS / 3)

    async def _prepare(self) -> None:
        await self.bot.initialize()
        for language in (None, *texts.languages()):
            commands = [BotCommand(name, texts.text(f"command_{name}", language or "en")) for name in _COMMANDS]
            await self.bot.set_my_commands(commands, language_code=(language or "").partition("-")[0] or None)
        if self.uses_webhook:
            url = f"{(self._settings.public_url or '').rstrip('/')}{WEBHOOK_PATH}"
            await self.bot.set_webhook(url, secret_token=self._secret, allowed_updates=_ALLOWED_UPDATES)
        else:
            await self.bot.delete_webhook()

    async def _poll(self) -> None:
        await self._leading.wait()
        try:
            updates = await self.bot.get_updates(self._offset, timeout=_POLL_SECONDS, allowed_updates=_ALLOWED_UPDATES)
        except Conflict:
            _log.error("telegram_conflict", hint="another program polls with this token, or a webhook is set")
            raise
        await self._intake.take_all(updates)
        if updates:
            # Only now: what is not committed comes again.
            self._offset = updates[-1].update_id + 1

    async def _deliver(self) -> None:
        await self._leading.wait()
        async with self._wakeups.listen(ANY_CONVERSATION) as events:
            while self._leading.is_set():
                await self._outgoing.deliver_all()
                await events.wait(_LOOK_SECONDS)


def _reason(error: Exception) -> str:
    if isinstance(error, InvalidToken):
        return "Telegram does not know the token in LIFELINE_TELEGRAM_TOKEN"
    if isinstance(error, Conflict):
        return "another program polls with this bot's token"
    return f"{type(error).__name__}: {error}"
