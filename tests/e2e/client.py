"""A customer's own client: it speaks the gateway's HTTP and WebSocket as the documentation describes them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import websockets


class Customer:
    """One customer with one session."""

    def __init__(self, url: str, locale: str = "en") -> None:
        self.url, self.locale = url, locale
        self.http = httpx.AsyncClient(base_url=url, timeout=40)
        self.token = self.conversation_id = ""
        self.messages: list[dict[str, Any]] = []

    async def __aenter__(self) -> Customer:
        answer = (await self.http.post("/api/v1/sessions", json={"locale": self.locale})).raise_for_status().json()
        self.token, self.conversation_id = answer["token"], answer["conversation_id"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.http.aclose()

    @property
    def last_seq(self) -> int:
        return self.messages[-1]["seq"] if self.messages else 0

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        body = {"client_id": uuid.uuid4().hex, "text": text, **more}
        return (await self.http.post("/api/v1/messages", json=body)).raise_for_status().json()

    async def press(self, payload: str) -> dict[str, Any]:
        body = {"client_id": uuid.uuid4().hex, "payload": payload}
        return (await self.http.post("/api/v1/messages", json=body)).raise_for_status().json()

    async def read(self, wait_seconds: float = 20) -> list[dict[str, Any]]:
        """Long-polls once; new messages are appended to `messages` and returned."""
        query = {"after": self.last_seq, "wait_seconds": wait_seconds}
        new = (await self.http.get("/api/v1/messages", params=query)).raise_for_status().json()["messages"]
        self.messages += new
        return list(new)

    async def until(self, check: Callable[[dict[str, Any]], bool], seconds: float = 30) -> dict[str, Any]:
        """Reads until a message fulfils `check`, and returns it."""
        async with asyncio.timeout(seconds):
            while True:
                for message in await self.read():
                    if check(message):
                        return message

    async def answer(self, seconds: float = 30) -> dict[str, Any]:
        """The next message of the assistant."""
        return await self.until(lambda message: message["author"] == "assistant", seconds)

    def payload(self, message: dict[str, Any], prefix: str) -> str:
        """The payload of the button that begins with `prefix`."""
        return next(b["payload"] for b in message["buttons"] if b["payload"].startswith(prefix))

    async def socket(self, after: int = 0) -> websockets.ClientConnection:
        """An authenticated WebSocket."""
        socket = await websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/api/v1/ws?after={after}", origin=self.url, proxy=None
        )
        await socket.send(json.dumps({"type": "auth", "token": self.token}))
        return socket
