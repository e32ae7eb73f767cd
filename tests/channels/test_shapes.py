from contextlib import AsyncExitStack

import pytest

from bot.channels.telegram.pacing import PER_CHAT_SECONDS, PER_SECOND, Pacer
from bot.channels.telegram.shapes import MAX_TEXT_UNITS, incoming, keyboard, split_text
from handoff.records import Button
from tests.channels.bot_api import BotApi


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("text", ["长" * 9000, "😀" * 5000, "word " * 3000, ("段落。\n\n" + "字" * 2500 + "\n\n") * 4])
def test_a_long_text_is_cut_into_parts_that_telegram_takes_and_loses_no_character(text: str) -> None:
    parts = split_text(text)
    assert all(0 < units(part) <= MAX_TEXT_UNITS for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_cut_between_paragraphs_where_it_can_be() -> None:
    first, second = "a" * 3000, "b" * 3000
    assert split_text(f"{first}\n\n{second}") == [first, second]


def test_an_empty_text_has_no_parts() -> None:
    assert split_text("  \n ") == []


def test_button_data_stays_within_64_bytes_whatever_the_payload_is() -> None:
    markup = keyboard(123456, [Button("没有解决", '/not_solved{"topic":"' + "x" * 200 + '"}')] * 3)
    assert markup is not None
    data = [str(row[0].callback_data) for row in markup.inline_keyboard]
    assert data == ["123456:0", "123456:1", "123456:2"]


async def test_commands_are_read_with_and_without_the_bots_name() -> None:
    api = BotApi()
    for text, command in [("/start", "start"), ("/HUMAN@lifeline_bot please", "human"), ("/startle", None)]:
        said = incoming(await api.write(7, text))
        assert said is not None
        assert said.command == command
        assert said.text == ("" if command else text)


async def test_a_forged_button_is_not_a_place() -> None:
    api = BotApi()
    for data in ["", "x", "-1:0", "1:", "1:2:3", '/rate{"value":5}']:
        said = incoming(await api.press(7, data or " ", message_id=1))
        assert said is not None
        assert said.press is None
        assert not said.supported


async def test_the_pacer_keeps_both_limits() -> None:
    time, slept = [0.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    pacer = Pacer(clock=lambda: time[0], sleep=sleep)
    for _ in range(2):
        async with pacer.slot(1):
            pass
    assert slept == [PER_CHAT_SECONDS]
    time[0], slept[:] = 10.0, []
    for chat in range(2, 2 + PER_SECOND):
        async with pacer.slot(chat):
            pass
    assert slept == []
    async with pacer.slot(99):
        assert slept == [pytest.approx(1.0)]
    time[0], slept[:] = 100.0, []
    pacer.pause(5)
    async with pacer.slot(5):
        assert slept == [5.0]


async def test_a_second_counts_from_the_answer_because_a_slow_network_may_deliver_late() -> None:
    time = [0.0]

    async def sleep(seconds: float) -> None:
        time[0] += seconds

    pacer = Pacer(clock=lambda: time[0], sleep=sleep)
    async with AsyncExitStack() as in_flight:
        for chat in range(PER_SECOND):
            await in_flight.enter_async_context(pacer.slot(chat))
        time[0] = 0.7  # only now are they answered
    async with pacer.slot(99):
        assert time[0] == pytest.approx(1.7)
