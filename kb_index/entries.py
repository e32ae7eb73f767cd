"""What the search finds topics by: titles, question variants and training messages, each with its topics."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kb_index.articles import Article, Articles
from kb_index.render import fill
from kb_index.segmentation import bare
from kb_index.training_messages import TrainingMessage


class Kind(enum.Enum):
    """Where an entry comes from."""

    TITLE = "title"
    QUESTION = "question"
    MESSAGE = "message"


@dataclass(frozen=True)
class Entry:
    """One searchable text.

    Attributes:
        text: the text.
        language: BCP 47.
        kind: where it comes from.
        topics: the topics that it speaks for. None at all is evidence too: that no article answers such a message.
    """

    text: str
    language: str
    kind: Kind
    topics: tuple[str, ...]


def collect(articles: Articles, messages: Iterable[TrainingMessage]) -> list[Entry]:
    """The entries of all articles and messages.

    A message's topics that have no article are left out: nothing could be shown for them. A text that several sources
    give once each becomes one entry that speaks for all their topics.
    """
    written = set(articles.topics())
    found: dict[str, Entry] = {}
    for article in articles:
        topics: tuple[str, ...] = (article.topic,)
        texts = [(fill(article.title, {}), Kind.TITLE), *((question, Kind.QUESTION) for question in article.questions)]
        for text, kind in texts:
            _add(found, Entry(text, article.language, kind, topics))
    for message in messages:
        topics = tuple(topic for topic in message.topics if topic in written)
        if message.topics and not topics:
            continue
        _add(found, Entry(message.text, message.language, Kind.MESSAGE, topics))
    return list(found.values())


def document_of(article: Article) -> str:
    """The text of an article as a whole, for the search by words: title and body, without the questions."""
    return f"{fill(article.title, {})}\n{fill(article.body, {})}"


def _add(found: dict[str, Entry], entry: Entry) -> None:
    key = bare(entry.text)
    known = found.get(key)
    if known is None:
        found[key] = entry
        return
    topics = known.topics + tuple(topic for topic in entry.topics if topic not in known.topics)
    found[key] = replace(known, topics=topics)
