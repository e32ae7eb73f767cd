"""Finds the FAQ topics that answer a message, by meaning and by words together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb_index import builds
from kb_index.encoding import Encoder
from kb_index.errors import IndexUnavailable, KnowledgeBaseError
from kb_index.segmentation import codes, tokens, warm_up
from kb_index.snapshot import Floats, Query, Snapshot
from kb_index.taxonomy import nearest_language

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hit:
    """A topic that may answer a message.

    Attributes:
        topic: id of taxonomy.yml.
        score: how sure the search is that the topic is a right answer, in [0, 1].
        language: the language to show its article in; it exists.
    """

    topic: str
    score: float
    language: str


@dataclass(frozen=True)
class _Served:
    """The build in use."""

    build: str
    snapshot: Snapshot


class FaqSearch:
    """Searches the current build of a folder. Any number of threads may use one instance.

    A new build is noticed at the next search and loaded in the background; searches go on with the old one until then.
    A build that cannot be read, or was made with another encoder than this process has loaded, is reported to the log
    and not used.
    """

    def __init__(self, folder: Path = builds.BUILDS, encoder: Encoder | None = None) -> None:
        """Loads the current build.

        Args:
            folder: the folder of builds.
            encoder: makes the vectors of messages. Without one, every search must bring its vector.

        Raises:
            IndexUnavailable: when there is no build, or none that fits the encoder.
        """
        self._folder, self._encoder = folder, encoder
        self._loading = threading.Lock()
        self._seen = builds.stamp(folder)
        self._served = self._load()
        warm_up()

    @property
    def build(self) -> str:
        """The id of the build in use."""
        return self._served.build

    def search(
        self, text: str, language: str | None = None, vector: Floats | Sequence[float] | None = None, k: int = 5
    ) -> list[Hit]:
        """The topics most likely to answer a message, best first, at most ``k``.

        Args:
            text: the message.
            language: the customer's language (BCP 47): articles are offered in it, or in the nearest that exists;
                topics are found across languages whatever it is. None takes the language of the most similar text.
            vector: the message's vector by the same encoder, (dimensions,), unit norm, when the caller has it already.
            k: how many.

        Raises:
            KnowledgeBaseError: when there is neither a vector nor an encoder, or the vector is of another width.
        """
        served = self._up_to_date()
        snapshot = served.snapshot
        query = Query(self._vector(snapshot, text, vector), tokens(text), codes(text))
        neighbours = snapshot.neighbours(query.vector)
        scores = snapshot.about.combination.scores(snapshot.evidence(query, neighbours))
        best = np.argsort(-scores, kind="stable")[: max(0, k)]
        wanted = language or snapshot.language_of(neighbours)
        topics = snapshot.about.topics
        return [Hit(topics[i], float(scores[i]), self._shown_in(snapshot, topics[i], wanted)) for i in best.tolist()]

    def refresh(self) -> None:
        """Takes over the current build now, and returns when it is in use.

        Raises:
            IndexUnavailable: when it cannot be used. The old one stays.
        """
        with self._loading:
            self._seen = builds.stamp(self._folder)
            self._served = self._load()

    def _up_to_date(self) -> _Served:
        stamp = builds.stamp(self._folder)
        if stamp != self._seen and self._loading.acquire(blocking=False):
            # `_seen` moves first, so that a build that cannot be used is tried once and not in every search.
            self._seen = stamp
            try:
                threading.Thread(target=self._take_over, name="faq-index", daemon=True).start()
            except RuntimeError:  # no more threads; the next search tries again
                self._seen = None
                self._loading.release()
        return self._served

    def _take_over(self) -> None:
        try:
            self._served = self._load()
            log.info("the FAQ index %s is in use", self._served.build)
        except IndexUnavailable as exc:
            log.error("the old FAQ index %s stays in use: %s", self._served.build, exc)
        finally:
            self._loading.release()

    def _load(self) -> _Served:
        build, snapshot = builds.load(self._folder)
        if self._encoder is not None and self._encoder.build != snapshot.about.encoder:
            raise IndexUnavailable(
                f"the build {build} was made with the encoder {snapshot.about.encoder}, this process has loaded "
                f"{self._encoder.build}; restart it, or run `make train` if the encoder was changed by hand"
            )
        return _Served(build, snapshot)

    def _vector(self, snapshot: Snapshot, text: str, vector: Floats | Sequence[float] | None) -> Floats:
        if vector is None:
            if self._encoder is None:
                raise KnowledgeBaseError("a search without an encoder needs the message's vector")
            made: Floats = self._encoder.encode([text])[0]
            return made
        given: Floats = np.asarray(vector, dtype=np.float32).reshape(-1)
        if given.shape != (snapshot.dimensions,):
            raise KnowledgeBaseError(f"the vector has {given.size} dimensions, the index {snapshot.dimensions}")
        return given

    @staticmethod
    def _shown_in(snapshot: Snapshot, topic: str, wanted: str | None) -> str:
        existing = snapshot.about.article_languages[topic]
        return nearest_language(wanted, existing) or existing[0]
