"""Runs in the assistant's environment: what a Rasa NLU model says of texts. Arguments: model, texts, output (JSON)."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent


async def judge(model: str, texts: list[str]) -> dict[str, object]:
    """The names of the intents, and the probabilities of each text in that order."""
    agent = Agent.load(model)
    rankings = []
    for text in texts:
        parsed = await agent.parse_message(text)
        rankings.append({item["name"]: item["confidence"] for item in parsed["intent_ranking"]})
    names = sorted(set().union(*rankings))
    return {"intents": names, "probabilities": [[ranking.get(name, 0.0) for name in names] for ranking in rankings]}


model, source, target = sys.argv[1:]
said = asyncio.run(judge(model, json.loads(Path(source).read_text("utf-8"))))
Path(target).write_text(json.dumps(said), "utf-8")
