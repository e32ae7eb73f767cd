"""The trained model in a real Rasa, with the real actions server, Redis and database: what the gateway sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import evaluate
from tests.assistant.live import Chat, Servers

pytestmark = pytest.mark.slow

VAGUE = (
    "it does this thing again like before you know",
    "when i do it the way it was then it is not so",
    "the number there is different from the other one",
    "i pressed it and now what",
    "so where is it then",
    "is that normal or do i have to do something",
    "it says something in red",
    "why is it less than yesterday",
    "这个怎么回事啊",
    "我点了那个之后就变成这样了",
)


def parse(servers: Servers, text: str) -> dict[str, Any]:
    response = httpx.post(f"{servers.rasa}/model/parse", json={"text": text}, timeout=60)
    parsed: dict[str, Any] = response.raise_for_status().json()
    return parsed


def test_a_parse_result_carries_everything_that_the_desk_needs(servers: Servers) -> None:
    parsed = parse(servers, "提现500 USDT到TRC20 三小时了还没到账")

    assert parsed["language"] == "zh-Hans"
    assert parsed["intent"]["name"] == "deposit_withdrawal"
    assert parsed["intent"]["confidence"] == parsed["confidence"]
    assert 0.0 < parsed["confidence"] < 1.0
    assert len(parsed["intent_ranking"]) == 20
    assert (parsed["priority"], parsed["skill"]) == (2, "deposit_withdrawal")
    assert parsed["decision"] in {"answer", "clarify"}
    assert 1 <= len(parsed["topics"]) <= 5
    scores = [hit["score"] for hit in parsed["topics"]]
    assert scores == sorted(scores, reverse=True)
    assert {e["entity"] for e in parsed["entities"]} == {"amount", "coin", "network", "decision"}
    assert parsed["mood"]["name"] in {"calm", "angry", "panic"}
    assert parsed["latency_ms"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "我的账户被盗了",
        "someone withdrew all my coins and it was not me",
        "客服让我先交20%的税才能提现",
        "взломали аккаунт и вывели все деньги",
        "hesabım çalındı, yardım edin",
    ],
)
def test_theft_and_fraud_are_priority_0(servers: Servers, text: str) -> None:
    parsed = parse(servers, text)

    assert (parsed["priority"], parsed["decision"], parsed["skill"]) == (0, "handoff", "account_security")


@pytest.mark.parametrize(
    "text", ["怎么防止账户被盗？", "is it possible to get hacked if i use 2fa?", "how do funding fees work"]
)
def test_questions_are_not_priority_0(servers: Servers, text: str) -> None:
    assert parse(servers, text)["priority"] != 0


@pytest.mark.parametrize(
    ("text", "language", "button"),
    [
        ("资金费率是什么意思？多久收一次", "zh-Hans", "人工"),
        ("what is the funding rate and when do i pay it", "en", "person"),
    ],
)
async def test_a_question_is_answered_from_the_faq_in_its_language(
    chat: Chat, text: str, language: str, button: str
) -> None:
    (reply,) = await chat.say(text)

    assert reply["kind"] == "answer"
    assert reply["meta"]["topic"] == "funding-rate"
    assert reply["meta"]["language"] == language
    assert reply["meta"]["understanding"]["intent"] == "trading"
    assert button in reply["buttons"][2]["title"]


async def test_a_theft_is_first_in_the_queue_with_the_emergency_steps_committed(chat: Chat) -> None:
    (reply, question) = await chat.say("我的账户被盗了，币全没了，不是我操作的")

    assert (reply["kind"], question["kind"]) == ("committed", "flow_question")
    messages = await chat.conversations.messages(chat.id)
    assert [message.kind for message in messages[1:]] == ["emergency_theft", "handoff_waiting", "flow_question"]
    assert "冻结" in messages[1].text
    line = [one.handoff for one in await chat.desk.waiting()]
    place = next(place for place, handoff in enumerate(line) if handoff.conversation_id == chat.id)
    assert {handoff.priority for handoff in line[: place + 1]} == {0}


async def test_buttons_lead_through_an_answer_to_a_person(chat: Chat) -> None:
    (answer,) = await chat.say("what is the funding rate and when do i pay it")
    payload = answer["buttons"][1]["payload"]

    (reply,) = await chat.say(payload)

    assert payload == '/not_solved{"topic": "funding-rate"}'
    assert reply["kind"] == "committed"
    handoff = await chat.desk.open_handoff(chat.id)
    assert handoff is not None
    assert (handoff.reason, handoff.skill) == ("answer_failed", "trading")
    assert handoff.summary["tried"] == ["funding-rate"]


async def test_a_topic_button_is_answered_and_a_solved_one_thanked(chat: Chat) -> None:
    (answer,) = await chat.say('/topic{"topic": "adl"}')
    (thanks,) = await chat.say('/solved{"topic": "adl"}')

    assert (answer["kind"], answer["meta"]["topic"]) == ("answer", "adl")
    assert thanks["kind"] == "solved_thanks"


async def test_two_messages_that_nobody_understands_bring_a_person(servers: Servers, chat: Chat) -> None:
    # Which of them leave the model unsure changes from one training to the next; that some do must not.
    one, other = [text for text in VAGUE if parse(servers, text)["decision"] == "clarify"][:2]

    first = await chat.say(one)
    second = await chat.say(other)

    assert first[0]["kind"] in {"clarify", "clarify_again"}
    assert second[0]["kind"] == "committed"


async def test_a_wish_for_a_person_is_granted_and_the_faq_still_answers_meanwhile(chat: Chat) -> None:
    (asked,) = await chat.say("let me talk to a human agent please")
    replies = await chat.say("what is the funding rate and when do i pay it")

    assert asked["kind"] == "committed"
    assert [reply["kind"] for reply in replies] == ["answer", "queue_status"]


async def test_small_talk_is_answered(chat: Chat) -> None:
    assert [reply["kind"] for reply in await chat.say("hello")] == ["greet"]
    assert [reply["kind"] for reply in await chat.say("thank you so much")] == ["thanks"]


def test_the_evaluation_command_decides_as_the_running_product(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFELINE_RASA_URL", servers.rasa)
    (tmp_path / "in.jsonl").write_text('{"id": "t", "text": "我的账户被盗了"}\n', encoding="utf-8")

    status = evaluate.main(["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl")])

    (output,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert status == 0
    assert (output["id"], output["lang"], output["intent"]) == ("t", "zh-Hans", "account_theft")
    assert (output["priority"], output["decision"]) == (0, "handoff")
