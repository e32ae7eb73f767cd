"""Languages of short and mixed messages, with what is known of the conversation."""

from __future__ import annotations

import functools

import pytest

from bot.assistant.components.languages import LanguageDetector, of_locale


@functools.lru_cache
def detector() -> LanguageDetector:
    return LanguageDetector()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "币没到"),
        ("zh-Hans", "APIKey does not match current environment 这是要闹哪样"),
        ("zh-Hant", "我的帳戶被盜了"),
        ("zh-Hant", "點解提唔到幣"),
        ("ja", "入金まだ？"),
        ("ja", "USDT 出金できない error 58207"),
        ("ko", "출금 안돼요"),
        ("ru", "где деньги"),
        ("ru", "58217 почему"),
        ("vi", "rút tiền không được"),
        ("es", "no me llega el retiro"),
        ("es", "asesor"),
        ("pt", "meu saque travou"),
        ("tr", "param nerede"),
        ("fr", "retrait bloqué depuis hier"),
        ("de", "auszahlung hängt seit gestern"),
        ("en", "withdrawal stuck"),
        ("en", "where is my money"),
    ],
)
def test_a_few_words_tell_the_language(language: str, text: str) -> None:
    assert detector().detect(text).language == language


@pytest.mark.parametrize("text", ["51008", "👍", "0x62a9158609e006a5b5780885ac303cb058d4417c", "USDT?", ""])
def test_without_words_the_conversation_goes_on_in_its_language(text: str) -> None:
    assert detector().detect(text, conversation="tr").language == "tr"
    assert detector().detect(text, locale="pt-BR").language == "pt"


def test_a_customer_can_change_the_language() -> None:
    assert detector().detect("why was my withdrawal rejected", conversation="de").language == "en"
    assert detector().detect("为什么提现被拒绝", conversation="en").language == "zh-Hans"


def test_characters_of_both_chinese_standards_follow_the_conversation() -> None:
    assert detector().detect("你好", conversation="zh-Hant").language == "zh-Hant"
    assert detector().detect("你好").language == "zh-Hans"


def test_a_lone_kana_does_not_make_chinese_japanese() -> None:
    assert detector().detect("我的の提现什么时候到账呀").language == "zh-Hans"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("pt-BR", "pt"),
        ("xx", None),
        (None, None),
    ],
)
def test_locales_are_mapped_to_supported_languages(locale: str | None, language: str | None) -> None:
    assert of_locale(locale) == language


def test_nothing_is_downloaded() -> None:
    assert detector()._model.config.model == "lite"
