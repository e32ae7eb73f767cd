"""Entities in messages of all twelve languages."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.assistant.components.entities import Entity, entity_finder


def find(text: str, language: str | None = None) -> list[Entity]:
    finder = entity_finder()
    return finder.find(finder.document(text), language)


def values(text: str, language: str | None = None) -> list[tuple[str, str]]:
    return [(entity.label, entity.value) for entity in find(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh-Hans", "充了3万u到TRC20 三小时没到", [("amount", "30000"), ("network", "TRC20")]),
        ("zh-Hans", "大饼和以太坊提不出来", [("coin", "BTC"), ("coin", "ETH")]),
        ("zh-Hans", "改不了倍数 弹59000", [("error_code", "59000")]),
        (
            "zh-Hans",
            "欧易提到币安 500USDT",
            [("venue", "OKX"), ("venue", "Binance"), ("amount", "500"), ("coin", "USDT")],
        ),
        ("zh-Hans", "btc永续 订单号 12345678901", [("instrument", "BTC-USDT-SWAP"), ("order_id", "12345678901")]),
        ("zh-Hant", "提幣8萬幾蚊 報58217", [("amount", "80000"), ("error_code", "58217")]),
        (
            "ja",
            "入金画面ERC20なのにArbitrumで0.5ETH送りました",
            [("network", "ERC20"), ("network", "Arbitrum"), ("amount", "0.5"), ("coin", "ETH")],
        ),
        ("ko", "업비트에서 비트코인을 50,000원", [("venue", "Upbit"), ("coin", "BTC"), ("amount", "50000")]),
        ("ru", "вывел 380к рублей и 0,5 биткоина", [("amount", "380000"), ("amount", "0.5"), ("coin", "BTC")]),
        ("vi", "lệnh rút 5.400 USDT báo 51006", [("amount", "5400"), ("coin", "USDT"), ("error_code", "51006")]),
        (
            "es",
            "retiro de 1.250,75 USDT por la red Ethereum",
            [("amount", "1250.75"), ("coin", "USDT"), ("network", "Ethereum")],
        ),
        ("pt", "escolhi bep20 e mandei 200 reais", [("network", "BEP20"), ("amount", "200")]),
        ("tr", "4 bin usdt gitmiş", [("amount", "4000"), ("coin", "USDT")]),
        ("fr", "51410 en annulant ETH/USDT", [("error_code", "51410"), ("instrument", "ETH-USDT")]),
        (
            "de",
            "5.400 USDT über das Ethereum-Netzwerk",
            [("amount", "5400"), ("coin", "USDT"), ("network", "Ethereum")],
        ),
        ("en", "$500 gone, BTC-USD-250328 closed", [("amount", "500"), ("instrument", "BTC-USD-250328")]),
    ],
)
def test_entities_are_found_in_every_language(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text, language) == expected


def test_places_refer_to_the_message_as_written() -> None:
    text = "我把 ３０００ＵＳＤＴ 转到\u200bTXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR"

    amount, coin, address = find(text, "zh-Hans")

    assert text[amount.start : amount.end] == "３０００"
    assert text[coin.start : coin.end] == "ＵＳＤＴ"
    assert text[address.start : address.end] == "TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR"
    assert amount.extra == {"unit": "USDT"}
    assert address.extra == {"chains": ["TRON"]}


@pytest.mark.parametrize(
    "text",
    [
        "I have NOT received the link, only one near dot",  # symbols that are words
        "algo salió mal",
        "c'est ton problème",
        "i sent it, u said wait",
        "BTC at 58001 now",  # a price
        "it is 2026 and 50000 people wait",
        "身份证号 110101199003071234",  # a document
        "USDT-ERC20 is no instrument",
    ],
)
def test_near_misses_are_no_codes_orders_or_instruments(text: str) -> None:
    assert not {"error_code", "order_id", "instrument", "amount"} & {label for label, _ in values(text)}


def test_words_that_are_symbols_are_coins_only_in_capitals_or_after_a_number() -> None:
    assert values("my sol and link") == []
    assert values("my SOL") == [("coin", "SOL")]
    assert values("20 sol") == [("amount", "20"), ("coin", "SOL")]
    assert values("I did NOT do it") == []


def test_codes_carry_the_venues_that_use_them() -> None:
    okx, binance, htx = find("50113, -1022 and api-signature-not-valid")

    assert [e.extra["venues"] for e in (okx, binance, htx)] == [["OKX"], ["Binance"], ["HTX"]]
    assert binance.value == "-1022"


def test_an_unknown_code_needs_a_word_that_says_so() -> None:
    assert values("error 99123") == [("error_code", "99123")]
    assert values("row 99123") == []


@pytest.mark.parametrize(
    ("text", "label"),
    [("tx 0x" + "ab" * 32, "tx_hash"), ("0x" + "ab" * 32, "tx_hash"), ("my sui address 0x" + "ab" * 32, "address")],
)
def test_the_form_shared_by_hashes_and_accounts_is_told_apart_by_the_words_beside_it(text: str, label: str) -> None:
    assert [found for found, _ in values(text) if found in {"tx_hash", "address"}] == [label]


def test_entities_never_overlap() -> None:
    text = "BTC-USDT-SWAP 3万u USDT-TRC20 0x" + "a1" * 20 + " order 2632357285434470812 btcusdt ETH/USDT 0.5btc"

    entities = find(text, "zh-Hans")

    assert all(one.end <= two.start for one, two in pairwise(entities))


def test_a_long_message_is_searched_in_reasonable_time() -> None:
    import time

    text = "充了500 USDT到TRC20 订单号 12345678901 报错51008 " * 100
    began = time.perf_counter()
    find(text, "zh-Hans")

    assert time.perf_counter() - began < 5
