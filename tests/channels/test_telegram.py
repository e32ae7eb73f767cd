"""The whole Telegram channel against the emulated Bot API, with the real inbox, desk, SQL and Redis.

A small server stands where Rasa stands: it answers each message with its own words and one button.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.gateway.app import create_app
from bot.gateway.services import Services
from bot.gateway.settings import GatewaySettings
from handoff.agents import Agents
from handoff.records import Author, Draft, Role
from handoff.settings import DeskSettings
from tests.channels.bot_api import ApiError, BotApi, Sent

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@asynccontextmanager
async def serving(app: object, port: int) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))  # type: ignore[arg-type]
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


async def _echo(request: Request) -> JSONResponse:
    body = await request.json()
    if body["message"] == "/human":
        return JSONResponse([])  # an action that failed: the gateway asks for a person itself
    button = {"title": "转人工", "payload": "/human"}
    return JSONResponse([{"custom": {"text": f"回答：{body['message']}", "kind": "answer", "buttons": [button]}}])


@dataclass
class Desk:
    """What a test needs: the emulated service, the gateway's parts, and its address."""

    api: BotApi
    services: Services
    url: str


@pytest.fixture
def desk(redis_url: str, tmp_path: Path, free_port: Callable[[], int]):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def start(api: BotApi, *, webhook: bool = False) -> AsyncIterator[Desk]:
        port = free_port()
        extra = {"public_url": f"http://127.0.0.1:{port}", "telegram_webhook_secret": "s3cret"} if webhook else {}
        async with (
            serving(api.app(), free_port()) as api_url,
            serving(Starlette(routes=[Route("/webhooks/rest/webhook", _echo, methods=["POST"])]), free_port()) as rasa,
        ):
            settings = GatewaySettings(
                _env_file=None,
                telegram_token=api.token,
                telegram_api_url=api_url,
                rasa_url=rasa,
                gateway_port=port,
                **extra,
            )  # type: ignore[call-arg]
            desk_settings = DeskSettings(_env_file=None, data_dir=tmp_path, redis_url=redis_url, secret_key="k" * 32)  # type: ignore[call-arg]
            app = create_app(settings, desk_settings)
            services: Services = app.state.services
            await services.database.create()
            async with serving(app, port) as url:
                yield Desk(api, services, url)
            await api.close()

    return start


async def agent_of(services: Services, name: str = "Li Wei"):  # type: ignore[no-untyped-def]
    agents = Agents(services.database)
    return await agents.create(
        username=name.lower().replace(" ", "."),
        name=name,
        role=Role.AGENT,
        password="correct horse battery",
        skills=("general",),
    )


def texts_of(messages: list[Sent]) -> list[str]:
    return [m.text for m in messages]


async def test_a_customer_gets_an_answer_and_an_agents_reply_in_the_same_chat(desk) -> None:
    async with desk(BotApi()) as running:
        await running.api.write(7, "资金费率是什么", language="zh-hans")
        (answer,) = await running.api.wait_for(1)
        assert answer.text == "回答：资金费率是什么"
        conversation = await running.services.conversations.find("telegram", "7")
        assert (conversation.locale, conversation.language) == ("zh-hans", "zh-Hans")

        (_, data) = running.api.buttons(answer)[0]
        await running.api.press(7, data, message_id=answer.message_id, language="zh-hans")
        waiting = (await running.api.wait_for(2))[1]
        assert waiting.text
        assert answer.markup is None, "a used button is taken away"

        agent = await agent_of(running.services)
        handoff = await running.services.desk.open_handoff(conversation.id)
        await running.services.desk.claim(handoff.id, agent)
        await running.services.desk.reply(conversation.id, agent, Draft("您好，我来帮您"))
        reply = await running.api.wait_text("我来帮您", chat_id=7)
        assert reply.text == "Li Wei:\n您好，我来帮您"
        count = len(running.api.sent)

        await running.api.write(7, "谢谢", language="zh-hans")
        await running.api.write(7, "/start", language="zh-hans")
        await running.api.wait_for(count + 1)  # later than anything said to the thanks, as a chat keeps its order
        assert [m.text for m in running.api.sent[count:] if "回答" in m.text] == [], "the assistant stays silent"


