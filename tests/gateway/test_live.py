"""The WebSocket: who may open it, what it pushes, and that nothing is missed and nothing comes twice."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from handoff.desk import HandoffRequest
from handoff.records import Author, Draft, HandoffReason
from handoff.settings import DeskSettings
from tests.conftest import Clock, eventually
from tests.gateway.conftest import Customer, Gateway, RasaStand, Start, echo


def ws_url(gateway: Gateway, after: int = 0) -> str:
    return f"{str(gateway.http.base_url).replace('http', 'ws').rstrip('/')}/api/v1/ws?after={after}"


async def closed_with(socket: Any) -> int:
    """Reads to the end; returns the code with which the gateway closed."""
    with pytest.raises(ConnectionClosed) as closed:
        await _drain(socket)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def _drain(socket: Any) -> None:
    async with asyncio.timeout(20):
        while True:
            await socket.recv()


async def test_messages_are_pushed_and_taken(gateway: Gateway) -> None:
    customer = await gateway.customer()
    async with customer.live() as live:
        assert await live.next() == {"type": "state", "owner": "assistant"}
        await live.send(type="message", client_id="a1", text="hello")
        frames = [await live.next() for _ in range(3)]
        accepted = next(frame for frame in frames if frame["type"] == "accepted")
        assert accepted == {"type": "accepted", "client_id": "a1", "seq": 1, "duplicate": False, "redacted": []}
        pushed = [frame["message"] for frame in frames if frame["type"] == "message"]
        assert [(m["seq"], m["author"], m["text"]) for m in pushed] == [
            (1, "customer", "hello"),
            (2, "assistant", "echo: hello"),
        ]
        assert pushed[0]["client_id"] == "a1"
        await live.send(type="message", client_id="a1", text="hello")
        assert (await live.next("accepted"))["duplicate"] is True
        await live.send(type="ping")
        assert await live.next("pong") == {"type": "pong"}


async def test_a_client_that_comes_back_gets_only_the_rest(gateway: Gateway) -> None:
    customer = await gateway.customer()
    for text in ("one", "two"):
        await customer.send(text)
    await customer.says("assistant", 2)
    async with customer.live(after=3) as live:
        assert (await live.next("message"))["message"]["seq"] == 4


@pytest.mark.parametrize("after", ["", "x", "-5", "99999999999999999999", "1.5"])
async def test_a_strange_after_does_no_harm(gateway: Gateway, after: str) -> None:
    customer = await gateway.customer()
    async with connect(ws_url(gateway).replace("after=0", f"after={after}")) as socket:
        await socket.send(json.dumps({"type": "auth", "token": customer.token}))
        assert json.loads(await socket.recv())["type"] == "state"


async def test_a_change_of_the_owner_is_pushed(gateway: Gateway) -> None:
    customer, agent = await gateway.customer(), await gateway.agent()
    async with customer.live() as live:
        assert (await live.next("state"))["owner"] == "assistant"
        request = HandoffRequest(HandoffReason.REQUESTED, "general", 2, None, "en", {})
        await gateway.services.desk.request_handoff(customer.id, request, lambda _wait: [Draft("wait")])
        assert (await live.next("state"))["owner"] == "queue"
        await gateway.claim(customer.id, agent)
        assert (await live.next("state"))["owner"] == "agent"
        await gateway.services.desk.reply(customer.id, agent, Draft("I am here"))
        message = await live.message("agent")
        assert (message["text"], message["agent_name"]) == ("I am here", "Mei")


async def test_everybody_sees_who_is_typing(gateway: Gateway, rasa: RasaStand) -> None:
    go = asyncio.Event()

    async def thinks(body: dict[str, Any]) -> Any:
        await go.wait()
        return await echo(body)

    rasa.behaviour = thinks
    customer = await gateway.customer()
    async with customer.live() as live:
        await live.send(type="message", client_id="1", text="hello")
        assert await live.next("typing") == {"type": "typing", "author": "assistant"}
        go.set()
        await live.message("assistant")
        assert Author.ASSISTANT not in await gateway.services.typing.now(customer.id)
        await gateway.services.typing.begin(customer.id, Author.AGENT)
        assert await live.next("typing") == {"type": "typing", "author": "agent"}
        await live.send(type="typing")
        await live.send(type="ping")
        await live.next("pong")
        assert Author.CUSTOMER in await gateway.services.typing.now(customer.id)
    response = await gateway.http.post("/api/v1/typing", headers=customer.headers)
    assert response.status_code == 204


async def test_what_was_read_is_kept(gateway: Gateway) -> None:
    customer = await gateway.customer()
    await customer.send("hello")
    await customer.says("assistant")
    async with customer.live() as live:
        for seq in (2, 1, -1, "x", 10**12):
            await live.send(type="read", seq=seq)
        await live.send(type="ping")
        await live.next("pong")
    assert (await gateway.services.conversations.get(customer.id)).delivered_seq == 2


# --- who may open it -------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.com"])
async def test_other_pages_cannot_open_it(gateway: Gateway, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(ws_url(gateway), origin=origin):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["http://localhost:5173", "own", None])
async def test_allowed_pages_the_gateways_own_and_programs_can_open_it(gateway: Gateway, origin: str | None) -> None:
    if origin == "own":
        origin = str(gateway.http.base_url).rstrip("/")
    customer = await gateway.customer()
    async with customer.live(origin=origin) as live:
        assert (await live.next())["type"] == "state"


@pytest.mark.parametrize(
    "first",
    ['{"type": "auth", "token": "x"}', '{"type": "auth"}', '{"type": "ping"}', "[]", "{", "[" * 60_000, b"\x00binary"],
)
async def test_without_a_good_token_it_closes(gateway: Gateway, first: str | bytes) -> None:
    async with connect(ws_url(gateway)) as socket:
        await socket.send(first)
        assert await closed_with(socket) == 4401


async def test_without_a_token_in_time_it_closes(start: Start) -> None:
    async with start(socket_auth_seconds=0.1) as gateway, connect(ws_url(gateway)) as socket:
        assert await closed_with(socket) == 4408


async def test_it_ends_with_its_token(start: Start, clock: Clock) -> None:
    async with start(clock=clock, session_ttl_seconds=600, session_renew_seconds=0) as gateway:
        customer = await gateway.customer()
        async with customer.live() as live:
            await live.next("state")
            clock.advance(601)
            await gateway.services.conversations.say_as_system(customer.id, Draft("news"))
            assert await closed_with(live.socket) == 4401


async def test_a_token_close_to_its_end_is_replaced_on_the_way(start: Start, clock: Clock) -> None:
    async with start(clock=clock, session_ttl_seconds=600, session_renew_seconds=100) as gateway:
        customer = await gateway.customer()
        async with customer.live() as live:
            await live.next("state")
            clock.advance(550)
            await gateway.services.conversations.say_as_system(customer.id, Draft("news"))
            frame = await live.next("session")
            assert frame["expires_at"] == "2026-11-22T08:19:10.000Z"
            clock.advance(100)
            await gateway.services.conversations.say_as_system(customer.id, Draft("more"))
            assert (await live.message("system"))["text"] == "news"
            assert (await live.message("system"))["text"] == "more"
        customer.headers = {"Authorization": f"Bearer {frame['token']}"}
        assert len(await customer.read()) == 2


async def test_a_session_can_have_only_so_many_connections(start: Start) -> None:
    async with start(sockets_per_session=2) as gateway:
        customer = await gateway.customer()
        async with customer.live() as one, customer.live() as two:
            await one.next("state")
            await two.next("state")
            async with customer.live() as three:
                assert await closed_with(three.socket) == 4429
        async with customer.live() as again:
            assert (await again.next())["type"] == "state"


async def test_an_address_can_have_only_so_many_connections(start: Start) -> None:
    async with start(sockets_per_address=1) as gateway:
        customer = await gateway.customer()
        async with customer.live() as one:
            await one.next("state")
            async with connect(ws_url(gateway)) as socket:
                assert await closed_with(socket) == 4429


# --- bad frames ------------------------------------------------------------------------------


async def test_what_cannot_be_taken_is_answered_and_the_connection_stays(gateway: Gateway) -> None:
    customer = await gateway.customer()
    async with customer.live() as live:
        for frame, code in (
            ({"type": "message", "client_id": "1"}, "empty_message"),
            ({"type": "message", "client_id": "1", "text": "x" * 4001}, "text_too_long"),
            ({"type": "message", "client_id": "1", "text": 5}, "invalid_request"),
            ({"type": "message", "client_id": "1", "payload": "/restart"}, "payload_not_offered"),
            ({"type": "what"}, "unknown_frame"),
            ({}, "unknown_frame"),
        ):
            await live.send(**frame)
            error = await live.next("error")
            assert error["code"] == code
            assert error.get("client_id") == frame.get("client_id")
        await live.send(type="ping")
        await live.next("pong")


async def test_a_frame_that_is_too_large_ends_the_connection(start: Start) -> None:
    async with start(socket_frame_bytes=2048) as gateway:
        customer = await gateway.customer()
        async with customer.live() as live:
            await live.send(type="message", client_id="1", text="x" * 3000)
            assert await closed_with(live.socket) == 1009


async def test_too_many_frames_are_refused(start: Start) -> None:
    async with start(socket_frames_per_window=5) as gateway:
        customer = await gateway.customer()
        async with customer.live() as live:
            for _ in range(6):
                await live.send(type="ping")
            error = await live.next("error")
            assert error["code"] == "rate_limited"
            assert error["retry_after_seconds"] > 0


async def test_a_client_that_takes_nothing_is_dropped_and_comes_back_for_the_rest(start: Start) -> None:
    chance = random.Random(3)
    drafts = [Draft("".join(chance.choices("钱包地址网络提币充值合约", k=4000))) for _ in range(600)]  # 7 MB
    async with start(socket_send_seconds=0.3) as gateway:
        customer = await gateway.customer()
        await gateway.services.conversations.say_as_assistant(customer.id, drafts, answering_seq=None)
        async with customer.live(compression=None, max_queue=1) as live:
            live.socket.transport.pause_reading()
            await eventually(lambda: gateway.services.connections.any)
            await eventually(lambda: not gateway.services.connections.any)
            live.socket.transport.resume_reading()
        messages = await customer.until(lambda found: len(found) == len(drafts))
        assert [m["text"] for m in messages] == [draft.text for draft in drafts]


# --- nothing missed, nothing twice -----------------------------------------------------------


async def test_reconnecting_under_concurrent_writers_misses_nothing_and_repeats_nothing(
    start: Start, desk_settings: DeskSettings, any_database_url: str
) -> None:
    desk = desk_settings.model_copy(update={"database_url": any_database_url})
    chance = random.Random(11)
    async with start(desk) as gateway, start(desk) as other:
        customer = await gateway.customer()
        elsewhere = Customer(other.http, {"conversation_id": customer.id, "token": customer.token})
        total = 60

        async def writes(conversations: Any, name: str) -> None:
            for number in range(total // 2):
                await conversations.say_as_system(customer.id, Draft(f"{name} {number}"))
                await asyncio.sleep(chance.random() * 0.01)

        async def over_sockets() -> list[int]:
            seen: list[int] = []
            while len(seen) < total:
                where = chance.choice([customer, elsewhere])
                async with where.live(after=seen[-1] if seen else 0) as live:
                    for _ in range(chance.randint(1, 6)):
                        if len(seen) < total:
                            seen.append((await live.next("message"))["message"]["seq"])
            return seen

        async def over_polls() -> list[int]:
            seen: list[int] = []
            while len(seen) < total:
                where = chance.choice([customer, elsewhere])
                seen += [m["seq"] for m in await where.read(after=seen[-1] if seen else 0, wait=5)]
            return seen

        results = await asyncio.gather(
            over_sockets(),
            over_sockets(),
            over_polls(),
            over_polls(),
            writes(gateway.services.conversations, "one"),
            writes(other.services.conversations, "other"),
        )
        for seen in results[:4]:
            assert seen == list(range(1, total + 1))
