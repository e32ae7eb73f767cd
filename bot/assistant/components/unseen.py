"""What the classifier and the search say of messages that they have not seen, as the live product would say it.

A part of the training messages is set aside; a classifier and an index are trained on the rest, for this purpose only.
The part is chosen among those that the encoder's training left out too (``kb_index.training_messages.held_out``).
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.components.intent_classifier import centre_of, features_of, labels_of, topics_of, vectors_of
from bot.assistant.components.judgement import ENOUGH, Evidence, Outcome
from bot.assistant.components.linear import Floats, LinearClassifier, by_intent
from kb_index.articles import load as load_articles
from kb_index.encoding import Encoder
from kb_index.index import build
from kb_index.search import FaqSearch
from kb_index.training_messages import TrainingMessage, held_out

log = logging.getLogger(__name__)

#: At most this share is set aside: the classifier should miss little.
MOST = 0.2


class RememberingEncoder(Encoder):
    """An encoder that has the vectors of some texts already."""

    def __init__(self, encoder: Encoder, known: dict[str, Floats]) -> None:
        """Everything but the known texts is left to ``encoder``."""
        self._encoder, self._known = encoder, known
        self.dimensions, self.build, self.description = encoder.dimensions, encoder.build, encoder.description

    def encode(self, texts: Sequence[str]) -> Floats:
        """As Encoder.encode."""
        new = [text for text in texts if text not in self._known]
        vectors = {**self._known, **dict(zip(new, self._encoder.encode(new), strict=True))}
        return np.stack([vectors[text] for text in texts])


def unseen_evidence(examples: list[Message], encoder: Encoder) -> tuple[list[Evidence], list[Outcome]]:
    """Evidence and truth for each message set aside; nothing when there are too few to learn from."""
    share = min(MOST, float(encoder.description.get("held_out_share", 1.0)))
    aside = [held_out(example.get(TEXT), share) for example in examples]
    known = [example for example, out in zip(examples, aside, strict=True) if not out]
    unseen = [example for example, out in zip(examples, aside, strict=True) if out]
    if len(unseen) < ENOUGH:
        log.warning("%d messages are too few to learn decisions from; the defaults stay", len(unseen))
        return [], []
    centre = centre_of(known)
    classifier = LinearClassifier.fit(features_of(known, centre), labels_of(known))
    intents, probabilities = by_intent(classifier.classes, classifier.probabilities(features_of(unseen, centre)))
    evidence, outcomes = [], []
    with tempfile.TemporaryDirectory() as folder:
        search = _search_of(known, encoder, Path(folder))
        for example, row, vector in zip(unseen, probabilities, vectors_of(unseen), strict=True):
            topics, also = topics_of(example)
            hits = search.search(example.get(TEXT), None, vector)
            evidence.append(
                Evidence(
                    dict(zip(intents, (float(p) for p in row), strict=True)), [(hit.topic, hit.score) for hit in hits]
                )
            )
            outcomes.append(Outcome(example.get(INTENT), frozenset((*topics, *also))))
    return evidence, outcomes


def _search_of(known: list[Message], encoder: Encoder, folder: Path) -> FaqSearch:
    messages = []
    blocks: dict[object, int] = {}
    for example in known:
        text, intent, (topics, also) = example.get(TEXT), example.get(INTENT), topics_of(example)
        # Rasa drops the file's name; what shares topics and a script was written together. The language of an example
        # decides nothing in the search for topics.
        block = blocks.setdefault((intent, topics, also, text.isascii()), len(blocks) + 1)
        messages.append(TrainingMessage(text, intent, "en", topics, also, block))
    vectors = dict(zip((example.get(TEXT) for example in known), vectors_of(known), strict=True))
    build(folder, load_articles(), messages, RememberingEncoder(encoder, vectors))
    return FaqSearch(folder, encoder)
