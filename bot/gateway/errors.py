"""What the gateway refuses, and the one table that turns errors into HTTP answers."""

from __future__ import annotations

import math
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from handoff.errors import HandoffError

_log = structlog.get_logger("gateway")


class GatewayError(Exception):
    """The root of the tree. ``code`` is stable, ``status`` the HTTP status, the message says what to do."""

    code = "gateway_error"
    status = 400


class BadToken(GatewayError):
    """No session token, or one that this desk did not sign."""

    code = "bad_token"
    status = 401


class ExpiredToken(GatewayError):
    """The session token was good once."""

    code = "expired_token"
    status = 401


class MessageRefused(GatewayError):
    """A message that cannot be taken as it is; ``code`` says why."""

    status = 422

    def __init__(self, code: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class RateLimited(GatewayError):
    """Too much in too short a time."""

    code = "rate_limited"
    status = 429

    def __init__(self, retry_after_seconds: float) -> None:
        self.retry_after_seconds = max(1, math.ceil(retry_after_seconds))
        super().__init__(f"too many requests: try again in {self.retry_after_seconds} s")


class RasaUnavailable(GatewayError):
    """Rasa gave no usable answer in time. Never reaches a customer: the gateway asks for a person instead."""

    code = "rasa_unavailable"
    status = 503


#: Errors of the desk by their code: HTTP status, and what the client is told (the desk's own words are for logs).
HANDOFF_ANSWERS: dict[str, tuple[int, str]] = {
    "conversation_missing": (404, "this conversation does not exist: start a new session"),
    "message_missing": (404, "this conversation has no such message"),
    "file_missing": (404, "this conversation has no such file"),
    "handoff_missing": (409, "there is nothing to rate"),
    "handoff_taken": (409, "an agent already has this conversation"),
    "not_yours": (409, "another agent has this conversation"),
    "assistant_muted": (409, "an agent has this conversation"),
    "file_too_large": (413, "the file is too large"),
    "file_type": (415, "only PNG, JPEG, WebP, GIF and PDF files are accepted"),
    "invalid_rating": (422, "a rating is a whole number from 1 to 5"),
    "store_unavailable": (503, "the desk cannot store anything right now: try again"),
}
_STORE_RETRY_SECONDS = 2


class ErrorDetail(BaseModel):
    """``code`` is for programs and stable, ``message`` for people."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"error": {"code": "bad_token", "message": "send a session token"}}]}
    )

    error: ErrorDetail = Field(description="What went wrong.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` argument of a route that can answer with these statuses."""
    return {status: {"model": ErrorBody} for status in statuses}


def describe(error: GatewayError | HandoffError) -> tuple[int, str, str, dict[str, str]]:
    """HTTP status, code, message for the client and extra headers of an error."""
    if isinstance(error, GatewayError):
        headers: dict[str, str] = {}
        if isinstance(error, RateLimited):
            headers["Retry-After"] = str(error.retry_after_seconds)
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return error.status, error.code, str(error), headers
    status, message = HANDOFF_ANSWERS.get(error.code, (500, "something went wrong"))
    return status, error.code, message, {"Retry-After": str(_STORE_RETRY_SECONDS)} if status == 503 else {}


def error_answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error in the shape that every client of this API knows."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def install(app: FastAPI) -> None:
    """Makes ``app`` answer every error in the documented shape."""

    async def known(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, GatewayError | HandoffError)  # noqa: S101  registered for these two alone
        status, code, message, headers = describe(error)
        if status >= 500:
            _log.warning("request_failed", code=code)
        return error_answer(status, code, message, headers)

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        # Where and why, never what: the value may be a secret.
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return error_answer(422, "invalid_request", f"{where}: {first['type']}")

    async def http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
        return error_answer(error.status_code, code, str(error.detail), dict(error.headers or {}))

    app.add_exception_handler(GatewayError, known)
    app.add_exception_handler(HandoffError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
