"""One open page: who looks at it, in which language, and the check before every action.

The door checked the session when the page was opened. A page stays open for hours, so each action asks SQL
again, and each page follows the wake-ups that tell of ended sessions and changed agents.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from nicegui import Client, background_tasks, ui

from handoff.console.door import PASSWORD, SIGN_IN, signed_in
from handoff.console.preferences import dark_of, sound_of, theme_of
from handoff.console.services import Services
from handoff.console.staff import AGENTS
from handoff.console.wording import Wording
from handoff.errors import HandoffError, StoreUnavailable
from handoff.records import Agent

_log = structlog.get_logger("handoff.console")
_NOTICE_MS = 4000


class Visit:
    """The page that is being built, and later the one that is open."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.client: Client = ui.context.client
        session = signed_in(self.client.request)
        self._session_id = session.session_id
        self.agent: Agent = session.agent
        self.say = Wording(self.agent.ui_language)
        self.theme = theme_of(self.client.request)
        self.sound = sound_of(self.client.request)
        self.visible = True
        self.zone: tzinfo = UTC
        self._met = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._left = False
        self.client.on_delete(self._close)
        self._own_the_page()

    @property
    def now(self) -> datetime:
        """The present, by the console's clock."""
        return self.services.clock()

    @property
    def day_began_at(self) -> datetime:
        """Midnight where this page is looked at."""
        return datetime.combine(self.now.astimezone(self.zone).date(), time(), self.zone).astimezone(UTC)

    def looked(self, told: dict[str, Any]) -> None:
        """Takes what the browser tells: whether the page is in sight, and its time zone."""
        self.visible = told.get("visible") is True
        try:
            self.zone = ZoneInfo(str(told.get("zone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.zone = UTC
        self._met.set()

    async def allowed(self) -> bool:
        """Whether the session is still valid; if not, the page goes to the sign-in form. Rereads the agent.

        Raises:
            StoreUnavailable: it could not be asked.
        """
        session = await self.services.sessions.look_up(self._session_id)
        if session is None or session.agent.must_change_password:
            self._leave(SIGN_IN if session is None else PASSWORD)
            return False
        changed = (session.agent.role, session.agent.ui_language) != (self.agent.role, self.agent.ui_language)
        self.agent = session.agent
        if changed:  # what may be seen, or its language, is another one
            self.client.run_javascript("window.location.reload()")
        return True

    def guarded(self, action: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """The action with the check before it, and with what the desk refuses told to the agent."""

        async def run(*args: Any) -> None:
            # The element that was clicked may be gone by the time the action speaks: use the page's own context.
            with self.client:
                try:
                    if await self.allowed():
                        await action(*args)
                except HandoffError as error:
                    self.refuse(error)

        return run

    def explain(self, error: HandoffError) -> str:
        """What went wrong and what to do, in the agent's language."""
        if isinstance(error, StoreUnavailable):
            _log.warning("store_unavailable")
        key = f"error_{error.code}"
        return self.say(key if self.say.knows(key) else "error_other")

    def refuse(self, error: HandoffError) -> None:
        """Tells the agent that something was not done."""
        self.tell(self.explain(error), "warning")

    def tell(self, text: str, kind: str = "info") -> None:
        """Shows a notice for a few seconds."""
        with self.client:
            ui.notify(text, position="top", timeout=_NOTICE_MS, classes=f"notice {kind}", html=False)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something from the moment when the browser has introduced itself until the page closes."""
        task = background_tasks.create(self._once_met(work), name="page", context=self.client)
        self._tasks.append(task)
        self.services.page_tasks.add(task)
        task.add_done_callback(self.services.page_tasks.discard)

    async def watch(self) -> None:
        """Follows ended sessions and changed agents until the page closes."""
        async with self.services.wakeups.listen(AGENTS) as events:
            while not self._left:
                try:
                    await self.allowed()
                except StoreUnavailable:
                    _log.warning("session_not_checked")
                await events.wait(self.services.settings.heartbeat_seconds)

    def _own_the_page(self) -> None:
        """The page's language decides the glyphs of Chinese text; its theme must not flash."""
        own = copy.copy(self.client.page)
        own.language = self.say.page_language
        own.dark = dark_of(self.theme)
        self.client.page = own

    async def _once_met(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await self._met.wait()
            await work
        finally:
            work.close()

    def _leave(self, target: str) -> None:
        """Sends the browser away, and tells the page nothing more, whether it goes or not."""
        if not self._left:
            self._left = True
            self.client.open(target)
            self._close()

    def _close(self) -> None:
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
