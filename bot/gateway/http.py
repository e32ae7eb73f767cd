"""What holds for every HTTP request: its id, its size limit, the security headers, one line in the log."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.gateway.errors import error_answer

_log = structlog.get_logger("gateway.http")

# A UUID or the like. Nothing longer: it goes into the logs, and a private key has 51 characters or more.
_REQUEST_ID = re.compile(r"[0-9a-fA-F-]{8,36}")
_UPLOAD_PATH = "/api/v1/files"
#: Boundaries, part headers and the name of a multipart upload.
_MULTIPART_BYTES = 16 * 1024

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: The demo page runs the widget and nothing from elsewhere. Inline styles are the widget's own, in its shadow root.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


class TooLarge(Exception):
    """The body is larger than its limit; answered with 413."""


class BodyLimit:
    """Refuses larger bodies, by their declared length at once and otherwise while they stream in."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int, max_file_bytes: int) -> None:
        self._app = app
        self._body, self._file = max_body_bytes, max_file_bytes + _MULTIPART_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._file if scope["path"] == _UPLOAD_PATH else self._body
        declared = Headers(scope=scope).get("content-length", "0")
        received, started, exceeded = 0, False, declared.isdecimal() and int(declared) > limit

        async def limited() -> Message:
            nonlocal received, exceeded
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                exceeded = True
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            if exceeded and not started:
                return  # what the application makes of the broken body; the answer is below
            started = True
            await send(message)

        if not exceeded:
            try:
                await self._app(scope, limited, watched)
            except TooLarge:
                if started:
                    raise
        if exceeded and not started:
            # The connection stays: uvicorn reads and drops the rest, so that the client gets to read this.
            answer = error_answer(413, "too_large", f"the request is larger than {limit} bytes")
            await answer(scope, receive, send)


class RequestFrame:
    """Names each request, adds the security headers to its answer, and logs one line when it is done."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        began, status = time.monotonic(), 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _protect(scope, MutableHeaders(scope=message), request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, framed if scope["type"] == "http" else send)
            except Exception:
                if scope["type"] != "http" or status:
                    raise
                _log.exception("request_crashed")
                answer = error_answer(500, "internal_error", "something went wrong: try again")
                await answer(scope, receive, framed)
            finally:
                if scope["type"] == "http" and scope["path"] != "/healthz":
                    _log.info(
                        "request",
                        method=scope["method"],
                        # The route's pattern, not the path: a path can hold anything.
                        route=getattr(scope.get("route"), "path", "-"),
                        status=status,
                        ms=round((time.monotonic() - began) * 1000, 1),
                    )


def _protect(scope: Scope, headers: MutableHeaders, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in _COMMON.items():
        headers.setdefault(name, value)
    page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Content-Security-Policy", _PAGE_POLICY if page else _DATA_POLICY)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
        # Read by the pages of other origins that CORS allows; nobody may load it as an image or a script.
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
