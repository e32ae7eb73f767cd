"""The trained model in a real Rasa, the real actions server, Redis and database, and a customer who writes to them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.assistant.server import MODEL, ROOT, OwnRasa
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk
from handoff.records import Button, Draft
from handoff.redis_link import connect
from handoff.settings import DeskSettings
from tests.conftest import RedisServer

ENDPOINTS = ROOT / "bot/assistant/endpoints.yml"
_visitors = itertools.count()


@dataclass(frozen=True)
class Servers:
    rasa: str
    database_url: str
    redis_url: str
    rasa_environment: dict[str, str]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Servers]:
    if not MODEL.exists():
        pytest.fail(f"{MODEL} is missing; run `make train`")
    folder = tmp_path_factory.mktemp("live")
    redis = RedisServer(folder)
    redis.start()
    port = free_port()
    database_url = f"sqlite+aiosqlite:///{folder / 'lifeline.db'}"
    environment = {
        "PYTHONPATH": str(ROOT),
        "LIFELINE_ACTIONS_PORT": str(port),
        "LIFELINE_DATABASE_URL": database_url,
        "LIFELINE_REDIS_URL": redis.url,
        "LIFELINE_DATA_DIR": str(folder),
    }
    for_rasa = {
        "LIFELINE_ACTIONS_URL": f"http://127.0.0.1:{port}",
        "LIFELINE_RASA_REDIS_HOST": "127.0.0.1",
        "LIFELINE_RASA_REDIS_PORT": str(redis.port),
        "LIFELINE_RASA_REDIS_DB": "0",
        "LIFELINE_RASA_REDIS_USERNAME": "",
        "LIFELINE_RASA_REDIS_PASSWORD": "",
        "LIFELINE_RASA_REDIS_TLS": "",
    }
    log = (folder / "actions.log").open("wb")
    command = [sys.executable, "-m", "actions"]
    actions = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        with OwnRasa(endpoints=ENDPOINTS, environment=for_rasa) as rasa:
            _wait_for(f"http://127.0.0.1:{port}/health", actions, folder / "actions.log")
            yield Servers(rasa.url, database_url, redis.url, for_rasa)
    finally:
        actions.terminate()
        actions.wait(20)
        log.close()
        redis.stop()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.HTTPError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(log.read_text())
            time.sleep(0.1)


class Chat:
    """A customer, seen from the gateway."""

    def __init__(self, rasa: str, conversations: Conversations, desk: Desk, conversation_id: str) -> None:
        self.conversations, self.desk, self.id = conversations, desk, conversation_id
        self._rasa = rasa

    def through(self, rasa: str) -> Chat:
        """The same customer, writing to another Rasa."""
        return Chat(rasa, self.conversations, self.desk, self.id)

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Sends a text or a payload; returns the replies."""
        conversation = await self.conversations.get(self.id)
        message, _ = await self.conversations.add_customer_message(self.id, Draft(text), client_id=None)
        metadata = {
            "owner": conversation.owner.value,
            "locale": conversation.locale,
            "language": conversation.language,
            "conversation_id": self.id,
            "seq": message.seq,
            "channel": "web",
        }
        async with httpx.AsyncClient(timeout=60) as client:
            body = {"sender": self.id, "message": text, "metadata": metadata}
            response = await client.post(f"{self._rasa}/webhooks/rest/webhook", json=body)
        replies = [item["custom"] for item in response.json()]
        await self._keep(message.seq, replies)
        return replies

    async def press(self, reply: dict[str, Any], payload: str) -> list[dict[str, Any]]:
        """Presses the button of a reply whose payload begins so."""
        offered = [button["payload"] for button in reply["buttons"]]
        (pressed,) = [one for one in offered if one.startswith(payload)] or [f"none of {offered} is {payload}"]
        return await self.say(pressed)

    async def answer(self, choice: str) -> list[dict[str, Any]]:
        """Presses an answer to a flow's question."""
        return await self.say(f'/flow_reply{{"choice": "{choice}"}}')

    async def _keep(self, seq: int, replies: list[dict[str, Any]]) -> None:
        """What the gateway does with replies: it commits them, and keeps what was understood."""
        drafts = [
            Draft(
                reply["text"],
                kind=reply["kind"],
                buttons=tuple(Button(button["title"], button["payload"]) for button in reply["buttons"]),
                meta={key: value for key, value in reply["meta"].items() if key != "understanding"},
            )
            for reply in replies
            if reply["kind"] != "committed"
        ]
        if drafts:
            await self.conversations.say_as_assistant(self.id, drafts, answering_seq=None)
        understood = next((r["meta"]["understanding"] for r in replies if r["meta"].get("understanding")), None)
        if understood:
            await self.conversations.annotate(self.id, seq, {"understanding": understood})
        language = next((r["meta"]["language"] for r in replies if r["meta"].get("language")), None)
        if language:
            await self.conversations.set_language(self.id, language)


@pytest.fixture
async def chat(servers: Servers) -> AsyncIterator[Chat]:
    settings = DeskSettings(database_url=servers.database_url, redis_url=servers.redis_url)
    database, redis = Database(servers.database_url), connect(servers.redis_url)
    await database.create()
    conversations = Conversations(database)
    desk = Desk(database, redis, conversations, settings)
    conversation = await conversations.open("web", f"visitor-{next(_visitors)}", locale="en", language="en")
    yield Chat(servers.rasa, conversations, desk, conversation.id)
    await redis.aclose()
    await database.close()
