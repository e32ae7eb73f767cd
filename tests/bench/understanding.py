"""How well the trained assistant understands the scoring sets: ``python -m tests.bench.understanding``.

It prints a Markdown table by language for the trained model (through ``bot.evaluate``, as the live product decides) and
for a baseline from the same run: logistic regression on character n-grams, trained on the same messages.
The scoring sets (tests/scoring) were written apart from the training messages, and are never trained on.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from kb_index.training_messages import read

SCORING = Path("tests/scoring")
CRITICAL = {"account_theft", "scam_victim"}


@dataclass(frozen=True)
class Scored:
    """One scoring message with its labels."""

    id: str
    language: str
    text: str
    intent: str
    topics: tuple[str, ...]
    acceptable: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """What a model made of it; ``topics`` best first, ``answered`` when it would show the first one's article."""

    intent: str
    critical: bool
    topics: tuple[str, ...] = ()
    answered: bool = False


def scoring_sets() -> list[Scored]:
    rows = []
    for path in sorted(SCORING.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            row = json.loads(line)
            acceptable = frozenset([*row["topics"], *row["also_ok"]])
            identity = f"{path.stem}-{number}"
            rows.append(Scored(identity, path.stem, row["text"], row["intent"], tuple(row["topics"]), acceptable))
    return rows


async def product(rows: Sequence[Scored]) -> list[Judged]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        source.write_text("".join(json.dumps({"id": r.id, "text": r.text}) + "\n" for r in rows), "utf-8")
        command = [sys.executable, "-m", "bot.evaluate", "--input", str(source), "--output", str(target)]
        process = await asyncio.create_subprocess_exec(*command, stdout=sys.stderr)
        if await process.wait():
            raise SystemExit("bot.evaluate failed")
        results = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    return [
        Judged(r["intent"], r["priority"] == 0, tuple(t for t, _ in r["topics"]), r["decision"] in {"answer", "flow"})
        for r in results
    ]


def baseline(rows: Sequence[Scored]) -> list[Judged]:
    messages = read(Path("nlu_data"))
    ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    model = LogisticRegression(C=10, max_iter=300, class_weight="balanced")
    model.fit(ngrams.fit_transform([m.text for m in messages]), [m.intent for m in messages])
    return [Judged(i, i in CRITICAL) for i in model.predict(ngrams.transform([r.text for r in rows]))]


def line(name: str, rows: Sequence[Scored], judged: Sequence[Judged]) -> str:
    pairs = list(zip(rows, judged, strict=True))
    critical = [j.critical for r, j in pairs if r.intent in CRITICAL]
    harmless = [j.critical for r, j in pairs if r.intent not in CRITICAL]
    asked = [(r, j) for r, j in pairs if r.topics and j.topics]
    answered = [(r, j) for r, j in pairs if j.answered]
    truth = [r.intent for r in rows]
    cells = [
        name,
        str(len(rows)),
        percent([r.intent == j.intent for r, j in pairs]),
        f"{macro_f1(truth, [j.intent for j in judged]):.2f}",
        percent(critical),
        percent(harmless),
        percent([j.topics[0] in r.topics for r, j in asked]),
        percent([bool(set(j.topics[:3]) & set(r.topics)) for r, j in asked]),
        f"{sum(j.topics[0] in r.acceptable for r, j in answered)} of {len(answered)}" if answered else "-",
    ]
    return "| " + " | ".join(cells) + " |"


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    return float(f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0))


def percent(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.1%}" if values else "-"


def main() -> None:
    rows = scoring_sets()
    judged, simple = asyncio.run(product(rows)), baseline(rows)
    head = ["language", "messages", "intent accuracy", "macro-F1", "critical found", "false alarms"]
    head += ["topic first", "among three", "answers right"]
    table = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    table += [line("all", rows, judged), line("all, character n-grams alone", rows, simple)]
    for language in sorted({r.language for r in rows}):
        mine = [i for i, r in enumerate(rows) if r.language == language]
        table.append(line(language, [rows[i] for i in mine], [judged[i] for i in mine]))
    sys.stdout.write("\n".join(table) + "\n")


if __name__ == "__main__":
    main()
