"""The main job on the real processes: a customer writes, the assistant answers or brings a person, a person answers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import uuid

import httpx
import pytest

from handoff.desk import Desk
from handoff.records import Agent, Draft, HandoffReason
from tests.e2e.client import Customer
from tests.e2e.product import BotApiThread, Product

pytestmark = pytest.mark.slow

FREEZE = "https://www.example.com/security/freeze"


@pytest.mark.parametrize(
    ("locale", "question", "title"),
    [
        ("zh-CN", "改了手机号为什么24小时不能提币 58219", "提币"),
        ("en-US", "why cant i withdraw for 24 hours after changing my phone number? error 58219", "withdraw"),
    ],
)
async def test_a_question_is_answered_from_the_faq_in_its_language(
    product: Product, locale: str, question: str, title: str
) -> None:
    async with Customer(product.url, locale) as customer:
        await customer.say(question)
        answer = await customer.answer()
        assert answer["kind"] == "answer", answer
        assert title in answer["text"]
        assert [b["payload"].partition("{")[0] for b in answer["buttons"]] == ["/solved", "/not_solved", "/human"]
        await customer.press(customer.payload(answer, "/solved"))
        assert (await customer.answer())["text"]


@pytest.mark.parametrize(
    ("locale", "cry"),
    [
        ("zh-CN", "我的账户被盗了，里面的币全没了，不是我操作的"),
        ("en", "my account was hacked, 3000 usdt withdrawn and it was not me"),
    ],
)
async def test_a_theft_is_first_in_line_before_its_first_reply_which_is_how_to_freeze(
    product: Product, desk: Desk, locale: str, cry: str
) -> None:
    async with Customer(product.url, locale) as waiting, Customer(product.url, locale) as victim:
        await waiting.press("/human")
        await waiting.answer()
        await victim.say(cry)
        first = await victim.answer()
        assert FREEZE in first["text"]
        assert "1." in first["text"]
        line = await desk.waiting()
        mine = next(i for i, one in enumerate(line) if one.handoff.conversation_id == victim.conversation_id)
        other = next(i for i, one in enumerate(line) if one.handoff.conversation_id == waiting.conversation_id)
        assert line[mine].handoff.priority == 0
        assert line[mine].handoff.reason is HandoffReason.THEFT
        assert mine < other
        assert all(one.handoff.priority == 0 for one in line[: mine + 1])


async def test_an_agent_answers_closes_and_the_assistant_takes_over_again(
    product: Product, desk: Desk, agent: Agent
) -> None:
    async with Customer(product.url, "zh-CN") as customer:
        await customer.say("转人工")
        notice = await customer.answer()
        assert notice["text"]
        handoff = await desk.open_handoff(customer.conversation_id)
        assert handoff is not None
        await desk.claim(handoff.id, agent)
        await customer.until(lambda m: m["kind"] == "agent_joined")
        await customer.say("你好，我的提币一直在审核")
        await desk.reply(customer.conversation_id, agent, Draft("您好，我是梅，正在为您查看。"))
        reply = await customer.until(lambda m: m["author"] == "agent")
        assert (reply["text"], reply["agent_name"]) == ("您好，我是梅，正在为您查看。", "梅")
        await desk.close(handoff.id, agent, "resolved")
        rating = await customer.until(lambda m: m["kind"] == "rating")
        await customer.press(rating["buttons"][0]["payload"])
        await customer.until(lambda m: m["kind"] == "rating_thanks")
        assert not [m for m in customer.messages if m["author"] == "assistant" and m["seq"] > reply["seq"]]
        await customer.say("谢谢")
        assert (await customer.answer())["text"]
        assert (await desk.get(handoff.id)).rating is not None
    assert [m["seq"] for m in customer.messages] == list(range(1, customer.last_seq + 1))


async def test_an_answer_that_did_not_help_brings_a_person(product: Product, desk: Desk) -> None:
    async with Customer(product.url, "en") as customer:
        await customer.say("what is the funding rate and why am i charged every 8 hours")
        answer = await customer.answer()
        await customer.press(customer.payload(answer, "/not_solved"))
        assert (await customer.answer())["text"]
        handoff = await desk.open_handoff(customer.conversation_id)
        assert handoff is not None
        assert handoff.reason is HandoffReason.ANSWER_FAILED
        assert handoff.summary["tried"]


async def test_the_same_client_id_twice_is_one_message(product: Product) -> None:
    async with Customer(product.url) as customer:
        client_id = uuid.uuid4().hex
        first = await customer.say("hello", client_id=client_id)
        again = await customer.say("hello", client_id=client_id)
        assert (again["seq"], again["duplicate"]) == (first["seq"], True)


async def test_a_client_that_reconnects_misses_nothing_and_sees_nothing_twice(product: Product) -> None:
    async with Customer(product.url, "en") as customer:
        seen: list[int] = []
        for text in ("hello", "thanks", "what are maker and taker fees", "bye"):
            socket = await customer.socket(after=seen[-1] if seen else 0)
            await socket.send(json.dumps({"type": "message", "client_id": uuid.uuid4().hex, "text": text}))
            async with asyncio.timeout(30):
                while True:
                    frame = json.loads(await socket.recv())
                    if frame["type"] == "message":
                        seen.append(frame["message"]["seq"])
                        if frame["message"]["author"] == "customer":
                            break  # the line is cut before the answer comes
            await socket.close()
        async with asyncio.timeout(30):
            while len([m for m in customer.messages if m["author"] == "assistant"]) < 4:
                await customer.read()
        assert [m["seq"] for m in customer.messages] == list(range(1, len(customer.messages) + 1))
        assert len(seen) == len(set(seen)) == seen[-1]


async def test_a_seed_phrase_reaches_neither_disk_nor_agents(product: Product, desk: Desk) -> None:
    phrase = "abandon ability able about above absent absorb abstract absurd abuse access accident"
    async with Customer(product.url, "en") as customer:
        receipt = await customer.say(f"help, i gave someone my words: {phrase}")
        assert receipt["redacted"]
        notice = await customer.until(lambda m: m["kind"] == "redacted_notice")
        assert notice["text"]
        await customer.answer()
    with sqlite3.connect(product.data_dir / "lifeline.db") as database:
        assert "abstract absurd" not in "\n".join(database.iterdump())
    for path in (product.data_dir / "log").iterdir():
        assert "abstract absurd" not in path.read_text(errors="replace"), path.name


async def test_the_story_from_telegram_to_an_agent_and_back(
    product: Product, desk: Desk, agent: Agent, bot_api: BotApiThread
) -> None:
    api, chat = bot_api.api, 4711
    await bot_api.do(api.write(chat, "我的账户被盗了", language="zh-hans"))
    (first, *_) = await bot_api.do(api.wait_for(1, chat_id=chat, seconds=30))
    assert FREEZE in first.text
    line = [one.handoff for one in await desk.waiting() if one.channel == "telegram"]
    handoff = line[0]
    assert handoff.priority == 0
    await desk.claim(handoff.id, agent)
    await desk.reply(handoff.conversation_id, agent, Draft("已经看到您的消息，请先点冻结链接。"))

    async def last() -> str:
        async with asyncio.timeout(30):
            while True:
                sent = [m for m in api.sent if m.chat_id == chat]
                if "请先点冻结链接" in sent[-1].text:
                    return sent[-1].text
                await asyncio.sleep(0.05)

    assert (await bot_api.do(last())).startswith("梅")
    await desk.close(handoff.id, agent, "resolved")


async def test_a_dead_rasa_still_gets_the_customer_a_person_and_is_restarted(product: Product, desk: Desk) -> None:
    product.program("stop", "rasa")
    try:
        assert product.health()[0] == 503
        async with Customer(product.url, "zh-CN") as customer, Customer(product.url, "en") as victim:
            await customer.say("资金费率怎么算")
            assert (await customer.answer())["kind"] in {"assistant_down", "handoff_waiting", "handoff_no_agents"}
            handoff = await desk.open_handoff(customer.conversation_id)
            assert handoff is not None
            assert handoff.reason is HandoffReason.ASSISTANT_DOWN
            await victim.say("someone hacked my account and withdrew all my btc, it was not me")
            assert FREEZE in (await victim.answer())["text"]
            urgent = await desk.open_handoff(victim.conversation_id)
            assert urgent is not None
            assert urgent.priority == 0
    finally:
        product.program("start", "rasa")
    product.wait_until_healthy()


async def test_a_killed_process_is_restarted(product: Product) -> None:
    for name in ("gateway", "actions", "console"):
        old = product.pid(name)
        os.kill(old, signal.SIGKILL)
        async with asyncio.timeout(60):
            while product.pid(name) in {0, old}:
                await asyncio.sleep(0.1)
    product.wait_until_healthy()


async def test_the_api_describes_itself_and_the_widget_is_served(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.url) as http:
        paths = (await http.get("/api/v1/openapi.json")).raise_for_status().json()["paths"]
        assert {"/api/v1/sessions", "/api/v1/messages", "/api/v1/files", "/healthz"} <= set(paths)
        assert (await http.get("/")).raise_for_status().headers["content-type"].startswith("text/html")
        script = (await http.get("/widget/support-chat.js")).raise_for_status()
        assert "javascript" in script.headers["content-type"]
