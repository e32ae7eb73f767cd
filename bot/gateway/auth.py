"""Who asks: the session of a request, from its bearer token."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.channels.web import instant
from bot.gateway.errors import BadToken
from bot.gateway.services import Services
from bot.gateway.sessions import Session

#: On the answer to a request whose token is close to its end: the next token, and when that one ends.
RENEWED_TOKEN = "X-Session-Token"  # noqa: S105  the name of a header
RENEWED_EXPIRY = "X-Session-Expires-At"

_bearer = HTTPBearer(auto_error=False, description="The token of POST /api/v1/sessions.")


def services_of(request: Request) -> Services:
    """The application's parts."""
    services: Services = request.app.state.services
    return services


def address_of(request: Request) -> str | None:
    """The client's address; uvicorn has replaced a trusted proxy's by the one that it reports."""
    return request.client.host if request.client else None


async def session_of(
    request: Request,
    response: Response,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Session:
    """The session of the request.

    Raises:
        BadToken, ExpiredToken: no token, or one that does not open anything (any more).
    """
    if credentials is None:
        raise BadToken("send a session token: Authorization: Bearer ...")
    sessions = services_of(request).sessions
    session = sessions.check(credentials.credentials)
    token = sessions.renewed(session)
    if token is not None:
        response.headers[RENEWED_TOKEN] = token.value
        response.headers[RENEWED_EXPIRY] = instant(token.expires_at)
    return session


async def limited_session_of(request: Request, session: Annotated[Session, Depends(session_of)]) -> Session:
    """The session of a request that is neither a message nor a file, within its address's limit.

    Raises:
        RateLimited: too many requests.
    """
    services = services_of(request)
    await services.limits.spend(*services.reads_of(address_of(request)))
    return session


ServicesOf = Annotated[Services, Depends(services_of)]
SessionOf = Annotated[Session, Depends(session_of)]
LimitedSessionOf = Annotated[Session, Depends(limited_session_of)]
AddressOf = Annotated[str | None, Depends(address_of)]
