"""Decides every message of a file as the live product would for a first message.

``python -m bot.evaluate --input FILE.jsonl --output OUT.jsonl``. A running Rasa is used when LIFELINE_RASA_URL answers;
otherwise one is started with the trained model, and ended afterwards.

Input, one JSON object a line: ``{"id": ..., "text": "..."}``, optionally with ``lang``. Output, in the order of the
input: ``id``, ``lang`` (detected), ``intent``, ``confidence``, ``priority``, ``skill``, ``decision``, ``out_of_scope``
(how sure it is that the message is not the desk's business), ``mood`` (calm, angry, panic), ``topics`` (up to five
``[id, score]``, best first), ``latency_ms`` (understanding alone). A line that cannot be evaluated gets
``{"id", "line", "error"}``, and the command then ends with status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.assistant.server import MODEL, OwnRasa, RasaDidNotStart, is_ready
from bot.gateway.rasa import plain
from bot.gateway.settings import GatewaySettings
from handoff import guard

AT_ONCE = 8
_TRIES = 3
_TIMEOUT_SECONDS = 60.0
_PROGRESS_SECONDS = 2.0


@dataclass(frozen=True)
class Line:
    """One line of the input. ``problem`` says why it cannot be evaluated; then ``text`` is empty."""

    number: int
    id: Any
    text: str = ""
    problem: str | None = None


def read_line(number: int, raw: str) -> Line:
    """Reads one line; never fails."""
    try:
        document = json.loads(raw)
    except ValueError as exc:
        return Line(number, None, problem=f"no JSON ({exc}); write one object a line")
    if not isinstance(document, dict):
        return Line(number, None, problem='no object; write {"id": ..., "text": "..."}')
    identity = document.get("id")
    if identity is None:
        return Line(number, None, problem="the field id is missing; give every message one")
    text = document.get("text")
    if not isinstance(text, str):
        return Line(number, identity, problem="the field text is missing or no text; put the message there")
    if not text.strip():
        return Line(number, identity, problem="the field text is empty; put the message there")
    return Line(number, identity, text)


def read_file(path: Path) -> list[Line]:
    """All lines that are not blank. Bytes that are no UTF-8 are replaced, and the line is evaluated all the same."""
    raw = path.read_bytes().decode("utf-8-sig", errors="replace")
    return [read_line(number, line) for number, line in enumerate(raw.split("\n"), start=1) if line.strip()]


def result(line: Line, parsed: Mapping[str, Any], latency_ms: float) -> dict[str, Any]:
    """The output for what Rasa made of a message."""
    intent = parsed.get("intent") or {}
    return {
        "id": line.id,
        "lang": parsed["language"],
        "intent": intent["name"],
        "confidence": parsed["confidence"],
        "priority": parsed["priority"],
        "skill": parsed["skill"],
        "decision": parsed["decision"],
        "out_of_scope": parsed["out_of_scope"],
        "mood": parsed["mood"]["name"],
        "topics": [[hit["topic"], hit["score"]] for hit in parsed.get("topics") or ()],
        "latency_ms": parsed.get("latency_ms", round(latency_ms, 2)),
    }


class Evaluation:
    """Sends messages to one Rasa server, several at once."""

    def __init__(self, url: str, token: str | None = None, *, at_once: int = AT_ONCE) -> None:
        self._url, self._token, self._at_once = url, token, at_once
        self.done = 0

    async def run(self, lines: Sequence[Line]) -> list[dict[str, Any]]:
        """An output for each line, in their order."""
        outputs: list[dict[str, Any]] = [{} for _ in lines]
        waiting = iter(range(len(lines)))
        async with httpx.AsyncClient(
            base_url=self._url, params={"token": self._token} if self._token else None, trust_env=False
        ) as client:

            async def work() -> None:
                for place in waiting:
                    outputs[place] = await self._one(client, lines[place])
                    self.done += 1

            await asyncio.gather(*(work() for _ in range(self._at_once)))
        return outputs

    async def _one(self, client: httpx.AsyncClient, line: Line) -> dict[str, Any]:
        if line.problem is not None:
            return {"id": line.id, "line": line.number, "error": line.problem}
        # What the live product does to a message before Rasa reads it.
        text = plain(guard.redact(line.text).text)
        problem = ""
        for _ in range(_TRIES):
            began = time.perf_counter()
            try:
                response = await client.post("/model/parse", json={"text": text}, timeout=_TIMEOUT_SECONDS)
                response.raise_for_status()
                return result(line, response.json(), (time.perf_counter() - began) * 1000)
            except (httpx.HTTPError, ValueError) as exc:
                problem = f"Rasa did not answer ({type(exc).__name__}); see its log and run the command again"
            except KeyError as exc:
                problem = f"Rasa's answer lacks {exc}; it runs another model: restart it, or run `make train`"
        return {"id": line.id, "line": line.number, "error": problem}


@contextlib.contextmanager
def server(url: str, token: str | None, model: Path) -> Iterator[tuple[str, str | None]]:
    """The address and token of the running Rasa, or of one that is started for the block."""
    if is_ready(url, token):
        _say(f"using the Rasa server at {url}")
        yield url, token
        return
    _say(f"no Rasa server at {url}; starting one, which takes half a minute")
    with OwnRasa(model) as own:
        yield own.url, None


async def evaluate(
    lines: Sequence[Line], url: str, token: str | None, *, at_once: int = AT_ONCE
) -> list[dict[str, Any]]:
    """Runs the evaluation and shows its progress."""
    evaluation = Evaluation(url, token, at_once=at_once)
    began = time.monotonic()
    task = asyncio.create_task(evaluation.run(lines))
    while not task.done():
        await asyncio.wait([task], timeout=_PROGRESS_SECONDS)
        seconds = time.monotonic() - began
        _say(f"{evaluation.done} of {len(lines)} messages, {evaluation.done / max(seconds, 1e-9):.1f} a second")
    return task.result()


def write(outputs: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Writes the output in one step: an interrupted run leaves the old file alone."""
    beside = path.with_name(f"{path.name}.partial")
    with beside.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(output, ensure_ascii=False) + "\n" for output in outputs)
    beside.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.evaluate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--input", type=Path, required=True, help="messages, one JSON object a line")
    parser.add_argument("--output", type=Path, required=True, help="where the decisions are written")
    parser.add_argument("--model", type=Path, default=MODEL, help="the model, when no Rasa server runs (%(default)s)")
    parser.add_argument("--at-once", type=_positive, default=AT_ONCE, help="messages sent at a time (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        lines = read_file(options.input)
    except OSError as exc:
        _say(f"{options.input} cannot be read: {exc.strerror}")
        return 2
    if not options.output.parent.is_dir():
        _say(f"the folder {options.output.parent} does not exist; create it first")
        return 2
    settings = GatewaySettings()
    token = settings.rasa_token.get_secret_value() if settings.rasa_token else None
    try:
        with server(settings.rasa_url, token, options.model) as (url, accepted):
            began = time.monotonic()
            outputs = asyncio.run(evaluate(lines, url, accepted, at_once=options.at_once))
            seconds = time.monotonic() - began
    except RasaDidNotStart as exc:
        _say(str(exc))
        return 2
    write(outputs, options.output)
    bad = [output for output in outputs if "error" in output]
    for output in bad:
        _say(f"line {output['line']}: {output['error']}")
    print(
        f"{len(outputs) - len(bad)} messages in {seconds:.1f} s, {len(outputs) / max(seconds, 1e-9):.1f} a second",
        end="",
    )
    print(f"; {len(bad)} lines could not be evaluated, see above" if bad else "")
    return 1 if bad else 0


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of messages; write 1 or more")
    return int(text)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
