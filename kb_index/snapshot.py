"""One build of the search index in memory: what it holds, and the evidence for each topic that it gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from kb_index.combination import FEATURES, Combination
from kb_index.lexical import Postings

#: Changes when the files of a build do. A build of another format is not read.
FORMAT = 3
#: So many of the nearest entries speak for their topics.
NEIGHBOURS = 200
#: How fast an entry's voice fades: by this power of where it stands between the last (0) and the nearest (1) of them.
FADING = 4

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Query:
    """A message as the index sees it: unit vector (dimensions,), search tokens and exact codes."""

    vector: Floats
    tokens: Sequence[str]
    codes: frozenset[str]


@dataclass(frozen=True)
class Tables:
    """The arrays of a build.

    Attributes:
        pair_entries: entry of each pair of an entry and one of its topics; the pairs stand in the order of topics.
        pair_topics: topic of each pair. The number after the last topic stands for "no topic": entries without topics
            speak for it.
        entry_languages: number of each entry's language.
        article_topics: topic of each indexed article.
        linear: weights of a linear model, (dimensions + 1, topics + 1), the last row for the constant.
    """

    pair_entries: Integers
    pair_topics: Integers
    entry_languages: Integers
    article_topics: Integers
    linear: Floats

    def save(self, path: Path) -> None:
        """Writes all of them to a .npz file."""
        with path.open("wb") as file:
            np.savez(file, **vars(self))

    @classmethod
    def load(cls, path: Path) -> Tables:
        """Reads what ``save`` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(**{name: file[name] for name in file.files})


@dataclass(frozen=True)
class About:
    """What ``build.json`` says of a build.

    Attributes:
        encoder: build of the encoder that made the vectors.
        topics: ids, by number.
        languages: BCP 47, by number.
        article_languages: the languages in which each topic has an article.
        codes: numbers of the topics that an exact code belongs to.
        combination: how the evidence becomes a score.
        report: counts and figures, for people.
    """

    encoder: str
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    article_languages: Mapping[str, Sequence[str]]
    codes: Mapping[str, Sequence[int]]
    combination: Combination
    report: Mapping[str, Any]


@dataclass(frozen=True)
class Neighbours:
    """The entries nearest to a message, nearest first, with their inner products."""

    entries: Integers
    similarities: Floats


