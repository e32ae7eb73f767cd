"""Sizes, colours and long texts; the attributes that change them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chat import Chat
from tests.browser.exchange_site import ExchangeSite
from tests.browser.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.slow

HASH = "0x9f2c4e7a1b3d5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd" * 4
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(18, 25, 27)"
SIDEWAYS = "it => it.scrollWidth - it.clientWidth"


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(
        locale="zh-CN", viewport={"width": 360, "height": 720}, has_touch=True, is_mobile=True
    )
    yield await context.new_page()
    await context.close()


async def test_on_a_phone_the_panel_fills_the_screen(phone: Page, site: ExchangeSite, gateway: ScriptedGateway) -> None:
    await phone.goto(site.url())
    chat = Chat(phone)
    await chat.launcher.tap()
    await chat.expect_online()
    await chat.settled()
    box = await chat.panel.bounding_box()
    assert box == pytest.approx({"x": 0, "y": 0, "width": 360, "height": 720}, abs=0.1)
    await expect(chat.launcher).to_be_hidden()
    await expect(chat.input).not_to_be_focused()  # the keyboard would cover half of it
    await expect(chat.input).to_have_css("font-size", "16px")
    await gateway.say(f"1. {HASH}\n2. https://www.example.com/{'a' * 120}", buttons=[("很长的按钮文字" * 9, "/human")])
    await expect(chat.replies).to_be_visible()
    assert await chat.panel.locator(".scroller").evaluate(SIDEWAYS) <= 0
    assert await phone.locator("html").evaluate(SIDEWAYS) <= 0
    await chat.panel.get_by_role("button", name="收起").tap()
    await expect(chat.launcher).to_be_visible()


async def test_the_panel_leaves_room_for_the_phones_keyboard(phone: Page, site: ExchangeSite) -> None:
    await phone.goto(site.url())
    chat = Chat(phone)
    await chat.launcher.tap()
    await expect(chat.panel).to_be_visible()
    await phone.evaluate(
        "() => { Object.defineProperty(visualViewport, 'height', { value: 400 });"
        "Object.defineProperty(visualViewport, 'offsetTop', { value: 30 });"
        "visualViewport.dispatchEvent(new Event('resize')) }"
    )
    await expect(chat.panel).to_have_css("height", "400px")
    await expect(chat.panel).to_have_css("top", "30px")
    await expect(chat.input).to_be_in_viewport()


async def test_long_words_wrap_inside_their_bubble(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write(f"哈希是{HASH}，请查一下")
    await chat.expect_state("哈希是", "sent")
    await gateway.say(HASH)
    await gateway.say("Donaudampfschifffahrtsgesellschaft" * 8)
    await expect(chat.theirs).to_have_count(2)
    for bubble in await chat.panel.locator(".bubble").all():
        assert await bubble.evaluate(SIDEWAYS) <= 0
    assert await chat.panel.locator(".scroller").evaluate(SIDEWAYS) <= 0


async def test_dark_follows_the_device_until_the_page_decides(chat: Chat) -> None:
    await chat.open()
    await expect(chat.panel).to_have_css("background-color", LIGHT)
    await chat.page.emulate_media(color_scheme="dark")
    await expect(chat.panel).to_have_css("background-color", DARK)
    await chat.element.evaluate("it => it.setAttribute('theme', 'light')")
    await expect(chat.panel).to_have_css("background-color", LIGHT)
    await chat.page.emulate_media(color_scheme="light")
    await chat.element.evaluate("it => it.setAttribute('theme', 'dark')")
    await expect(chat.panel).to_have_css("background-color", DARK)


async def test_an_accent_gets_a_text_colour_that_can_be_read_on_it(chat: Chat) -> None:
    await chat.open()
    await chat.input.fill("x")
    for accent, text in (("#f0b90b", "rgb(11, 16, 21)"), ("navy", "rgb(255, 255, 255)")):
        await chat.element.evaluate("(it, accent) => it.setAttribute('accent', accent)", accent)
        await expect(chat.send_button).to_have_css("color", text)
    await chat.element.evaluate("it => it.setAttribute('accent', 'red; } * { display: none')")
    await expect(chat.panel).to_be_visible()


async def test_title_and_position_are_attributes(chat: Chat) -> None:
    await chat.element.evaluate("it => { it.setAttribute('title', '交易所客服'); it.setAttribute('position', 'left') }")
    await chat.open()
    await expect(chat.panel.get_by_role("heading", level=2)).to_have_text("交易所客服")
    await chat.settled()
    box = await chat.panel.bounding_box()
    assert box is not None
    assert box["x"] == 24


async def test_who_wants_less_motion_gets_none(chat: Chat) -> None:
    await chat.page.emulate_media(reduced_motion="reduce")
    await chat.open()
    await expect(chat.panel).to_have_css("animation-name", "none")


async def test_a_long_answer_is_shown_from_its_beginning(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("怎么提币")
    await chat.expect_state("怎么提币", "sent")
    await gateway.say("\n".join(f"{i}. 第 {i} 步说明" for i in range(1, 40)))
    await expect(chat.panel.get_by_text("第 1 步说明")).to_be_in_viewport()
    await expect(chat.panel.get_by_text("第 39 步说明")).not_to_be_in_viewport()
