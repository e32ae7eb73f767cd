from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from handoff import console, errors, taxonomy
from handoff.console.dialogs import DISPOSITIONS
from handoff.console.preferences import THEMES
from handoff.console.wording import LANGUAGES, Wording, from_accept_language, supported
from handoff.guard import KINDS
from handoff.records import Author, HandoffReason, Role

FOLDER = Path(console.__file__).parent
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def texts(language: str) -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load((FOLDER / "texts" / f"{language}.yml").read_text("utf-8"))
    return loaded


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_with_the_same_placeholders() -> None:
    chinese, english = (texts(language) for language in LANGUAGES)
    assert {key: placeholders(text) for key, text in chinese.items()} == {
        key: placeholders(text) for key, text in english.items()
    }
    assert all(isinstance(text, str) and text for text in [*chinese.values(), *english.values()])


def test_every_key_that_the_program_names_has_a_text() -> None:
    known = texts("en")
    sources = [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.html")]
    named = {
        key
        for source in sources
        for key in re.findall(r"""\b(?:say|wording|t)\(\s*["']([a-z_0-9]+)["']""", source.read_text("utf-8"))
    }
    assert len(named) > 100
    assert named - known.keys() == set()


def test_every_word_of_the_desks_vocabulary_has_a_name() -> None:
    known = texts("en")
    wanted = {
        *(f"skill_{skill}" for skill in taxonomy.skills()),
        *(f"intent_{intent}" for intent in taxonomy.intents()),
        *(f"intent_{skill}" for skill in taxonomy.skills()),
        *(f"reason_{reason}" for reason in HandoffReason),
        *(f"role_{role}" for role in Role),
        *(f"author_{author}" for author in Author if author is not Author.SYSTEM),
        *(f"priority_{priority}" for priority in range(4)),
        *(f"disposition_{disposition}" for disposition in DISPOSITIONS),
        *(f"theme_{theme}" for theme in THEMES),
        *(f"secret_{kind}" for kind in KINDS),
        *(f"concern_{kind}" for kind in ("asks_for_secret", "foreign_link", "email", "phone", "handle")),
        *(f"fact_{fact}" for fact in ("intent", "skill", "language", "channel", "locale")),
        *(f"page_{page}" for page in ("workspace", "supervisor", "team")),
        *(f"column_{column}" for column in ("queue", "thread", "case")),
    }
    assert wanted - known.keys() == set()


def test_every_refusal_that_an_agent_can_meet_is_explained() -> None:
    met = (
        errors.HandoffTaken,
        errors.HandoffMissing,
        errors.ConversationMissing,
        errors.NotYourConversation,
        errors.AgentInactive,
        errors.AgentMissing,
        errors.StoreUnavailable,
        errors.UsernameTaken,
        errors.FileMissing,
    )
    assert {f"error_{error.code}" for error in met} - texts("en").keys() == set()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("en-GB,en;q=0.5", "en"),
        ("fr", "en"),
        ("", "zh-Hans"),
        (None, "zh-Hans"),
    ],
)
def test_the_forms_speak_the_browsers_language(header: str | None, language: str) -> None:
    assert from_accept_language(header) == language


def test_an_unknown_language_becomes_one_of_ours() -> None:
    assert [supported(tag) for tag in ("zh-Hans", "zh-Hant", "en", "ja", "", None)] == [
        *("zh-Hans", "zh-Hans", "en", "en", "zh-Hans", "zh-Hans")
    ]


def test_times_are_those_of_the_place_where_the_page_is_looked_at() -> None:
    late = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)
    shanghai = ZoneInfo("Asia/Shanghai")
    for language, today in (("zh-Hans", "今天"), ("en", "Today")):
        say = Wording(language)
        assert say.clock_time(late, shanghai) == "01:05"
        assert say.day(late, shanghai, NOON) == today
    assert Wording("en").day(late, UTC, NOON) == "Sat, 21 Nov 2026"
    assert Wording("zh-Hans").day(late, UTC, NOON) == "2026年11月21日星期六"


def test_durations_languages_and_sizes_are_written_in_words() -> None:
    say = Wording("en")
    assert [say.span(seconds) for seconds in (None, 0, 59, 61, 3600 * 25)] == [
        "–",
        "0 s",
        "59 s",
        "1 min 1 s",
        "25 h 0 min",
    ]
    assert (say.language_name("zh-Hans"), say.language_name("xx-nonsense!"), say.language_name(None)) == (
        *("Chinese (Simplified)", "xx-nonsense!", "unknown"),
    )
    assert (say.size(10), say.size(80_000), say.size(3 * 1024 * 1024)) == ("1 KB", "78 KB", "3.0 MB")
