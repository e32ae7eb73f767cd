"""Seed phrases in every dress in which customers paste them."""

from __future__ import annotations

import unicodedata

import pytest

from handoff.guard import redact, wordlists
from tests.guard.wallets import HAN, LISTS, full_width, phrase, words_of

TOKEN = "[redacted: seed phrase]"
SPACED = [name for name in LISTS if name not in HAN]


@pytest.mark.parametrize("count", [12, 15, 18, 21, 24])
@pytest.mark.parametrize("name", LISTS)
def test_phrases_of_every_list_and_length_are_redacted(name: str, count: int) -> None:
    words = phrase(name, count)
    assert redact(" ".join(words)).text == TOKEN


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("separator", [", ", "\n", "，", "、", " - ", ";", "　", " | ", "\n- ", "\r\n", '", "'])
def test_any_separator_joins_the_words(name: str, separator: str) -> None:
    assert redact(separator.join(phrase(name, 12))).text == TOKEN


@pytest.mark.parametrize("numbering", ["{}. ", "{}.", "{}) ", "({}) ", "{}、", "#{} ", "{}: ", "word {}: ", "第{}个 "])
@pytest.mark.parametrize("name", LISTS)
def test_numbered_words_are_a_phrase(name: str, numbering: str) -> None:
    words = phrase(name, 12)
    text = " ".join(numbering.format(i) + word for i, word in enumerate(words, 1))
    redacted = redact(text).text
    assert TOKEN in redacted
    assert not any(word in redacted.replace("word", "").replace("第", "").replace("个", "") for word in words)


def test_circled_numbers_do_not_hide_the_words() -> None:
    words = phrase("english", 12)
    text = "".join(chr(0x2460 + i) + word for i, word in enumerate(words))
    assert not any(word in redact(text).text for word in words)


@pytest.mark.parametrize(
    "dressed",
    [
        " ".join(phrase("english", 12)).upper(),
        " ".join(phrase("english", 12)).title(),
        full_width(" ".join(phrase("english", 12))),
        " ".join(word[0] + "\u200b" + word[1:] for word in phrase("english", 12)),
        "\u200b".join(phrase("english", 12)),
        "\ufeff" + "\u2060 ".join(phrase("english", 12)),
        "".join(phrase("english", 12)),
        "".join(word.title() for word in phrase("english", 12)),
        " ".join(word[:4] for word in phrase("english", 12)),
        unicodedata.normalize("NFKD", " ".join(phrase("korean", 12))),
        unicodedata.normalize("NFKD", " ".join(phrase("japanese", 12))),
        unicodedata.normalize("NFKD", " ".join(phrase("french", 12))),
        "".join(chr(ord(char) + 0x60) if "ぁ" <= char <= "ゖ" else char for char in " ".join(phrase("japanese", 12))),
        str(phrase("english", 24)),
    ],
)
def test_dressed_phrases_are_redacted(dressed: str) -> None:
    redacted = redact(f"help\n{dressed}\n???").text
    assert TOKEN in redacted
    assert len(redacted) < 60


def test_accents_may_be_missing() -> None:
    words = phrase("spanish", 12, seed=7)
    plain = [unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode() for word in words]
    assert redact(" ".join(plain)).text == TOKEN


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("position", [1, 5, 10])
def test_one_word_in_twelve_may_be_unknown(name: str, position: int) -> None:
    words = phrase(name, 12)
    words[position] = {"japanese": "ぬぬぬぬ", "korean": "쀍쀍", "russian": "ъъщщъ"}.get(
        name, "龘" if name in HAN else "xqzzk"
    )
    assert redact(" ".join(words)).text == TOKEN


@pytest.mark.parametrize("name", SPACED)
@pytest.mark.parametrize("position", [0, 11])
def test_a_slip_in_the_first_or_last_word_does_not_save_the_rest(name: str, position: int) -> None:
    words = phrase(name, 12)
    words[position] = words[position][:-1] + words[position][-1] * 2
    assert redact(" ".join(words)).text == TOKEN


def test_several_slips_in_a_long_phrase_leave_no_words() -> None:
    words = phrase("english", 24)
    words[4], words[7], words[19] = words[4] + "e", "zzzzz", words[19][1:]
    assert redact(" ".join(words)).text == TOKEN


def test_the_sentence_around_a_phrase_stays() -> None:
    text = f"我的助记词是{' '.join(phrase('english', 12))}，帮我看看为什么导入不了"
    assert redact(text).text == f"我的助记词是{TOKEN}，帮我看看为什么导入不了"
    text = "here's my seed so you can check: " + " ".join(phrase("english", 12))
    assert redact(text).text == f"here's my seed so you can check: {TOKEN}"


def test_findings_point_into_the_original_text() -> None:
    words = " ".join(phrase("english", 12))
    text = "ｏｋ\u200b! " + words + " 谢谢"
    (finding,) = redact(text).findings
    assert text[finding.start : finding.end] == words
    assert finding.kind == "seed_phrase"


@pytest.mark.parametrize(
    "text",
    [
        "my seed is {}",
        "first 6 words are {}",
        "seed phrase: {}",
        "助记词：{}",
        "我的助記詞 {}",
        "シードフレーズは {}",
        "시드 구문: {}",
        "моя сид-фраза {}",
        "cụm từ khôi phục của tôi: {}",
        "mi frase semilla es {}",
        "minha frase de recuperação: {}",
        "kurtarma kelimelerim {}",
        "ma phrase de récupération: {}",
        "meine Wiederherstellungswörter: {}",
        "{} <- is that my seed?",
    ],
)
def test_a_label_makes_a_part_of_a_phrase_a_secret(text: str) -> None:
    part = "gravity mushroom violin cactus orbit lunar"
    assert redact(text.format(part)).text == text.format(TOKEN)


def test_the_same_words_without_a_label_stay() -> None:
    text = "gravity mushroom violin cactus orbit lunar"
    assert redact(text).text == text


def test_words_of_other_schemes_are_redacted_after_a_label() -> None:
    monero = "tavern lectures pebbles joining owls haunted zodiac vortex ulcers fainted gecko jigsaw"
    assert redact(f"seed: {monero}").text == f"seed: {TOKEN}"


@pytest.mark.parametrize(
    "text",
    [
        "身份认证一直失败是什么原因",
        "助记词是什么意思，怎么备份才安全呢",
        "我忘了助记词 币还能拿回来吗",
        "我 的 币 不 见 了 你 们 快 来 人 看 一 下 啊",
        "my seed phrase is not working please help me with this account",
        "seed phrase can you help",
        "can you please help me check my account address and phone code today",
        "what is a seed phrase and do i need one for this exchange account",
        "please help you can check order transfer deposit this week",
        "mi frase semilla no funciona en la aplicación",
        "я забыл сид-фразу, можно ли восстановить кошелек",
        "シードフレーズを忘れました。どうすればいいですか",
        "시드 구문을 잃어버렸어요 어떻게 해야 하나요",
    ],
)
def test_talk_about_phrases_stays(text: str) -> None:
    assert redact(text).text == text


def test_the_word_lists_are_complete() -> None:
    assert set(wordlists.lists()) == set(LISTS)
    assert all(len(set(words_of(name))) == 2048 for name in LISTS)
    assert wordlists.lists_with("сноха") == {"russian"}, "the package's file holds this word with broken letters"