class Snapshot:
    """Entries, vectors, postings and weights of one build. Immutable; any number of threads may use it."""

    def __init__(self, about: About, vectors: Any, words: Postings, articles: Postings, tables: Tables) -> None:
        """From its parts: ``vectors`` is a FAISS index, ``words`` has the entries and ``articles`` the articles."""
        self.about, self.vectors, self.words, self.articles, self.tables = about, vectors, words, articles, tables
        self._topics_present, self._topic_starts = np.unique(tables.pair_topics, return_index=True)
        # The same pairs in the order of entries, to find the topics of the nearest ones.
        order = np.argsort(tables.pair_entries, kind="stable")
        self._topics_by_entry = tables.pair_topics[order]
        self._entry_starts = np.searchsorted(tables.pair_entries[order], np.arange(self.size + 1))

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(self.vectors.ntotal)

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return int(self.vectors.d)

    def save(self, folder: Path) -> None:
        """Writes the build's files into an existing folder."""
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        self.words.save(folder / "words.npz")
        self.articles.save(folder / "articles.npz")
        self.tables.save(folder / "tables.npz")
        document = {**vars(self.about), "combination": self.about.combination.document(), "format": FORMAT}
        (folder / "build.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Snapshot:
        """Reads a build into memory; the files are not needed afterwards.

        Raises whatever reading a missing, foreign or damaged file raises: ``builds`` translates.
        """
        document = json.loads((folder / "build.json").read_text(encoding="utf-8"))
        if document.pop("format") != FORMAT:
            raise ValueError("the build is of another format")
        document["combination"] = Combination.from_document(document["combination"])
        document["topics"], document["languages"] = tuple(document["topics"]), tuple(document["languages"])
        vectors = faiss.read_index(str(folder / "vectors.faiss"))
        words, articles = Postings.load(folder / "words.npz"), Postings.load(folder / "articles.npz")
        return cls(About(**document), vectors, words, articles, Tables.load(folder / "tables.npz"))

    def neighbours(self, vector: Floats) -> Neighbours:
        """The entries nearest to a unit vector, (dimensions,)."""
        # One thread for one message: FAISS would spread it over all cores and wait for them, at four times the cost.
        # The setting holds for the calling thread only, so it is made here and not once.
        faiss.omp_set_num_threads(1)
        found = self.vectors.search(np.ascontiguousarray(vector[None], dtype=np.float32), min(NEIGHBOURS, self.size))
        return Neighbours(found[1][0], found[0][0])

    def evidence(self, query: Query, neighbours: Neighbours) -> Floats:
        """What speaks for each topic: float32, (topics, features), in the order of ``combination.FEATURES``.

        Args:
            query: the message.
            neighbours: of its vector.
        """
        nearest = self._best_of(neighbours)
        word_scores = self.words.scores(query.tokens)
        words = np.zeros(self._columns, dtype=np.float32)
        words[self._topics_present] = np.maximum.reduceat(word_scores[self.tables.pair_entries], self._topic_starts)
        article = np.zeros(self._columns, dtype=np.float32)
        np.maximum.at(article, self.tables.article_topics, self.articles.scores(query.tokens))
        linear = _log_softmax(query.vector @ self.tables.linear[:-1] + self.tables.linear[-1])
        columns = {
            "nearest": nearest,
            "nearest_lead": _lead(nearest),
            "neighbours": self._shares(neighbours),
            "words": words,
            "words_lead": _lead(words),
            "article": article,
            "article_lead": _lead(article),
            "linear": linear,
            "linear_lead": _lead(linear),
            "codes": self._named_codes(query.codes),
        }
        evidence: Floats = np.stack([columns[name] for name in FEATURES], axis=1)[: len(self.about.topics)]
        return evidence.astype(np.float32, copy=False)

    def language_of(self, neighbours: Neighbours) -> str | None:
        """The language of the nearest entry: a guess for a caller who has nothing better."""
        if not len(neighbours.entries):
            return None
        return self.about.languages[int(self.tables.entry_languages[neighbours.entries[0]])]

    @property
    def _columns(self) -> int:
        return len(self.about.topics) + 1

    def _topics_of(self, entries: Integers) -> tuple[Integers, Integers]:
        """The topics of these entries, and for each the position of its entry in ``entries``."""
        starts, ends = self._entry_starts[entries], self._entry_starts[entries + 1]
        counts = ends - starts
        positions = np.repeat(np.arange(len(entries)), counts)
        within = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._topics_by_entry[starts[positions] + within], positions

    def _best_of(self, neighbours: Neighbours) -> Floats:
        topics, positions = self._topics_of(neighbours.entries)
        # A topic that has no entry among the nearest can be no nearer than the last of them.
        last = neighbours.similarities[-1] if len(neighbours.similarities) else 0.0
        best = np.full(self._columns, last, dtype=np.float32)
        np.maximum.at(best, topics, neighbours.similarities[positions])
        return best

    def _shares(self, neighbours: Neighbours) -> Floats:
        shares = np.zeros(self._columns, dtype=np.float32)
        if len(neighbours.entries):
            near = neighbours.similarities - neighbours.similarities[-1]
            voices = (near / near[0]) ** FADING if near[0] > 0 else np.ones_like(near)
            topics, positions = self._topics_of(neighbours.entries)
            np.add.at(shares, topics, voices[positions])
            shares /= voices.sum()
        return shares

    def _named_codes(self, codes: frozenset[str]) -> Floats:
        named = np.zeros(self._columns, dtype=np.float32)
        for code in codes:
            # A sub-code that no article names is a case of its code: 51008_1000.
            topics = self.about.codes.get(code) or self.about.codes.get(code.partition("_")[0], ())
            named[list(topics)] += 1.0
        named /= max(1, len(codes))
        return named


def _log_softmax(logits: Floats) -> Floats:
    """Log-probabilities, none below -12: what is that unlikely is out of the question anyway."""
    shifted = logits - logits.max()
    probabilities: Floats = np.maximum(shifted - np.log(np.exp(shifted).sum()), -12.0)
    return probabilities


def _lead(values: Floats) -> Floats:
    """Each value's distance to the greatest of the others."""
    order = np.argsort(values)
    first, second = order[-1], order[-2]
    lead: Floats = values - values[first]
    lead[first] = values[first] - values[second]
    return lead
