"""The console as a process of its own, a browser in front of it, and the desk behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from pydantic import SecretStr
from sqlalchemy import delete

from handoff import redis_link, schema
from handoff.agents import Agents
from handoff.attachments import Attachments
from handoff.console.sessions import Sessions, console_sessions
from handoff.console.staff import AGENTS
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk, HandoffRequest
from handoff.records import Agent, Conversation, Draft, Handoff, HandoffReason, Role
from handoff.settings import DeskSettings
from handoff.taxonomy import priority_of, skill_of, skills
from handoff.wakeups import QUEUE, Wakeups
from tests.conftest import RedisServer

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_MS = 20_000


@dataclass
class Backdoor:
    """The desk on the console's database and Redis: what customers and the gateway do."""

    db: Database
    agents: Agents
    conversations: Conversations
    desk: Desk
    attachments: Attachments
    wakeups: Wakeups
    _people: int = 0
    clients: int = field(default=0)

    async def agent(self, username: str, *, role: Role = Role.AGENT, forced: bool = False, **values: Any) -> Agent:
        """A person who can sign in with PASSWORD."""
        return await self.agents.create(
            username=username,
            name=values.pop("name", username.title()),
            role=role,
            password=PASSWORD,
            skills=values.pop("skills", skills()),
            languages=values.pop("languages", ("zh-Hans", "en")),
            ui_language=values.pop("ui_language", "en"),
            must_change_password=forced,
        )

    async def writes(self, conversation: Conversation, text: str, **values: Any) -> int:
        """The customer writes; returns the message's number."""
        self.clients += 1
        draft = Draft(text, **values)
        message, _ = await self.conversations.add_customer_message(conversation.id, draft, client_id=f"c{self.clients}")
        return message.seq

    async def waits(
        self,
        text: str,
        *,
        intent: str = "deposit_withdrawal",
        language: str = "en",
        channel: str = "web",
        **summary: Any,
    ) -> tuple[Conversation, Handoff]:
        """A new customer writes and waits for a person."""
        self._people += 1
        conversation = await self.conversations.open(
            channel, f"customer-{self._people}", locale=language, language=language
        )
        await self.writes(conversation, text)
        critical = priority_of(intent) == 0
        request = HandoffRequest(
            reason=HandoffReason.THEFT if critical else HandoffReason.REQUESTED,
            skill=skill_of(intent),
            priority=priority_of(intent),
            intent=intent,
            language=language,
            summary={"problem": text, **summary},
        )
        handoff = await self.desk.request_handoff(conversation.id, request, lambda _: [Draft("One moment, please.")])
        return conversation, handoff

    async def texts(self, conversation: Conversation) -> list[str]:
        """Everything that was said."""
        return [message.text for message in await self.conversations.messages(conversation.id)]


@dataclass
class Console:
    """A console of its own process. Tests share it one after the other, as they share Redis."""

    url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Ends it as a supervisor does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def start(self) -> None:
        """Starts it (again) on the same port, and waits until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "handoff.console"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 90
        with httpx.Client(trust_env=False) as client:
            while True:
                try:
                    if client.get(f"{self.url}/healthz").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                if self.process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the console did not start: {self.log.read_text('utf-8')}")
                time.sleep(0.05)


@pytest.fixture(scope="session")
def _shared_settings(_shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> DeskSettings:
    folder = tmp_path_factory.mktemp("console")
    return DeskSettings(
        data_dir=folder,
        database_url=f"sqlite+aiosqlite:///{folder / 'lifeline.db'}",
        redis_url=_shared_redis.url,
        secret_key=SecretStr("a secret of the tests"),
    )


@pytest.fixture(scope="session")
def _shared_console(_shared_settings: DeskSettings, free_port: Callable[[], int]) -> Iterator[Console]:
    port, settings = free_port(), _shared_settings
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "LIFELINE_CONSOLE_PORT": str(port),
        "LIFELINE_CONSOLE_FAILURES_PER_ADDRESS": "1000",
        "LIFELINE_CONSOLE_REFRESH_SECONDS": "60",  # so that only wake-ups can make a page change in time
        "LIFELINE_HEARTBEAT_SECONDS": "60",
        "LIFELINE_DATA_DIR": str(settings.data_dir),
        "LIFELINE_DATABASE_URL": settings.database_url,
        "LIFELINE_MODELS_DIR": str(settings.data_dir / "no-models"),
        "LIFELINE_REDIS_URL": settings.redis_url,
        "LIFELINE_SECRET_KEY": settings.secret(),
    }
    console = Console(f"http://127.0.0.1:{port}", environment, settings.data_dir / "console.log")
    yield console
    console.stop()


@pytest.fixture
def settings(_shared_settings: DeskSettings, redis_url: str) -> DeskSettings:
    assert _shared_settings.redis_url == redis_url  # which has just been emptied
    return _shared_settings


@pytest.fixture
async def backdoor(settings: DeskSettings) -> AsyncIterator[Backdoor]:
    db = Database(settings.database_url)
    await db.create()
    await Sessions(db, "", 1).create_table()
    async with db.write() as tx:
        for table in (console_sessions, *reversed(schema.metadata.sorted_tables)):
            if table is not schema.schema_version:
                await tx.execute(delete(table))
    redis = redis_link.connect(settings.redis_url)
    wakeups = Wakeups(redis)
    await wakeups.publish(QUEUE, AGENTS)
    conversations = Conversations(db, wakeups=wakeups)
    yield Backdoor(
        db=db,
        agents=Agents(db),
        conversations=conversations,
        desk=Desk(db, redis, conversations, settings),
        attachments=Attachments(db, settings),
        wakeups=wakeups,
    )
    await wakeups.close()
    await redis.aclose()
    await db.close()


@pytest.fixture
def console(_shared_console: Console, backdoor: Backdoor) -> Console:
    """The running console, on an empty database."""
    if _shared_console.process is None:
        _shared_console.start()
    return _shared_console


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=_WAIT_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


class Desks:
    """Browsers of several people, each with cookies of their own."""

    def __init__(self, browser: Browser, console: Console) -> None:
        self._browser = browser
        self._console = console
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    async def page(self, **options: Any) -> Page:
        """A page of a browser that nobody has signed in with; refusals of the content policy are collected."""
        context = await self._browser.new_context(base_url=self._console.url, **options)
        context.set_default_timeout(_WAIT_MS)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: self._listen(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    async def sign_in(self, username: str, password: str = PASSWORD, **options: Any) -> Page:
        """A page on which somebody has just signed in."""
        page = await self.page(**options)
        await page.goto("/")
        await fill_sign_in(page, username, password)
        return page

    async def workspace(self, username: str, **options: Any) -> Page:
        """The live workspace of somebody."""
        page = await self.sign_in(username, **options)
        await expect(page.locator(".pane.queue")).to_be_visible()
        await page.wait_for_function("window.did_handshake === true")
        return page

    def _listen(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)


async def fill_sign_in(page: Page, username: str, password: str) -> None:
    await page.fill("#username", username)
    await page.fill("#password", password)
    await page.click("button[type=submit]")


@pytest.fixture
async def desks(browser: Browser, console: Console) -> AsyncIterator[Desks]:
    desks = Desks(browser, console)
    yield desks
    for context in desks.contexts:
        await context.close()
    assert desks.complaints == []
