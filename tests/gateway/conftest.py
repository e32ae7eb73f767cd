"""The gateway as it runs, on free ports, and a server that stands where Rasa stands."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection, connect

from bot.gateway.__main__ import server_options
from bot.gateway.app import create_app
from bot.gateway.services import Services
from bot.gateway.settings import GatewaySettings
from handoff.agents import Agents
from handoff.records import Agent, Role
from handoff.settings import DeskSettings

SECRET = "a secret of the tests that is long enough"


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield  # pytest keeps its own


@asynccontextmanager
async def served(app: Any, **options: Any) -> AsyncIterator[None]:
    """Serves an application until the block ends."""
    server = _Server(uvicorn.Config(app, **{"log_config": None, **options}))
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await task


Behaviour = Callable[[dict[str, Any]], Awaitable[Any]]


async def echo(body: dict[str, Any]) -> Any:
    """Answers each message with itself."""
    return [{"recipient_id": body["sender"], "custom": {"text": f"echo: {body['message']}"}}]


class RasaStand:
    """Stands where Rasa stands; `behaviour` decides the answer to a message, and may take its time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.behaviour: Behaviour = echo
        self.bodies: list[dict[str, Any]] = []
        self.app = Starlette(
            routes=[
                Route("/webhooks/rest/webhook", self._message, methods=["POST"]),
                Route("/status", self._status),
                Route("/health", self._status),
                Route("/healthz", self._status),
            ]
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[str]:
        return [body["message"] for body in self.bodies]

    async def _message(self, request: Request) -> Response:
        body = await request.json()
        self.bodies.append(body)
        answer = await self.behaviour(body)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def _status(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})


def says(*texts: str, **fields: Any) -> Behaviour:
    """A behaviour that always gives these replies."""

    async def behaviour(_body: dict[str, Any]) -> Any:
        return [{"custom": {"text": text, **fields}} for text in texts]

    return behaviour


def fails(status: int = 500) -> Behaviour:
    """A behaviour that answers with an HTTP error."""

    async def behaviour(_body: dict[str, Any]) -> Any:
        return JSONResponse({"status": "failure"}, status)

    return behaviour


class Customer:
    """A client of the gateway with a session of its own."""

    def __init__(self, http: httpx.AsyncClient, session: dict[str, Any]) -> None:
        self.http = http
        self.id = session["conversation_id"]
        self.token = session["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    async def post(self, text: str = "", client_id: str | None = None, **fields: Any) -> httpx.Response:
        body = {"client_id": client_id or str(uuid.uuid4()), "text": text, **fields}
        return await self.http.post("/api/v1/messages", json=body, headers=self.headers)

    async def send(self, text: str = "", client_id: str | None = None, **fields: Any) -> int:
        response = await self.post(text, client_id, **fields)
        assert response.status_code == 200, response.text
        return int(response.json()["seq"])

    async def read(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        response = await self.http.get(
            "/api/v1/messages", params={"after": after, "wait_seconds": wait}, headers=self.headers
        )
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    async def until(self, wanted: Callable[[list[dict[str, Any]]], bool], seconds: float = 20) -> list[dict[str, Any]]:
        """All messages, as soon as they are as wanted."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        found = await self.read()
        while not wanted(found):
            assert loop.time() < deadline, f"not within {seconds} s: {found}"
            found += await self.read(found[-1]["seq"] if found else 0, wait=1)
        return found

    async def says(self, author: str, count: int = 1) -> list[dict[str, Any]]:
        """All messages, as soon as `count` of them are of this author."""
        return await self.until(lambda found: sum(m["author"] == author for m in found) >= count)

    async def upload(self, name: str, data: bytes) -> httpx.Response:
        return await self.http.post("/api/v1/files", files={"file": (name, data)}, headers=self.headers)

    @asynccontextmanager
    async def live(self, after: int | str = 0, **options: Any) -> AsyncIterator[Live]:
        """A WebSocket that has shown its token."""
        url = str(self.http.base_url).replace("http", "ws").rstrip("/")
        async with connect(f"{url}/api/v1/ws?after={after}", **options) as socket:
            await socket.send(json.dumps({"type": "auth", "token": self.token}))
            yield Live(socket)


class Live:
    """Frames of one WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame (of this type)."""
        async with asyncio.timeout(20):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                if kind is None or frame["type"] == kind:
                    return frame

    async def message(self, author: str) -> dict[str, Any]:
        """The next message of this author."""
        while True:
            message: dict[str, Any] = (await self.next("message"))["message"]
            if message["author"] == author:
                return message


class Gateway:
    """One gateway that is running."""

    def __init__(self, services: Services, http: httpx.AsyncClient) -> None:
        self.services = services
        self.http = http

    async def customer(self, **session: Any) -> Customer:
        response = await self.http.post("/api/v1/sessions", json={"locale": "en", **session})
        assert response.status_code == 201, response.text
        return Customer(self.http, response.json())

    async def agent(self, username: str = "mei") -> Agent:
        return await Agents(self.services.database, hasher=_QUICK_HASHER).create(
            username=username,
            name=username.title(),
            role=Role.AGENT,
            password="correct horse battery",
            skills=["general"],
        )

    async def claim(self, conversation_id: str, agent: Agent) -> str:
        """An agent takes the conversation, wherever it is in the line; returns the handoff's id."""
        handoff = await self.services.desk.open_handoff(conversation_id)
        assert handoff is not None
        return (await self.services.desk.claim(handoff.id, agent)).id


Start = Callable[..., Any]
_QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def rasa(free_port: Callable[[], int]) -> AsyncIterator[RasaStand]:
    stand = RasaStand(free_port())
    async with served(stand.app, port=stand.port, timeout_graceful_shutdown=1):
        yield stand


@pytest.fixture
def desk_settings(tmp_path: Path, database_url: str, redis_url: str) -> DeskSettings:
    return DeskSettings(
        _env_file=None,
        data_dir=tmp_path / "data",
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SECRET,
        freeze_url="https://freeze.example.com/now",
    )


@pytest.fixture
def start(desk_settings: DeskSettings, rasa: RasaStand, free_port: Callable[[], int]) -> Start:
    """Starts gateways: ``async with start(setting=value, desk=..., clock=...) as gateway``."""

    @asynccontextmanager
    async def start(desk: DeskSettings | None = None, clock: Any = None, **given: Any) -> AsyncIterator[Gateway]:
        values: dict[str, Any] = {
            "gateway_port": free_port(),
            "rasa_url": rasa.url,
            "actions_url": rasa.url,
            "console_url": rasa.url,
            "rate_messages_per_session": 1000,
            "rate_messages_per_address": 10000,
            "rate_sessions_per_address": 1000,
            "recover_seconds": 0.2,
            **given,
        }
        settings = GatewaySettings(_env_file=None, **values)
        extra = {} if clock is None else {"clock": clock}
        app = create_app(settings, desk or desk_settings, **extra)
        base = f"http://127.0.0.1:{settings.gateway_port}"
        async with served(app, **server_options(settings)), httpx.AsyncClient(base_url=base, timeout=60) as http:
            yield Gateway(app.state.services, http)

    return start


@pytest.fixture
async def gateway(start: Start) -> AsyncIterator[Gateway]:
    async with start() as running:
        yield running
