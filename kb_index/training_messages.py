"""Reads the messages that carry FAQ topics: ``nlu_data/<intent>/<language>.yml``, Rasa's YAML.

::

    version: "3.1"
    nlu:
      - intent: trading
        metadata: {topics: [tp-sl-not-triggered], also: [wick-complaint]}
        examples: |
          - my stop was there and nothing happened

``nlu_data/calibration/<language>.yml`` has the same shape, blocks of any intent, and ``purpose: calibration`` in each
block's metadata. Nothing is trained on those: how far a score can be trusted is learned on them. Other people wrote
them, because a model is surer of a new sentence from a writer it knows than of one from a stranger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb_index.errors import TrainingMessagesInvalid
from kb_index.taxonomy import taxonomy

#: Where the training messages of this repository are.
MESSAGES = Path("nlu_data")

#: The folder, and the ``purpose``, of the messages that nothing is trained on.
CALIBRATION = "calibration"

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
    """

    text: str
    intent: str
    language: str
    topics: tuple[str, ...]
    also: tuple[str, ...]


def read(root: Path = MESSAGES) -> list[TrainingMessage]:
    """All messages to train on below ``root``, in a stable order; none when the folder is missing.

    Raises:
        TrainingMessagesInvalid: for the first file that is not of the shape above or names an unknown topic.
    """
    paths = [path for path in sorted(root.glob("*/*.yml")) if path.parent.name != CALIBRATION]
    return [message for path in paths for message in _read_file(path, path.parent.name)]


def read_calibration(root: Path = MESSAGES) -> list[TrainingMessage]:
    """The messages to calibrate on, in a stable order; none when there are none. Raises as ``read``."""
    return [message for path in sorted(root.glob(f"{CALIBRATION}/*.yml")) for message in _read_file(path, None)]


def _read_file(path: Path, intent: str | None) -> Iterator[TrainingMessage]:
    """The messages of a file, all of ``intent``; of any when it is None, and then for calibration only."""
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
        purpose = CALIBRATION if intent is None else None
        is_mapping = isinstance(metadata, dict)
        if not isinstance(examples, str) or not is_mapping or block["intent"] != (intent or block["intent"]):
            problem = f"block {number} must be `intent: {intent or '<id>'}` with `metadata: {{...}}` and `examples: |`"
            raise TrainingMessagesInvalid(path, 1, problem)
        if metadata.get("purpose") != purpose:
            expected = f"`purpose: {purpose}`" if purpose else "no purpose"
            raise TrainingMessagesInvalid(path, 1, f"block {number} must have {expected} in its metadata")
        topics = _topics(path, number, metadata, "topics")
        also = _topics(path, number, metadata, "also")
        for line in examples.splitlines():
            text = line.strip().removeprefix("-").strip()
            if text:
                yield TrainingMessage(text, block["intent"], path.stem, topics, also)


def _topics(path: Path, number: int, metadata: dict[str, Any], key: str) -> tuple[str, ...]:
    ids = metadata.get(key) or []
    if not isinstance(ids, list):
        raise TrainingMessagesInvalid(path, 1, f"{key} of block {number} must be a list")
    known = taxonomy().topics
    unknown = [str(topic) for topic in ids if topic not in known]
    if unknown:
        raise TrainingMessagesInvalid(path, 1, f"{key} of block {number} names unknown topics: {', '.join(unknown)}")
    return tuple(ids)
