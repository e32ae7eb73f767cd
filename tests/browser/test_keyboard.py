"""Without a mouse, with an input method, with a screen reader."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.slow


async def test_everything_works_with_the_keyboard_alone(chat: Chat, gateway: ScriptedGateway) -> None:
    keyboard = chat.page.keyboard
    await expect(chat.launcher).to_be_visible()
    await chat.page.locator("#outside").focus()
    await keyboard.press("Tab")
    await expect(chat.launcher).to_be_focused()
    await keyboard.press("Enter")
    await expect(chat.input).to_be_focused()
    await keyboard.type("第一行")
    await keyboard.press("Shift+Enter")
    await keyboard.type("第二行")
    await keyboard.press("Enter")
    await chat.expect_state("第一行", "sent")
    assert gateway.texts == ["第一行\n第二行"]
    await expect(chat.input).to_be_focused()
    await gateway.say("请选择", buttons=[("转人工客服", "/human")])
    await expect(chat.replies).to_be_visible()
    await chat.replies.focus()
    await keyboard.press("Enter")
    await chat.expect_state("转人工客服", "sent")
    await chat.input.focus()
    await keyboard.press("Escape")
    await expect(chat.panel).to_be_hidden()
    await expect(chat.launcher).to_be_focused()
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")


async def test_enter_that_takes_a_candidate_of_the_input_method_does_not_send(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.expect_online()
    device = await chat.page.context.new_cdp_session(chat.page)
    await chat.page.evaluate(
        "() => { window.keys = []; addEventListener('keydown', it => keys.push([it.key, it.isComposing]), true) }"
    )
    await device.send("Input.imeSetComposition", {"text": "ti", "selectionStart": 2, "selectionEnd": 2})
    for key, code in (("Enter", 13), ("Escape", 27)):
        pressed = {"type": "rawKeyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
        await device.send("Input.dispatchKeyEvent", pressed)
    assert await chat.page.evaluate("keys") == [["Enter", True], ["Escape", True]]
    await expect(chat.panel).to_be_visible()
    await device.send("Input.insertText", {"text": "提币"})
    await expect(chat.input).to_have_value("提币")
    await chat.page.keyboard.press("Enter")
    await chat.expect_state("提币", "sent")
    assert gateway.texts == ["提币"]


async def test_the_enter_after_which_safari_ends_the_composition_does_not_send(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.input.fill("提币")
    await chat.input.evaluate(
        "it => it.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true }))"
    )
    await expect(chat.input).to_have_value("提币")
    await chat.input.press("Enter")
    await chat.expect_state("提币", "sent")
    assert gateway.texts == ["提币"]


async def test_screen_readers_get_roles_names_and_a_live_log(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("你好")
    await chat.expect_state("你好", "sent")
    await gateway.say("您好，请问有什么可以帮您？", buttons=[("转人工客服", "/human")])
    await expect(chat.replies).to_be_visible()
    log = chat.panel.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    snapshot = await chat.panel.aria_snapshot()
    for expected in (
        'dialog "在线客服"',
        'heading "在线客服"',
        'button "开始新对话"',
        'button "收起"',
        'log "对话内容"',
        "您:",
        "paragraph: 你好",
        "智能助手:",
        "paragraph: 您好，请问有什么可以帮您？",
        'button "转人工客服"',
        'textbox "输入消息"',
        'button "添加图片或 PDF"',
    ):
        assert expected in snapshot
    await gateway.type("assistant")
    await expect(chat.panel.get_by_role("status")).to_have_text("智能助手正在输入")


async def test_too_long_a_text_is_said_and_kept(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("长" * 4003)
    await expect(chat.problem).to_have_text("内容过长：已超出 3 字。")
    await chat.write("长" * 4000)
    await expect(chat.problem).to_be_hidden()
    await chat.expect_state("长", "sent")
    assert len(gateway.texts[0]) == 4000


async def test_an_empty_message_is_not_sent(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await expect(chat.send_button).to_be_disabled()
    await chat.write("  \n ")
    await chat.input.fill("")
    await chat.write("有内容")
    await chat.expect_state("有内容", "sent")
    assert gateway.texts == ["有内容"]