async def test_start_greets_and_human_asks_for_a_person(desk) -> None:
    async with desk(BotApi()) as running:
        await running.api.write(8, "/start", language="en")
        (greeting,) = await running.api.wait_for(1)
        assert "Example Exchange" in greeting.text
        assert len(running.api.buttons(greeting)) == 1
        await running.api.write(8, "/human", language="en")
        await running.api.wait_for(2)
        conversation = await running.services.conversations.find("telegram", "8")
        assert await running.services.desk.open_handoff(conversation.id) is not None
        assert set(running.api.commands) >= {"", "en", "zh"}


async def test_an_update_that_comes_again_is_taken_once(desk) -> None:
    async with desk(BotApi()) as running:
        update = await running.api.write(9, "hello")
        start = await running.api.write(9, "/start")
        await running.api.wait_for(2)
        await running.api.redeliver(update)
        await running.api.redeliver(start)
        await running.api.write(9, "again")
        await running.api.wait_for(3)
        conversation = await running.services.conversations.find("telegram", "9")
        messages = await running.services.conversations.messages(conversation.id)
        assert [m.text for m in messages if m.author is Author.CUSTOMER] == ["hello", "again"]
        assert len(running.api.sent) == 3


async def test_photos_and_documents_are_stored_and_a_program_is_refused(desk) -> None:
    async with desk(BotApi()) as running:
        await running.api.send_file(10, PNG, caption="截图")
        await running.api.wait_for(1)
        await running.api.send_file(10, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", name="账单.pdf")
        await running.api.wait_for(2)
        await running.api.send_file(10, b"MZ" + bytes(200), name="app.pdf")
        await running.api.wait_for(3)
        conversation = await running.services.conversations.find("telegram", "10")
        messages = await running.services.conversations.messages(conversation.id)
        stored = [(m.text, a.content_type) for m in messages for a in m.attachments]
        assert stored == [("截图", "image/png"), ("", "application/pdf")]
        assert messages[-1].author is Author.SYSTEM


async def test_an_agents_file_reaches_the_chat(desk) -> None:
    async with desk(BotApi()) as running:
        await running.api.write(11, "/human")
        await running.api.wait_for(1)
        conversation = await running.services.conversations.find("telegram", "11")
        agent = await agent_of(running.services)
        handoff = await running.services.desk.open_handoff(conversation.id)
        await running.services.desk.claim(handoff.id, agent)
        image = await running.services.attachments.save(conversation.id, "guide.png", PNG)
        await running.services.desk.reply(conversation.id, agent, Draft("see here", attachments=(image,)))
        await running.api.wait_text("see here", chat_id=11)
        assert [(m.document, m.text) for m in running.api.sent[-2:]] == [(PNG, ""), (None, "Li Wei:\nsee here")]


async def test_a_long_answer_arrives_whole_in_parts_with_its_buttons_on_the_last(desk) -> None:
    async with desk(BotApi()) as running:
        text = "长" * 3990
        await running.api.write(12, text)
        await running.api.wait_for(1)
        conversation = await running.services.conversations.find("telegram", "12")
        body = "\n\n".join("段" * 1500 for _ in range(4))
        await running.services.conversations.say_as_system(conversation.id, Draft(body, kind="notice"))
        parts = (await running.api.wait_for(3))[1:]
        assert "".join("".join(texts_of(parts)).split()) == "".join(body.split())


async def test_retry_after_and_failures_delay_but_lose_nothing_and_keep_the_order(desk) -> None:
    api = BotApi()
    async with desk(api):
        api.fail_next.extend(
            [ApiError(429, "Too Many Requests: retry after 1", retry_after=1), ApiError(502, "Bad Gateway")]
        )
        await api.write(13, "one")
        await api.write(13, "two")
        assert texts_of(await api.wait_for(2)) == ["回答：one", "回答：two"]


async def test_a_message_that_telegram_refuses_does_not_hold_up_the_next(desk) -> None:
    api = BotApi()
    async with desk(api):
        api.fail_next.append(ApiError(400, "Bad Request: message text is bad"))
        await api.write(14, "one")
        await api.write(14, "two")
        assert texts_of(await api.wait_for(1)) == ["回答：two"]


async def test_a_customer_who_blocks_the_bot_leaves_the_line(desk) -> None:
    api = BotApi()
    async with desk(api) as running:
        await api.write(15, "/human")
        await api.wait_for(1)
        conversation = await running.services.conversations.find("telegram", "15")
        api.blocked_by.add(15)
        await running.services.conversations.say_as_system(conversation.id, Draft("still there?", kind="notice"))
        async with asyncio.timeout(20):
            while await running.services.desk.open_handoff(conversation.id) is not None:
                await asyncio.sleep(0.02)
        async with asyncio.timeout(20):
            while await running.services.conversations.undelivered("telegram"):
                await asyncio.sleep(0.02)


async def test_many_chats_stay_within_the_limits_of_the_service(desk) -> None:
    async with desk(BotApi()) as running:
        await asyncio.gather(*(running.api.write(100 + i, f"q{i}") for i in range(45)))
        sent = await running.api.wait_for(45, seconds=60)
        assert sorted(texts_of(sent)) == sorted(f"回答：q{i}" for i in range(45))
        times = sorted(m.at for m in sent)
        assert all(later - earlier >= 1.0 for earlier, later in zip(times[:-30], times[30:], strict=True)), (
            "more than 30 within a second"
        )


async def test_a_list_that_is_older_than_a_delivery_sends_nothing_twice(desk, monkeypatch) -> None:
    async with desk(BotApi()) as running:
        real, lists = running.services.conversations.undelivered, []

        async def older(channel: str):  # type: ignore[no-untyped-def]
            lists.append(await real(channel))
            return next((found for found in lists if found), [])

        monkeypatch.setattr(running.services.conversations, "undelivered", older)
        for number, text in enumerate(("one", "two"), start=1):
            await running.api.write(15, text)
            assert texts_of(await running.api.wait_for(number)) == ["回答：one", "回答：two"][:number]


async def test_a_webhook_call_needs_the_secret(desk) -> None:
    api = BotApi()
    async with desk(api, webhook=True) as running:
        async with asyncio.timeout(20):
            while api.webhook is None:
                await asyncio.sleep(0.02)
        async with httpx.AsyncClient() as client:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                answer = await client.post(f"{running.url}/telegram/webhook", json={"update_id": 1}, headers=headers)
                assert answer.status_code == 403
        await api.write(16, "via webhook")
        assert texts_of(await api.wait_for(1)) == ["回答：via webhook"]


async def test_a_seed_phrase_is_redacted_before_it_is_stored(desk, tmp_path: Path) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    async with desk(BotApi()) as running:
        await running.api.write(17, f"my words are {phrase} please help")
        await running.api.wait_for(2)
        assert "sausage" not in " ".join(texts_of(running.api.sent))
    with sqlite3.connect(tmp_path / "lifeline.db") as database:
        dump = "\n".join(database.iterdump())
    assert "sausage" not in dump


async def test_updates_wait_while_the_database_is_away_and_are_taken_afterwards(desk, monkeypatch) -> None:
    async with desk(BotApi()) as running:
        await running.api.write(18, "first")
        await running.api.wait_for(1)
        real = running.services.conversations.add_customer_message
        failures = [OSError("disk full")] * 2

        async def failing(*args, **kwargs):  # type: ignore[no-untyped-def]
            if failures:
                raise failures.pop()
            return await real(*args, **kwargs)

        monkeypatch.setattr(running.services.conversations, "add_customer_message", failing)
        await running.api.write(18, "second")
        assert texts_of(await running.api.wait_for(2))[-1] == "回答：second"
