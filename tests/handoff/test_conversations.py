from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import StatementError

from handoff.errors import AlreadyAnswered, AssistantMuted, ConversationMissing, MessageMissing
from handoff.records import Author, Button, Draft, Owner
from tests.handoff.conftest import Office


async def test_a_customer_has_one_conversation_a_channel_however_many_open_it_at_once(office: Office) -> None:
    opened = await asyncio.gather(*(office.customer("ann") for _ in range(10)))
    assert len({conversation.id for conversation in opened}) == 1
    telegram = await office.conversations.open("telegram", "ann", locale="en-GB", language="en")
    assert telegram.id != opened[0].id


async def test_opening_again_returns_the_conversation_as_it_is(office: Office) -> None:
    first = await office.conversations.open("web", "ann", locale="zh-CN", language="zh-Hans")
    again = await office.conversations.open("web", "ann", locale="en-US", language="en")
    assert (again.id, again.language, again.locale) == (first.id, "zh-Hans", "zh-CN")
    assert again.owner is Owner.ASSISTANT


async def test_an_unknown_conversation_is_reported(office: Office) -> None:
    with pytest.raises(ConversationMissing):
        await office.conversations.get("nobody")
    with pytest.raises(ConversationMissing):
        await office.conversations.add_customer_message("nobody", Draft("hi"), client_id=None)
    assert await office.conversations.find("web", "nobody") is None
    assert await office.conversations.messages("nobody") == []


async def test_the_same_client_id_is_one_message_even_when_sent_at_the_same_moment(office: Office) -> None:
    ann, bob = await office.customer("ann"), await office.customer("bob")
    sent = await asyncio.gather(
        *(office.conversations.add_customer_message(ann.id, Draft(f"try {i}"), client_id="c1") for i in range(8))
    )
    assert sorted(new for _, new in sent) == [False] * 7 + [True]
    assert len({(message.seq, message.text) for message, _ in sent}) == 1
    assert len(await office.said(ann)) == 1
    _, new = await office.conversations.add_customer_message(bob.id, Draft("hi"), client_id="c1")
    assert new


async def test_messages_come_back_as_they_were_committed(office: Office) -> None:
    ann = await office.customer()
    await office.conversations.add_customer_message(ann.id, Draft("提币没到账", meta={"a": 1}), client_id="c1")
    answer = Draft("Here", kind="answer", buttons=(Button("Yes", '/solved{"topic":"x"}'),), meta={"topic": "x"})
    said = await office.conversations.say_as_assistant(ann.id, [answer, Draft("More")], answering_seq=1)
    await office.conversations.say_as_system(ann.id, Draft("Note", kind="redacted_notice"))
    kept = await office.conversations.messages(ann.id)
    assert kept[1:3] == said
    assert [m.author for m in kept] == [Author.CUSTOMER, Author.ASSISTANT, Author.ASSISTANT, Author.SYSTEM]
    assert (kept[1].buttons, kept[1].kind, kept[1].meta) == (answer.buttons, "answer", {"topic": "x"})
    assert [m.seq for m in await office.conversations.messages(ann.id, after=1, limit=2)] == [2, 3]


async def test_numbers_have_no_gaps_when_everybody_writes_at_once(office: Office) -> None:
    ann = await office.customer()
    writes = []
    for i in range(20):
        writes.append(office.conversations.add_customer_message(ann.id, Draft(f"c{i}"), client_id=f"c{i}"))
        writes.append(office.conversations.say_as_assistant(ann.id, [Draft("a"), Draft("b")], answering_seq=None))
        writes.append(office.conversations.say_as_system(ann.id, Draft("s")))
    await asyncio.gather(*writes)
    messages = await office.conversations.messages(ann.id, limit=500)
    assert [message.seq for message in messages] == list(range(1, 81))
    assert (await office.conversations.get(ann.id)).last_seq == 80


async def test_a_failed_write_leaves_no_gap(office: Office) -> None:
    ann = await office.customer()
    await office.conversations.say_as_system(ann.id, Draft("one"))
    unwritable = Draft("y", meta={"no": object()})
    with pytest.raises((TypeError, StatementError)):
        await office.conversations.say_as_assistant(ann.id, [Draft("x"), unwritable], answering_seq=1)
    message = await office.conversations.say_as_system(ann.id, Draft("two"))
    assert message.seq == 2


async def test_answering_marks_the_message_as_handled_in_the_same_breath(office: Office) -> None:
    ann = await office.customer()
    await office.conversations.add_customer_message(ann.id, Draft("one"), client_id=None)
    await office.conversations.add_customer_message(ann.id, Draft("two"), client_id=None)
    assert await office.conversations.unhandled(0) == [(ann.id, 1), (ann.id, 2)]
    await office.conversations.say_as_assistant(ann.id, [Draft("answer")], answering_seq=1)
    assert await office.conversations.unhandled(0) == [(ann.id, 2)]
    await office.conversations.mark_handled(ann.id, 2)
    assert await office.conversations.unhandled(0) == []
    await office.conversations.mark_handled(ann.id, 1)
    assert (await office.conversations.get(ann.id)).handled_seq == 2


