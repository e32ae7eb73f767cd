"""What the classifier and the search say of messages that nothing was trained on, as the live product says it."""

from __future__ import annotations

import logging
from pathlib import Path

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.components.examples import topics_of
from bot.assistant.components.intent_classifier import features_of, fitted, vectors_of
from bot.assistant.components.judgement import ENOUGH, Evidence, Outcome
from bot.assistant.components.linear import by_intent
from handoff.triage import urgency
from kb_index.encoding import Encoder
from kb_index.search import FaqSearch

log = logging.getLogger(__name__)


def calibration_evidence(
    known: list[Message], unseen: list[Message], index: Path, encoder: Encoder
) -> tuple[list[Evidence], list[Outcome]]:
    """Evidence and truth for each of the messages set aside; nothing when they are too few to learn from.

    Args:
        known: the training examples.
        unseen: the examples of ``nlu_data/calibration``.
        index: folder of the search index, built without the unseen messages.
        encoder: the one that made the examples' vectors.
    """
    if len(unseen) < ENOUGH:
        log.warning("%d messages are too few to learn decisions from; the defaults stay", len(unseen))
        return [], []
    classifier, centre = fitted(known)
    intents, probabilities = by_intent(classifier.classes, classifier.probabilities(features_of(unseen, centre)))
    search = FaqSearch(index, encoder)
    evidence, outcomes = [], []
    for example, row, vector in zip(unseen, probabilities, vectors_of(unseen), strict=True):
        topics, also = topics_of(example)
        hits = search.search(example.get(TEXT), None, vector)
        likely = dict(zip(intents, (float(p) for p in row), strict=True))
        found = urgency(example.get(TEXT))
        evidence.append(Evidence(likely, [(hit.topic, hit.score) for hit in hits], found.intent, found.score))
        outcomes.append(Outcome(example.get(INTENT), frozenset((*topics, *also))))
    return evidence, outcomes
