"""Answers from the FAQ and clarifying questions."""

from __future__ import annotations

from actions.faq import Answer, AnswerTopic, Clarify, Rephrase, Solved
from handoff import texts
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


def code(value: str, *venues: str) -> dict[str, object]:
    return {"entity": "error_code", "value": value, "start": 0, "end": len(value), "venues": list(venues)}


def venue(name: str) -> dict[str, object]:
    return {"entity": "venue", "value": name, "start": 0, "end": len(name)}


CLOCK = [("api-timestamp-expired", 0.9)]


async def test_an_answer_to_an_error_code_begins_with_what_the_code_means(office: Office) -> None:
    said = await office.run(Answer, "api", topics=CLOCK, entities=[code("50102", "OKX")])

    first, second, third, fourth, *_ = said.replies[0]["text"].split("\n")
    assert first == "Code: 50102 (OKX)"
    assert second.startswith("Meaning: ")
    assert third.startswith("Cause: ")
    assert fourth.startswith("What to do: ")
    assert "1." in said.replies[0]["text"]


async def test_the_code_is_explained_in_the_language_of_the_message(office: Office) -> None:
    said = await office.run(Answer, "api", topics=CLOCK, entities=[code("50102", "OKX")], language="zh-Hans")

    assert said.replies[0]["text"].startswith("错误码：50102（OKX）\n含义：")


async def test_a_code_of_two_venues_is_explained_for_both_when_the_message_names_none(office: Office) -> None:
    said = await office.run(Answer, "api", topics=[("api-websocket", 0.9)], entities=[code("4007", "OKX", "HTX")])

    text = said.replies[0]["text"]
    assert "4007 (OKX)" in text
    assert "4007 (HTX)" in text


async def test_the_venue_that_the_message_names_decides(office: Office) -> None:
    topics = [("api-websocket", 0.9)]
    said = await office.run(Answer, "api", topics=topics, entities=[venue("HTX"), code("4007", "OKX", "HTX")])
    binance = await office.run(Answer, "api", topics=topics, entities=[venue("Binance"), code("1003", "HTX")])

    assert "(OKX)" not in said.replies[0]["text"]
    assert binance.replies[0]["text"].startswith("Code: -1003 (Binance)")


async def test_a_venue_that_does_not_have_the_code_is_only_the_destination(office: Office) -> None:
    topics = [("withdrawal-24h-hold", 0.9)]
    said = await office.run(Answer, "deposit_withdrawal", topics=topics, entities=[venue("Binance"), code("58219")])

    assert said.replies[0]["text"].startswith("Code: 58219 (OKX)")


async def test_an_http_status_is_no_code_of_a_venue_that_nobody_named(office: Office) -> None:
    unnamed = await office.run(Answer, "api", topics=CLOCK, entities=[code("403")])
    named = await office.run(Answer, "api", topics=CLOCK, entities=[code("403"), venue("HTX")])

    assert "403 (HTX)" not in unnamed.replies[0]["text"]
    assert named.replies[0]["text"].startswith("Code: 403 (HTX)")


async def test_an_exact_code_is_answered_instead_of_a_clarifying_question(office: Office) -> None:
    said = await office.run(Clarify, "api", topics=FEES, entities=[code("58219", "OKX")])

    assert said.kinds == ["answer"]
    assert said.replies[0]["meta"]["topic"] == "withdrawal-24h-hold"
    assert said.replies[0]["text"].startswith("Code: 58219 (OKX)")
    assert said.slots["unsure_turns"] == 0.0


async def test_an_unknown_code_still_brings_the_clarifying_question(office: Office) -> None:
    said = await office.run(Clarify, "api", topics=FEES, entities=[code("99999")])

    assert said.kinds == ["clarify"]


async def test_an_angry_or_frightened_customer_is_first_answered_as_such(office: Office) -> None:
    angry = await office.run(Answer, "trading", topics=FEES, mood="angry")
    afraid = await office.run(Answer, "trading", topics=FEES, mood="panic", language="ja")
    calm = await office.run(Answer, "trading", topics=FEES)

    assert angry.replies[0]["text"] == f"{texts.text('tone_angry', 'en')}\n\n{calm.replies[0]['text']}"
    assert afraid.replies[0]["text"].startswith(texts.text("tone_panic", "ja"))


async def test_a_few_words_after_an_answer_are_about_that_answer(office: Office) -> None:
    answer = await office.run(Answer, "deposit_withdrawal", topics=[("choose-network", 0.9)])
    title = answer.replies[0]["text"].split("\n\n")[0]

    said = await office.run(Clarify, "deposit_withdrawal", text="and on TRC20?", topics=FEES)

    assert title in said.replies[0]["text"]
    assert said.payloads == [
        '/topic{"topic": "maker-taker-fees"}',
        '/topic{"topic": "funding-rate"}',
        '/not_solved{"topic": "choose-network"}',
        "/human",
    ]
    again = await office.run(Clarify, "deposit_withdrawal", text="还是不行", topics=FEES)
    assert again.kinds == ["committed"]


async def test_a_long_message_after_an_answer_stands_for_itself(office: Office) -> None:
    await office.run(Answer, "deposit_withdrawal", topics=[("choose-network", 0.9)])
    said = await office.run(
        Clarify, "trading", text="and now about something else that i have not told you yet", topics=FEES
    )

    assert "/none_of_these" in said.payloads
