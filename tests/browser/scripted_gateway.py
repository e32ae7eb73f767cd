"""A gateway that does what a test tells it: the real protocol, with the network's misfortunes on demand.

It speaks the HTTP and WebSocket API of `bot.gateway` from memory. Assistant and agents are the test itself (`say`,
`set_owner`, `type`), and it can cut connections, hold, repeat and shuffle frames, refuse requests, lose answers and
expire sessions.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response, UploadFile, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from tests.browser.serving import Serving

WIDGET = Path(__file__).resolve().parents[2] / "bot" / "widget"
PAGE_SIZE = 200
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)

Json = dict[str, Any]


@dataclass
class Held:
    """One conversation with the sockets that listen to it."""

    token: str
    id: str
    messages: list[Json] = field(default_factory=list)
    owner: str = "assistant"
    sockets: set[WebSocket] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    request: Json = field(default_factory=dict)


@dataclass
class Refusal:
    """The next `times` requests whose path ends with `path` get this answer; status 0 loses the answer instead."""

    path: str
    status: int
    code: str = "refused"
    times: int = 1
    retry_after: float | None = None
    after_the_fact: bool = False


class ScriptedGateway:
    """See the module. `conversation` is the latest one."""

    def __init__(self) -> None:
        self.conversations: dict[str, Held] = {}
        self.files: dict[str, tuple[str, str, bytes]] = {}
        self.refusals: list[Refusal] = []
        self.official_hosts = ["www.example.com"]
        self.accepts_sockets = True
        self.posts: list[Json] = []  # the bodies of all message posts, repeated ones included
        self.frames: list[Json] = []  # what customers sent on WebSockets, without their tokens
        self.socket_count = 0
        self.poll_count = 0
        self.reply: Callable[[Json], Awaitable[None]] | None = None  # called after each customer message
        self._held: list[Json] | None = None
        self._renew = False
        self.serving = Serving(self._app())

    @property
    def origin(self) -> str:
        return self.serving.origin

    @property
    def conversation(self) -> Held:
        return list(self.conversations.values())[-1]

    @property
    def texts(self) -> list[str]:
        """What the customer wrote, as committed."""
        return [it["text"] for it in self.conversation.messages if it["author"] == "customer"]

    # --- what a test does ---------------------------------------------------------------------

    async def say(
        self,
        text: str,
        *,
        author: str = "assistant",
        kind: str = "text",
        buttons: Iterable[tuple[str, str]] = (),
        attachments: Iterable[Json] = (),
        agent_name: str | None = None,
        created_at: datetime | None = None,
        to: Held | None = None,
    ) -> Json:
        """Commits a message and pushes it."""
        message = {
            "author": author,
            "text": text,
            "kind": kind,
            "agent_name": agent_name,
            "buttons": [{"title": title, "payload": payload} for title, payload in buttons],
            "attachments": list(attachments),
        }
        return await self._commit(to or self.conversation, message, created_at)

    async def set_owner(self, owner: str) -> None:
        self.conversation.owner = owner
        await self._push(self.conversation, {"type": "state", "owner": owner})

    async def type(self, author: str) -> None:
        await self._push(self.conversation, {"type": "typing", "author": author})

    async def cut(self) -> None:
        """Closes all WebSockets, as a proxy's timeout does."""
        for socket in list(self.conversation.sockets):
            await socket.close(1011)

    def hold(self) -> None:
        """Keeps message frames back until `release`."""
        self._held = []

    async def release(self, *, shuffled: bool = False, repeated: int = 1, without: Iterable[int] = ()) -> None:
        """Pushes the held frames: in another order, several times, or without some sequence numbers."""
        frames = [it for it in self._held or [] if it["message"]["seq"] not in set(without)] * repeated
        self._held = None
        if shuffled:
            random.Random(7).shuffle(frames)
        for frame in frames:
            await self._push(self.conversation, frame)

    def refuse(self, path: str, status: int, **details: Any) -> None:
        self.refusals.append(Refusal(path, status, **details))

    def lose_answer(self, path: str) -> None:
        """The next request to `path` is carried out, and its answer gets lost."""
        self.refusals.append(Refusal(path, 503, "lost", after_the_fact=True))

    def expire(self) -> None:
        """No token is good any more."""
        self.conversations.clear()

    def renew_next(self) -> None:
        """The next authorised answer carries a fresh token; the one before goes on being good."""
        self._renew = True

    def add_file(self, name: str, content_type: str, data: bytes) -> Json:
        """Stores a file; returns it as messages show it."""
        file_id = secrets.token_hex(8)
        self.files[file_id] = (name, content_type, data)
        return {"id": file_id, "name": name, "content_type": content_type, "size": len(data)}

    # --- the protocol -------------------------------------------------------------------------

    async def _commit(self, held: Held, message: Json, created_at: datetime | None = None) -> Json:
        now = created_at or datetime.now(UTC)
        message |= {"seq": len(held.messages) + 1, "created_at": now.isoformat().replace("+00:00", "Z")}
        held.messages.append(message)
        async with held.changed:
            held.changed.notify_all()
        frame = {"type": "message", "message": message}
        if self._held is None:
            await self._push(held, frame)
        else:
            self._held.append(frame)
        return message

    async def _push(self, held: Held, frame: Json) -> None:
        for socket in list(held.sockets):
            try:
                await socket.send_json(frame)
            except (RuntimeError, WebSocketDisconnect):
                held.sockets.discard(socket)

    def _by_token(self, request: Request) -> Held | None:
        return self.conversations.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _accept(self, held: Held, body: Json) -> Any:
        for message in held.messages:
            if message.get("client_id") == body["client_id"]:
                return {"seq": message["seq"], "duplicate": True, "redacted": []}
        text = body.get("text", "")
        if payload := body.get("payload"):
            offered = {it["payload"]: it["title"] for message in held.messages for it in message["buttons"]}
            if text or payload not in offered:
                return _refusal(422, "payload_not_offered")
            text = offered[payload]
        attachments = []
        for file_id in body.get("attachment_ids", []):
            name, content_type, data = self.files[file_id]
            attachments.append({"id": file_id, "name": name, "content_type": content_type, "size": len(data)})
        message = await self._commit(
            held,
            {
                "author": "customer",
                "text": text,
                "kind": "text",
                "client_id": body["client_id"],
                "agent_name": None,
                "buttons": [],
                "attachments": attachments,
            },
        )
        if self.reply:
            await self.reply(message)
        return {"seq": message["seq"], "duplicate": False, "redacted": []}

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.middleware("http")(self._misfortune)
        app.mount("/widget", StaticFiles(directory=WIDGET))
        app.get("/")(lambda: FileResponse(WIDGET / "demo" / "index.html", headers={"Content-Security-Policy": POLICY}))
        app.post("/api/v1/sessions")(self._session)
        app.get("/api/v1/messages")(self._list)
        app.post("/api/v1/messages")(self._post)
        app.post("/api/v1/files")(self._upload)
        app.get("/api/v1/files/{file_id}")(self._download)
        app.websocket("/api/v1/ws")(self._socket)
        return app

    async def _misfortune(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.method == "OPTIONS":
            return _open(Response(status_code=204))
        refusal = next((it for it in self.refusals if it.times and request.url.path.endswith(it.path)), None)
        if refusal is None or request.method == "GET":
            answer = await call_next(request)
        else:
            refusal.times -= 1
            if refusal.after_the_fact:
                await call_next(request)
            answer = _refusal(refusal.status, refusal.code)
            if refusal.retry_after is not None:
                answer.headers["Retry-After"] = str(refusal.retry_after)
        held = self._by_token(request)
        if self._renew and held:
            self._renew = False
            token = secrets.token_urlsafe(16)
            self.conversations[token] = held
            answer.headers["X-Session-Token"] = token
            answer.headers["X-Session-Expires-At"] = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        return _open(answer)

    async def _session(self, request: Request) -> Json:
        held = Held(secrets.token_urlsafe(16), secrets.token_hex(8), request=await request.json())
        self.conversations[held.token] = held
        expires = datetime.now(UTC) + timedelta(hours=1)
        return {
            "token": held.token,
            "conversation_id": held.id,
            "expires_at": expires.isoformat(),
            "official_hosts": self.official_hosts,
        }

    async def _list(self, request: Request, after: int = 0, wait_seconds: float = 0) -> Any:
        held = self._by_token(request)
        if held is None:
            return _refusal(401, "bad_token")
        if wait_seconds:
            self.poll_count += 1
            async with held.changed:
                try:
                    async with asyncio.timeout(wait_seconds):
                        await held.changed.wait_for(lambda: len(held.messages) > after)
                except TimeoutError:
                    pass
        return {"messages": held.messages[after : after + PAGE_SIZE], "owner": held.owner, "typing": []}

    async def _post(self, request: Request) -> Any:
        held = self._by_token(request)
        if held is None:
            return _refusal(401, "expired_token")
        body = await request.json()
        self.posts.append(body)
        return await self._accept(held, body)

    async def _upload(self, request: Request, file: UploadFile) -> Any:
        if self._by_token(request) is None:
            return _refusal(401, "bad_token")
        stored = self.add_file(file.filename or "file", file.content_type or "", await file.read())
        return {"attachment_id": stored.pop("id"), **stored}

    async def _download(self, request: Request, file_id: str) -> Response:
        if self._by_token(request) is None:
            return _refusal(401, "bad_token")
        _, content_type, data = self.files[file_id]
        return Response(data, media_type=content_type)

    async def _socket(self, socket: WebSocket, after: int = 0) -> None:
        if not self.accepts_sockets:
            await socket.close(1008)
            return
        await socket.accept()
        try:
            held = self.conversations.get((await socket.receive_json())["token"])
            if held is None:
                await socket.send_json({"type": "error", "code": "bad_token", "message": "begin a new session"})
                await socket.close(4401)
                return
            self.socket_count += 1
            for message in held.messages[after:]:
                await socket.send_json({"type": "message", "message": message})
            await socket.send_json({"type": "state", "owner": held.owner})
            held.sockets.add(socket)
            async for frame in socket.iter_json():
                if frame["type"] == "ping":
                    await socket.send_json({"type": "pong"})
                elif frame["type"] == "message":
                    answer = await self._accept(held, frame)
                    await socket.send_json({"type": "accepted", "client_id": frame["client_id"], **answer})
                else:
                    self.frames.append(frame)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            for held in self.conversations.values():
                held.sockets.discard(socket)


def _refusal(status: int, code: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": code}}, status)


def _open(answer: Response) -> Response:
    """Any page may embed the widget: tokens travel in a header, so there are no credentials to protect."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
    answer.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Session-Token, X-Session-Expires-At"
    return answer
