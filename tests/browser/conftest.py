"""Fixtures that drive Chromium. Every test gets a browser of its own, so that none inherits another's trouble."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.chat import Chat
from tests.browser.exchange_site import ExchangeSite
from tests.browser.scripted_gateway import ScriptedGateway

CHROMIUM = os.environ.get("LIFELINE_TEST_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A customer's device: its pages share one store."""
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 860})
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """An empty page. The test fails when a script on it ends with an error or breaks the page's security policy."""
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda it: problems.append(it.text) if "Content Security Policy" in it.text else None)
    yield page
    assert problems == []


@pytest.fixture
async def gateway() -> AsyncIterator[ScriptedGateway]:
    gateway = ScriptedGateway()
    await gateway.serving.start()
    yield gateway
    await gateway.serving.stop()


@pytest.fixture
async def site(gateway: ScriptedGateway) -> AsyncIterator[ExchangeSite]:
    site = ExchangeSite(gateway.origin)
    await site.serving.start()
    yield site
    await site.serving.stop()


@pytest.fixture
async def chat(page: Page, site: ExchangeSite) -> Chat:
    """The widget, closed, on a Chinese page of the exchange."""
    await page.goto(site.url())
    return Chat(page)
