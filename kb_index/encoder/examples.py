"""What the encoder learns from: customers' messages with their labels, and the articles' question variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_index import articles as articles_
from kb_index.encoder.objective import LABEL_WIDTH
from kb_index.taxonomy import taxonomy
from kb_index.training_messages import read as read_messages

#: The class of messages that no article answers.
NO_TOPIC = "-"
#: Topics whose question variants are worded as an accident that happened, not as a question about security.
_INTENT_OF_TOPIC = {
    "account-stolen-emergency": "account_theft",
    "unauthorized-withdrawal-report": "account_theft",
    "scam-victim-first-steps": "scam_victim",
    "p2p-fraud": "scam_victim",
}


@dataclass(frozen=True)
class Example:
    """One text with its intent, the topics that answer it (best first) and others that would be right as well."""

    text: str
    intent: str
    topics: tuple[str, ...]
    also: tuple[str, ...]


def load_examples(messages: Path, articles: Path) -> list[Example]:
    """Reads ``nlu_data`` and the articles, in a stable order."""
    examples = [Example(m.text, m.intent, m.topics, m.also) for m in read_messages(messages)]
    for article in sorted(articles_.load(articles), key=lambda a: (a.topic, a.language)):
        family = taxonomy().family_of(article.topic) or ""
        intent = _INTENT_OF_TOPIC.get(article.topic, family)
        examples += [Example(question, intent, (article.topic,), ()) for question in article.questions]
    return examples


def labelled(examples: Sequence[Example]) -> tuple[list[list[int]], list[str], list[str]]:
    """Label rows for ``IntentAndTopicLoss``, with the names of the intents and of the topics (NO_TOPIC first)."""
    intents = sorted({e.intent for e in examples})
    topics = [NO_TOPIC, *sorted({t for e in examples for t in (*e.topics, *e.also)})]
    intent_number = {name: i for i, name in enumerate(intents)}
    topic_number = {name: i for i, name in enumerate(topics)}
    rows = []
    for example in examples:
        first, *more = example.topics or (NO_TOPIC,)
        second, *others = more or [""]
        others = [t for t in (*others, *example.also) if t not in {first, second}]
        row = [intent_number[example.intent], topic_number[first], topic_number.get(second, -1)]
        row += [topic_number[t] for t in others][: LABEL_WIDTH - len(row)]
        rows.append(row + [-1] * (LABEL_WIDTH - len(row)))
    return rows, intents, topics
