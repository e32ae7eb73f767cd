"""Session tokens: what lets a browser speak in one conversation, and in no other.

A token is a JWT (HS256) whose subject is the conversation. It is never stored, so any number of gateways with
the same LIFELINE_SECRET_KEY accept it, and a new key ends all sessions.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from bot.gateway.errors import BadToken, ExpiredToken
from handoff.clock import Clock

_ALGORITHM = "HS256"
_AUDIENCE = "lifeline-customer"
#: A token is at most a few hundred characters; anything longer is not worth decoding.
_MAX_CHARS = 2048


@dataclass(frozen=True)
class Token:
    """A signed token as it goes to the client."""

    value: str
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """A token that was checked: whose conversation it opens, and until when."""

    conversation_id: str
    expires_at: datetime


class Sessions:
    """Signs and checks tokens.

    Args:
        secret: the desk's secret key; the signing key is derived from it, so that no other use of the secret
            (the console's cookies) can make a session token.
        ttl_seconds: how long a fresh token is valid.
        renew_seconds: a token with less left than this is replaced when it is used.
    """

    def __init__(self, secret: str, *, ttl_seconds: int, renew_seconds: int, clock: Clock) -> None:
        self._key = hashlib.sha256(b"lifeline session token\0" + secret.encode()).digest()
        self._ttl = timedelta(seconds=ttl_seconds)
        # A token is never so young that it must be replaced at once.
        self._renew = min(timedelta(seconds=renew_seconds), self._ttl / 2)
        self._clock = clock

    def issue(self, conversation_id: str) -> Token:
        """A fresh token for this conversation."""
        now = self._clock().replace(microsecond=0)
        expires_at = now + self._ttl
        claims = {
            "sub": conversation_id,
            "aud": _AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": secrets.token_urlsafe(9),
        }
        return Token(jwt.encode(claims, self._key, algorithm=_ALGORITHM), expires_at)

    def check(self, token: str) -> Session:
        """The session of a token.

        Raises:
            BadToken: it is malformed, or not signed with this desk's key.
            ExpiredToken: it was valid once.
        """
        if len(token) > _MAX_CHARS:
            raise BadToken("this is not a session token")
        try:
            # Times are compared below, with the clock that the tests set.
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["sub", "exp", "aud"], "verify_exp": False, "verify_iat": False},
            )
            session = Session(str(claims["sub"]), datetime.fromtimestamp(int(claims["exp"]), UTC))
        except (jwt.InvalidTokenError, ValueError, OverflowError, OSError) as exc:
            raise BadToken("the session token is not valid: start a new session") from exc
        if session.expires_at <= self._clock():
            raise ExpiredToken("the session has expired: start a new one")
        return session

    def renewed(self, session: Session) -> Token | None:
        """A fresh token when this one is close to its end, else None."""
        return self.issue(session.conversation_id) if session.expires_at - self._clock() < self._renew else None
