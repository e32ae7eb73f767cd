"""Builds the search index from the articles and the training messages: ``python -m kb_index.index``.

The build's id is made from everything that goes into it, so an unchanged knowledge base is not built twice. Servers go
on with the old build until the new one is complete, then take it over by themselves.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import faiss
import numpy as np

from kb_index import builds
from kb_index.articles import ARTICLES, Articles
from kb_index.articles import load as load_articles
from kb_index.combination import FEATURES, Combination
from kb_index.encoding import ENCODER, Encoder, Vectors, cores
from kb_index.entries import Entry, Kind, collect, document_of
from kb_index.error_codes import topics_by_code
from kb_index.errors import IndexUnavailable, KnowledgeBaseError
from kb_index.learning import learn_combination, linear_model
from kb_index.lexical import Postings
from kb_index.remembered import REMEMBERED, encode, remember
from kb_index.segmentation import codes, tokens
from kb_index.snapshot import FORMAT, About, Snapshot, Tables
from kb_index.taxonomy import taxonomy
from kb_index.training_messages import MESSAGES, TrainingMessage, read_calibration
from kb_index.training_messages import read as read_messages

log = logging.getLogger(__name__)


def build(
    root: Path,
    articles: Articles,
    messages: Iterable[TrainingMessage],
    encoder: Encoder,
    *,
    calibration: Sequence[TrainingMessage] = (),
    force: bool = False,
) -> str:
    """Builds the index if its inputs changed, and makes it the current one.

    Args:
        root: the folder of builds.
        articles: the whole FAQ.
        messages: training messages; those without topics say what has no answer.
        encoder: the encoder that the servers will use.
        calibration: messages that neither the index nor the encoder knows; the evidence's weights are learned on them.
        force: build even if nothing changed.

    Returns:
        The id of the build that is current now.

    Raises:
        KnowledgeBaseError: when there are no articles. The old build, if any, stays current.
    """
    entries = collect(articles, messages)
    if not entries:
        raise KnowledgeBaseError("there are no articles to build an index from")
    name = _fingerprint(articles, entries, calibration, encoder)
    with builds.building(root):
        if not force and builds.current(root) == name and _is_sound(root):
            log.info("the index %s is up to date", name)
            return name
        log.info("encoding %d texts", len(entries))
        texts = [*(entry.text for entry in entries), *(message.text for message in calibration)]
        vectors = encode(root / REMEMBERED, encoder, texts)
        remember(root / REMEMBERED, encoder, texts, vectors)
        snapshot = assemble(articles, entries, vectors[: len(entries)], encoder, calibration, vectors[len(entries) :])
        builds.publish(root, name, snapshot.save)
        log.info("the index %s is current: %s", name, json.dumps(snapshot.about.report))
    return name


def assemble(
    articles: Articles,
    entries: Sequence[Entry],
    vectors: Vectors,
    encoder: Encoder,
    calibration: Sequence[TrainingMessage] = (),
    calibration_vectors: Vectors | None = None,
) -> Snapshot:
    """Makes the index of these entries and their vectors, (entries, dimensions).

    Its weights are learned on the calibration messages and their vectors.
    """
    topics = tuple(topic for topic in taxonomy().topics if articles.of(topic))
    numbers = {topic: i for i, topic in enumerate(topics)}
    languages = taxonomy().languages
    spoken = [[numbers[topic] for topic in entry.topics] or [len(topics)] for entry in entries]
    pairs = sorted((topic, position) for position, of_entry in enumerate(spoken) for topic in of_entry)
    written = list(articles)
    # Half precision: half the memory and 40 % of the time, and of 10,000 nearest entries two others.
    flat = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    flat.train(np.ascontiguousarray(vectors))
    flat.add(np.ascontiguousarray(vectors))
    tables = Tables(
        pair_entries=np.array([position for _, position in pairs], dtype=np.int64),
        pair_topics=np.array([topic for topic, _ in pairs], dtype=np.int64),
        entry_languages=np.array([languages.index(entry.language) for entry in entries], dtype=np.int64),
        article_topics=np.array([numbers[article.topic] for article in written], dtype=np.int64),
        linear=linear_model(vectors, np.array([of_entry[0] for of_entry in spoken]), len(topics) + 1),
    )
    words = Postings.build([tokens(entry.text) for entry in entries])
    documents = Postings.build([tokens(document_of(article)) for article in written])

    def about(combination: Combination) -> About:
        return About(
            encoder=encoder.build,
            topics=topics,
            languages=languages,
            article_languages={topic: sorted(articles.of(topic)) for topic in topics},
            codes=_codes(articles, numbers),
            combination=combination,
            report={
                "entries": len(entries),
                "articles": len(written),
                "messages": sum(entry.kind is Kind.MESSAGE for entry in entries),
                "weights_learned_from": combination.learned_from,
            },
        )

    plain = Snapshot(about(Combination()), flat, words, documents, tables)
    if calibration_vectors is None:
        return plain
    combination = learn_combination(plain, calibration, calibration_vectors)
    return Snapshot(about(combination), flat, words, documents, tables)


def _is_sound(root: Path) -> bool:
    try:
        builds.load(root)
    except IndexUnavailable:
        return False
    return True


def _codes(articles: Articles, numbers: dict[str, int]) -> dict[str, list[int]]:
    """The topics whose articles name each exact code, and those that the table of error codes gives.

    A question variant may hold a price that looks like a code, so it does not count.
    """
    named: dict[str, set[int]] = {}
    for article in articles:
        for code in codes(document_of(article)):
            named.setdefault(code, set()).add(numbers[article.topic])
    for code, of_code in topics_by_code().items():
        if known := {numbers[topic] for topic in of_code if topic in numbers}:
            named.setdefault(code, set()).update(known)
    return {code: sorted(topics) for code, topics in sorted(named.items())}


def _fingerprint(
    articles: Articles, entries: Sequence[Entry], calibration: Sequence[TrainingMessage], encoder: Encoder
) -> str:
    digest = hashlib.sha256(repr((FORMAT, FEATURES, encoder.description)).encode())
    digest.update(repr(sorted(topics_by_code().items())).encode())
    for article in articles:
        digest.update(repr((article.topic, article.language, article.title, article.body)).encode())
    for entry in entries:
        digest.update(repr((entry.text, entry.language, entry.kind, entry.topics)).encode())
    for message in calibration:
        digest.update(repr((message.text, message.topics, message.also)).encode())
    return digest.hexdigest()[:16]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m kb_index.index", description="Builds the search index.")
    parser.add_argument("--articles", type=Path, default=ARTICLES, help="folder of articles (%(default)s)")
    parser.add_argument("--messages", type=Path, default=MESSAGES, help="folder of training messages (%(default)s)")
    parser.add_argument("--encoder", type=Path, default=ENCODER, help="folder of the encoder (%(default)s)")
    parser.add_argument("--output", type=Path, default=builds.BUILDS, help="folder of builds (%(default)s)")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        articles, encoder = load_articles(options.articles), Encoder(options.encoder, threads=cores())
        messages, calibration = read_messages(options.messages), read_calibration(options.messages)
        build(options.output, articles, messages, encoder, calibration=calibration, force=options.force)
    except KnowledgeBaseError as exc:
        log.error("%s", exc)  # it says what to do; a trace would bury it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
