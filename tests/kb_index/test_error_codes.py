"""What error codes mean: the table, the wording in every language, and the way from a code to its topic."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb_index import index
from kb_index.articles import load
from kb_index.encoding import Encoder
from kb_index.error_codes import explain, layout, topics_by_code, venues
from kb_index.error_codes.checks import problems
from kb_index.error_codes.facts import FOLDER, all_facts, document
from kb_index.search import FaqSearch
from kb_index.taxonomy import taxonomy

LANGUAGES = [language for language in taxonomy().languages if (FOLDER / f"{language}.yml").exists()]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the files that may be spoilt."""
    folder = tmp_path / "error_codes"
    folder.mkdir()
    for path in FOLDER.glob("*.yml"):
        shutil.copy(path, folder)
    return folder


def change(path: Path, old: str, new: str) -> int:
    """Replaces a text that stands in the file once; returns its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_code_is_explained_with_meaning_cause_fix_and_topic() -> None:
    [one] = explain("50102", "OKX", "en")
    assert (one.venue, one.code, one.topic) == ("OKX", "50102", "api-timestamp-expired")
    assert "30 seconds" in one.meaning
    assert "time" in one.cause
    assert "UTC" in one.fix


@pytest.mark.parametrize(
    ("written", "venue", "topic"),
    [
        ("51008", "OKX", "insufficient-balance-but-funds-exist"),
        ("51008_1000", "OKX", "insufficient-balance-but-funds-exist"),
        (" 58219 ", "okx", "withdrawal-24h-hold"),
        ("50011", "OKX", "api-rate-limit"),
        ("50001", "OKX", "system-maintenance"),
        ("1003", "HTX", "api-signature-invalid"),
        ("api signature not valid", "HTX", "api-signature-invalid"),
        ("API-SIGNATURE-NOT-VALID", None, "api-signature-invalid"),
        ("order_orderstate_error", "HTX", "cancel-order-failed"),
        ("-1003", "Binance", "api-rate-limit"),
        ("1003", "Binance", "api-rate-limit"),
        ("\u22121021", None, "api-timestamp-expired"),
        ("\uff0d1022", None, "api-signature-invalid"),
        ("1021", None, "api-timestamp-expired"),
    ],
)
def test_a_code_is_recognised_as_customers_write_it(written: str, venue: str | None, topic: str) -> None:
    assert [one.topic for one in explain(written, venue, "en")] == [topic]


@pytest.mark.parametrize(("code", "venue"), [("99999", None), ("58219", "HTX"), ("-1003", "OKX"), ("", None)])
def test_an_unknown_code_or_one_of_another_venue_is_not_explained(code: str, venue: str | None) -> None:
    assert explain(code, venue, "en") == []


def test_the_sign_is_part_of_the_code() -> None:
    assert venues("1003") == ("HTX", "Binance")
    assert venues("-1003") == ("Binance",)


def test_a_code_of_two_venues_is_explained_for_each() -> None:
    assert venues("4007") == ("OKX", "HTX")
    okx, htx = explain("4007", None, "en")
    assert okx.meaning != htx.meaning


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_explained_in_every_language(language: str) -> None:
    line = layout(language)
    for fact in all_facts():
        [one] = explain(fact.code, fact.venue, language)
        shown = [line["code"].format(code=one.code, venue=one.venue)]
        shown += [line[part].format(text=getattr(one, part)) for part in ("meaning", "cause", "fix")]
        assert all("{" not in text and "}" not in text for text in shown)
        assert fact.code in shown[0]
        assert fact.venue in shown[0]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_a_language_is_not_explained_in_the_words_of_another(language: str) -> None:
    for fact in all_facts():
        [one], [english] = explain(fact.code, fact.venue, language), explain(fact.code, fact.venue, "en")
        assert one.meaning != english.meaning
        assert one.cause != english.cause
        assert one.fix != english.fix


def test_a_language_that_is_not_written_falls_back_to_the_nearest() -> None:
    assert explain("50102", "OKX", "xx") == explain("50102", "OKX", "en")


def test_the_files_of_the_repository_are_valid() -> None:
    assert problems() == []


def test_a_missing_language_is_named(files: Path) -> None:
    (files / "ja.yml").unlink(missing_ok=True)
    assert problems(files, required=["zh-Hans", "en"]) == []
    assert problems(files, required=["ja"]) == [f"{files / 'ja.yml'}:1: is missing"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  key_missing: The API key does not exist.\n", "", ":1: meanings.key_missing is missing"),
        ("  key_missing: The API", "  key_gone: The API", "meanings.key_gone is used by no code"),
        ("  key_missing: The API", "  key_gone: The API", "meanings.key_gone is not in zh-Hans.yml"),
        ("The signature is invalid.", "x" * 121, "meanings.signature_invalid has 121 characters; it must have 1 to"),
        ("The signature is invalid.", '""', "meanings.signature_invalid has 0 characters"),
        ("More requests were sent", "x" * 140, "kinds.rate.cause has 1"),
        ("For example a freeze", "x" * 160, "meanings.account_text.cause has 2"),
        ("{header} is empty", "is empty", "meanings.header_missing must have the placeholders ['header']"),
        ("{header} is empty", "{headers} is empty", "meanings.header_missing or kinds."),
        ('"Code: {code} ({venue})"', '"Code: {code}"', "layout.code must have the placeholders ['code', 'venue']"),
        ("  best_ask: the best ask price\n", "", ":1: terms.best_ask is missing"),
        ("The signature is invalid.", "See www.evil.test", "is a link"),
        ("  key_invalid: ", "  key_missing: Again.\n  key_invalid: ", "meanings.key_missing stands in line"),
        ("meanings:", "meanings: [", "is no YAML"),
    ],
)
def test_a_bad_wording_is_named(files: Path, old: str, new: str, problem: str) -> None:
    change(files / "en.yml", old, new)
    found = problems(files)
    assert any(text.startswith(f"{files / 'en.yml'}:") and problem in text for text in found), found


def test_a_problem_has_the_line_of_its_text(files: Path) -> None:
    line = change(files / "en.yml", "The signature is invalid.", "x" * 121)
    assert any(text.startswith(f"{files / 'en.yml'}:{line}: ") for text in problems(files))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("withdrawal-24h-hold", "withdrawal-hold", "the topic 'withdrawal-hold' is not in taxonomy.yml"),
        ('"58219"', "58219", "needs quotes around the code"),
        ("kind: security_hold, ", "", "needs quotes around the code, and"),
        ('"58220"', '"58219"', "OKX.58219 stands in line"),
        ("kind: security_hold", "kind: holding", "kinds.holding is not complete for OKX 58219"),
        ("values: {what: position}, topic: adl", "values: {what: stance}, topic: adl", "terms.stance is missing"),
    ],
)
def test_a_bad_fact_is_named(files: Path, old: str, new: str, problem: str) -> None:
    change(files / "codes.yml", old, new)
    assert any(problem in text for text in problems(files))


def test_every_code_leads_to_its_topics() -> None:
    topics = topics_by_code()
    assert topics["58219"] == ("withdrawal-24h-hold",)
    assert topics["1021"] == topics["-1021"] == ("api-timestamp-expired",)
    assert topics["1003"] == ("api-signature-invalid", "api-rate-limit")
    assert set(topics["4007"]) == {"api-websocket", "api-code-lookup"}


def test_the_search_finds_the_topic_of_a_code_that_no_article_names(
    small_faq: Path, tmp_path: Path, encoder: Encoder
) -> None:
    articles = load(small_faq)
    assert not any("60006" in article.body for article in articles)
    root = tmp_path / "faq"
    index.build(root, articles, [], encoder)
    faq = FaqSearch(root, encoder)
    assert faq.search("60006")[0].topic == "api-timestamp-expired"
    assert faq.search("60006_1000")[0].topic == "api-timestamp-expired"


def test_another_table_of_codes_makes_another_build(
    small_faq: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "faq"
    first = index.build(root, load(small_faq), [], encoder)
    monkeypatch.setattr(index, "topics_by_code", lambda: {"60006": ("kyc-region",)})
    assert index.build(root, load(small_faq), [], encoder) != first


def test_every_number_that_is_explained_is_recognised_in_a_message_without_the_word_error() -> None:
    lexicon = document(Path(__file__).parents[2] / "bot/assistant/components/lexicon/codes.yml")
    for fact in all_facts():
        if len(fact.code) > 3 and fact.code.lstrip("-").isdigit():  # 403 is an HTTP status as well
            assert int(fact.code) in lexicon[fact.venue], fact
