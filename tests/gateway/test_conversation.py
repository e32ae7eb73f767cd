"""A message's way over HTTP: in, answered, read; and everything that is refused on the way."""

from __future__ import annotations

import pytest

from tests.conftest import eventually
from tests.gateway.conftest import Gateway, RasaStand, Start, says


async def test_a_message_is_committed_and_answered_in_order(gateway: Gateway) -> None:
    customer = await gateway.customer()
    assert [await customer.send(text) for text in ("one",)] == [1]
    messages = await customer.says("assistant")
    assert [(m["seq"], m["author"], m["text"]) for m in messages] == [
        (1, "customer", "one"),
        (2, "assistant", "echo: one"),
    ]
    assert messages[0]["created_at"].endswith("Z")


async def test_many_messages_at_once_are_answered_one_after_the_other(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()
    texts = [f"question {number}" for number in range(10)]
    for text in texts:
        await customer.send(text)
    messages = await customer.says("assistant", 10)
    assert rasa.messages == texts
    assert [m["text"] for m in messages if m["author"] == "assistant"] == [f"echo: {text}" for text in texts]
    assert [m["seq"] for m in messages] == list(range(1, 21))


async def test_the_same_client_id_twice_is_one_message(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()
    first = (await customer.post("hello", "id-1")).json()
    second = (await customer.post("hello", "id-1")).json()
    assert first == {"seq": 1, "duplicate": False, "redacted": []}
    assert second == {"seq": 1, "duplicate": True, "redacted": []}
    await customer.says("assistant")
    await customer.send("and now")
    assert len(await customer.says("assistant", 2)) == 4
    assert rasa.messages == ["hello", "and now"]


async def test_the_same_client_id_of_two_customers_is_two_messages(gateway: Gateway) -> None:
    for _ in range(2):
        customer = await gateway.customer()
        assert (await customer.post("hello", "id-1")).json()["duplicate"] is False


async def test_rasa_learns_who_owns_the_conversation_and_its_language(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer(locale="zh-CN")
    await customer.send("你好")
    await customer.says("assistant")
    body = rasa.bodies[0]
    assert body["sender"] == customer.id
    assert body["metadata"] == {
        "owner": "assistant",
        "locale": "zh-CN",
        "language": "zh-Hans",
        "last_topic": None,
        "conversation_id": customer.id,
        "seq": 1,
        "channel": "web",
    }


async def test_what_rasa_understood_is_kept_with_the_customers_message(gateway: Gateway, rasa: RasaStand) -> None:
    understanding = {"intent": "trading", "language": "zh-Hans", "priority": 2}
    rasa.behaviour = says("好的", meta={"understanding": understanding, "topic": "adl", "language": "zh-Hans"})
    customer = await gateway.customer()
    await customer.send("什么是自动减仓")
    await customer.says("assistant")
    conversations = gateway.services.conversations
    await eventually(lambda: not gateway.services.dispatcher.busy)
    first, answer = await conversations.messages(customer.id)
    assert first.meta["understanding"] == understanding
    assert answer.meta == {"topic": "adl", "language": "zh-Hans"}
    conversation = await conversations.get(customer.id)
    assert (conversation.language, conversation.context) == ("zh-Hans", {"last_topic": "adl"})
    await customer.send("ok")
    await customer.says("assistant", 2)
    assert rasa.bodies[1]["metadata"]["last_topic"] == "adl"


async def test_customers_never_see_what_is_kept_for_agents(gateway: Gateway, rasa: RasaStand) -> None:
    rasa.behaviour = says("yes", meta={"understanding": {"intent": "trading"}, "topic": "adl"})
    customer = await gateway.customer()
    await customer.send("what is adl")
    for message in await customer.says("assistant"):
        assert "meta" not in message


@pytest.mark.parametrize(
    "text",
    ["/restart", "  /restart", "//restart", '/human{"a": 1}', "/ /session_start", "\u3000/restart", "\x0b/restart"],
)
async def test_text_that_begins_with_a_slash_never_is_a_command_for_rasa(
    gateway: Gateway, rasa: RasaStand, text: str
) -> None:
    customer = await gateway.customer()
    await customer.send(text)
    await customer.says("assistant")
    assert not rasa.messages[0].strip().startswith("/")


async def test_a_payload_is_taken_only_when_it_was_offered(gateway: Gateway, rasa: RasaStand) -> None:
    offered = {"title": "This solved it", "payload": '/solved{"topic": "adl"}'}
    rasa.behaviour = says("Answer", buttons=[offered])
    customer, other = await gateway.customer(), await gateway.customer()
    refused = await customer.post(payload=offered["payload"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "payload_not_offered")
    await customer.send("help")
    messages = await customer.says("assistant")
    assert messages[-1]["buttons"] == [offered]
    assert (await other.post(payload=offered["payload"])).status_code == 422
    assert (await customer.post(payload="/restart")).status_code == 422
    assert (await customer.post("text too", payload=offered["payload"])).status_code == 422
    await customer.send(payload=offered["payload"])
    messages = await customer.says("assistant", 2)
    assert messages[2]["text"] == "This solved it"
    assert rasa.messages == ["help", offered["payload"]]


async def test_a_person_can_always_be_asked_for(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()
    await customer.send(payload="/human")
    messages = await customer.says("assistant")
    assert messages[0]["text"] == "Talk to a person"
    assert rasa.messages == ["/human"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"client_id": "a"}, 422, "empty_message"),
        ({"client_id": "a", "text": " \n\t\u200b\x00".replace("\u200b", "")}, 422, "empty_message"),
        ({"client_id": "a", "text": "x" * 4001}, 413, "text_too_long"),
        ({"client_id": "a", "text": "x" * 200_000}, 413, "too_large"),
        ({"client_id": "not an id", "text": "x"}, 422, "invalid_request"),
        ({"client_id": "a" * 65, "text": "x"}, 422, "invalid_request"),
        ({"text": "x"}, 422, "invalid_request"),
        ({"client_id": "a", "text": ["x"]}, 422, "invalid_request"),
        ({"client_id": "a", "text": "x", "attachment_ids": ["1", "2", "3", "4", "5", "6"]}, 422, "invalid_request"),
        ({"client_id": "a", "text": "x", "attachment_ids": ["nothing"]}, 404, "file_missing"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_a_code(
    gateway: Gateway, body: dict[str, object], status: int, code: str
) -> None:
    customer = await gateway.customer()
    response = await gateway.http.post("/api/v1/messages", json=body, headers=customer.headers)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert await customer.read() == []


async def test_a_refusal_never_repeats_what_was_sent(gateway: Gateway) -> None:
    customer = await gateway.customer()
    response = await gateway.http.post(
        "/api/v1/messages", json={"client_id": "MYSECRET !", "text": {"a": "MYSECRET"}}, headers=customer.headers
    )
    assert response.status_code == 422
    assert "MYSECRET" not in response.text


async def test_a_body_that_is_not_json_is_refused(gateway: Gateway) -> None:
    customer = await gateway.customer()
    headers = {**customer.headers, "Content-Type": "application/json"}
    for body in (b"{", b"[" * 50_000, b"\xff\xfe"):
        response = await gateway.http.post("/api/v1/messages", content=body, headers=headers)
        assert response.status_code in {400, 422}
        assert response.json()["error"]["code"] in {"bad_request", "invalid_request"}


async def test_a_body_without_a_length_is_limited_while_it_streams(gateway: Gateway) -> None:
    customer = await gateway.customer()

    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield b'{"text": "' + b"x" * 10_000

    response = await gateway.http.post("/api/v1/messages", content=endless(), headers=customer.headers)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


async def test_characters_that_no_database_can_keep_are_left_out(gateway: Gateway) -> None:
    customer = await gateway.customer()
    body = '{"client_id": "a", "text": "a\\u0000b\\ud800c\\u0007\\nd"}'
    headers = {**customer.headers, "Content-Type": "application/json"}
    response = await gateway.http.post("/api/v1/messages", content=body, headers=headers)
    assert response.status_code == 200
    assert (await customer.read())[0]["text"] == "ab?c\nd"


async def test_the_long_poll_waits_for_a_message_and_no_longer(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()
    assert await customer.read(wait=0.05) == []
    await customer.send("hello")
    messages = await customer.says("assistant")
    assert await customer.read(after=messages[-1]["seq"]) == []


async def test_every_request_has_an_id_and_safe_headers(gateway: Gateway) -> None:
    response = await gateway.http.get(
        "/api/v1/messages", headers={"X-Request-ID": "5b1e0f0c-2b1f-4a52-9d0c-6a2f1c0e7d11"}
    )
    assert response.status_code == 401
    assert response.headers["X-Request-ID"] == "5b1e0f0c-2b1f-4a52-9d0c-6a2f1c0e7d11"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "server" not in response.headers
    strange = await gateway.http.get("/nowhere", headers={"X-Request-ID": 'bad id "'})
    assert strange.headers["X-Request-ID"] != 'bad id "'
    assert strange.json() == {"error": {"code": "not_found", "message": "Not Found"}}


async def test_the_api_is_described_with_examples(gateway: Gateway) -> None:
    document = (await gateway.http.get("/api/v1/openapi.json")).json()
    assert {"/api/v1/sessions", "/api/v1/messages", "/api/v1/files", "/api/v1/typing", "/healthz"} <= set(
        document["paths"]
    )
    schemas = document["components"]["schemas"]
    for name in ("SessionRequest", "SessionAnswer", "MessageRequest", "MessageAccepted", "MessageView", "ErrorBody"):
        assert schemas[name]["examples"], name
    assert "bearer" in str(document["components"]["securitySchemes"]).lower()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1", True),
        ("https://shop.example.com", True),
        ("https://shop.example.com.evil.com", False),
        ("http://shop.example.com", False),
        ("http://localhost.evil.com", False),
        ("null", False),
    ],
)
async def test_only_allowed_pages_may_call_the_api(start: Start, origin: str, allowed: bool) -> None:
    origins = "http://localhost:*,http://127.0.0.1:*, https://shop.example.com/"
    async with start(allowed_origins=origins) as gateway:
        response = await gateway.http.options(
            "/api/v1/messages",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed


async def test_begin_session_answers_with_the_hosts_that_may_be_links(gateway: Gateway) -> None:
    response = await gateway.http.post("/api/v1/sessions", json={})
    assert response.json()["official_hosts"] == ["freeze.example.com"]


async def test_a_bug_is_answered_with_500_and_without_its_words(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_token: str) -> None:
        raise RuntimeError("the customer's words")

    customer = await gateway.customer()
    monkeypatch.setattr(gateway.services.sessions, "check", breaks)
    response = await customer.post("hello")
    assert (response.status_code, response.json()["error"]["code"]) == (500, "internal_error")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "words" not in response.text