async def test_only_messages_of_some_age_count_as_left_behind(office: Office) -> None:
    ann = await office.customer()
    await office.conversations.add_customer_message(ann.id, Draft("one"), client_id=None)
    assert await office.conversations.unhandled(30) == []
    office.clock.advance(31)
    assert await office.conversations.unhandled(30) == [(ann.id, 1)]


async def test_what_a_customer_writes_to_an_agent_is_never_left_for_the_assistant(office: Office) -> None:
    ann, mei = await office.customer(), await office.agent()
    await office.conversations.add_customer_message(ann.id, Draft("before"), client_id=None)
    handoff = await office.ask(ann)
    await office.desk.claim(handoff.id, mei)
    await office.conversations.add_customer_message(ann.id, Draft("to the agent"), client_id=None)
    assert await office.conversations.unhandled(0) == []
    await office.desk.close(handoff.id, mei, "solved")
    assert await office.conversations.unhandled(0) == []
    message, _ = await office.conversations.add_customer_message(ann.id, Draft("next"), client_id=None)
    assert await office.conversations.unhandled(0) == [(ann.id, message.seq)]


async def test_the_assistant_is_mute_while_an_agent_owns_the_conversation(office: Office) -> None:
    ann, mei = await office.customer(), await office.agent()
    await office.conversations.add_customer_message(ann.id, Draft("hello"), client_id=None)
    handoff = await office.ask(ann)
    await office.conversations.say_as_assistant(ann.id, [Draft("still here")], answering_seq=1)
    await office.desk.claim(handoff.id, mei)
    before = await office.conversations.messages(ann.id)
    with pytest.raises(AssistantMuted):
        await office.conversations.say_as_assistant(ann.id, [Draft("too late")], answering_seq=1)
    assert await office.conversations.messages(ann.id) == before


async def test_a_message_is_answered_once_though_two_processes_answer_it_at_the_same_time(office: Office) -> None:
    ann = await office.customer()
    message, _ = await office.conversations.add_customer_message(ann.id, Draft("hello"), client_id=None)
    answers = [
        office.conversations.say_as_assistant(ann.id, [Draft(f"answer {n}")], answering_seq=message.seq)
        for n in range(4)
    ]

    said = await asyncio.gather(*answers, return_exceptions=True)

    assert sum(isinstance(one, AlreadyAnswered) for one in said) == 3
    assert len(await office.conversations.messages(ann.id)) == 2


async def test_delivery_is_remembered_and_never_goes_backwards(office: Office) -> None:
    chat = await office.conversations.open("telegram", "1", locale=None, language="en")
    await office.conversations.say_as_system(chat.id, Draft("one"))
    await office.conversations.say_as_system(chat.id, Draft("two"))
    assert [c.id for c in await office.conversations.undelivered("telegram")] == [chat.id]
    assert await office.conversations.undelivered("web") == []
    await office.conversations.mark_delivered(chat.id, 2)
    await office.conversations.mark_delivered(chat.id, 1)
    await office.conversations.mark_delivered(chat.id, 99)
    assert (await office.conversations.get(chat.id)).delivered_seq == 2
    assert await office.conversations.undelivered("telegram") == []


async def test_understanding_is_merged_into_the_customers_message_only(office: Office) -> None:
    ann = await office.customer()
    await office.conversations.add_customer_message(ann.id, Draft("hi", meta={"a": 1, "b": 1}), client_id=None)
    await office.conversations.annotate(ann.id, 1, {"b": 2, "intent": "greet"})
    assert (await office.conversations.messages(ann.id))[0].meta == {"a": 1, "b": 2, "intent": "greet"}
    await office.conversations.say_as_system(ann.id, Draft("note"))
    with pytest.raises(MessageMissing):
        await office.conversations.annotate(ann.id, 2, {"intent": "greet"})


async def test_context_is_merged_and_none_removes_a_key(office: Office) -> None:
    ann = await office.customer()
    await asyncio.gather(*(office.conversations.set_context(ann.id, {f"k{i}": i}) for i in range(5)))
    await office.conversations.set_context(ann.id, {"k0": None, "k1": "new"})
    await office.conversations.set_language(ann.id, "zh-Hans")
    kept = await office.conversations.get(ann.id)
    assert kept.context == {"k1": "new", "k2": 2, "k3": 3, "k4": 4}
    assert kept.language == "zh-Hans"


async def test_a_secret_that_shows_itself_later_is_replaced_where_it_stands(office: Office) -> None:
    ann, bob = await office.customer("ann"), await office.customer("bob")
    for conversation in (ann, bob):
        for text in ("witch collapse", "practice feed", "thanks"):
            await office.conversations.add_customer_message(conversation.id, Draft(text), client_id=None)
    await office.conversations.replace_texts(ann.id, {1: "[redacted]", 2: "[redacted]"})
    assert await office.said(ann) == ["[redacted]", "[redacted]", "thanks"]
    assert await office.said(bob) == ["witch collapse", "practice feed", "thanks"]
