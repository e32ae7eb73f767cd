"""What stays over a reload, in other tabs and while the panel is closed, and what is forgotten on request."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.exchange_site import ExchangeSite
from tests.browser.scripted_gateway import ScriptedGateway
from tests.conftest import eventually

pytestmark = pytest.mark.slow

STORED = "Object.keys(localStorage).filter(it => it.startsWith('support-chat:'))"


async def begin(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("我的充值没到账")
    await chat.expect_state("我的充值没到账", "sent")
    await gateway.say("请把交易哈希发给我。")
    await chat.expect_texts(["我的充值没到账", "请把交易哈希发给我。"])


async def test_nothing_is_asked_of_the_gateway_before_the_customer_opens_the_chat(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await expect(chat.launcher).to_be_visible()
    assert gateway.conversations == {}


async def test_history_is_there_after_a_reload(chat: Chat, gateway: ScriptedGateway) -> None:
    await begin(chat, gateway)
    await chat.page.reload()
    await chat.open()
    await chat.expect_texts(["我的充值没到账", "请把交易哈希发给我。"])
    assert len(gateway.conversations) == 1


async def test_a_history_of_several_pages_is_complete(chat: Chat, gateway: ScriptedGateway) -> None:
    await begin(chat, gateway)
    for i in range(210):
        await gateway.say(f"第 {i} 条")
    await chat.page.reload()
    await chat.open()
    await expect(chat.theirs).to_have_count(211)
    await expect(chat.theirs.last).to_have_text("第 209 条")
    await expect(chat.theirs.last).to_be_in_viewport()


async def test_unread_messages_count_on_the_launcher_until_they_are_seen(chat: Chat, gateway: ScriptedGateway) -> None:
    await begin(chat, gateway)
    await chat.input.press("Escape")
    await expect(chat.badge).to_be_hidden()
    await gateway.say("还在吗？")
    await gateway.say("李雯 已接入", author="system", kind="agent_joined")
    await expect(chat.badge).to_have_text("2")
    await expect(chat.launcher).to_have_accessible_name("打开在线客服, 2 条未读消息")
    await chat.page.reload()
    await expect(chat.badge).to_have_text("2")
    await chat.open()
    await expect(chat.badge).to_be_hidden()
    await chat.page.reload()
    await expect(chat.launcher).to_be_visible()
    await eventually(lambda: gateway.socket_count >= 3)
    await expect(chat.badge).to_be_hidden()


async def test_a_message_that_is_scrolled_out_of_sight_stays_unread(chat: Chat, gateway: ScriptedGateway) -> None:
    await begin(chat, gateway)
    for i in range(30):
        await gateway.say(f"第 {i} 条")
    await expect(chat.message("第 29 条")).to_be_in_viewport()
    await chat.panel.locator(".scroller").evaluate("it => it.scrollTo(0, 0)")
    jump = chat.panel.locator(".jump")
    await expect(jump).to_be_visible()
    await gateway.say("新消息")
    await expect(jump).to_have_text("1 条新消息")
    await expect(chat.badge).to_have_text("1")
    await jump.click()
    await expect(chat.message("新消息")).to_be_in_viewport()
    await expect(chat.badge).to_be_hidden()


async def test_two_tabs_show_the_same_conversation(
    chat: Chat, gateway: ScriptedGateway, context: BrowserContext, site: ExchangeSite
) -> None:
    await begin(chat, gateway)
    other = Chat(await context.new_page())
    await other.page.goto(site.url())
    await other.open()
    await other.write("从另一个标签页")
    await chat.expect_texts(["我的充值没到账", "请把交易哈希发给我。", "从另一个标签页"])
    await other.expect_texts(["我的充值没到账", "请把交易哈希发给我。", "从另一个标签页"])
    assert len(gateway.conversations) == 1


async def test_signing_out_forgets_the_conversation_in_all_tabs(
    chat: Chat, gateway: ScriptedGateway, context: BrowserContext, site: ExchangeSite
) -> None:
    await begin(chat, gateway)
    other = Chat(await context.new_page())
    await other.page.goto(site.url())
    await other.open()
    await other.expect_texts(["我的充值没到账", "请把交易哈希发给我。"])
    await chat.input.press("Escape")
    await chat.element.evaluate("it => it.newConversation()")
    assert await chat.page.evaluate(STORED) == []
    await other.expect_texts([])
    await chat.page.reload()
    await chat.open()
    await chat.expect_texts([])
    await chat.expect_online()
    assert len(gateway.conversations) == 2


async def test_the_customer_can_begin_anew_and_is_asked_before(chat: Chat, gateway: ScriptedGateway) -> None:
    await begin(chat, gateway)
    await chat.panel.get_by_role("button", name="开始新对话").click()
    question = chat.panel.get_by_role("alertdialog")
    await question.get_by_role("button", name="取消").click()
    await chat.expect_texts(["我的充值没到账", "请把交易哈希发给我。"])
    await chat.panel.get_by_role("button", name="开始新对话").click()
    await question.get_by_role("button", name="开始新对话").click()
    await chat.expect_texts([])
    await expect(chat.panel.locator(".empty")).to_be_visible()
    await chat.write("新的问题")
    await chat.expect_state("新的问题", "sent")
    assert len(gateway.conversations) == 2
    assert gateway.texts == ["新的问题"]


async def test_an_expired_session_is_replaced_and_the_customer_is_told(chat: Chat, gateway: ScriptedGateway) -> None:
    await begin(chat, gateway)
    gateway.expire()
    await chat.write("还在吗")
    await expect(chat.notices).to_have_text(["此前的对话已过期，已为您开始新的对话。"])
    await chat.expect_state("还在吗", "sent")
    await chat.expect_texts(["还在吗"])
    assert gateway.texts == ["还在吗"]


async def test_a_session_that_expired_while_the_page_was_closed_is_replaced(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await begin(chat, gateway)
    gateway.expire()
    await chat.page.reload()
    await chat.open()
    await chat.expect_online()
    await chat.expect_texts([])
    assert len(gateway.conversations) == 1


async def test_a_fresh_token_is_used_from_then_on_in_the_same_conversation(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await begin(chat, gateway)
    old = gateway.conversation.token
    gateway.renew_next()
    await chat.write("一")
    await chat.expect_state("一", "sent")
    del gateway.conversations[old]
    await chat.write("二")
    await chat.expect_state("二", "sent")
    await chat.page.reload()
    await chat.open()
    await chat.expect_texts(["我的充值没到账", "请把交易哈希发给我。", "一", "二"])
