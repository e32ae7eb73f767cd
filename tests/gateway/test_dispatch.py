"""The dispatcher: never over an agent's head, never without an answer, never twice."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from starlette.responses import JSONResponse

from handoff.desk import HandoffRequest
from handoff.records import Draft, HandoffReason, Owner
from handoff.settings import DeskSettings
from tests.conftest import RedisServer, eventually
from tests.gateway.conftest import Customer, Gateway, RasaStand, Start, echo, fails, says


async def in_line(gateway: Gateway, customer: Customer) -> None:
    request = HandoffRequest(HandoffReason.REQUESTED, "general", 2, None, "en", {})
    await gateway.services.desk.request_handoff(customer.id, request, lambda _wait: [Draft("wait")])


class Gate:
    """A behaviour that tells when Rasa has been asked, and answers when it is let."""

    def __init__(self, answer: Any = None) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.answer = answer

    async def __call__(self, body: dict[str, Any]) -> Any:
        self.asked.set()
        await self.go.wait()
        return await (self.answer or echo)(body)


# --- never over an agent's head --------------------------------------------------------------


@pytest.mark.parametrize("answer", [echo, fails(), says()], ids=["answers", "fails", "says nothing"])
async def test_the_assistant_is_silent_when_an_agent_comes_while_it_thinks(
    gateway: Gateway, rasa: RasaStand, answer: Any
) -> None:
    rasa.behaviour = gate = Gate(answer)
    customer, agent = await gateway.customer(), await gateway.agent()
    await in_line(gateway, customer)
    await customer.send("hello?")
    await gate.asked.wait()
    await gateway.claim(customer.id, agent)
    gate.go.set()
    await gateway.services.desk.reply(customer.id, agent, Draft("I am here"))
    rasa.behaviour = echo
    await customer.send("thank you")
    await eventually(lambda: not gateway.services.dispatcher.busy)
    assert [m["author"] for m in await customer.read()] == ["assistant", "customer", "system", "agent", "customer"]
    assert len(rasa.bodies) == 1


async def test_a_late_answer_is_dropped_when_an_agent_has_come_and_gone(gateway: Gateway, rasa: RasaStand) -> None:
    rasa.behaviour = gate = Gate()
    customer, agent = await gateway.customer(), await gateway.agent()
    await in_line(gateway, customer)
    await customer.send("hello?")
    await gate.asked.wait()
    handoff = await gateway.claim(customer.id, agent)
    await gateway.services.desk.close(handoff, agent, "solved")
    gate.go.set()
    await eventually(lambda: not gateway.services.dispatcher.busy)
    assert [m["kind"] for m in await customer.read()] == ["text", "text", "agent_joined", "closed", "rating"]


async def test_no_interleaving_lets_the_assistant_speak_after_an_agent_came(
    start: Start, rasa: RasaStand, desk_settings: DeskSettings, any_database_url: str
) -> None:
    """Many conversations at once, Rasa answering or failing after any time, agents coming at any time."""
    chance = random.Random(7)

    async def any_answer(body: dict[str, Any]) -> Any:
        await asyncio.sleep(chance.random() * 0.05)
        return await chance.choice([echo, echo, fails(), says()])(body)

    rasa.behaviour = any_answer
    desk = desk_settings.model_copy(update={"database_url": any_database_url})
    async with start(desk, rasa_failures=10_000) as gateway:
        agent = await gateway.agent()

        async def story(number: int) -> list[dict[str, Any]]:
            customer = await gateway.customer()
            if number % 2:
                await in_line(gateway, customer)
            await customer.send("first")

            async def writes() -> None:
                for text in ("second", "third", "fourth"):
                    await asyncio.sleep(chance.random() * 0.04)
                    await customer.send(text)

            async def comes() -> None:
                await asyncio.sleep(chance.random() * 0.1)
                if number % 2 == 0:
                    await in_line(gateway, customer)
                await gateway.claim(customer.id, agent)

            await asyncio.gather(writes(), comes())
            await customer.send("fifth")
            return await customer.read()

        stories = await asyncio.gather(*(story(number) for number in range(16)))
        await eventually(lambda: not gateway.services.dispatcher.busy)
        for messages in stories:
            assert [m["seq"] for m in messages] == list(range(1, len(messages) + 1))
            joined = next(i for i, m in enumerate(messages) if m["kind"] == "agent_joined")
            assert "assistant" not in [m["author"] for m in messages[joined:]]
        assert await gateway.services.conversations.unhandled(0) == []


async def test_while_an_agent_has_the_conversation_rasa_is_not_asked(gateway: Gateway, rasa: RasaStand) -> None:
    customer, agent = await gateway.customer(), await gateway.agent()
    await in_line(gateway, customer)
    await gateway.claim(customer.id, agent)
    await customer.send("for the agent")
    await eventually(lambda: not gateway.services.dispatcher.busy)
    assert rasa.bodies == []
    conversation = await gateway.services.conversations.get(customer.id)
    assert conversation.handled_seq == conversation.last_seq


async def test_in_the_line_the_assistant_still_answers(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()
    await in_line(gateway, customer)
    await customer.send("what is adl")
    await customer.says("assistant", 2)
    assert rasa.bodies[0]["metadata"]["owner"] == "queue"


# --- never without an answer -----------------------------------------------------------------


async def too_slow(_body: dict[str, Any]) -> Any:
    await asyncio.sleep(3)
    return []


@pytest.mark.parametrize(
    "behaviour",
    [
        fails(500),
        fails(409),
        says(),
        too_slow,
        lambda _b: _async(JSONResponse("what")),
        lambda _b: _async([{"custom": 1}]),
    ],
    ids=["error", "no model", "action failed", "slow", "nonsense", "empty reply"],
)
async def test_when_the_assistant_fails_a_person_is_asked(start: Start, rasa: RasaStand, behaviour: Any) -> None:
    rasa.behaviour = behaviour
    async with start(rasa_timeout_seconds=0.3) as gateway:
        customer = await gateway.customer()
        await customer.send("why was my order not filled?")
        messages = await customer.says("assistant", 2)
        assert [m["kind"] for m in messages] == ["text", "assistant_down", "handoff_waiting"]
        conversation = await gateway.services.conversations.get(customer.id)
        assert (conversation.owner, conversation.handled_seq) == (Owner.QUEUE, 1)
        handoff = await gateway.services.desk.open_handoff(customer.id)
        assert handoff is not None
        assert (handoff.reason, handoff.priority, handoff.skill) == (HandoffReason.ASSISTANT_DOWN, 2, "general")


async def _async(value: Any) -> Any:
    return value


@pytest.mark.parametrize(
    ("locale", "text", "intent", "words"),
    [
        ("zh-CN", "我的账户被盗了，币被转走了", "account_theft", "冻结"),
        ("en", "我的账户被盗了，币被转走了", "account_theft", "冻结"),
        ("zh-CN", "My coins were stolen from my account", "account_theft", "Freeze"),
    ],
)
async def test_a_theft_is_recognised_without_rasa(
    gateway: Gateway, rasa: RasaStand, locale: str, text: str, intent: str, words: str
) -> None:
    rasa.behaviour = fails()
    ordinary = await gateway.customer()
    await ordinary.send("a question about fees")
    await ordinary.says("assistant", 2)
    customer = await gateway.customer(locale=locale)
    await customer.send(text)
    messages = await customer.says("assistant", 2)
    assert [m["kind"] for m in messages] == ["text", "emergency_theft", "handoff_waiting"]
    assert "https://freeze.example.com/now" in messages[1]["text"]
    assert words in messages[1]["text"]
    line = await gateway.services.desk.waiting()
    assert line[0].handoff.conversation_id == customer.id
    assert (line[0].handoff.priority, line[0].handoff.intent) == (0, intent)
    assert line[0].handoff.skill == "account_security"


async def test_in_the_line_a_failure_only_tells_the_place(gateway: Gateway, rasa: RasaStand) -> None:
    rasa.behaviour = fails()
    customer = await gateway.customer()
    await customer.send("hello")
    await customer.says("assistant", 2)
    await customer.send("still there?")
    messages = await customer.says("assistant", 3)
    assert [m["kind"] for m in messages[3:]] == ["text", "queue_status"]


async def test_a_theft_told_while_waiting_raises_the_priority(gateway: Gateway, rasa: RasaStand) -> None:
    rasa.behaviour = fails()
    customer = await gateway.customer()
    await customer.send("hello")
    await customer.says("assistant", 2)
    await customer.send("my coins were stolen")
    messages = await customer.says("assistant", 4)
    assert messages[4]["kind"] == "emergency_theft"
    handoff = await gateway.services.desk.open_handoff(customer.id)
    assert handoff is not None
    assert handoff.priority == 0


async def test_after_repeated_failures_nobody_waits_for_the_timeout(start: Start, rasa: RasaStand) -> None:
    rasa.behaviour = too_slow
    async with start(rasa_timeout_seconds=0.3, rasa_failures=2, rasa_pause_seconds=60) as gateway:
        for _ in range(4):
            customer = await gateway.customer()
            await customer.send("hello")
            await customer.says("assistant", 2)
        assert len(rasa.bodies) == 2


async def test_what_an_action_has_committed_itself_is_not_said_again(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()

    async def hands_over(body: dict[str, Any]) -> Any:
        request = HandoffRequest(HandoffReason.REQUESTED, "general", 2, None, "en", {})
        await gateway.services.desk.request_handoff(
            customer.id, request, lambda _wait: [Draft("in line")], answering_seq=body["metadata"]["seq"]
        )
        return [{"custom": {"kind": "committed", "meta": {"understanding": {"intent": "human_request"}}}}]

    rasa.behaviour = hands_over
    await customer.send("a person please")
    await customer.says("assistant")
    await eventually(lambda: not gateway.services.dispatcher.busy)
    assert [m["text"] for m in await customer.read()] == ["a person please", "in line"]
    first = (await gateway.services.conversations.messages(customer.id))[0]
    assert first.meta["understanding"] == {"intent": "human_request"}


async def test_a_handoff_whose_answer_was_lost_is_not_repeated(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()

    async def hands_over_and_dies(body: dict[str, Any]) -> Any:
        request = HandoffRequest(HandoffReason.REQUESTED, "general", 2, None, "en", {})
        await gateway.services.desk.request_handoff(
            customer.id, request, lambda _wait: [Draft("in line")], answering_seq=body["metadata"]["seq"]
        )
        return JSONResponse({}, 500)

    rasa.behaviour = hands_over_and_dies
    await customer.send("a person please")
    await customer.says("assistant")
    await eventually(lambda: not gateway.services.dispatcher.busy)
    assert [m["text"] for m in await customer.read()] == ["a person please", "in line"]


async def test_a_theft_does_not_wait_for_a_free_place_at_rasa(start: Start, rasa: RasaStand) -> None:
    gate = Gate()

    async def held(body: dict[str, Any]) -> Any:
        return await (echo if "stolen" in body["message"] else gate)(body)

    rasa.behaviour = held
    async with start(turns_at_once=1) as gateway:
        slow, waiting, victim = [await gateway.customer() for _ in range(3)]
        await slow.send("a fee question")
        await gate.asked.wait()
        await waiting.send("how do I read a chart?")
        await victim.send("my coins were stolen")
        await victim.says("assistant")
        assert rasa.messages == ["a fee question", "my coins were stolen"]
        gate.go.set()
        await waiting.says("assistant")


async def test_a_file_without_words_gets_an_answer(gateway: Gateway, rasa: RasaStand) -> None:
    customer = await gateway.customer()
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    file_id = (await customer.upload("screen.png", png)).json()["attachment_id"]
    await customer.send(attachment_ids=[file_id])
    messages = await customer.says("assistant")
    assert messages[1]["kind"] == "file_received"
    assert messages[1]["buttons"] == [{"title": "Talk to a person", "payload": "/human"}]
    assert rasa.bodies == []


# --- rating ----------------------------------------------------------------------------------


async def test_the_rating_goes_to_the_desk_and_not_to_rasa(gateway: Gateway, rasa: RasaStand) -> None:
    customer, agent = await gateway.customer(), await gateway.agent()
    await in_line(gateway, customer)
    handoff = await gateway.claim(customer.id, agent)
    await gateway.services.desk.close(handoff, agent, "solved")
    buttons = (await customer.read())[-1]["buttons"]
    assert len(buttons) == 5
    await customer.send(payload=buttons[0]["payload"])
    await customer.until(lambda found: found[-1]["kind"] == "rating_thanks")
    assert (await gateway.services.desk.get(handoff)).rating in {1, 5}
    assert rasa.bodies == []
    forged = await customer.post(payload='/rate{"value": 99}')
    assert forged.status_code == 422


# --- never lost, never twice -----------------------------------------------------------------


async def test_what_a_crash_left_is_answered_by_the_next_start(start: Start, rasa: RasaStand) -> None:
    rasa.behaviour = gate = Gate()
    async with start() as gateway:
        customer = await gateway.customer()
        await customer.send("are you there?")
        await gate.asked.wait()
        for worker in gateway.services.dispatcher._workers.values():
            worker.cancel()  # the process dies while Rasa works
    gate.go.set()
    rasa.behaviour = echo
    async with start() as gateway:
        await gateway.services.redis.set(f"lifeline:turn:{customer.id}", "the dead one's", px=500)
        customer.http = gateway.http
        messages = await customer.says("assistant")
        assert [m["text"] for m in messages] == ["are you there?", "echo: are you there?"]


async def test_a_message_that_another_process_committed_is_found(gateway: Gateway) -> None:
    customer = await gateway.customer()
    await gateway.services.conversations.add_customer_message(customer.id, Draft("from nowhere"), client_id="x")
    messages = await customer.says("assistant")
    assert messages[-1]["text"] == "echo: from nowhere"


async def test_two_gateways_answer_each_message_once(start: Start, rasa: RasaStand) -> None:
    async def slow_echo(body: dict[str, Any]) -> Any:
        await asyncio.sleep(0.02)
        return await echo(body)

    rasa.behaviour = slow_echo
    async with start() as one, start() as other:
        customer = await one.customer()
        elsewhere = Customer(other.http, {"conversation_id": customer.id, "token": customer.token})
        texts = [f"{number}" for number in range(12)]
        for number, text in enumerate(texts):
            await (customer if number % 2 else elsewhere).send(text)
        messages = await customer.says("assistant", 12)
        assert rasa.messages == texts
        assert [m["text"] for m in messages if m["author"] == "assistant"] == [f"echo: {text}" for text in texts]


async def test_redis_may_stop_in_the_middle_of_a_conversation(
    start: Start, rasa: RasaStand, desk_settings: DeskSettings, redis_server: RedisServer
) -> None:
    desk = desk_settings.model_copy(update={"redis_url": redis_server.url})
    async with start(desk) as gateway:
        customer, agent = await gateway.customer(), await gateway.agent()
        async with customer.live() as live:
            await live.send(type="message", client_id="1", text="with redis")
            assert (await live.message("assistant"))["text"] == "echo: with redis"
            redis_server.stop()
            await live.send(type="message", client_id="2", text="without redis")
            assert (await live.message("assistant"))["text"] == "echo: without redis"
            rasa.behaviour = fails()
            await live.send(type="message", client_id="3", text="my coins were stolen")
            assert (await live.message("assistant"))["kind"] == "emergency_theft"
            await gateway.claim(customer.id, agent)
            await gateway.services.desk.reply(customer.id, agent, Draft("I am here"))
            assert (await live.message("agent"))["text"] == "I am here"
            redis_server.start()
            await live.send(type="message", client_id="4", text="redis is back")
            assert (await live.message("customer"))["seq"] > 0
        seqs = [m["seq"] for m in await customer.read()]
        assert seqs == list(range(1, len(seqs) + 1))
