"""Reports on the messages: ``python -m kb_index.message_report``.

Coverage (how many of each intent and FAQ topic there are in each language), messages that occur twice, messages whose
copies carry different labels, and messages of one split that stand almost word for word in another: to train on,
to calibrate on, to score with. A copied message would make a figure look better than it is.

The command ends with status 1 when a text has two labels, when splits share a message, or when an intent or a topic
has no message to train on in a language.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from kb_index.segmentation import bare
from kb_index.taxonomy import taxonomy
from kb_index.training_messages import MESSAGES, TrainingMessage, read, read_calibration

#: Messages whose sets of character 4-grams have this cosine are the same message with a word changed.
NEAR = 0.8
#: Greetings and codes of a few letters are common property.
_SHORT = 12
_CHUNK = 2000

TRAINING, CALIBRATING, SCORING = "training", "calibration", "scoring"


@dataclass(frozen=True)
class Pair:
    """Two messages that are nearly the same, with their cosine."""

    first: str
    second: str
    cosine: float


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes:
        counts: messages by split and language.
        intents: training messages by (intent, language).
        topics: training messages by (topic, language).
        duplicates: texts that occur more than once in a split, with the number of copies.
        conflicts: texts with more than one intent in one language, over all splits.
        shared: pairs across splits, worst first.
    """

    counts: Mapping[tuple[str, str], int]
    intents: Mapping[tuple[str, str], int]
    topics: Mapping[tuple[str, str], int]
    duplicates: Mapping[str, int]
    conflicts: Mapping[str, Sequence[str]]
    shared: Sequence[Pair]

    def missing(self) -> list[str]:
        """Intents and topics without a training message in a language that has any."""
        languages = sorted({language for split, language in self.counts if split == TRAINING})
        intents = sorted({intent for intent, _ in self.intents})
        wanted = [(kind, name, found) for kind, names, found in (
            ("intent", intents, self.intents), ("topic", taxonomy().topics, self.topics)
        ) for name in names]  # fmt: skip
        return [f"{kind} {name}: no message in {language}" for kind, name, found in wanted for language in languages
                if not found.get((name, language))]  # fmt: skip


def report(splits: Mapping[str, Sequence[TrainingMessage]]) -> Report:
    """Compares the splits, by name, TRAINING among them."""
    training = splits[TRAINING]
    copies: dict[str, Counter[str]] = {name: Counter(bare(m.text) for m in split) for name, split in splits.items()}
    texts: dict[str, str] = {}
    labels: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for split in splits.values():
        for message in split:
            key = bare(message.text)
            texts.setdefault(key, message.text)
            labels[message.language, key].add(message.intent)
    return Report(
        counts=Counter((name, m.language) for name, split in splits.items() for m in split),
        intents=Counter((m.intent, m.language) for m in training),
        topics=Counter((topic, m.language) for m in training for topic in m.topics),
        duplicates={texts[key]: n for found in copies.values() for key, n in found.items() if n > 1},
        conflicts={texts[key]: sorted(found) for (_, key), found in labels.items() if len(found) > 1},
        shared=_shared(splits),
    )


def read_scoring(folder: Path) -> list[TrainingMessage]:
    """The messages of ``<language>.jsonl`` files as tests/scoring has them; none when the folder is missing."""
    rows = [
        (path.stem, json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [
        TrainingMessage(row["text"], row["intent"], language, tuple(row["topics"]), tuple(row["also_ok"]))
        for language, row in rows
    ]


def _shared(splits: Mapping[str, Sequence[TrainingMessage]]) -> list[Pair]:
    grams = HashingVectorizer(analyzer="char", ngram_range=(4, 4), binary=True, n_features=2**20)
    keyed = {name: [(m.text, bare(m.text)) for m in split] for name, split in splits.items()}
    long = {name: [pair for pair in found if len(pair[1]) > _SHORT] for name, found in keyed.items()}
    vectors = {name: grams.transform([key for _, key in found]) for name, found in long.items() if found}
    pairs = []
    names = list(vectors)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            for start in range(0, len(long[one]), _CHUNK):
                cosines = (vectors[one][start : start + _CHUNK] @ vectors[other].T).tocoo()
                for row, column, cosine in zip(cosines.row, cosines.col, cosines.data, strict=True):
                    if cosine >= NEAR:
                        pairs.append(Pair(long[one][start + row][0], long[other][column][0], float(cosine)))
    return sorted(pairs, key=lambda pair: -pair.cosine)


def _table(found: Mapping[tuple[str, str], int], names: Iterable[str], languages: Sequence[str]) -> list[str]:
    rows = [["", *languages, "all"]]
    for name in names:
        numbers = [found.get((name, language), 0) for language in languages]
        rows.append([name, *map(str, numbers), str(sum(numbers))])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    first, *others = widths
    return [
        "  ".join([row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))])
        for row in rows
    ]


def _lines(found: Report, splits: Sequence[str], *, most: int) -> list[str]:
    languages = taxonomy().languages
    lines = ["Messages", *_table(found.counts, splits, languages)]
    lines += [
        "",
        "Training messages by intent",
        *_table(found.intents, sorted({i for i, _ in found.intents}), languages),
    ]
    of_topics = np.array([found.topics.get((t, lang), 0) for t in taxonomy().topics for lang in languages])
    lines += ["", f"Training messages by FAQ topic and language: {of_topics.min()} at least, "
              f"{int(np.median(of_topics))} in the middle, {of_topics.max()} at most"]  # fmt: skip
    sections = [
        ("texts more than once in a split", [f"{n} x {text}" for text, n in found.duplicates.items()]),
        ("texts with two intents", [f"{', '.join(i)}: {text}" for text, i in found.conflicts.items()]),
        ("pairs shared by two splits", [f"{p.cosine:.2f} {p.first} / {p.second}" for p in found.shared]),
        ("gaps", found.missing()),
    ]
    for title, items in sections:
        lines += ["", f"{len(items)} {title}", *(f"  {item}" for item in items[:most])]
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m kb_index.message_report", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--messages", type=Path, default=MESSAGES, help="folder of messages (%(default)s)")
    parser.add_argument("--scoring", type=Path, default=Path("tests/scoring"), help="scoring sets (%(default)s)")
    parser.add_argument("--most", type=int, default=20, help="lines to print of each kind (%(default)s)")
    options = parser.parse_args(arguments)
    splits = {
        TRAINING: read(options.messages),
        CALIBRATING: read_calibration(options.messages),
        SCORING: read_scoring(options.scoring),
    }
    found = report(splits)
    sys.stdout.write("\n".join(_lines(found, list(splits), most=options.most)) + "\n")
    return 1 if found.conflicts or found.shared or found.missing() else 0


if __name__ == "__main__":
    sys.exit(main())
