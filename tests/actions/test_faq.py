"""Answers from the FAQ and clarifying questions."""

from __future__ import annotations

from actions.faq import Answer, AnswerTopic, Clarify, Rephrase, Solved
from handoff.records import HandoffReason
from tests.actions.conftest import Office

FEES = [("maker-taker-fees", 0.9), ("funding-rate", 0.3), ("realized-pnl-mismatch", 0.2), ("adl", 0.01)]


async def test_an_answer_shows_the_article_with_its_title_and_three_buttons(office: Office) -> None:
    said = await office.run(Answer, "trading", topics=FEES)

    (reply,) = said.replies
    title, body = reply["text"].split("\n\n", 1)
    assert reply["kind"] == "answer"
    assert "fee" in title.lower()
    assert "1." in body
    assert "{" not in reply["text"]
    assert said.payloads == [
        '/solved{"topic": "maker-taker-fees"}',
        '/not_solved{"topic": "maker-taker-fees"}',
        "/human",
    ]
    assert reply["meta"]["topic"] == "maker-taker-fees"


async def test_an_answer_comes_in_the_language_of_the_message(office: Office) -> None:
    said = await office.run(Answer, "trading", topics=FEES, language="zh-Hans")

    assert "手续费" in said.replies[0]["text"]
    assert said.replies[0]["meta"]["language"] == "zh-Hans"
    assert said.replies[0]["buttons"][2]["title"] == "转人工" or "人工" in said.replies[0]["buttons"][2]["title"]


async def test_an_answer_tells_the_gateway_what_was_understood(office: Office) -> None:
    coin = {"entity": "coin", "value": "BTC", "start": 0, "end": 3, "extractor": "DomainEntityExtractor"}

    said = await office.run(Answer, "trading", topics=FEES, entities=[coin])

    understanding = said.replies[0]["meta"]["understanding"]
    assert understanding["intent"] == "trading"
    assert understanding["priority"] == 2
    assert understanding["entities"] == [{"entity": "coin", "value": "BTC", "start": 0, "end": 3}]


async def test_a_topic_without_an_article_is_passed_over(office: Office) -> None:
    said = await office.run(Answer, "trading", topics=[("no-such-topic", 0.9), ("adl", 0.4)])

    assert said.replies[0]["meta"]["topic"] == "adl"


async def test_answers_are_remembered_in_order_without_repetition(office: Office) -> None:
    await office.run(Answer, "trading", topics=[("adl", 0.9)])
    await office.run(Answer, "trading", topics=[("funding-rate", 0.9)])
    await office.run(Answer, "trading", topics=[("adl", 0.9)])

    assert office.slots["tried"] == ["funding-rate", "adl"]


async def test_the_first_unclear_message_brings_two_or_three_topics_and_none_of_these(office: Office) -> None:
    said = await office.run(Clarify, "trading", topics=FEES)

    assert said.kinds == ["clarify"]
    assert said.payloads == [
        '/topic{"topic": "maker-taker-fees"}',
        '/topic{"topic": "funding-rate"}',
        '/topic{"topic": "realized-pnl-mismatch"}',
        "/none_of_these",
    ]
    assert said.slots == {"unsure_turns": 1.0}


async def test_the_second_unclear_message_in_a_row_brings_a_person(office: Office) -> None:
    await office.run(Clarify, "trading", topics=FEES)
    said = await office.run(Clarify, "trading", topics=FEES)

    assert said.kinds == ["committed"]
    handoff = await office.desk.open_handoff(office.conversation_id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.UNSURE
    assert handoff.skill == "trading"
    assert office.slots["unsure_turns"] == 0.0


async def test_an_answer_between_two_unclear_messages_starts_the_count_again(office: Office) -> None:
    await office.run(Clarify, "trading", topics=FEES)
    await office.run(Answer, "trading", topics=FEES)
    said = await office.run(Clarify, "trading", topics=FEES)

    assert said.kinds == ["clarify"]


async def test_without_candidates_the_question_asks_for_other_words(office: Office) -> None:
    said = await office.run(Clarify, "trading", topics=[])

    assert said.kinds == ["clarify_again"]
    assert said.payloads == ["/human"]


async def test_a_chosen_topic_is_answered_in_the_language_of_the_conversation(office: Office) -> None:
    said = await office.press(AnswerTopic, "topic", topic="adl", language="zh-Hans")

    assert said.kinds == ["answer"]
    assert said.replies[0]["meta"] == {"topic": "adl"}
    assert "自动减仓" in said.replies[0]["text"]


async def test_none_of_these_asks_for_other_words_and_counts_on(office: Office) -> None:
    await office.run(Clarify, "trading", topics=FEES)
    said = await office.press(Rephrase, "none_of_these")
    again = await office.run(Clarify, "trading", topics=FEES)

    assert said.kinds == ["clarify_again"]
    assert again.kinds == ["committed"]


async def test_a_solved_question_forgets_what_was_tried(office: Office) -> None:
    await office.run(Answer, "trading", topics=FEES)
    said = await office.press(Solved, "solved", topic="maker-taker-fees")

    assert said.kinds == ["solved_thanks"]
    assert office.slots["tried"] == []
