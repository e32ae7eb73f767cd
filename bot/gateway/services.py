"""All parts of the gateway, put together: opened when the application starts, closed when it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Coroutine
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import structlog

from bot.gateway.dispatch import Dispatcher
from bot.gateway.fallback import Fallback, urgency_of
from bot.gateway.feed import Feed
from bot.gateway.health import Health, Probe, http_probe
from bot.gateway.inbox import Inbox
from bot.gateway.limits import Limit, Limits, address_key
from bot.gateway.origins import Origins
from bot.gateway.rasa import Rasa
from bot.gateway.sessions import Sessions
from bot.gateway.settings import GatewaySettings
from bot.gateway.sockets import Connections
from bot.gateway.turns import Turns
from bot.gateway.typing import Typing
from handoff.attachments import Attachments
from handoff.clock import Clock
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk
from handoff.errors import StoreUnavailable
from handoff.reconciler import Reconciler
from handoff.redis_link import connect
from handoff.settings import DeskSettings
from handoff.wakeups import Wakeups

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramChannel

_log = structlog.get_logger("gateway")
_RETRY_SECONDS = 1.0


class Services:
    """The parts, by name. Nothing is connected before `start`."""

    def __init__(
        self, settings: GatewaySettings, desk_settings: DeskSettings, clock: Clock, official_hosts: Collection[str]
    ) -> None:
        self.settings = settings
        self.desk_settings = desk_settings
        self.clock = clock
        freeze_host = urlsplit(desk_settings.freeze_url).hostname
        self.official_hosts = sorted({*official_hosts, *([freeze_host] if freeze_host else [])})
        self.database = Database(desk_settings.database_url)
        self.redis = connect(desk_settings.redis_url)
        self.wakeups = Wakeups(self.redis)
        self.conversations = Conversations(self.database, clock, wakeups=self.wakeups)
        self.desk = Desk(self.database, self.redis, self.conversations, desk_settings, clock)
        self.attachments = Attachments(self.database, desk_settings, clock)
        self.reconciler = Reconciler(self.database, self.redis, desk_settings)
        self.origins = Origins(settings.allowed_origins, settings.public_url)
        self.sessions = Sessions(
            desk_settings.secret(),
            ttl_seconds=settings.session_ttl_seconds,
            renew_seconds=settings.session_renew_seconds,
            clock=clock,
        )
        self.limits = Limits(self.redis, clock)
        self.connections = Connections()
        self.typing = Typing(self.redis, self.wakeups)
        self.feed = Feed(self.conversations, self.wakeups, self.typing)
        self.rasa = Rasa(settings)
        self.dispatcher = Dispatcher(
            conversations=self.conversations,
            desk=self.desk,
            rasa=self.rasa,
            turns=Turns(self.redis),
            typing=self.typing,
            fallback=Fallback(self.desk, self.conversations, desk_settings),
            settings=settings,
        )
        self.inbox = Inbox(
            conversations=self.conversations,
            attachments=self.attachments,
            limits=self.limits,
            dispatcher=self.dispatcher,
            settings=settings,
            desk_settings=desk_settings,
        )
        self.telegram = self._telegram()
        self._web = httpx.AsyncClient(timeout=2, trust_env=False)
        self.health = Health(self._required(), {"telegram": self._telegram_probe} if self.telegram else None)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begins the background work; a database that does not answer yet is waited for in the background.

        Raises:
            SchemaMismatch: the database belongs to another release.
        """
        try:
            await self.database.create()
        except StoreUnavailable:
            self._begin(self._wait_for_database(), "database")
        else:
            await self._work()

    async def stop(self) -> None:
        """Ends everything in the reverse order."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.telegram is not None:
            with contextlib.suppress(Exception):
                await self.telegram.stop()
        await self.dispatcher.close()
        await self.wakeups.close()
        await self.rasa.close()
        await self._web.aclose()
        await self.redis.aclose()
        await self.database.close()

    def reads_of(self, address: str | None) -> list[Limit]:
        """The limit of requests that are neither messages nor files."""
        settings = self.settings
        return [
            Limit(f"reads-from:{address_key(address)}", settings.rate_reads_per_address, settings.rate_window_seconds)
        ]

    async def _wait_for_database(self) -> None:
        while True:
            _log.warning("waiting_for_database")
            await asyncio.sleep(_RETRY_SECONDS)
            try:
                await self.database.create()
            except StoreUnavailable:
                continue
            await self._work()
            return

    async def _work(self) -> None:
        """Answers what a crash left, keeps Redis in step with SQL, and starts the channels."""
        self._begin(self._warm(), "lexicons")
        self._begin(self.dispatcher.run(), "recovery")
        self._begin(self.reconciler.run(), "reconciler")
        if self.telegram is not None:
            await self.telegram.start()

    async def _warm(self) -> None:
        """Reads the lexicons before the first customer would have to wait for them."""
        await urgency_of("我的账户被盗了 my account was hacked")

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_report)
        self._tasks.append(task)

    def _telegram(self) -> TelegramChannel | None:
        if self.settings.telegram_token is None:
            return None
        # Its library is loaded only where it is used.
        from bot.channels.telegram import TelegramChannel  # noqa: PLC0415

        return TelegramChannel(
            self.settings,
            self.desk_settings,
            self.inbox,
            self.conversations,
            self.attachments,
            self.desk,
            self.redis,
            self.wakeups,
        )

    def _required(self) -> dict[str, Probe]:
        settings = self.settings
        return {
            "gateway": self._gateway_probe,
            "sql": self._sql_probe,
            "redis": self._redis_probe,
            "rasa": self.rasa.probe(),
            "actions": http_probe(self._web, settings.actions_url.rstrip("/") + "/health"),
            "console": http_probe(self._web, settings.console_url.rstrip("/") + "/healthz"),
        }

    async def _gateway_probe(self) -> str | None:
        ended = [task.get_name() for task in self._tasks if task.done() and not task.cancelled() and task.exception()]
        return f"its background work has ended: {', '.join(ended)}; see its log, then restart it" if ended else None

    async def _sql_probe(self) -> str | None:
        await self.database.ping()
        return None

    async def _redis_probe(self) -> str | None:
        await self.redis.ping()
        return None

    async def _telegram_probe(self) -> str | None:
        state = self.telegram.state if self.telegram is not None else "off"
        return None if state in {"up", "standby"} else state


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("background_work_ended", work=task.get_name(), exc_info=error)
