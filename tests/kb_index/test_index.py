from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from kb_index import builds, index
from kb_index.articles import load
from kb_index.encoding import Encoder
from kb_index.entries import Kind, collect
from kb_index.errors import IndexUnavailable, KnowledgeBaseError
from kb_index.search import FaqSearch
from kb_index.training_messages import TrainingMessage

from .conftest import WriteArticle, write_encoder


def message(text: str, *topics: str, also: tuple[str, ...] = ()) -> TrainingMessage:
    return TrainingMessage(text, "api", "en", topics, also)


def folders(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


def test_entries_are_titles_questions_and_messages_with_their_topics(small_faq: Path) -> None:
    messages = [
        message("clock is wrong again", "api-timestamp-expired", also=("cancel-order-failed",)),
        message("good morning"),
        message("about an article that nobody wrote", "adl"),
        message("CANT cancel my  order!", "api-timestamp-expired"),
    ]
    entries = {entry.text: entry for entry in collect(load(small_faq), messages)}
    assert entries["An order cannot be cancelled"].kind is Kind.TITLE
    assert entries["clock is wrong again"].topics == ("api-timestamp-expired",)
    assert entries["good morning"].topics == ()
    assert "about an article that nobody wrote" not in entries
    # the same text twice speaks for both topics, once
    assert entries["cant cancel my order"].topics == ("cancel-order-failed", "api-timestamp-expired")
    assert "CANT cancel my  order!" not in entries


def test_an_unchanged_knowledge_base_is_not_built_twice(small_faq: Path, tmp_path: Path, encoder: Encoder) -> None:
    root = tmp_path / "faq"
    first = index.build(root, load(small_faq), [], encoder)
    stamp = builds.stamp(root)
    assert index.build(root, load(small_faq), [], encoder) == first
    assert builds.stamp(root) == stamp
    assert index.build(root, load(small_faq), [], encoder, force=True) == first
    assert builds.stamp(root) != stamp
    assert FaqSearch(root, encoder).build == first


def test_whatever_goes_into_a_build_changes_its_id(
    small_faq: Path, tmp_path: Path, encoder: Encoder, write_article: WriteArticle
) -> None:
    root = tmp_path / "faq"
    seen = [index.build(root, load(small_faq), [], encoder)]
    seen.append(index.build(root, load(small_faq), [message("clock", "api-timestamp-expired")], encoder))
    seen.append(index.build(root, load(small_faq), [], Encoder(write_encoder(tmp_path / "other", build="other"))))
    write_article("kyc-region", body="New.\n\n1. A.\n2. B.")
    seen.append(index.build(root, load(small_faq), [], encoder))
    write_article("kyc-region", body="New text.\n\n1. A.\n2. B.")
    seen.append(index.build(root, load(small_faq), [], encoder))
    assert len(set(seen)) == len(seen)


def test_the_last_two_builds_are_kept(small_faq: Path, tmp_path: Path, encoder: Encoder) -> None:
    root = tmp_path / "faq"
    made = [index.build(root, load(small_faq), [message(f"clock {i}", "kyc-age")], encoder) for i in range(4)]
    assert folders(root) == set(made[-2:])
    assert builds.current(root) == made[-1]


def test_a_build_that_fails_leaves_the_old_one_served(
    small_faq: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "faq"
    old = index.build(root, load(small_faq), [], encoder)

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("kb_index.snapshot.Tables.save", fail)
    with pytest.raises(OSError, match="no space"):
        index.build(root, load(small_faq), [message("x", "kyc-age")], encoder)
    assert builds.current(root) == old
    assert FaqSearch(root, encoder).build == old

    monkeypatch.undo()
    new = index.build(root, load(small_faq), [message("x", "kyc-age")], encoder)
    assert folders(root) == {old, new}  # what the failed attempt left is gone


def test_a_damaged_build_is_made_again(small_faq: Path, tmp_path: Path, encoder: Encoder) -> None:
    root = tmp_path / "faq"
    build = index.build(root, load(small_faq), [], encoder)
    (root / build / "vectors.faiss").unlink()
    with pytest.raises(IndexUnavailable, match="make train"):
        FaqSearch(root, encoder)
    assert index.build(root, load(small_faq), [], encoder) == build
    assert FaqSearch(root, encoder).build == build


def test_two_builders_wait_for_each_other(small_faq: Path, tmp_path: Path, encoder: Encoder) -> None:
    root = tmp_path / "faq"
    order: list[str] = []
    first_is_in, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with builds.building(root):
            first_is_in.set()
            may_leave.wait(30)
            order.append("first")

    def second() -> None:
        with builds.building(root):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert first_is_in.wait(30)
    threads[1].start()
    may_leave.set()
    for thread in threads:
        thread.join(30)
    assert order == ["first", "second"]


def test_no_articles_are_refused(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(KnowledgeBaseError, match="no articles"):
        index.build(tmp_path / "faq", load(tmp_path / "nothing"), [], encoder)


def test_the_command_builds_and_reports_what_is_wrong(
    small_faq: Path, tmp_path: Path, encoder_folder: Path, write_article: WriteArticle
) -> None:
    arguments = ["--articles", str(small_faq), "--messages", str(tmp_path / "none"), "--output", str(tmp_path / "faq")]
    assert index.main([*arguments, "--encoder", str(tmp_path / "none")]) == 1
    assert index.main([*arguments, "--encoder", str(encoder_folder)]) == 0
    assert builds.current(tmp_path / "faq") is not None
    write_article("kyc-region", text="nothing")
    assert index.main([*arguments, "--encoder", str(encoder_folder)]) == 1


def test_weights_are_learned_when_there_is_enough_to_learn_from(
    small_faq: Path, tmp_path: Path, encoder: Encoder
) -> None:
    random = np.random.default_rng(3)
    vocabulary = {
        "withdrawal-24h-hold": ["withdraw", "lock", "number", "phone", "changed", "authenticator", "hours", "pause"],
        "cancel-order-failed": ["cancel", "order", "gone", "button", "nothing", "happens", "open", "revoke"],
        "api-timestamp-expired": ["timestamp", "clock", "recvwindow", "request", "server", "time", "ntp", "drift"],
        "": ["hello", "morning", "weather", "football", "thanks", "friend", "music", "lunch"],
    }
    messages = [
        TrainingMessage(" ".join(random.choice(words, 5)), "api", "en", (topic,) if topic else (), ())
        for i in range(3000)
        for topic, words in [list(vocabulary.items())[i % 4]]
    ]
    root = tmp_path / "faq"
    index.build(root, load(small_faq), messages[400:], encoder, calibration=messages[:400])
    combination = builds.load(root)[1].about.combination
    assert combination.learned_from == 400
    assert min(combination.weights) >= 0.0
    search = FaqSearch(root, encoder)
    sure = search.search("withdraw pause hours phone", "en")[0]
    assert (sure.topic, sure.score > 0.8) == ("withdrawal-24h-hold", True)
    assert search.search("hello friend lunch music", "en")[0].score < 0.2
