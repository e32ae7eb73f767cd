"""The scoring sets (tests/scoring): written apart from all training messages, and never trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

SCORING = Path("tests/scoring")
CRITICAL = frozenset({"account_theft", "scam_victim"})
#: Messages of these intents go to a person; an article is not what they wait for.
FOR_PEOPLE = CRITICAL | {"human_request", "complaint", "ticket_status"}


@dataclass(frozen=True)
class Scored:
    """One scoring message with its labels.

    Attributes:
        id: of the set and the line.
        language: BCP 47.
        text: as written.
        intent: the right one.
        topics: FAQ topics that answer it, best first.
        acceptable: these and others that would also do.
        mood: calm, angry or panic.
    """

    id: str
    language: str
    text: str
    intent: str
    topics: tuple[str, ...]
    acceptable: frozenset[str]
    mood: str = "calm"

    @property
    def critical(self) -> bool:
        return self.intent in CRITICAL

    @property
    def answerable(self) -> bool:
        """Whether an article should be shown."""
        return bool(self.topics) and self.intent not in FOR_PEOPLE


@dataclass(frozen=True)
class Judged:
    """What a model made of a message.

    Attributes:
        intent: the one it gave.
        confidence: how often it says it is right, in [0, 1].
        critical: whether it gave priority 0.
        out_of_scope: the higher, the less it takes the message for the desk's business.
        topics: best first; empty for a model that knows no topics.
        topic_score: of the first topic.
        answered: whether the first topic's article would be shown.
        language: the one recognised.
        mood: the one recognised.
        milliseconds: understanding and search, where measured.
    """

    intent: str
    confidence: float
    critical: bool
    out_of_scope: float
    topics: tuple[str, ...] = ()
    topic_score: float = 0.0
    answered: bool = False
    language: str = ""
    mood: str = ""
    milliseconds: float = 0.0


def scoring_sets(folder: Path = SCORING) -> list[Scored]:
    """All scoring messages, language by language."""
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            row = json.loads(line)
            acceptable = frozenset([*row["topics"], *row["also_ok"]])
            identity = f"{path.stem}-{number}"
            topics, mood = tuple(row["topics"]), row.get("mood", "calm")
            rows.append(Scored(identity, path.stem, row["text"], row["intent"], topics, acceptable, mood))
    return rows
