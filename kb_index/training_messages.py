"""Reads the training messages that carry FAQ topics: ``nlu_data/<intent>/<language>.yml``, Rasa's YAML.

::

    version: "3.1"
    nlu:
      - intent: trading
        metadata: {topics: [tp-sl-not-triggered], also: [wick-complaint]}
        examples: |
          - my stop was there and nothing happened
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb_index.errors import TrainingMessagesInvalid
from kb_index.taxonomy import taxonomy

#: Where the training messages of this repository are.
MESSAGES = Path("nlu_data")

#: Share of the messages that the encoder's training leaves out (``held_out``).
HELD_OUT_SHARE = 0.1

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class TrainingMessage:
    """One example.

    Attributes:
        text: as a customer typed it.
        intent: id of an intent.
        language: BCP 47.
        topics: FAQ topics whose article answers it, best first; empty when none does.
        also: other topics that would be an acceptable answer.
        block: number of its block in the file, from 1. What stands in one block was written together.
    """

    text: str
    intent: str
    language: str
    topics: tuple[str, ...]
    also: tuple[str, ...]
    block: int = 1


def read(root: Path = MESSAGES) -> list[TrainingMessage]:
    """All messages below ``root``, in a stable order; none when the folder is missing.

    Raises:
        TrainingMessagesInvalid: for the first file that is not of the shape above or names an unknown topic.
    """
    return [message for path in sorted(root.glob("*/*.yml")) for message in _read_file(path)]


def held_out(text: str, share: float = HELD_OUT_SHARE) -> bool:
    """Whether a message belongs to the share that the encoder's training leaves out; it depends on the text alone.

    How far the search may trust the encoder is learned on these: a trained encoder is better on what it has seen than
    it will be on customers.
    """
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") < share * 2**64


def _read_file(path: Path) -> Iterator[TrainingMessage]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  both loaders are safe ones
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        mark = getattr(exc, "problem_mark", None)
        raise TrainingMessagesInvalid(path, mark.line + 1 if mark else 1, f"is no YAML: {exc}") from exc
    blocks = document.get("nlu") if isinstance(document, dict) else None
    if not isinstance(blocks, list):
        raise TrainingMessagesInvalid(path, 1, "must hold a list `nlu:` of `- intent:` blocks")
    for number, block in enumerate(blocks, start=1):
        if not isinstance(block, dict) or "intent" not in block:
            continue  # synonyms, look-up tables and regular expressions are Rasa's alone
        metadata = block.get("metadata") or {}
        examples = block.get("examples")
        if block["intent"] != path.parent.name or not isinstance(examples, str) or not isinstance(metadata, dict):
            problem = f"block {number} must be `intent: {path.parent.name}` with `metadata: {{...}}` and `examples: |`"
            raise TrainingMessagesInvalid(path, 1, problem)
        topics = _topics(path, number, metadata, "topics")
        also = _topics(path, number, metadata, "also")
        for line in examples.splitlines():
            text = line.strip().removeprefix("-").strip()
            if text:
                yield TrainingMessage(text, path.parent.name, path.stem, topics, also, number)


def _topics(path: Path, number: int, metadata: dict[str, Any], key: str) -> tuple[str, ...]:
    ids = metadata.get(key) or []
    if not isinstance(ids, list):
        raise TrainingMessagesInvalid(path, 1, f"{key} of block {number} must be a list")
    known = taxonomy().topics
    unknown = [str(topic) for topic in ids if topic not in known]
    if unknown:
        raise TrainingMessagesInvalid(path, 1, f"{key} of block {number} names unknown topics: {', '.join(unknown)}")
    return tuple(ids)
