"""The widget and the console in Chromium talk to each other through the whole product, in Chinese and in English."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from handoff.desk import Desk
from handoff.records import Agent
from tests.browser.chat import Chat
from tests.browser.conftest import browser
from tests.console.conftest import fill_sign_in
from tests.e2e.conftest import PASSWORD
from tests.e2e.product import Product

__all__ = ["browser"]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("locale", "cry", "reply", "thanks"),
    [
        ("zh-CN", "我的账户被盗了，币被转走了", "您好，我正在查看您的账户。", "好的，谢谢您"),
        (
            "en-US",
            "my account was hacked and my coins are gone",
            "Hello, I am looking at it now.",
            "ok thank you so much",
        ),
    ],
)
async def test_a_theft_goes_from_the_widget_to_the_console_and_back(
    product: Product, desk: Desk, agent: Agent, browser: Browser, locale: str, cry: str, reply: str, thanks: str
) -> None:
    customer = await browser.new_context(locale=locale, viewport={"width": 1280, "height": 860})
    office = await browser.new_context(locale=locale, viewport={"width": 1440, "height": 900})
    widget = await customer.new_page()
    await widget.goto(f"{product.url}/?lang={'zh-Hans' if locale == 'zh-CN' else 'en'}")
    chat = Chat(widget)
    await chat.open()
    await chat.write(cry)
    await expect(chat.panel.get_by_text("https://www.example.com/security/freeze").first).to_be_visible(timeout=30_000)

    (mine,) = [one.handoff for one in await desk.waiting() if one.preview.startswith(cry[:8])]
    console = await office.new_page()
    await console.goto(product.console_url)
    await fill_sign_in(console, agent.username, PASSWORD)
    row = console.locator(f'[data-handoff="{mine.id}"]')
    await expect(row).to_contain_text(cry)
    await row.locator("button").last.click()
    await console.locator(".composer textarea").fill(reply)
    await console.keyboard.press("Control+Enter")
    await expect(chat.message(reply)).to_be_visible()

    await chat.write(thanks)
    await expect(console.locator(".bubble", has_text=thanks)).to_be_visible()
    await desk.close(mine.id, agent, "resolved")
    await expect(chat.rates).to_have_count(5)
    await customer.close()
    await office.close()
