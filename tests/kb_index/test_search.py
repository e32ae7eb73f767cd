from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kb_index import builds, index
from kb_index.articles import load
from kb_index.encoding import Encoder
from kb_index.errors import IndexUnavailable, KnowledgeBaseError
from kb_index.search import FaqSearch
from kb_index.training_messages import TrainingMessage

from .conftest import DIMENSIONS, WriteArticle, write_encoder


@pytest.fixture
def root(small_faq: Path, tmp_path: Path, encoder: Encoder) -> Path:
    index.build(tmp_path / "faq", load(small_faq), [], encoder)
    return tmp_path / "faq"


@pytest.fixture
def search(root: Path, encoder: Encoder) -> FaqSearch:
    return FaqSearch(root, encoder)


def until(check: Callable[[], bool], *, seconds: float = 30) -> None:
    """Asks again and again; each question is itself a search, so nothing else could announce the answer."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"


def test_a_known_question_finds_its_topic_in_either_language(search: FaqSearch) -> None:
    assert search.search("cant withdraw since i changed my number", "en")[0].topic == "withdrawal-24h-hold"
    assert search.search("换了手机号以后提不了币", "zh-Hans")[0].topic == "withdrawal-24h-hold"
    assert search.search("十七岁可以认证身份吗", "zh-Hans")[0].topic == "kyc-age"


def test_hits_come_best_first_with_scores_between_0_and_1(search: FaqSearch) -> None:
    for text in ("cancel my order", "", "?", "天气怎么样", "a" * 4000):
        hits = search.search(text)
        assert len(hits) == 5
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)
        assert len({hit.topic for hit in hits}) == 5


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("报错 51008", "insufficient-balance-but-funds-exist"),
        ("error 58219??", "withdrawal-24h-hold"),
        ("code -1021", "api-timestamp-expired"),
        ("сервер отвечает order-orderstate-error", "cancel-order-failed"),
    ],
)
def test_an_exact_code_finds_the_article_that_names_it(search: FaqSearch, text: str, topic: str) -> None:
    assert search.search(text)[0].topic == topic


def test_articles_are_offered_in_the_customers_language_or_the_nearest(search: FaqSearch) -> None:
    def shown(language: str | None, text: str = "提示58219") -> dict[str, str]:
        return {hit.topic: hit.language for hit in search.search(text, language)}

    assert shown("en")["withdrawal-24h-hold"] == "en"
    assert shown("zh-Hant")["withdrawal-24h-hold"] == "zh-Hans"
    assert shown("vi")["withdrawal-24h-hold"] == "en"
    assert shown("en")["kyc-age"] == "zh-Hans"
    assert shown(None)["withdrawal-24h-hold"] == "zh-Hans"
    assert shown(None, "cant withdraw since i changed my number")["withdrawal-24h-hold"] == "en"


def test_a_vector_that_the_caller_has_already_is_used(root: Path, search: FaqSearch, encoder: Encoder) -> None:
    text = "cant cancel my order"
    vector = encoder.encode([text])[0]
    without_encoder = FaqSearch(root)
    assert without_encoder.search(text, "en", vector) == search.search(text, "en")
    assert without_encoder.search(text, "en", vector.tolist()) == search.search(text, "en")


def test_at_most_k_hits_are_returned(search: FaqSearch) -> None:
    assert len(search.search("cancel", k=2)) == 2
    assert len(search.search("cancel", k=50)) == 5
    assert search.search("cancel", k=0) == []


def test_a_search_that_cannot_work_says_why(root: Path, tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(IndexUnavailable, match="make train"):
        FaqSearch(tmp_path / "nothing", encoder)
    with pytest.raises(KnowledgeBaseError, match="needs the message's vector"):
        FaqSearch(root).search("hello")
    with pytest.raises(KnowledgeBaseError, match=f"3 dimensions, the index {DIMENSIONS}"):
        FaqSearch(root).search("hello", vector=np.ones(3, dtype=np.float32))


def test_a_new_build_is_noticed_without_a_restart(
    root: Path, search: FaqSearch, small_faq: Path, encoder: Encoder, write_article: WriteArticle
) -> None:
    text = "proof that the coins are really there"
    assert all(hit.topic != "proof-of-reserves" for hit in search.search(text))
    write_article("proof-of-reserves", title="Proof of reserves", questions=[text, "merkle tree"])
    new = index.build(root, load(small_faq), [], encoder)
    until(lambda: search.search(text)[0].topic == "proof-of-reserves")
    assert search.build == new


def test_searches_go_on_while_new_builds_are_swapped_in(
    root: Path, search: FaqSearch, small_faq: Path, encoder: Encoder
) -> None:
    text, stop = "cant cancel my order", threading.Event()
    failures: list[BaseException] = []
    seen: set[str] = set()
    answered = [0] * 3

    def read(reader: int) -> None:
        try:
            while not stop.is_set():
                assert search.search(text, "en")[0].topic == "cancel-order-failed"
                seen.add(search.build)
                answered[reader] += 1
        except BaseException as exc:
            failures.append(exc)

    readers = [threading.Thread(target=read, args=(i,)) for i in range(len(answered))]
    for reader in readers:
        reader.start()
    made = [search.build]
    try:
        for number in range(6):
            messages = [TrainingMessage(f"cancel attempt {number}", "trading", "en", ("cancel-order-failed",), ())]
            made.append(index.build(root, load(small_faq), messages, encoder))
            until(lambda: made[-1] in seen or bool(failures))
    finally:
        stop.set()
        for reader in readers:
            reader.join(30)
    assert failures == []
    assert seen == set(made)
    assert min(answered) > 0


def test_a_build_that_cannot_be_read_is_not_used_and_tried_only_once(
    root: Path, search: FaqSearch, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, tries, original = search.build, [], builds.load

    def counted(folder: Path) -> object:
        tries.append(folder)
        return original(folder)

    monkeypatch.setattr(builds, "load", counted)
    (root / "broken").mkdir()
    (root / "broken" / "build.json").write_text("{", encoding="utf-8")
    (root / ".current").write_text("broken\n", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        (root / ".current").replace(root / "current")
        until(lambda: bool(search.search("cancel") and "stays in use" in caplog.text))
    assert search.build == good
    for _ in range(20):
        search.search("cancel")
    assert len(tries) == 1
    with pytest.raises(IndexUnavailable):
        search.refresh()

    (root / ".current").write_text(f"{good}\n", encoding="utf-8")
    (root / ".current").replace(root / "current")
    search.refresh()
    assert search.build == good


def test_a_build_of_another_encoder_is_not_used(
    root: Path, search: FaqSearch, small_faq: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = search.build
    other = Encoder(write_encoder(tmp_path / "other", build="other", seed=8))
    with caplog.at_level(logging.ERROR):
        index.build(root, load(small_faq), [], other)
        until(lambda: bool(search.search("cancel") and "restart it" in caplog.text))
    assert search.build == old
    assert FaqSearch(root, other).build != old


def test_the_pointer_may_move_while_a_build_is_read(
    root: Path, small_faq: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader saw the old id; by the time it opens the files that build was thrown away."""
    original, made = builds.current, list[str]()

    def slow(folder: Path) -> str | None:
        build = original(folder)
        monkeypatch.setattr(builds, "current", original)
        for number in range(2):
            messages = [TrainingMessage(f"{number} clock", "api", "en", ("api-timestamp-expired",), ())]
            made.append(index.build(root, load(small_faq), messages, encoder))
        return build

    monkeypatch.setattr(builds, "current", slow)
    assert FaqSearch(root, encoder).build == made[-1]
