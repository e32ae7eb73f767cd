from __future__ import annotations

import re
import string

import pytest

from handoff import taxonomy, texts
from handoff.records import Wait

LANGUAGES = texts.languages()
FREEZE = "https://www.example.com/security/freeze"


def _forms(entry: texts.Entry) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


def _values(form: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(form) if name}


def test_every_language_of_the_desk_has_texts() -> None:
    assert set(LANGUAGES) == set(taxonomy.languages())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_values(language: str) -> None:
    own, english = texts.entries(language), texts.entries("en")
    assert own.keys() == english.keys()
    for key, entry in own.items():
        for form in _forms(entry):
            assert _values(form) == _values(_forms(english[key])[0]), key
            assert form.strip(), key


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("zh-Hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Hant", "zh-Hant"),
        ("zh_TW", "zh-Hant"),
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("th", "en"),
        ("", "en"),
        ("nonsense", "en"),
    ],
)
def test_a_locale_is_answered_in_the_nearest_language(asked: str, used: str) -> None:
    assert texts.resolve(asked) == used
    assert texts.text("solved", asked) == texts.text("solved", used)


def test_a_missing_value_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(KeyError):
        texts.text("agent_joined", "en")
    with pytest.raises(KeyError):
        texts.text("no_such_text", "en")


def test_values_are_filled_in_as_they_are() -> None:
    assert "{x}" in texts.text("agent_joined", "en", name="{x}")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "less than a minute", "不到 1 分钟"),
        (60, "about 1 minute", "约 1 分钟"),
        (61, "about 2 minutes", "约 2 分钟"),
        (3600, "about 60 minutes", "约 60 分钟"),
        (3700, "about 2 hours", "约 2 小时"),
    ],
)
def test_waits_are_rounded_up_and_use_the_plural_of_the_language(seconds: float, english: str, chinese: str) -> None:
    assert texts.duration(seconds, "en") == english
    assert texts.duration(seconds, "zh-CN") == chinese


def test_the_customer_is_told_no_time_that_nobody_knows() -> None:
    for say in (texts.wait_notice, texts.queue_status):
        known, unknown, nobody = (say(wait, "en") for wait in (Wait(3, 2, 200.0), Wait(3, 2, None), Wait(3, 0, None)))
        assert "about 4 minutes" in known
        assert "minute" not in unknown
        assert "No agent is available" in nobody
        assert all("3" in notice for notice in (known, unknown, nobody))
        assert "约 4 分钟" in say(Wait(3, 2, 200.0), "zh-Hans")


@pytest.mark.parametrize("key", ["emergency_theft", "emergency_scam"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_emergency_steps_are_numbered_begin_with_the_freeze_link_and_fit_a_phone_screen(
    key: str, language: str
) -> None:
    steps = texts.text(key, language, freeze_url=FREEZE)
    numbers = re.findall(r"^(\d)\. ", steps, flags=re.MULTILINE)
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 4
    assert FREEZE in next(line for line in steps.splitlines() if line.startswith("1. "))
    # A phone shows about 24 lines of 42 narrow or 21 wide characters between the widget's header and input.
    lines = sum(-(-sum(2 if ord(char) > 0x2E80 else 1 for char in line) // 42) for line in steps.splitlines())
    assert lines <= 24, lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_freeze_page_is_ever_linked_and_nothing_is_promised(language: str) -> None:
    promises = re.compile(
        r"保证(?!金)|一定能|肯定能|追回您|赔偿|guarantee|refund|compensat|will get .* back", re.IGNORECASE
    )
    for key, entry in texts.entries(language).items():
        for form in _forms(entry):
            assert "http" not in form, key
            assert not promises.search(form), key


def test_chinese_texts_address_the_customer_politely() -> None:
    for key, entry in texts.entries("zh-Hans").items():
        for form in _forms(entry):
            assert "你" not in form, key
