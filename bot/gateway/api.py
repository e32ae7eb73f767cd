"""The REST API under /api/v1 for the widget and for anyone's own client."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status

from bot.channels.web import (
    CHANNEL,
    MessageAccepted,
    MessagePage,
    MessageRequest,
    MessageView,
    SessionAnswer,
    SessionRequest,
    instant,
)
from bot.gateway import language
from bot.gateway.auth import AddressOf, LimitedSessionOf, ServicesOf, SessionOf
from bot.gateway.errors import documented
from bot.gateway.feed import News
from bot.gateway.limits import Limit, address_key
from handoff.records import Author

DESCRIPTION = """
Begin a session, keep its token, send messages and read what comes after the last `seq` that you saw: over the
WebSocket, or with the long poll where that is not possible. Numbers have no gaps, so nothing is missed and nothing
comes twice.

**Tokens** end after a while. When one is close to its end, an answer carries its successor in the headers
`X-Session-Token` and `X-Session-Expires-At`; on the WebSocket it is a frame of the type `session`.

**WebSocket** `/api/v1/ws?after=N`: JSON frames. The client's first one, within 5 seconds, is
`{"type": "auth", "token": "..."}`. Then it may send `{"type": "message", "client_id": "...", "text": "..."}` (the
fields of POST /api/v1/messages), `{"type": "typing"}`, `{"type": "read", "seq": 7}` and `{"type": "ping"}`.
It gets `{"type": "message", "message": {...}}`,
`{"type": "accepted", "client_id": "...", "seq": 7, "duplicate": false, "redacted": []}`,
`{"type": "typing", "author": "assistant"}` (it lasts until the author's next message, or 6 seconds),
`{"type": "state", "owner": "assistant"}`, `{"type": "session", "token": "...", "expires_at": "..."}`,
`{"type": "error", "code": "...", "message": "...", "client_id": "..."}` and `{"type": "pong"}`.
It closes with 4401 (token), 4408 (no token in time), 4429 (too many connections), 1009 (frame too large) and 1013
(try again later).

**Errors** are `{"error": {"code": "...", "message": "..."}}`; 429 and 503 say in `Retry-After` when to try again.
"""

router = APIRouter(prefix="/api/v1", tags=["conversation"])


@router.post("/sessions", status_code=status.HTTP_201_CREATED, responses=documented(422, 429, 503))
async def begin_session(body: SessionRequest, services: ServicesOf, address: AddressOf) -> SessionAnswer:
    """Begins a conversation and returns the token that opens it."""
    settings = services.settings
    limit = Limit(
        f"sessions-from:{address_key(address)}", settings.rate_sessions_per_address, settings.rate_window_seconds
    )
    await services.limits.spend(limit)
    conversation = await services.conversations.open(
        CHANNEL, secrets.token_hex(16), locale=body.locale, language=language.of_locale(body.language or body.locale)
    )
    token = services.sessions.issue(conversation.id)
    return SessionAnswer(
        token=token.value,
        conversation_id=conversation.id,
        expires_at=instant(token.expires_at),
        official_hosts=services.official_hosts,
    )


@router.post("/messages", responses=documented(401, 404, 413, 422, 429, 503))
async def send_message(
    body: MessageRequest, services: ServicesOf, session: SessionOf, address: AddressOf
) -> MessageAccepted:
    """Stores one message; what it answers was stored. Send it again with the same `client_id` when in doubt."""
    return MessageAccepted.of(await services.inbox.receive(body.inbound(session.conversation_id, address)))


@router.get("/messages", responses=documented(401, 404, 422, 429, 503))
async def read_messages(
    request: Request,
    services: ServicesOf,
    session: LimitedSessionOf,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="The last `seq` that the client has.")] = 0,
    wait_seconds: Annotated[float, Query(ge=0, le=120, description="How long to wait for a first message.")] = 0,
) -> MessagePage:
    """Messages after a number, at most 200. With `wait_seconds` it waits until there is one (a long poll)."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(wait_seconds, services.settings.max_poll_seconds)
    async with services.feed.watch(session.conversation_id, after) as view:
        first = news = await view.read()
        while not news.messages and _same(first, news) and (left := deadline - loop.time()) > 0:
            await view.wait(left)
            if await request.is_disconnected():
                break
            news = await view.read()
    return MessagePage(
        messages=[MessageView.of(message) for message in news.messages],
        owner=news.owner.value,
        typing=sorted(author.value for author in news.typing),
    )


@router.post("/typing", status_code=status.HTTP_204_NO_CONTENT, responses=documented(401, 429))
async def typing(services: ServicesOf, session: LimitedSessionOf) -> Response:
    """Shows the agent that the customer is typing, for 6 seconds."""
    await services.typing.begin(session.conversation_id, Author.CUSTOMER)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _same(first: News, now: News) -> bool:
    """Whether the poll has nothing else to tell: a new owner, or somebody who types, ends it too."""
    return now.owner is first.owner and now.typing <= first.typing
