"""Tokens of every script, with their places in the message as written."""

from __future__ import annotations

import pytest

from bot.assistant.components.scanner import clean, scan


def texts(message: str) -> list[str]:
    return [piece.text for piece in scan(message)]


def test_an_address_between_chinese_characters_is_one_token() -> None:
    assert texts("我的地址TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR请查") == [
        *"我的地址",
        "TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR",
        *"请查",
    ]


def test_numbers_and_their_units_are_apart() -> None:
    assert texts("充了3000u 0.5btc") == [*"充了", "3000", "u", "0.5", "btc"]


def test_a_number_grouped_by_spaces_is_one_token() -> None:
    assert texts("12 000,5 руб") == ["12 000,5", "руб"]


def test_instruments_codes_and_ton_addresses_keep_their_hyphens() -> None:
    ton = "UQBvW8Z5huBkMJYdnfAEM5JqTNkuWX3diqYENkWsIL0XggGG"
    message = f"BTC-USDT-SWAP api-signature-not-valid 51008_1000 {ton} BTC-Adresse"

    assert texts(message) == ["BTC-USDT-SWAP", "api-signature-not-valid", "51008_1000", ton, "BTC", "-", "Adresse"]


@pytest.mark.parametrize(
    "message",
    [
        "ＢＴＣ １２３",
        "0x62a9158609e0\u200b06a5b5780885ac303cb058d4417c?",
        "cafe\u0301 сняли 3€",
        "비트코인을 👍🏽 ok",
        "ﾊﾞﾅﾝｽ",
    ],
)
def test_every_token_is_found_at_its_place_in_the_message_as_written(message: str) -> None:
    for piece in scan(message):
        assert clean(message[piece.start : piece.end]) == piece.text


def test_invisible_characters_do_not_cut_an_address() -> None:
    assert texts("0x62a9158609e0\u200b06a5b5780885ac303cb058d4417c") == ["0x62a9158609e006a5b5780885ac303cb058d4417c"]


def test_no_character_but_white_space_and_invisible_ones_is_lost() -> None:
    message = "Hé, ¿qué? 50.000đ — ок 한국 日本 𠮷 \t end"

    assert "".join(texts(message)) == "".join(clean(message).split())
