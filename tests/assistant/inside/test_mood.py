"""Moods: learned from labels beside the messages, reported only when they are sure enough."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.encoder_featurizer import SENTENCE_ENCODER
from bot.assistant.components.mood_classifier import MOODS, MoodClassifier, raised, read_labels, thresholds
from bot.assistant.components.ngram_featurizer import CHARACTER_NGRAMS
from bot.assistant.components.universal_featurizer import UNIVERSAL_ENCODER
from kb_index.training_messages import CALIBRATION

CONTEXT = ExecutionContext(GraphSchema({}), node_name="node")


def message(text: str, mood: int, seed: int, purpose: str = "") -> Message:
    """A message whose vector says its mood."""
    vector = np.random.default_rng(seed).normal(scale=0.2, size=(1, 6)).astype(np.float32)
    vector[0, mood] += 3.0
    built = Message.build(text, "complaint", intent_metadata={"purpose": purpose})
    built.add_features(Features(vector, "sentence", TEXT, SENTENCE_ENCODER))
    for origin in (UNIVERSAL_ENCODER, CHARACTER_NGRAMS):
        built.add_features(Features(np.zeros((1, 2), np.float32), "sentence", TEXT, origin))
    return built


def labelled(folder: Path, count: int) -> TrainingData:
    folder.mkdir(exist_ok=True)
    lines = [json.dumps({"text": f"message {n}", "mood": MOODS[n % 3]}) for n in range(2 * count)]
    (folder / "en.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    purposes = ["" if n < count else CALIBRATION for n in range(2 * count)]
    return TrainingData([message(f"message {n}", n % 3, n, purpose) for n, purpose in enumerate(purposes)])


def test_a_loaded_classifier_finds_the_moods_that_were_learned(tmp_path: Path) -> None:
    storage, resource = LocalModelStorage(tmp_path / "storage"), Resource("mood")
    (tmp_path / "storage").mkdir(exist_ok=True)
    config = {"labels": str(tmp_path / "labels"), "wrong_moods": 0.2}
    data = labelled(tmp_path / "labels", 120)
    MoodClassifier.create(config, storage, resource, CONTEXT).train(data)
    loaded = MoodClassifier.load(config, storage, resource, CONTEXT)

    unseen = [message("new", mood, 1000 + mood) for mood in range(3)]

    assert [m.get("mood")["name"] for m in loaded.process(unseen)] == list(MOODS)


def test_with_too_few_labels_everybody_is_calm(tmp_path: Path) -> None:
    storage, resource = LocalModelStorage(tmp_path / "storage"), Resource("mood")
    (tmp_path / "storage").mkdir(exist_ok=True)
    config = {"labels": str(tmp_path / "labels"), "wrong_moods": 0.2}
    MoodClassifier.create(config, storage, resource, CONTEXT).train(labelled(tmp_path / "labels", 9))
    loaded = MoodClassifier.load(config, storage, resource, CONTEXT)

    assert loaded.process([message("new", 2, 1)])[0].get("mood") == {"name": "calm", "confidence": 0.0}


def test_each_mood_is_reported_from_where_few_enough_are_wrong() -> None:
    names = ["angry", "calm", "panic"]
    sure = [0.9, 0.8, 0.7, 0.6, 0.5]
    frightened = np.array([[0.0, 0.7, 0.3]], dtype=np.float32)
    probabilities = np.concatenate([np.array([[p, 1 - p, 0.0] for p in sure], dtype=np.float32), frightened])
    truth = ["angry", "angry", "calm", "angry", "angry", "panic"]

    assert thresholds(probabilities, names, truth, 0.0) == pytest.approx({"angry": 0.8, "panic": 0.3})
    assert thresholds(probabilities, names, truth, 0.25) == pytest.approx({"angry": 0.5, "panic": 0.3})
    assert min(thresholds(probabilities, names, ["calm"] * 6, 0.25).values()) > 1.0


def test_a_mood_raises_by_one_never_to_the_front_and_never_lowers() -> None:
    assert [raised(priority, "panic") for priority in range(4)] == [0, 1, 1, 2]
    assert [raised(priority, "calm") for priority in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize("line", ['{"text": "x"}', '{"text": "x", "mood": "sad"}', "no json"])
def test_a_wrong_label_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "en.jsonl").write_text('{"text": "y", "mood": "calm"}\n' + line + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"en\.jsonl:2"):
        read_labels(tmp_path)
