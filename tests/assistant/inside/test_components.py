"""Rasa components as Rasa runs them: trained, written to a model's storage, loaded, used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.components.encoder_featurizer import SENTENCE_ENCODER
from bot.assistant.components.entity_extractor import DomainEntityExtractor
from bot.assistant.components.examples import topics_of
from bot.assistant.components.intent_classifier import MultilingualIntentClassifier, labels_of
from bot.assistant.components.language_detector import MessageLanguageDetector
from bot.assistant.components.ngram_featurizer import CHARACTER_NGRAMS, CharacterNgramFeaturizer
from bot.assistant.components.tokenizer import MultilingualTokenizer
from bot.assistant.components.universal_featurizer import UNIVERSAL_ENCODER, UniversalSentenceFeaturizer

CONTEXT = ExecutionContext(GraphSchema({}), node_name="node")
EXAMPLES = [
    ("withdrawal stuck since monday", "deposit_withdrawal", ["withdrawal-status"]),
    ("my withdrawal has not arrived", "deposit_withdrawal", ["withdrawal-status"]),
    ("提现一直没到", "deposit_withdrawal", ["withdrawal-status"]),
    ("提现卡住了三天", "deposit_withdrawal", []),
    ("hello there", "greet", []),
    ("hi", "greet", []),
    ("你好啊", "greet", []),
    ("good morning", "greet", []),
]


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


def training_data() -> TrainingData:
    return TrainingData(
        [Message.build(text, intent, intent_metadata={"topics": topics}) for text, intent, topics in EXAMPLES]
    )


def process(text: str, metadata: dict[str, Any] | None = None) -> Message:
    message = Message({TEXT: text, "metadata": metadata or {}})
    tokenizer = MultilingualTokenizer({**MultilingualTokenizer.get_default_config()})
    for component in (tokenizer, MessageLanguageDetector(), DomainEntityExtractor()):
        (message,) = component.process([message])
    return message


def test_tokens_are_cut_from_the_message_as_written() -> None:
    message = process("充了５００USDT")

    assert [(token.text, token.start) for token in message.get("text_tokens")] == [
        ("充", 0),
        ("了", 1),
        ("５００", 2),
        ("USDT", 5),
    ]


def test_language_and_entities_are_part_of_what_rasa_gives_out() -> None:
    parsed = process("充了500USDT到TRC20没到").as_dict(only_output_properties=True)

    assert parsed["language"] == "zh-Hans"
    assert [(e["entity"], e["value"]) for e in parsed["entities"]] == [
        ("amount", "500"),
        ("coin", "USDT"),
        ("network", "TRC20"),
    ]
    assert parsed["entities"][0]["unit"] == "USDT"
    json.dumps(parsed["entities"])


def test_metadata_of_the_gateway_decides_where_the_text_says_nothing() -> None:
    assert process("58207", {"language": "de", "locale": "en-GB"}).get("language") == "de"
    assert process("58207", {"language": None, "locale": "ja-JP"}).get("language") == "ja"


def test_an_empty_message_is_no_error() -> None:
    assert process("").get("language") == "en"


def _ngrams(storage: LocalModelStorage) -> tuple[CharacterNgramFeaturizer, dict[str, Any], Resource]:
    config = {**CharacterNgramFeaturizer.get_default_config(), "dimensions": 4}
    resource = Resource("ngrams")
    component = CharacterNgramFeaturizer.create(config, storage, resource, CONTEXT)
    component.train(training_data())
    return component, config, resource


def test_a_loaded_ngram_featurizer_gives_the_features_of_the_trained_one(storage: LocalModelStorage) -> None:
    trained, config, resource = _ngrams(storage)
    loaded = CharacterNgramFeaturizer.load(config, storage, resource, CONTEXT)

    one, two = Message({TEXT: "withdrawal not here"}), Message({TEXT: "withdrawal not here"})
    trained.process([one])
    loaded.process([two])

    features = [m.get_dense_features(TEXT, [CHARACTER_NGRAMS])[1].features for m in (one, two)]
    assert features[0].shape == (1, 4)
    assert np.allclose(features[0], features[1], atol=1e-5)


def test_ngram_features_are_those_of_scikit_learn(storage: LocalModelStorage) -> None:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    component, _, _ = _ngrams(storage)
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    counts = vectorizer.fit_transform([text for text, _, _ in EXAMPLES])
    expected = TruncatedSVD(4, random_state=0).fit(counts).transform(vectorizer.transform(["My withdrawal, 提现"]))

    (message,) = component.process([Message({TEXT: "My withdrawal, 提现"})])

    assert np.allclose(message.get_dense_features(TEXT, [CHARACTER_NGRAMS])[1].features, expected, atol=1e-4)


def _universal() -> UniversalSentenceFeaturizer:
    return UniversalSentenceFeaturizer(UniversalSentenceFeaturizer.get_default_config(), "universal")


def test_the_universal_encoder_puts_a_translation_nearer_than_another_matter() -> None:
    texts = ["my account was stolen", "我的账户被盗了", "what does a limit order cost", "", "\u200b", "🤷"]
    messages = _universal().process([Message({TEXT: text}) for text in texts])
    vectors = np.stack([m.get_dense_features(TEXT, [UNIVERSAL_ENCODER])[1].features[0] for m in messages])

    assert vectors.shape == (6, 512)
    assert np.isfinite(vectors).all()
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_the_universal_encoder_says_the_same_alone_and_in_a_batch() -> None:
    data = training_data()
    _universal().process_training_data(data)

    for example in data.training_examples:
        (alone,) = _universal().process([Message({TEXT: example.get(TEXT)})])
        one, other = (m.get_dense_features(TEXT, [UNIVERSAL_ENCODER])[1].features for m in (alone, example))
        assert np.allclose(one, other, atol=1e-4)


def _with_features(data: TrainingData, featurizer: CharacterNgramFeaturizer) -> TrainingData:
    featurizer.process_training_data(data)
    _universal().process_training_data(data)
    for example in data.training_examples:
        random = np.random.default_rng(len(example.get(TEXT)))
        vector = random.normal(size=(1, 8)).astype(np.float32) + (5.0 if example.get("intent") == "greet" else -5.0)
        example.add_features(Features(vector, "sentence", TEXT, SENTENCE_ENCODER))
    return data


def _encoder(folder: Path, build: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "encoder.json").write_text(json.dumps({"build": build}))
    return str(folder)


def test_a_loaded_classifier_says_what_the_trained_one_said(storage: LocalModelStorage, tmp_path: Path) -> None:
    data = _with_features(training_data(), _ngrams(storage)[0])
    config, resource = {"encoder": _encoder(tmp_path / "encoder", "one")}, Resource("intents")
    trained = MultilingualIntentClassifier.create(config, storage, resource, CONTEXT)
    trained.train(data)
    loaded = MultilingualIntentClassifier.load(config, storage, resource, CONTEXT)

    rankings = [[m.get("intent_ranking") for m in c.process(data.training_examples)] for c in (trained, loaded)]

    assert rankings[0] == rankings[1]
    assert [ranking[0]["name"] for ranking in rankings[0]] == [intent for _, intent, _ in EXAMPLES]
    assert all(sum(item["confidence"] for item in ranking) == pytest.approx(1.0) for ranking in rankings[0])


def test_a_classifier_of_another_encoder_is_refused_with_what_to_do(storage: LocalModelStorage, tmp_path: Path) -> None:
    data = _with_features(training_data(), _ngrams(storage)[0])
    config, resource = {"encoder": _encoder(tmp_path / "encoder", "one")}, Resource("intents")
    MultilingualIntentClassifier.create(config, storage, resource, CONTEXT).train(data)
    _encoder(tmp_path / "encoder", "two")

    with pytest.raises(RasaException, match="make train"):
        MultilingualIntentClassifier.load(config, storage, resource, CONTEXT)


def test_topics_of_a_block_reach_its_examples(tmp_path: Path) -> None:
    from rasa.shared.nlu.training_data.loading import load_data

    metadata = "metadata: {topics: [adl], also: [wick-complaint]}"
    block = f"- intent: trading\n  {metadata}\n  examples: |\n    - why adl\n    - closed by adl\n"
    (tmp_path / "en.yml").write_text(f'version: "3.1"\nnlu:\n{block}')

    examples = load_data(str(tmp_path / "en.yml")).training_examples

    assert [topics_of(example) for example in examples] == [(("adl",), ("wick-complaint",))] * 2


def test_a_rare_topic_is_no_class_of_its_own() -> None:
    common = [Message.build(f"adl {n}", "trading", intent_metadata={"topics": ["adl"]}) for n in range(5)]
    rare = [Message.build("order", "trading", intent_metadata={"topics": ["order-types"]})]
    plain = [Message.build("hi", "greet")]

    assert labels_of([*common, *rare, *plain]) == ["trading/adl"] * 5 + ["trading/", "greet/"]
