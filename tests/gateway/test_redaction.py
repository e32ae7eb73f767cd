"""No secret reaches a table, a file, a log, Redis, Rasa or another client, whichever way it comes in."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
import structlog
from mnemonic import Mnemonic
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.channels import InboundMessage
from handoff import logs
from handoff.records import Draft
from tests.conftest import eventually
from tests.gateway.conftest import Gateway, RasaStand

PHRASE = Mnemonic("english").to_mnemonic(bytes(range(16)))
KEY = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Logs as the process writes them."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


def everything_stored(folder: Path, redis_url: str) -> bytes:
    """The bytes of every file of the data folder and of every value in Redis."""
    found = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    with redis.Redis.from_url(redis_url) as client:
        for key in client.scan_iter():
            found += key + (client.dump(key) or b"")
    return found


@pytest.mark.parametrize("secret", [PHRASE, KEY])
async def test_a_secret_leaves_no_trace(
    gateway: Gateway,
    rasa: RasaStand,
    tmp_path: Path,
    redis_url: str,
    written: io.StringIO,
    secret: str,
) -> None:
    customer = await gateway.customer()
    response = await customer.post(f"my wallet does not work, this is it: {secret}")
    assert len(response.json()["redacted"]) == 1
    async with customer.live() as live:
        await live.send(type="message", client_id="ws", text=f"again {secret}")
        assert len((await live.next("accepted"))["redacted"]) == 1
    await customer.upload(f"{secret}.png", PNG)
    await gateway.services.inbox.receive(
        InboundMessage("telegram", "42", "t1", text=secret, attachments=((f"{secret}.png", PNG),))
    )
    # Ways that are refused leave no trace either.
    await customer.post("x" * 5000 + secret)
    await customer.post(payload=secret)
    await customer.post(client_id=f"! {secret}", text="x")
    await gateway.http.post("/api/v1/messages", content=secret, headers=customer.headers)
    await gateway.http.get(f"/api/v1/files/{secret.replace(' ', '-')}", headers=customer.headers)
    with contextlib.suppress(InvalidStatus, ConnectionClosed):
        async with customer.live(after=f"0&token={quote(secret)}") as live:
            await live.send(type=secret, token=secret)
            await live.next("error")
    await gateway.http.get(f"/{secret}", params={"q": secret}, headers={"X-Request-ID": secret, "Origin": secret})
    await gateway.http.post("/api/v1/sessions", json={"locale": secret, "language": secret})
    messages = await customer.says("assistant", 2)
    await eventually(lambda: not gateway.services.dispatcher.busy)
    everywhere = [
        everything_stored(tmp_path, redis_url).decode("utf-8", "replace"),
        written.getvalue(),
        json.dumps(rasa.bodies),
        json.dumps(messages),
    ]
    assert '"event": "message_in"' in written.getvalue()
    for place in everywhere:
        assert secret not in place
        assert secret.replace(" ", "-") not in place
        assert " ".join(secret.split()[3:6]) not in place or secret is KEY


async def test_the_customer_is_told_and_the_agents_see_what_kind_it_was(gateway: Gateway) -> None:
    customer = await gateway.customer()
    await customer.send(f"help: {PHRASE}")
    messages = await customer.says("assistant")
    assert [(m["author"], m["kind"]) for m in messages] == [
        ("customer", "text"),
        ("system", "redacted_notice"),
        ("assistant", "text"),
    ]
    assert "[redacted: seed phrase]" in messages[0]["text"]
    stored = await gateway.services.conversations.messages(customer.id)
    assert stored[0].meta["redacted"] == ["seed_phrase"]


async def test_the_notice_comes_once_for_a_message_that_came_twice(gateway: Gateway) -> None:
    customer = await gateway.customer()
    for _ in range(2):
        assert (await customer.post(PHRASE, "same")).json()["redacted"] == ["seed_phrase"]
    messages = await customer.says("assistant")
    assert [m["kind"] for m in messages].count("redacted_notice") == 1


async def test_a_phrase_in_two_messages_is_taken_back_whole(gateway: Gateway) -> None:
    customer = await gateway.customer()
    words = PHRASE.split()
    await customer.send(" ".join(words[:6]))
    await customer.says("assistant")
    assert (await customer.post(" ".join(words[6:]))).json()["redacted"] == ["seed_phrase"]
    own = [m["text"] for m in await customer.says("assistant", 2) if m["author"] == "customer"]
    assert own == ["[redacted: seed phrase]", "[redacted: seed phrase]"]


async def test_a_hash_that_was_asked_for_is_kept(gateway: Gateway, rasa: RasaStand) -> None:
    hash_ = "4e3b1c0f" * 8
    customer = await gateway.customer()
    await gateway.services.conversations.say_as_system(customer.id, Draft("Please send the transaction hash (TXID)."))
    assert (await customer.post(hash_)).json()["redacted"] == []
