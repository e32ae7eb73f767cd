from __future__ import annotations

from pathlib import Path

import pytest

from kb_index.articles import ARTICLES
from kb_index.validate import main, validate

from .conftest import QUESTIONS, WriteArticle

STEPS = "\n\n1. Do this.\n2. Do that."


@pytest.mark.parametrize(
    ("body", "line", "problem"),
    [
        ("Go to https://evil.test/x now." + STEPS, 17, "'https://evil.test/x' is a link"),
        ("Fine.\n\nSee www.evil.test." + STEPS, 19, "is a link"),
        ("See okx-help.com now." + STEPS, 17, "name of a site"),
        ("访问okx-help.com处理" + STEPS, 17, "name of a site"),
        ("请看ｏｋｘ－ｈｅｌｐ．ｃｏｍ处理" + STEPS, 17, "name of a site"),
        ("加客服@lifeline_help处理" + STEPS, 17, "a handle"),
        ("Write to help@evil.test." + STEPS, 17, "an e-mail address"),
        ("Ask @lifeline_help there." + STEPS, 17, "a handle"),
        ("Call +49 30 1234567 now." + STEPS, 17, "a phone number"),
        ("拨打13800138000咨询" + STEPS, 17, "a phone number"),
        ("Call 800-555-1234." + STEPS, 17, "a phone number"),
        ("It is <b>so</b>." + STEPS, 17, "HTML"),
        ("It is **so**." + STEPS, 17, "markdown"),
        ("See [this](page)." + STEPS, 17, "markdown link"),
        ("# So\n\nIt is." + STEPS, 17, "markdown"),
        ("It is.\n- one\n- two" + STEPS, 18, "markdown"),
        ("Wait {security_hold_hour|24} hours." + STEPS, 17, "did you mean 'security_hold_hours'"),
        ("Open {freeze_url|} now." + STEPS, 17, "needs a fallback"),
        ("Open {freeze_url} now." + STEPS, 17, "a lone '{'"),
        ("Open {freeze_url|https://evil.test} now." + STEPS, 17, "is a link"),
        ("It is\u202e so." + STEPS, 17, "U+202E"),
        ("No steps at all.", 17, "0 numbered steps"),
        ("So.\n\n1. One.\n3. Three.", 20, "step 3 should be 2"),
        ("So " * 1000 + STEPS, 17, "characters; at most"),
        ("", 18, "the body is empty"),
    ],
)
def test_a_bad_body_is_named_with_its_line(write_article: WriteArticle, body: str, line: int, problem: str) -> None:
    path = write_article("kyc-age", body=body)
    found = validate(path.parents[1], required=[]).problems
    assert any(text.startswith(f"{path}:{line}: ") and problem in text for text in found), found


def test_a_sound_article_has_no_problems(write_article: WriteArticle) -> None:
    body = (
        "On OKX, 51008 or order-orderstate-error; amounts of 1,000.50 USDT, node.js v20, TRC-20 & 2FA, 24/7, 3 < 5.\n\n"
        "1. Open {freeze_url|Security settings > Freeze account}.\n2. Note the UID and 2026-11-22 08:00 UTC."
    )
    path = write_article("kyc-age", body=body)
    assert validate(path.parents[1], required=[]).problems == ()


def test_a_title_in_quotes_within_quotes_is_named(write_article: WriteArticle) -> None:
    path = write_article("kyc-age", title=r'"\"How old must I be\""')
    found = validate(path.parents[1], required=[]).problems
    assert [text for text in found if text.startswith(f"{path}:4: ") and "quoted twice" in text], found


def test_too_few_and_repeated_questions_are_named(write_article: WriteArticle) -> None:
    path = write_article("kyc-age", questions=[*QUESTIONS[:5], "The  FIFTH angry"])
    found = validate(path.parents[1], required=[]).problems
    assert any("6 questions; at least 8" in text for text in found)
    assert any(text == f"{path}:11: the question stands in line 10 already" for text in found)


def test_a_question_that_two_topics_claim_is_named(write_article: WriteArticle) -> None:
    first = write_article("kyc-age")
    second = write_article(
        "kyc-region", questions=[f"{question} abroad" for question in QUESTIONS[1:]] + [QUESTIONS[0]]
    )
    found = validate(first.parents[1], required=[]).problems
    assert list(found) == [f"{second}:13: 'first way to ask' is a question of {first}:6 too; keep one"]


def test_unknown_topics_and_languages_and_stray_files_are_named(write_article: WriteArticle, tmp_path: Path) -> None:
    write_article("kyc-agee")
    write_article("kyc-region", "it", questions=[f"{question} abroad" for question in QUESTIONS])
    (tmp_path / "articles" / "kyc-age.md").write_text("lost", encoding="utf-8")
    found = "\n".join(validate(tmp_path / "articles", required=[]).problems)
    assert "'kyc-agee' is not in taxonomy.yml; did you mean 'kyc-age'?" in found
    assert "the language 'it' is not in taxonomy.yml" in found
    assert "kyc-age.md:1: is no article" in found


def test_a_missing_required_language_is_a_problem_and_another_a_note(write_article: WriteArticle) -> None:
    root = write_article("kyc-age", "en").parents[1]
    write_article("kyc-age", "de")
    findings = validate(root, required=["en"])
    assert len(findings.problems) == 114
    assert f"{root}/adl/en.md:1: is missing" in findings.problems
    assert findings.notes == ("de: 114 of 115 topics are not written yet",)


def test_one_unreadable_article_does_not_hide_the_others(write_article: WriteArticle) -> None:
    path = write_article("kyc-age", text="nothing")
    other = write_article("kyc-region", body="See www.evil.test." + STEPS)
    found = validate(path.parents[1], required=[]).problems
    assert [text.split(": ")[0] for text in found] == [f"{path}:1", f"{other}:17"]


def test_the_command_prints_problems_and_fails(write_article: WriteArticle, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_article("kyc-age", body="Call +49 30 1234567." + STEPS)
    assert main([str(path.parents[1]), "--require", "en"]) == 1
    assert f"{path}:17: '+49 30 1234567' is a phone number" in capsys.readouterr().out


def test_the_articles_of_the_repository_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ARTICLES)]) == 0, capsys.readouterr().out
