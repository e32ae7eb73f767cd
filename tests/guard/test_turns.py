"""Secrets that come in several messages."""

from __future__ import annotations

import pytest

from handoff.guard import redact, redact_turn
from tests.guard.wallets import HAN, LISTS, phrase

TOKEN = "[redacted: seed phrase]"


@pytest.mark.parametrize("name", LISTS)
def test_a_phrase_sent_one_word_at_a_time_is_found_at_its_twelfth_word(name: str) -> None:
    words = phrase(name, 12)
    for count in range(1, 12):
        assert redact_turn(words[count - 1], words[: count - 1]).text == words[count - 1]
    turn = redact_turn(words[11], words[:11])
    assert turn.text == TOKEN
    assert [old.text for old in turn.earlier] == [TOKEN] * 11


def test_a_phrase_in_two_halves_is_redacted_in_both_messages() -> None:
    words = phrase("english", 24)
    first, second = "hello, first part: " + " ".join(words[:8]), " ".join(words[8:16]) + " und so weiter"
    turn = redact_turn(second, ["什么时候到账", first])
    assert turn.text == f"{TOKEN} und so weiter"
    assert [old.text for old in turn.earlier] == ["什么时候到账", f"hello, first part: {TOKEN}"]
    assert [len(old.findings) for old in turn.earlier] == [0, 1]


def test_words_that_follow_redacted_ones_need_a_label() -> None:
    rest = " ".join(phrase("english", 4, seed=3))
    assert redact_turn(rest, ["seed:"]).text == TOKEN
    assert redact_turn(rest, [TOKEN]).text == rest


@pytest.mark.parametrize(
    ("previous", "text", "expected"),
    [
        ("这是验证码", "483920", "[redacted: one-time code]"),
        ("my password:", "Sunshine_1987", "[redacted: password]"),
        ("my private key:", "ab" * 32, "[redacted: private key]"),
        ("order:", "483920", "483920"),
    ],
)
def test_a_label_in_one_message_names_the_secret_in_the_next(previous: str, text: str, expected: str) -> None:
    assert redact_turn(text, [previous]).text == expected


def test_earlier_belongs_to_the_previous_texts_one_by_one() -> None:
    previous = [f"message {i} " + "x" * 300 for i in range(60)]
    turn = redact_turn("hello", previous)
    assert [old.text for old in turn.earlier] == previous


def test_a_message_alone_is_redacted_like_a_first_turn() -> None:
    text = "验证码 483920 " + " ".join(phrase("english", 12))
    assert redact_turn(text, []).text == redact(text).text


def test_ordinary_messages_in_a_row_stay() -> None:
    previous = ["can you help me", "please check my account", "the deposit is not here", "你好", "在吗"]
    turn = redact_turn("help please", previous)
    assert turn.text == "help please"
    assert not any(old.findings for old in turn.earlier)
    assert not [name for name in HAN if redact_turn("啊", list("我的币不见了怎么办快点啊")).findings]
