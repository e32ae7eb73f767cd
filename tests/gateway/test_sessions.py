"""Session tokens: signed, ending, renewed in time, and good for one conversation only."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from bot.gateway.errors import BadToken, ExpiredToken
from bot.gateway.sessions import Sessions
from tests.conftest import Clock
from tests.gateway.conftest import Gateway, Start


def sessions(clock: Clock, secret: str = "one secret", ttl: int = 1000, renew: int = 100) -> Sessions:
    return Sessions(secret, ttl_seconds=ttl, renew_seconds=renew, clock=clock)


def test_a_token_opens_the_conversation_it_was_made_for(clock: Clock) -> None:
    token = sessions(clock).issue("c1")
    session = sessions(clock).check(token.value)
    assert (session.conversation_id, session.expires_at) == ("c1", token.expires_at)


def test_a_token_of_another_secret_is_refused(clock: Clock) -> None:
    with pytest.raises(BadToken):
        sessions(clock).check(sessions(clock, "another secret").issue("c1").value)


def test_a_token_ends(clock: Clock) -> None:
    desk = sessions(clock)
    token = desk.issue("c1")
    clock.advance(999)
    desk.check(token.value)
    clock.advance(1)
    with pytest.raises(ExpiredToken):
        desk.check(token.value)


def test_a_token_is_renewed_only_close_to_its_end(clock: Clock) -> None:
    desk = sessions(clock)
    token = desk.issue("c1")
    assert desk.renewed(desk.check(token.value)) is None
    clock.advance(901)
    fresh = desk.renewed(desk.check(token.value))
    assert fresh is not None
    assert desk.check(fresh.value).conversation_id == "c1"
    assert fresh.expires_at > token.expires_at


def test_a_short_life_does_not_renew_fresh_tokens(clock: Clock) -> None:
    desk = sessions(clock, ttl=60, renew=7 * 86400)
    assert desk.renewed(desk.check(desk.issue("c1").value)) is None


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "é" * 10, "x" * 5000, "null"])
def test_what_is_no_token_is_refused(clock: Clock, value: str) -> None:
    with pytest.raises(BadToken):
        sessions(clock).check(value)


@pytest.mark.parametrize(
    "changes",
    [{"sub": None}, {"exp": None}, {"aud": None}, {"aud": "console"}, {"exp": "soon"}, {"exp": 10**30}, {"sub": 5}],
)
def test_a_signed_token_with_other_claims_is_refused(clock: Clock, changes: dict[str, Any]) -> None:
    desk = sessions(clock)
    claims = jwt.decode(desk.issue("c1").value, options={"verify_signature": False}) | changes
    signed = jwt.encode({k: v for k, v in claims.items() if v is not None}, desk._key, algorithm="HS256")
    with pytest.raises(BadToken):
        desk.check(signed)


def test_an_unsigned_token_is_refused(clock: Clock) -> None:
    desk = sessions(clock)
    claims = jwt.decode(desk.issue("c1").value, options={"verify_signature": False})
    with pytest.raises(BadToken):
        desk.check(jwt.encode(claims, None, algorithm="none"))


@pytest.mark.parametrize(
    "method_and_path", ["GET /messages", "POST /messages", "POST /files", "GET /files/1", "POST /typing"]
)
async def test_nothing_is_open_without_a_token(gateway: Gateway, method_and_path: str) -> None:
    method, path = method_and_path.split()
    body = {"client_id": "1", "text": "x"} if path == "/messages" and method == "POST" else None
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        response = await gateway.http.request(method, f"/api/v1{path}", headers=headers, json=body)
        assert (response.status_code, response.json()["error"]["code"]) == (401, "bad_token")


async def test_an_expired_token_is_told_apart(start: Start, clock: Clock) -> None:
    async with start(clock=clock, session_ttl_seconds=600) as gateway:
        customer = await gateway.customer()
        clock.advance(600)
        response = await customer.post("hello")
        assert (response.status_code, response.json()["error"]["code"]) == (401, "expired_token")


async def test_a_token_close_to_its_end_gets_its_successor_with_the_answer(start: Start, clock: Clock) -> None:
    async with start(clock=clock, session_ttl_seconds=600, session_renew_seconds=100) as gateway:
        customer = await gateway.customer()
        assert "X-Session-Token" not in (await customer.post("hello")).headers
        clock.advance(550)
        response = await customer.post("hello again")
        assert response.headers["X-Session-Expires-At"] == "2026-11-22T08:19:10.000Z"
        clock.advance(100)
        customer.headers = {"Authorization": f"Bearer {response.headers['X-Session-Token']}"}
        assert [m["text"] for m in await customer.read() if m["author"] == "customer"] == ["hello", "hello again"]


async def test_a_token_shows_nothing_of_another_conversation(gateway: Gateway) -> None:
    mine, theirs = await gateway.customer(), await gateway.customer()
    await mine.send("my words")
    await mine.says("assistant")
    assert await theirs.read() == []


async def test_a_token_of_a_conversation_that_is_gone_says_so(gateway: Gateway) -> None:
    customer = await gateway.customer()
    customer.headers = {"Authorization": f"Bearer {gateway.services.sessions.issue('gone').value}"}
    for response in (
        await customer.post("hello"),
        await gateway.http.get("/api/v1/messages", headers=customer.headers),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (404, "conversation_missing")
