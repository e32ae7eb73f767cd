"""Milliseconds a search takes on 40,000 entries, beside a plain dense scan: ``python -m tests.bench.search``.

The vectors are random and given to the search, so encoding is not in the figures; the texts are the articles' questions
with their words shuffled. The baseline multiplies all vectors with the message's and takes the best entry by topic.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from kb_index import builds, index
from kb_index.articles import load
from kb_index.entries import Entry, Kind, collect
from kb_index.search import FaqSearch

DIMENSIONS = 384


def entries_of(articles: Any, count: int, random: np.random.Generator) -> list[Entry]:
    """The articles' entries, and shuffled copies of them up to ``count``."""
    originals = collect(articles, [])
    entries = list(originals)
    while len(entries) < count:
        model = originals[int(random.integers(len(originals)))]
        words = model.text.split() if " " in model.text else list(model.text)
        text = " ".join(random.permutation(words).tolist())
        entries.append(Entry(text, model.language, Kind.MESSAGE, model.topics))
    return entries[:count]


def measure(work: Callable[[int], object], times: int) -> str:
    """Runs ``work`` with 0, 1, ... and describes the milliseconds that each took, and used."""
    taken, used = [], time.process_time()
    for number in range(times):
        started = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(taken, [50, 95])
    return f"p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   processor {(time.process_time() - used) / times * 1000:6.2f} ms"


def main() -> None:
    """Builds the index in a temporary folder and prints the table."""
    parser = argparse.ArgumentParser(description="Times the FAQ search beside a plain dense scan.")
    parser.add_argument("--entries", type=int, default=40_000)
    parser.add_argument("--queries", type=int, default=500)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    articles = load()
    entries = entries_of(articles, options.entries, random)
    vectors = random.standard_normal((len(entries), DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    encoder: Any = SimpleNamespace(build="bench", description={})
    out = sys.stdout.write

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        started = time.perf_counter()
        snapshot = index.assemble(articles, entries, vectors, encoder)
        out(f"{len(entries)} entries; built in {time.perf_counter() - started:.1f} s without encoding\n")
        with builds.building(root):
            builds.publish(root, "bench", snapshot.save)
        started = time.perf_counter()
        search = FaqSearch(root)
        out(f"loaded in {time.perf_counter() - started:.2f} s, jieba's dictionary included\n")

        asked = random.integers(len(entries), size=options.queries)
        texts = [entries[i].text for i in asked]
        given = vectors[asked] + random.standard_normal((len(asked), DIMENSIONS)).astype(np.float32) * 0.02
        topic_of = snapshot.tables.pair_topics[np.argsort(snapshot.tables.pair_entries, kind="stable")]

        def dense_scan(number: int) -> object:
            best = np.full(int(topic_of.max()) + 1, -1.0, dtype=np.float32)
            np.maximum.at(best, topic_of, vectors @ given[number])
            return np.argsort(-best)[:5]

        rows: dict[str, Callable[[int], object]] = {
            "plain dense scan": dense_scan,
            "FaqSearch": lambda number: search.search(texts[number], "en", given[number]),
        }
        for name, work in rows.items():
            for warm in range(20):
                work(warm)
            out(f"{name:18} {measure(work, options.queries)}\n")


if __name__ == "__main__":
    main()
