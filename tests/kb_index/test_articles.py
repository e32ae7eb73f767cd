from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb_index.articles import ARTICLES, load, parse
from kb_index.errors import ArticleInvalid
from kb_index.taxonomy import nearest_language, taxonomy

from .conftest import WriteArticle, article_text


def test_an_article_is_read_with_its_fields_and_lines(write_article: WriteArticle) -> None:
    article = parse(write_article("kyc-age", title="How old must I be", body="\nFirst line.\n\n1. One.\n2. Two."))
    assert (article.topic, article.language, article.title) == ("kyc-age", "en", "How old must I be")
    assert article.updated == date(2026, 11, 22)
    assert article.sources == ("GK",)
    assert article.body.startswith("First line.")
    lines = article.path.read_text(encoding="utf-8").splitlines()
    assert lines[article.title_line - 1].startswith("title:")
    assert lines[article.question_lines[2] - 1].strip() == '- "third one here"'
    assert lines[article.body_line - 1] == "First line."


def test_a_question_of_digits_only_needs_no_quotes(write_article: WriteArticle) -> None:
    text = article_text("kyc-age").replace('- "seventh"', "- 50001").replace('- "number eight"', "- yes")
    assert parse(write_article("kyc-age", text=text)).questions[-2:] == ("50001", "yes")


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("---\ntopic", "topic", 1, "must begin with a line `---`"),
        ("title: A title", "title: Loss: why", 4, "no YAML"),
        ("title: A title", "titel: A title", 4, "unknown field 'titel'"),
        ("title: A title", "title:", 4, "title must hold text"),
        ("title: A title", "title: A\ntitle: B", 5, "a second time"),
        ("title: A title\n", "", 2, "missing: title"),
        ("updated: 2026-11-22", "updated: yesterday", 14, "must be a date"),
        ("topic: kyc-age", "topic: kyc-region", 2, "the path says 'kyc-age'"),
        ("language: en", "language: de", 3, "the path says 'en'"),
        ("sources: [GK]", "sources: GK", 15, "sources must be a list"),
        ('- "seventh"', "- [seventh]", 12, "questions must hold text"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_and_line(
    write_article: WriteArticle, before: str, after: str, line: int, problem: str
) -> None:
    text = article_text("kyc-age")
    assert before in text
    path = write_article("kyc-age", text=text.replace(before, after, 1))
    with pytest.raises(ArticleInvalid) as caught:
        parse(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert problem in str(caught.value)


def test_a_file_that_is_no_text_is_refused(write_article: WriteArticle) -> None:
    path = write_article("kyc-age")
    path.write_bytes(b"---\xff\n")
    with pytest.raises(ArticleInvalid, match="UTF-8"):
        parse(path)


def test_the_nearest_language_is_offered_where_one_is_not_written(small_faq: Path) -> None:
    articles = load(small_faq)

    def shown(topic: str, language: str | None) -> str | None:
        article = articles.nearest(topic, language)
        return article.language if article else None

    assert shown("withdrawal-24h-hold", "zh-Hans") == "zh-Hans"
    assert shown("withdrawal-24h-hold", "zh-Hant") == "zh-Hans"
    assert shown("withdrawal-24h-hold", "ja") == "en"
    assert shown("kyc-age", "fr") == "zh-Hans"
    assert shown("kyc-age", None) == "zh-Hans"
    assert shown("adl", "en") is None
    assert nearest_language("en", []) is None


def test_articles_are_found_by_topic_and_language(small_faq: Path) -> None:
    articles = load(small_faq)
    assert len(articles) == len(list(articles)) == 6
    assert set(articles.of("withdrawal-24h-hold")) == {"en", "zh-Hans"}
    assert articles.get("kyc-age", "en") is None
    assert "kyc-age" in articles.topics()


def test_the_taxonomy_has_its_115_topics_in_seven_families() -> None:
    assert len(taxonomy().topics) == len(set(taxonomy().topics)) == 115
    assert len(taxonomy().families) == 7
    assert len(taxonomy().languages) == 12
    assert taxonomy().family_of("adl") == "trading"
    assert taxonomy().family_of("nothing") is None


def test_every_article_of_the_repository_can_be_read() -> None:
    articles = load(ARTICLES)
    assert set(articles.topics()) <= set(taxonomy().topics)
