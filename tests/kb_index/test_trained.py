"""What the search does with the trained encoder and the whole FAQ. Needs `make train`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb_index import builds
from kb_index.articles import ARTICLES, load
from kb_index.encoding import Encoder
from kb_index.search import FaqSearch

MODELS = Path(__file__).parents[2] / "models"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(builds.current(MODELS / "faq") is None, reason="nothing is trained yet; run `make train`"),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(MODELS / "encoder")


@pytest.fixture(scope="module")
def search(encoder: Encoder) -> FaqSearch:
    return FaqSearch(MODELS / "faq", encoder)


@pytest.mark.parametrize("wording", ["error {}", "提示{}是什么意思", "{}"])
def test_every_code_that_an_article_names_leads_to_such_an_article(
    search: FaqSearch, encoder: Encoder, wording: str
) -> None:
    about = builds.load(MODELS / "faq")[1].about
    texts = {code: wording.format(code) for code in about.codes}
    vectors = dict(zip(texts, encoder.encode(list(texts.values())), strict=True))
    missed = [
        code
        for code, text in texts.items()
        if {hit.topic for hit in search.search(text, vector=vectors[code], k=3)}.isdisjoint(
            about.topics[number] for number in about.codes[code]
        )
    ]
    assert len(missed) <= 0.02 * len(texts), missed


def test_titles_find_their_own_topic_in_every_language(search: FaqSearch, encoder: Encoder) -> None:
    articles = list(load(ARTICLES))
    vectors = encoder.encode([article.title for article in articles])
    hits = [
        search.search(article.title, article.language, vector, k=1)[0]
        for article, vector in zip(articles, vectors, strict=True)
    ]
    wrong = [article.title for article, hit in zip(articles, hits, strict=True) if hit.topic != article.topic]
    assert len(wrong) <= 0.02 * len(articles), wrong
    assert all(
        hit.language == article.language
        for article, hit in zip(articles, hits, strict=True)
        if hit.topic == article.topic
    )
