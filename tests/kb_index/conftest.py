"""A small FAQ on disk, and an encoder small enough to be made in a test."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from sentencepiece import sentencepiece_model_pb2 as spm

from kb_index.encoding import Encoder

DIMENSIONS = 64

WriteArticle = Callable[..., Path]

QUESTIONS = [
    "first way to ask",
    "second way to ask",
    "third one here",
    "and a fourth",
    "the fifth, angry!!",
    "sixth with 51008",
    "seventh",
    "number eight",
]


def article_text(
    topic: str,
    language: str = "en",
    *,
    title: str = "A title",
    questions: Sequence[str] = QUESTIONS,
    body: str = "It is so.\n\n1. Do this.\n2. Do that.\n\nAsk for a person if it stays so.",
    updated: str = "2026-11-22",
) -> str:
    lines = ["---", f"topic: {topic}", f"language: {language}", f"title: {title}", "questions:"]
    lines += [f"  - {json.dumps(question, ensure_ascii=False)}" for question in questions]
    return "\n".join([*lines, f"updated: {updated}", "sources: [GK]", "---", body, ""])


@pytest.fixture
def write_article(tmp_path: Path) -> WriteArticle:
    """Writes an article below tmp_path/articles and returns its path."""

    def write(topic: str, language: str = "en", *, text: str | None = None, **fields: object) -> Path:
        path = tmp_path / "articles" / topic / f"{language}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article_text(topic, language, **fields) if text is None else text, encoding="utf-8")  # type: ignore[arg-type]
        return path

    return write


def write_encoder(folder: Path, *, build: str = "tiny", seed: int = 7, max_pieces: int = 192) -> Path:
    """An encoder whose vectors are the mean of a random vector for each byte: similar spelling, similar vector."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds, pieces = spm.ModelProto.SentencePiece, spm.ModelProto()
    marks = {**dict.fromkeys(("<pad>", "<s>", "</s>"), kinds.CONTROL), "<unk>": kinds.UNKNOWN, "▁": kinds.NORMAL}
    for piece, kind in {**marks, **{f"<0x{byte:02X}>": kinds.BYTE for byte in range(256)}}.items():
        pieces.pieces.add(piece=piece, score=0.0, type=kind)
    trainer, normalizer = pieces.trainer_spec, pieces.normalizer_spec
    trainer.model_type, trainer.byte_fallback, trainer.vocab_size = spm.TrainerSpec.UNIGRAM, True, len(pieces.pieces)
    trainer.pad_id, trainer.bos_id, trainer.eos_id, trainer.unk_id = range(4)
    normalizer.name, normalizer.add_dummy_prefix, normalizer.remove_extra_whitespaces = "identity", False, False
    (folder / "pieces.model").write_bytes(pieces.SerializeToString())

    table = np.random.default_rng(seed).standard_normal((len(pieces.pieces), DIMENSIONS)).astype(np.float32)
    table[: len(marks)] = 0.0  # they are in every text
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "one"),
        numpy_helper.from_array(np.array([2], dtype=np.int64), "two"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["pieces"]),
        helper.make_node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "two"], ["wide"]),
        helper.make_node("Mul", ["pieces", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "one"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["sentence_embedding"], axis=1, p=2),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["n", DIMENSIONS])
    graph = helper.make_graph(nodes, "tiny", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(folder / "model.onnx"))
    description = {"prefix": "", "max_pieces": max_pieces, "dimensions": DIMENSIONS, "build": build}
    (folder / "encoder.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def encoder(encoder_folder: Path) -> Encoder:
    return Encoder(encoder_folder)


@pytest.fixture
def small_faq(write_article: WriteArticle, tmp_path: Path) -> Path:
    """Five topics in English, two of them in Chinese too; returns the folder of articles."""
    write_article(
        "withdrawal-24h-hold",
        title="Why withdrawals are paused after a security change",
        questions=[
            "cant withdraw since i changed my number",
            "withdrawal lock after new authenticator",
            *QUESTIONS[2:5],
        ],
        body="Withdrawals pause for {security_hold_hours|24} hours (error 58219).\n\n1. Wait.\n2. Try again.",
    )
    write_article(
        "withdrawal-24h-hold",
        "zh-Hans",
        title="修改安全设置后为什么不能提币",
        questions=["换了手机号提不了币", "改完谷歌验证提币被锁", "提示58219"],
        body="修改安全设置后提币会暂停 {security_hold_hours|24} 小时（58219）。\n\n1. 等待。\n2. 再试。",
    )
    write_article(
        "insufficient-balance-but-funds-exist",
        title="Insufficient balance although there are funds",
        questions=["not enough balance but i have money", "order refused, insufficient usdt", "funds are in funding"],
        body="Funds must be in the trading account (51008).\n\n1. Look.\n2. Transfer.",
    )
    write_article(
        "cancel-order-failed",
        title="An order cannot be cancelled",
        questions=["cancel does nothing", "cant cancel my order", "order already gone when i cancel"],
        body="HTX answers order-orderstate-error when the order is final.\n\n1. Look.\n2. Reload.",
    )
    write_article(
        "api-timestamp-expired",
        title="The timestamp of the request expired",
        questions=["timestamp for this request is outside of the recvwindow", "clock wrong, api refuses"],
        body="Binance answers -1021 when the clock is wrong.\n\n1. Set the clock.\n2. Try again.",
    )
    write_article(
        "kyc-age",
        "zh-Hans",
        title="多大年龄可以认证",
        questions=["未成年能注册吗", "十七岁可以认证身份吗", "年龄不够怎么办"],
        body="年满 {minimum_age|18} 周岁才能认证。\n\n1. 等到年满。\n2. 再来认证。",
    )
    return tmp_path / "articles"
