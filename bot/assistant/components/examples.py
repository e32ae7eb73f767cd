"""The examples of nlu_data as Rasa hands them to the components that learn from them."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kb_index.training_messages import CALIBRATION


def labelled(training_data: TrainingData, *, calibration: bool = False) -> list[Message]:
    """The examples that have a text and an intent, in order: those to train on, or those to calibrate on."""
    return [
        example
        for example in training_data.training_examples
        if example.get(TEXT) and example.get(INTENT) and is_for_calibration(example) is calibration
    ]


def is_for_calibration(example: Message) -> bool:
    """Whether nothing may be trained on the example (``kb_index.training_messages``)."""
    return bool(_metadata(example).get("purpose") == CALIBRATION)


def topics_of(example: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The FAQ topics of a training example, and the other acceptable ones (``metadata`` of its block in nlu_data/)."""
    metadata = _metadata(example)
    return tuple(metadata.get("topics") or ()), tuple(metadata.get("also") or ())


def _metadata(example: Message) -> dict[str, Any]:
    return (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
