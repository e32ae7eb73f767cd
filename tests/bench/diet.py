"""Runs in the assistant's environment: what a Rasa NLU model says of texts. Arguments: model, texts, output (JSON)."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent


async def main(model: str, texts: str, output: str) -> None:
    """Parses every text."""
    agent = Agent.load(model)
    names: list[str] = []
    rows = []
    for text in json.loads(Path(texts).read_text("utf-8")):
        parsed = await agent.parse_message(text)
        ranking = {item["name"]: item["confidence"] for item in parsed["intent_ranking"]}
        names = names or sorted(ranking)
        rows.append([ranking.get(name, 0.0) for name in names])
    Path(output).write_text(json.dumps({"intents": names, "probabilities": rows}), "utf-8")


asyncio.run(main(*sys.argv[1:]))
