"""The element as pages use it: methods, events, attributes, and the demo page."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.chat import Chat
from tests.browser.exchange_site import ExchangeSite
from tests.browser.scripted_gateway import ScriptedGateway
from tests.conftest import eventually

pytestmark = pytest.mark.slow

RECORD = """() => {
  window.heard = [];
  for (const name of ["ready", "open", "close", "message", "unread", "error"]) {
    addEventListener(`support-chat-${name}`, (event) => heard.push([name, event.detail]));
  }
}"""


async def test_methods_work_at_once_and_events_tell_the_page(
    page: Page, site: ExchangeSite, gateway: ScriptedGateway
) -> None:
    await page.add_init_script(f"({RECORD})()")
    await page.goto(site.url(), wait_until="commit")
    await page.locator("support-chat").wait_for(state="attached")
    await page.evaluate("document.querySelector('support-chat').send('从页面发出')")
    chat = Chat(page)
    await chat.expect_state("从页面发出", "sent")
    await expect(chat.element).to_have_attribute("open", "")
    await chat.element.evaluate("it => it.close()")
    await expect(chat.panel).to_be_hidden()
    await eventually(lambda: bool(gateway.conversation.sockets))
    await gateway.say("收到")
    await expect(chat.badge).to_have_text("1")
    heard = dict(await page.evaluate("heard"))
    assert list(heard)[:3] == ["ready", "open", "close"]
    assert heard["message"] == {"seq": 2, "author": "assistant", "kind": "text", "text": "收到"}
    assert heard["unread"] == {"count": 1}


async def test_the_open_attribute_opens_without_taking_the_focus(page: Page, site: ExchangeSite) -> None:
    await page.goto(site.url())
    await page.locator("#outside").focus()
    chat = Chat(page)
    await chat.element.evaluate("it => it.setAttribute('open', '')")
    await expect(chat.panel).to_be_visible()
    await expect(page.locator("#outside")).to_be_focused()
    await chat.element.evaluate("it => it.removeAttribute('open')")
    await expect(chat.panel).to_be_hidden()


async def test_an_element_that_is_taken_out_stops_talking_and_can_be_put_back(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.write("你好")
    await chat.expect_state("你好", "sent")
    await chat.page.evaluate("() => { window.kept = document.querySelector('support-chat'); kept.remove() }")
    await eventually(lambda: not gateway.conversation.sockets)
    await chat.page.evaluate("document.body.append(kept)")
    await eventually(lambda: bool(gateway.conversation.sockets))
    await chat.expect_texts(["你好"])


async def test_nothing_is_loaded_from_anywhere_but_the_gateway(page: Page, gateway: ScriptedGateway) -> None:
    origins: set[str] = set()
    page.on("request", lambda it: origins.add(it.url.split("/")[2]))
    await page.goto(f"{gateway.origin}/")
    chat = Chat(page)
    await chat.open()
    await chat.expect_online()
    assert origins == {gateway.origin.removeprefix("http://")}


async def test_the_demo_page_speaks_the_chosen_language_and_takes_the_widget_along(
    page: Page, gateway: ScriptedGateway
) -> None:
    await page.goto(f"{gateway.origin}/?lang=zh-Hans")
    chat = Chat(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("您好，需要什么帮助？")
    await page.get_by_role("combobox", name="语言").select_option("en")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hello, how can we help?")
    await page.get_by_role("button", name="Get help now").click()
    await expect(chat.panel.get_by_role("heading", name="Support")).to_be_visible()
    await chat.expect_state("My account was hacked", "sent")
    assert gateway.conversation.request == {"locale": "en"}


async def test_the_demo_pages_search_finds_topics_and_asks_the_assistant_for_the_rest(
    page: Page, gateway: ScriptedGateway
) -> None:
    await page.goto(f"{gateway.origin}/?lang=zh-Hans")
    search = page.get_by_role("searchbox")
    await search.fill("提币")
    await expect(page.locator("#results button")).to_have_text(
        ["提币选错网络怎么办", "提币手续费和最低限额是多少", "向智能助手提问：“提币”"]
    )
    await search.fill("我的币去哪了")
    await search.press("Enter")
    await Chat(page).expect_state("我的币去哪了", "sent")


async def test_the_demo_pages_theme_switch_takes_the_widget_along(page: Page, gateway: ScriptedGateway) -> None:
    await page.goto(f"{gateway.origin}/?lang=zh-Hans")
    chat = Chat(page)
    await chat.open()
    await page.get_by_role("button", name="切换浅色或深色").click()
    await expect(chat.panel).to_have_css("background-color", "rgb(18, 25, 27)")
    await page.reload()
    await expect(page.locator("body")).to_have_css("background-color", "rgb(12, 18, 19)")


async def test_a_language_that_changes_while_its_texts_load_still_gets_its_widget(
    page: Page, site: ExchangeSite
) -> None:
    changed = asyncio.Event()

    async def later(route: Route) -> None:
        await changed.wait()
        await route.continue_()

    await page.route("**/texts/zh-Hans.json", later)
    async with page.expect_request("**/texts/zh-Hans.json"):
        await page.goto(site.url())
    await page.evaluate("document.documentElement.lang = 'en'")
    changed.set()
    chat = Chat(page)
    await chat.open()
    await expect(chat.panel.get_by_role("heading", name="Support")).to_be_visible()
