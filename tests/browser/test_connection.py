"""The network's misfortunes: nothing is lost, shown or sent twice, and the customer knows where they stand."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.scripted_gateway import ScriptedGateway
from tests.conftest import eventually

pytestmark = pytest.mark.slow

API = "**/api/v1/**"


async def test_messages_said_while_disconnected_come_after_the_reconnect_once(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.write("你好")
    await chat.expect_state("你好", "sent")
    for i in range(3):
        await gateway.say(f"第 {i} 条，断开前")
        await gateway.cut()
        await gateway.say(f"第 {i} 条，断开后")
        await chat.expect_online()
        await eventually(lambda: bool(gateway.conversation.sockets))
    await chat.expect_texts(["你好"] + [f"第 {i} 条，断开{when}" for i in range(3) for when in ("前", "后")])


async def test_frames_that_come_twice_and_in_any_order_are_shown_once_and_in_order(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.hold()
    for i in range(12):
        await gateway.say(f"第 {i} 条")
    await gateway.release(shuffled=True, repeated=3)
    await chat.expect_texts([f"第 {i} 条" for i in range(12)])


async def test_a_frame_that_never_comes_is_asked_for(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.hold()
    for i in range(5):
        await gateway.say(f"第 {i} 条")
    await gateway.release(without=[2, 3])
    await chat.expect_texts([f"第 {i} 条" for i in range(5)])


async def test_a_restarted_gateway_gets_what_was_written_meanwhile_in_order_and_once(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.write("之前")
    await chat.expect_state("之前", "sent")
    await gateway.serving.stop()
    await chat.write("期间一")
    await chat.write("期间二")
    await chat.expect_state("期间一", "queued")
    await expect(chat.banner).to_be_visible()
    await expect(chat.who).to_have_text("连接已断开")
    await gateway.serving.start()
    await chat.banner.get_by_role("button").click()
    await chat.expect_online()
    await expect(chat.banner).to_be_hidden()
    await chat.expect_state("期间二", "sent")
    await chat.expect_texts(["之前", "期间一", "期间二"])
    assert gateway.texts == ["之前", "期间一", "期间二"]


async def test_going_offline_is_noticed_at_once_and_coming_back_too(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    await chat.page.context.set_offline(True)
    await expect(chat.panel).not_to_have_attribute("data-connection", "online", timeout=3000)
    await chat.write("离线时写的")
    await chat.expect_state("离线时写的", "queued")
    await gateway.say("在线时说的")
    await chat.page.context.set_offline(False)
    await chat.expect_online()
    await chat.expect_texts(["在线时说的", "离线时写的"])


async def test_a_message_whose_answer_got_lost_is_one_message(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.hold()
    gateway.lose_answer("/messages")
    await chat.write("只说一次")
    await eventually(lambda: len(gateway.posts) == 2)
    await gateway.release()
    await chat.expect_state("只说一次", "sent")
    await chat.expect_texts(["只说一次"])
    assert gateway.posts[0] == gateway.posts[1]
    assert gateway.texts == ["只说一次"]


async def test_a_refused_message_can_be_sent_again_or_deleted(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.refuse("/messages", 413, code="text_too_long", times=2)
    await chat.write("第一次失败")
    await chat.expect_state("第一次失败", "failed")
    await expect(chat.message("第一次失败").locator(".failure")).to_contain_text("内容过长")
    await chat.write("也失败")
    await chat.expect_state("也失败", "failed")
    await chat.write("不受影响")
    await chat.expect_state("不受影响", "sent")
    await chat.message("也失败").get_by_role("button", name="删除").click()
    await chat.message("第一次失败").get_by_role("button", name="重试").click()
    await chat.expect_state("第一次失败", "sent")
    await chat.expect_texts(["不受影响", "第一次失败"])
    assert gateway.texts == ["不受影响", "第一次失败"]


async def test_a_gateway_that_keeps_failing_ends_in_a_retry_button(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.refuse("/messages", 500, times=4)
    await chat.write("服务器出错")
    await chat.expect_state("服务器出错", "failed")
    await chat.message("服务器出错").get_by_role("button", name="重试").click()
    await chat.expect_state("服务器出错", "sent")


async def test_a_rate_limit_is_waited_out(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.refuse("/messages", 429, code="rate_limited", retry_after=1)
    await chat.write("太快了")
    await chat.write("第二条")
    await chat.expect_state("第二条", "sent")
    assert gateway.texts == ["太快了", "第二条"]


async def test_without_websockets_messages_come_by_long_poll(chat: Chat, gateway: ScriptedGateway) -> None:
    gateway.accepts_sockets = False
    await chat.open()
    await chat.write("没有 WebSocket")
    await chat.expect_online()
    await eventually(lambda: gateway.poll_count > 0)
    await gateway.say("也能收到")
    await gateway.say("而且只有一次")
    await chat.expect_texts(["没有 WebSocket", "也能收到", "而且只有一次"])
    assert gateway.socket_count == 0


async def test_unsent_messages_survive_a_reload_with_their_client_id(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("之前")
    await chat.expect_state("之前", "sent")
    page = chat.page
    gateway.hold()
    gateway.lose_answer("/messages")
    await page.route("**/api/v1/messages", lambda route: route.abort() if gateway.posts[1:] else route.continue_())
    await chat.write("还没确认")
    await eventually(lambda: len(gateway.posts) == 2)
    await page.route(API, lambda route: route.abort())
    await page.reload()
    await chat.open()
    await chat.expect_state("还没确认", "queued")
    await page.unroute_all()
    await gateway.release()
    await chat.expect_online()
    await chat.expect_state("还没确认", "sent")
    await chat.expect_texts(["之前", "还没确认"])
    assert gateway.texts == ["之前", "还没确认"]
    assert len({it["client_id"] for it in gateway.posts}) == 2


async def test_a_message_left_unsent_long_ago_waits_for_the_customer(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    page = chat.page
    await page.route(API, lambda route: route.abort())
    await chat.write("昨天写的")
    await chat.expect_state("昨天写的", "queued")
    await page.evaluate(
        "() => { const key = Object.keys(localStorage).find(it => it.includes('outbox'));"
        "const entry = JSON.parse(localStorage[key]); entry.createdAt -= 86400000;"
        "localStorage[key] = JSON.stringify(entry) }"
    )
    await page.unroute_all()
    await page.reload()
    await chat.open()
    await chat.expect_state("昨天写的", "failed")
    assert gateway.texts == []
    await chat.message("昨天写的").get_by_role("button", name="重试").click()
    await chat.expect_state("昨天写的", "sent")
