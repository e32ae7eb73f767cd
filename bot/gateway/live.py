"""``WS /api/v1/ws``: pushes a conversation's messages and takes the customer's.

The first frame of the client carries the token, which therefore never stands in a URL or a log. Frames are JSON
objects with a ``type``; ``DESCRIPTION`` in `bot.gateway.api` lists them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from bot.channels.web import MessageRequest, MessageView, instant
from bot.gateway.errors import GatewayError, MessageRefused, RateLimited, describe
from bot.gateway.feed import View
from bot.gateway.limits import Limit, LocalLimits, address_key
from bot.gateway.services import Services
from bot.gateway.sessions import Session
from bot.gateway.sockets import AUTH_TIMEOUT, FORBIDDEN, TOO_BIG, TOO_MANY, TRY_LATER, UNAUTHORIZED, Closed
from handoff.errors import HandoffError
from handoff.records import Author, Owner

router = APIRouter()
_log = structlog.get_logger("gateway.live")

_MAX_SEQ = 2**31 - 1


@router.websocket("/api/v1/ws")
async def live(socket: WebSocket) -> None:
    """See the module."""
    services: Services = socket.app.state.services
    if not services.origins.allow(socket.headers):
        await socket.close(FORBIDDEN)  # before it is accepted: the client sees HTTP status 403
        return
    address = socket.client.host if socket.client else None
    settings = services.settings
    with services.connections.one(f"address:{address_key(address)}", settings.sockets_per_address) as allowed:
        await socket.accept()
        connection = Connection(services, socket, address)
        began, code = time.monotonic(), 1000
        try:
            if not allowed:
                raise Closed(TOO_MANY, "too many connections from this address")
            await services.limits.spend(*services.reads_of(address))
            await connection.serve()
        except Closed as closed:
            code = closed.code
            await connection.end(code, closed.reason)
        except WebSocketDisconnect as gone:
            code = gone.code
        except (GatewayError, HandoffError) as error:
            await connection.refuse(error)
            code = UNAUTHORIZED if getattr(error, "status", 0) == 401 else TRY_LATER
            await connection.end(code, error.code)
        finally:
            seconds = round(time.monotonic() - began, 1)
            _log.info("socket", conversation=connection.conversation_id, code=code, seconds=seconds)


class Connection:
    """One client that is connected."""

    def __init__(self, services: Services, socket: WebSocket, address: str | None) -> None:
        self._services = services
        self._settings = services.settings
        self._socket = socket
        self._address = address
        self._sending = asyncio.Lock()
        self._frames = LocalLimits(services.clock)
        self._limit = Limit("frames", self._settings.socket_frames_per_window, self._settings.rate_window_seconds)
        self._read_seq = 0
        self._session: Session | None = None

    @property
    def conversation_id(self) -> str | None:
        """Whose connection it is; None before the token was checked."""
        return self._session.conversation_id if self._session else None

    async def serve(self) -> None:
        """Checks the token, then pushes and takes frames until one side ends."""
        after = _after(self._socket.query_params.get("after", "0"))
        session = self._session = await self._authenticate()
        most = self._settings.sockets_per_session
        with self._services.connections.one(f"conversation:{session.conversation_id}", most) as allowed:
            if not allowed:
                raise Closed(TOO_MANY, "too many connections of this session")
            async with self._services.feed.watch(session.conversation_id, after) as view:
                await self._both(view)

    async def _both(self, view: View) -> None:
        """Pushes and takes side by side; the first that ends, ends the other."""
        tasks = [asyncio.create_task(self._push(view)), asyncio.create_task(self._take())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _authenticate(self) -> Session:
        try:
            async with asyncio.timeout(self._settings.socket_auth_seconds):
                frame = await self._frame()
        except TimeoutError:
            raise Closed(AUTH_TIMEOUT, "send {type: auth, token} first") from None
        token = frame.get("token") if frame.get("type") == "auth" else None
        return self._services.sessions.check(token if isinstance(token, str) else "")

    # --- from the desk to the customer

    async def _push(self, view: View) -> None:
        owner: Owner | None = None
        while True:
            await self._keep_session()
            news = await view.read()
            for message in news.messages:
                await self._send({"type": "message", "message": MessageView.of(message).model_dump(exclude_none=True)})
            if news.owner is not owner:
                owner = news.owner
                await self._send({"type": "state", "owner": owner.value})
            # The client stops showing it with the author's next message, or after TYPING_SECONDS.
            for author in sorted(news.typing):
                await self._send({"type": "typing", "author": author.value})
            if not news.messages:
                await view.wait(self._settings.socket_ping_seconds)

    async def _keep_session(self) -> None:
        """Ends the connection with its token, unless the token was replaced in time."""
        assert self._session is not None  # noqa: S101  set before anything is pushed
        token = self._services.sessions.renewed(self._session)
        if token is None:
            return
        if self._session.expires_at <= self._services.clock():
            raise Closed(UNAUTHORIZED, "expired_token")
        self._session = Session(self._session.conversation_id, token.expires_at)
        await self._send({"type": "session", "token": token.value, "expires_at": instant(token.expires_at)})

    # --- from the customer to the desk

    async def _take(self) -> None:
        while True:
            frame = await self._frame()
            client_id = frame.get("client_id")
            try:
                self._frames.spend(self._limit)
                await self._on(frame)
            except (GatewayError, HandoffError) as error:
                await self.refuse(error, client_id if isinstance(client_id, str) else None)

    async def _on(self, frame: dict[str, Any]) -> None:
        assert self._session is not None  # noqa: S101
        conversation_id = self._session.conversation_id
        match frame.get("type"):
            case "message":
                fields = {name: value for name, value in frame.items() if name != "type"}
                try:
                    request = MessageRequest.model_validate(fields)
                except ValidationError as exc:
                    first = exc.errors(include_input=False, include_context=False, include_url=False)[0]
                    where = ".".join(map(str, first["loc"]))
                    raise MessageRefused("invalid_request", f"{where}: {first['type']}") from None
                receipt = await self._services.inbox.receive(request.inbound(conversation_id, self._address))
                await self._send(
                    {
                        "type": "accepted",
                        "client_id": request.client_id,
                        "seq": receipt.seq,
                        "duplicate": receipt.duplicate,
                        "redacted": sorted({finding.kind for finding in receipt.findings}),
                    }
                )
            case "ping":
                await self._send({"type": "pong"})
            case "typing":
                await self._services.typing.begin(conversation_id, Author.CUSTOMER)
            case "read":
                seq = frame.get("seq")
                if isinstance(seq, int) and self._read_seq < seq <= _MAX_SEQ:
                    self._read_seq = seq
                    await self._services.conversations.mark_delivered(conversation_id, seq)
            case _:
                raise MessageRefused("unknown_frame", "type: message, ping, typing or read")

    # --- frames

    async def _frame(self) -> dict[str, Any]:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text = event.get("text") or ""
        if len(text.encode("utf-8", "replace")) > self._settings.socket_frame_bytes:
            raise Closed(TOO_BIG, "the frame is too large")
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            frame = None
        return frame if isinstance(frame, dict) else {}

    async def _send(self, frame: dict[str, Any]) -> None:
        """Sends one frame; a client that does not take it in time is dropped and comes back for the rest."""
        try:
            async with asyncio.timeout(self._settings.socket_send_seconds), self._sending:
                await self._socket.send_text(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        except TimeoutError:
            raise Closed(TRY_LATER, "the client is too slow") from None
        except RuntimeError as exc:  # Starlette's word for a connection that is closed already
            raise WebSocketDisconnect(1006) from exc

    async def refuse(self, error: GatewayError | HandoffError, client_id: str | None = None) -> None:
        """Tells the client what went wrong; the connection stays."""
        status, code, message, _ = describe(error)
        frame: dict[str, Any] = {"type": "error", "code": code, "message": message}
        if client_id is not None:
            frame["client_id"] = client_id
        if isinstance(error, RateLimited):
            frame["retry_after_seconds"] = error.retry_after_seconds
        if status >= 500:
            _log.warning("frame_failed", code=code)
        with contextlib.suppress(Closed, WebSocketDisconnect, RuntimeError, ConnectionError):
            await self._send(frame)

    async def end(self, code: int, reason: str) -> None:
        """Closes the connection; harmless when it is closed already."""
        with contextlib.suppress(RuntimeError, ConnectionError, TimeoutError):
            async with asyncio.timeout(self._settings.socket_send_seconds):
                await self._socket.close(code, reason)


def _after(value: str) -> int:
    """The number in ``?after=``; everything is sent when it makes no sense."""
    return min(int(value), _MAX_SEQ) if value.isdecimal() and len(value) < 12 else 0
