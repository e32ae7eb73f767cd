"""All of the assistant's figures beside their goals and the baselines: ``make evaluate``.

It prints Markdown tables: the product (through ``bot.evaluate``, as it decides live) by language, the goals, and what
simpler models make of the same messages after training on the same data in the same run. ``reports/`` gets the same as
``evaluation.md``, with a reliability plot, a risk-coverage curve and every message that went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from bot.assistant.server import OwnRasa
from bot.evaluate import AT_ONCE
from kb_index.training_messages import read
from tests.bench import baselines
from tests.bench.figures import GOALS, WORST_LANGUAGE_F1, Figures, confusions, figures, share
from tests.bench.plots import draw
from tests.bench.scoring import SCORING, Judged, Scored, scoring_sets

REPORTS = Path("reports")
#: One of so many messages is sent once more, alone, for the time that it takes.
_ONE_IN = 4


async def product(rows: Sequence[Scored], rasa: str, *, at_once: int = AT_ONCE) -> list[Judged]:
    """What the trained assistant in the server at ``rasa`` decides, when so many messages come at a time."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        source.write_text("".join(json.dumps({"id": r.id, "text": r.text}) + "\n" for r in rows), "utf-8")
        command = [sys.executable, "-m", "bot.evaluate", "--input", str(source), "--output", str(target)]
        command += ["--at-once", str(at_once)]
        environment = {**os.environ, "LIFELINE_RASA_URL": rasa}
        process = await asyncio.create_subprocess_exec(*command, stdout=sys.stderr, env=environment)
        if await process.wait():
            raise SystemExit("bot.evaluate failed")
        results = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    return [
        Judged(
            intent=r["intent"],
            confidence=r["confidence"],
            critical=r["priority"] == 0,
            out_of_scope=r["out_of_scope"],
            topics=tuple(topic for topic, _ in r["topics"]),
            topic_score=r["topics"][0][1] if r["topics"] else 0.0,
            answered=r["decision"] in {"answer", "flow"},
            language=r["lang"],
            mood=r["mood"],
            milliseconds=r["latency_ms"],
        )
        for r in results
    ]


def head() -> list[str]:
    """The first two lines of a table of figures."""
    names = ["", "messages", "intent accuracy", *(name for name, *_ in GOALS)]
    return ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]


def line(name: str, found: Figures) -> str:
    """One row of a table of figures."""
    cells = [name, str(found.messages), percent(found.accuracy)]
    cells += [percent(getattr(found, attribute)) for _, attribute, *_ in GOALS]
    return "| " + " | ".join(cells) + " |"


def percent(value: float | None) -> str:
    """A share for people; a dash where there is none."""
    return "-" if value is None else f"{100 * value:.1f} %"


def goals(found: Figures, worst: tuple[str, float]) -> list[str]:
    """The table of goals, each met or missed by so much."""
    rows = ["| | goal | measured | |", "|---|---|---|---|"]
    checks = [(name, goal, getattr(found, attribute), more) for name, attribute, goal, more in GOALS]
    checks.insert(1, (f"intent macro-F1, worst language ({worst[0]})", WORST_LANGUAGE_F1, worst[1], True))
    for name, goal, value, more in checks:
        met = value is not None and (value >= goal if more else value <= goal)
        missing = "" if value is None else f"missed by {100 * abs(value - goal):.1f} points"
        rows.append(f"| {name} | {percent(goal)} | {percent(value)} | {'met' if met else missing} |")
    return rows


def by_language(rows: Sequence[Scored], judged: Sequence[Judged]) -> dict[str, Figures]:
    """The figures of each language."""
    found = {}
    for language in dict.fromkeys(row.language for row in rows):
        mine = [i for i, row in enumerate(rows) if row.language == language]
        found[language] = figures([rows[i] for i in mine], [judged[i] for i in mine])
    return found


