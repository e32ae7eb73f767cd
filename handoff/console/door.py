"""The console's door: every request passes it, nothing behind it is reached without a session.

It checks the session in SQL for each page, file and socket, refuses what another site sends in a
browser's name, bounds request bodies, and writes the security headers. Actions inside an open page are
checked again one by one (`handoff.console.visit`).

NiceGUI's page carries inline scripts and compiles templates in the browser. The scripts get a nonce for
each response, so an injected one does not run; ``unsafe-eval`` and inline styles have to be allowed.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import structlog
from nicegui import Client
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff.console.sessions import Sessions, SignedIn
from handoff.errors import StoreUnavailable

COOKIE = "lifeline_console"
SIGN_IN, PASSWORD, SIGN_OUT, HEALTH, FILES = "/sign-in", "/password", "/sign-out", "/healthz", "/files"
_SOCKET = "/_nicegui_ws/"
_SIGNED_IN = "lifeline.signed_in"
_FORM_BYTES = 16 * 1024
# A message of socket.io's long-polling fallback; NiceGUI's own limit on one is a megabyte.
_SOCKET_BYTES = 1024 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What anybody may fetch: the library's own scripts and fonts, our style sheet, and the forms themselves.
_PUBLIC = re.compile(r"/healthz|/sign-in|/favicon\.ico|/assets/.+|/_nicegui/[^/]+/(static|libraries|components|esm)/.+")
_SCRIPT_TAG = re.compile(rb"<script(?=[\s>])")
_log = structlog.get_logger("handoff.console")


def signed_in(request: Request) -> SignedIn:
    """The session of a request that the door has let through."""
    session: SignedIn = request.scope[_SIGNED_IN]
    return session


def cookie_name(secure: bool) -> str:
    """The name of the session's cookie. The prefix makes browsers refuse one that another host has set."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def is_secure(scope: Scope) -> bool:
    """Whether the browser came by HTTPS, by this server or a trusted proxy before it."""
    return scope["scheme"] in ("https", "wss")


@dataclass
class Door:
    """ASGI middleware around the whole console.

    Args:
        app: what is behind the door.
        sessions: who is signed in.
        max_file_bytes: the largest file that an agent may send.
    """

    app: ASGIApp
    sessions: Sessions
    max_file_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request pass, or answers it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        refusal = await self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, answer)
        elif scope["type"] == "websocket":
            await _refuse_socket(receive, send)
        else:
            await refusal(scope, receive, answer)

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        refusal = self._wrong_request(scope, headers)
        if refusal is None and not _PUBLIC.fullmatch(scope["path"]):
            refusal = await self._wrong_session(scope, headers)
        return refusal

    def _wrong_request(self, scope: Scope, headers: Headers) -> Response | None:
        """Refuses what another site sends in the browser's name, and bodies that are too large."""
        path, method = scope["path"], scope.get("method")
        if method in _SAFE_METHODS:
            return None
        if not _is_same_origin(headers):
            _log.warning("other_origin_refused", path=path, method=method)
            return PlainTextResponse("This request came from another site.", 403)
        if method is None:  # a socket
            return None
        if path.startswith(f"{FILES}/"):
            limit = self.max_file_bytes
        else:
            limit = _SOCKET_BYTES if path.startswith(_SOCKET) else _FORM_BYTES
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return PlainTextResponse("Content-Length is needed.", 411)
        return PlainTextResponse("This is too large.", 413) if int(length) > limit else None

    async def _wrong_session(self, scope: Scope, headers: Headers) -> Response | None:
        """Asks whoever has not signed in to do so; otherwise notes the session for what is behind the door."""
        path = scope["path"]
        try:
            session = await self._session(scope, headers)
        except StoreUnavailable:
            return PlainTextResponse("The database does not answer. Reload this page in a moment.", 503)
        if session is None:
            return _ask_to_sign_in(scope, headers)
        if session.agent.must_change_password and path not in (PASSWORD, SIGN_OUT):
            return RedirectResponse(PASSWORD, 303)
        if path.startswith(_SOCKET) and not _is_own_page(scope, session):
            return PlainTextResponse("This page belongs to another session.", 403)
        scope[_SIGNED_IN] = session
        return None

    async def _session(self, scope: Scope, headers: Headers) -> SignedIn | None:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        cookie = cookies.get(cookie_name(is_secure(scope)))
        return None if cookie is None else await self.sessions.read(cookie.value)


@dataclass
class _Answer:
    """Sends a response on, with the headers that every response carries and the nonce that pages need."""

    scope: Scope
    send: Send
    start: Message | None = None
    body: bytes = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            nonce = secrets.token_urlsafe(16)
            for name, value in _headers(nonce, secure=is_secure(self.scope)).items():
                headers.setdefault(name, value)
            if headers.get("x-nicegui-content") == "page":
                self.start, self.nonce = message, nonce
                return
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            # What customers wrote stands in the page as JSON with its `<` escaped, so only real tags match.
            message = {**message, "body": _SCRIPT_TAG.sub(b'<script nonce="%s"' % self.nonce.encode(), self.body)}
            MutableHeaders(scope=self.start)["content-length"] = str(len(message["body"]))
            await self.send(self.start)
            self.start = None
        await self.send(message)

    nonce: str = ""


def _headers(nonce: str, *, secure: bool) -> dict[str, str]:
    policy = (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "cache-control": "no-store",
    }
    if secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def _is_same_origin(headers: Headers) -> bool:
    """Browsers name the origin of everything that may change something; only our own may."""
    origin = headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _is_own_page(scope: Scope, session: SignedIn) -> bool:
    """A socket may drive only a page that was opened in its own session; unknown pages NiceGUI refuses itself."""
    query: dict[str, Any] = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    client = Client.instances.get(query.get("client_id", [""])[0])
    return client is None or signed_in(client.request).session_id == session.session_id


def _ask_to_sign_in(scope: Scope, headers: Headers) -> Response:
    wants_page = scope.get("method") == "GET" and "text/html" in headers.get("accept", "")
    if not wants_page:
        return PlainTextResponse("Sign in first.", 401)
    path = scope["path"] + (f"?{query}" if (query := scope["query_string"].decode("latin-1")) else "")
    return RedirectResponse(SIGN_IN if path == "/" else f"{SIGN_IN}?next={quote(path, safe='')}", 303)


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})
