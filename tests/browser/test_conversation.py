"""Writing and reading: languages, who answers, quick replies, rating."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.exchange_site import ExchangeSite
from tests.browser.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.slow

FEEDBACK = [("已解决", '/solved{"topic":"x"}'), ("没有解决", '/not_solved{"topic":"x"}'), ("转人工客服", "/human")]
RATING = [(str(i), f'/rate{{"value":{i}}}') for i in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize(
    ("lang", "question", "answer", "placeholder", "sent"),
    [
        ("zh-CN", "提币一直没到账，怎么办？", "请把交易哈希发给我。", "请描述您的问题…", "已发送"),
        ("en-US", "My withdrawal is late.", "Please send me the hash.", "Describe your question…", "Sent"),
    ],
    ids=["Chinese", "English"],
)
async def test_customer_and_assistant_talk_in_the_language_of_the_page(
    page: Page,
    site: ExchangeSite,
    gateway: ScriptedGateway,
    lang: str,
    question: str,
    answer: str,
    placeholder: str,
    sent: str,
) -> None:
    await page.goto(site.url(lang))
    chat = Chat(page)
    await chat.open()
    await expect(chat.input).to_have_attribute("placeholder", placeholder)
    await chat.write(question)
    await chat.expect_state(question, "sent")
    await expect(chat.message(question).locator(".state")).to_have_text(sent)
    await gateway.say(answer)
    await chat.expect_texts([question, answer])
    assert gateway.conversation.request == {"locale": lang}
    assert gateway.texts == [question]


async def test_an_unknown_page_language_is_told_to_the_gateway_and_shown_in_the_browsers_language(
    page: Page, site: ExchangeSite, gateway: ScriptedGateway
) -> None:
    await page.goto(site.url("th"))
    chat = Chat(page)
    await chat.open()
    await chat.expect_online()
    await expect(chat.input).to_have_attribute("aria-label", "输入消息")
    assert gateway.conversation.request == {"locale": "th"}


async def test_the_widget_follows_when_the_page_changes_its_language(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("你好")
    await chat.expect_state("你好", "sent")
    await chat.input.fill("还没写完")
    await chat.page.evaluate("document.documentElement.lang = 'en'")
    await expect(chat.who).to_have_text("The assistant answers you")
    await expect(chat.message("你好").locator(".state")).to_have_text("Sent")
    await expect(chat.input).to_have_value("还没写完")


async def test_the_header_says_who_answers_now(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    await expect(chat.who).to_have_text("智能助手为您解答")
    await gateway.set_owner("queue")
    await expect(chat.who).to_have_text("正在为您排队等候人工客服")
    await gateway.say("李雯 已接入", author="system", kind="agent_joined")
    await gateway.set_owner("agent")
    await expect(chat.who).to_have_text("人工客服正在为您服务")
    await gateway.say("您好", author="agent", agent_name="李雯")
    await expect(chat.who).to_have_text("李雯 正在为您服务")
    await expect(chat.message("您好").locator(".author")).to_have_text("李雯")
    await gateway.set_owner("assistant")
    await expect(chat.who).to_have_text("智能助手为您解答")


async def test_typing_shows_until_the_message_is_there(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("在吗")
    await chat.expect_state("在吗", "sent")
    await gateway.type("assistant")
    await expect(chat.typing).to_be_visible()
    await expect(chat.who).to_have_text("智能助手正在输入")
    await gateway.say("在的")
    await expect(chat.message("在的")).to_be_visible()
    await expect(chat.typing).to_be_hidden()


async def test_the_gateway_hears_that_the_customer_types_but_not_at_every_key(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.expect_online()
    await chat.input.press_sequentially("abcdef")
    await chat.write("done")
    await chat.expect_state("done", "sent")
    assert [it["type"] for it in gateway.frames].count("typing") == 1


async def test_a_quick_reply_sends_its_payload_and_all_of_them_disappear(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.write("提币没到账")
    await chat.expect_state("提币没到账", "sent")
    await gateway.say("请先看提币记录。", kind="answer", buttons=FEEDBACK)
    await expect(chat.replies).to_have_text([title for title, _ in FEEDBACK])
    await chat.replies.filter(has_text="没有解决").click()
    await chat.expect_texts(["提币没到账", "请先看提币记录。", "没有解决"])
    await chat.expect_state("没有解决", "sent")
    await expect(chat.replies).to_have_count(0)
    assert gateway.posts[-1].keys() == {"client_id", "payload"}
    assert gateway.posts[-1]["payload"] == '/not_solved{"topic":"x"}'


async def test_a_rating_is_a_row_from_one_to_five_that_can_be_used_once(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    await gateway.say("请为本次人工服务评分：", author="system", kind="rating", buttons=RATING)
    await expect(chat.rates).to_have_text(["1", "2", "3", "4", "5"])
    await chat.panel.get_by_role("button", name="4 分，满分 5 分").click()
    await chat.expect_state("4", "sent")
    assert gateway.posts[-1]["payload"] == '/rate{"value":4}'
    await gateway.say("感谢您的评价。", author="system", kind="rating_thanks")
    for _ in ("now", "after a reload"):
        await expect(chat.rates.nth(3)).to_have_attribute("aria-pressed", "true")
        await expect(chat.rates.nth(0)).to_be_disabled()
        await chat.page.reload()
        await chat.open()


async def test_numbered_lines_become_a_list_and_numbers_in_text_do_not(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    text = "标题\n\n1. 打开提币记录\n   在电脑上也可以\n2、复制哈希\n3) 发给我们\n\n1.5 BTC 也一样"
    await gateway.say(text, kind="answer")
    steps = chat.panel.locator("ol.steps li")
    await expect(steps.locator(".step-text")).to_have_text(["打开提币记录在电脑上也可以", "复制哈希", "发给我们"])
    await expect(steps.locator(".step-mark")).to_have_text(["1", "2", "3"])
    await expect(chat.theirs.locator("p").last).to_have_text("1.5 BTC 也一样")


async def test_days_are_separated_and_named(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    now = datetime.now(UTC)
    for ago in (40, 1, 0):
        await gateway.say(f"{ago} 天前", created_at=now - timedelta(days=ago))
    days = chat.panel.locator(".day")
    await expect(days).to_have_count(3)
    await expect(days.nth(1)).to_have_text("昨天")
    await expect(days.nth(2)).to_have_text("今天")