def compared(rows: Sequence[Scored], *, diet_epochs: int) -> Iterator[str]:
    """Rows for the baselines, each as soon as it is known: some take many minutes."""
    messages = read()
    _say("character n-grams")
    ngrams = baselines.character_ngrams(messages, rows)
    yield line("character n-grams (TF-IDF, logistic regression)", figures(rows, ngrams))
    _say("BM25")
    words = [Judged("", 0.0, False, 0.0, tuple(topics)) for topics in baselines.bm25(messages, rows)]
    topics = figures(rows, words)
    cells = ["BM25 (topics alone)", str(len(rows))] + ["-"] * (1 + len(GOALS))
    cells[2 + 1 + 3], cells[2 + 1 + 4] = percent(topics.topic_first), percent(topics.topic_among_three)
    yield "| " + " | ".join(cells) + " |"
    _say("encoders as they come")
    for name, frozen in baselines.frozen_encoders(messages, rows).items():
        yield line(f"{name}, untrained", figures(rows, frozen))
    if diet_epochs:
        _say(f"Rasa's default pipeline, {diet_epochs} epochs")
        diet = baselines.rasa_default(messages, rows, epochs=diet_epochs)
        yield line(f"Rasa's default pipeline (DIET, {diet_epochs} epochs)", figures(rows, diet))


def other_figures(rows: Sequence[Scored], judged: Sequence[Judged], alone: Sequence[Judged]) -> list[str]:
    """Language, mood, time (``judged`` came several at a time, ``alone`` one by one) and the costliest confusions."""
    pairs = list(zip(rows, judged, strict=True))
    spoken = share([r.language == j.language for r, j in pairs])
    stirred = [r.mood == j.mood for r, j in pairs if r.mood != "calm"]
    reported = [r.mood == j.mood for r, j in pairs if j.mood != "calm"]
    frequent = ", ".join(f"{right} as {given} {count}" for right, given, count in confusions(rows, judged))
    return [
        f"Language recognised from the text alone: {percent(spoken)}.",
        f"Anger and panic: {percent(share(stirred))} of {len(stirred)} found, {percent(share(reported))} of "
        f"{len(reported)} reported right.",
        f"Understanding and search: one message at a time {_times(alone)}; {AT_ONCE} at a time {_times(judged)}.",
        f"Most frequent confusions: {frequent}.",
    ]


def _times(judged: Sequence[Judged]) -> str:
    times = sorted(j.milliseconds for j in judged)
    return f"{times[len(times) // 2]:.1f} ms p50, {times[len(times) * 95 // 100]:.1f} ms p95"


def wrong_ones(rows: Sequence[Scored], judged: Sequence[Judged]) -> list[str]:
    """Every message whose intent, urgency or answer was wrong."""
    lines = []
    for r, j in zip(rows, judged, strict=True):
        faults = [f"{r.intent} -> {j.intent} ({j.confidence:.2f})"] if r.intent != j.intent else []
        faults += ["missed"] if r.critical and not j.critical else []
        faults += ["false alarm"] if j.critical and not r.critical else []
        if j.answered and j.topics[0] not in r.acceptable:
            faults.append(f"answered {j.topics[0]}, right: {', '.join(r.topics) or 'none'}")
        if faults:
            lines.append(f"- {r.language}: {r.text} ({'; '.join(faults)})")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.evaluate", description=__doc__)
    parser.add_argument("--scoring", type=Path, default=SCORING, help="folder of scoring sets (%(default)s)")
    parser.add_argument("--no-baselines", action="store_true", help="the product alone")
    parser.add_argument(
        "--diet-epochs", type=int, default=5, help="of Rasa's default pipeline, 0 for none (%(default)s)"
    )
    options = parser.parse_args(arguments)
    rows = scoring_sets(options.scoring)
    with OwnRasa() as rasa:
        judged = asyncio.run(product(rows, rasa.url))
        alone = asyncio.run(product(rows[::_ONE_IN], rasa.url, at_once=1))
    languages, everything = by_language(rows, judged), figures(rows, judged)
    worst = min(((name, found.macro_f1) for name, found in languages.items()), key=lambda pair: pair[1])
    text = [*goals(everything, worst), "", *head(), line("all", everything)]
    text += [line(name, found) for name, found in languages.items()]
    text += ["", *other_figures(rows, judged, alone)]
    _print(text)
    if not options.no_baselines:
        text += ["", *(title := head())]
        _print(["", *title])
        for row in chain([line("the product", everything)], compared(rows, diet_epochs=options.diet_epochs)):
            text.append(row)
            _print([row])
    REPORTS.mkdir(exist_ok=True)
    draw(rows, judged, REPORTS)
    plots = ["![reliability](reliability.png)", "![risk and coverage](risk-coverage.png)"]
    report = [*text, "", *plots, "", "What went wrong:", "", *wrong_ones(rows, judged)]
    (REPORTS / "evaluation.md").write_text("\n".join(report) + "\n", "utf-8")


def _print(lines: Sequence[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(f"baseline: {text}\n")


if __name__ == "__main__":
    main()
