"""Exports a trained encoder for serving: one ONNX graph with int8 weights, its tokenizer and its description.

The graph takes ``input_ids`` and ``attention_mask`` (int64, (n, t)) and returns ``sentence_embedding`` (float32,
(n, width), unit norm), so that serving needs onnxruntime, tokenizers and numpy, and no torch. The int8 graph is
compared with torch before it is put in place; an export that differs is refused.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

#: The lowest cosine between an exported vector and torch's that is accepted: float32 agrees, int8 costs a little.
MIN_COSINE_FLOAT = 0.9999
MIN_COSINE_INT8 = 0.97

#: Texts that the export is compared on: several lengths, so that padding is exercised, and several scripts.
PROBES: Sequence[str] = (
    "我的账户被盗了",
    "hi",
    "why was i liquidated when the price never touched my liquidation price, this is robbery and i want my money back",
    "出金がまだ届きません。トランザクションハッシュは取得できています",
    "сняли деньги без моего ведома, помогите пожалуйста",
    "saque travado",
)


class ExportDiffers(Exception):
    """The exported graph does not agree with the trained model."""

    code = "export_differs"


class _Embedding(torch.nn.Module):
    """The whole way from pieces to a unit vector, as one graph."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.transformer = cast(torch.nn.Module, model[0].model)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def export(model: SentenceTransformer, folder: Path, *, prefix: str, build: str) -> None:
    """Writes ``model.onnx``, ``tokenizer.json`` and ``encoder.json`` to ``folder``, replacing what is there at once.

    Args:
        model: a sentence-transformers model of a transformer with mean pooling and unit norm.
        folder: where servers read the encoder (``models/encoder``).
        prefix: what is put before every text.
        build: identifies what the encoder was made from (see ``fingerprint``).

    Raises:
        ExportDiffers: when the exported graph's vectors are not those of ``model``.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        beside = Path(temporary) / "encoder"
        beside.mkdir()
        plain, small = Path(temporary) / "plain.onnx", beside / "model.onnx"
        _export_graph(model, plain)
        _compare(model, plain, prefix, MIN_COSINE_FLOAT)
        quantize_dynamic(
            str(plain),
            str(small),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=_narrowing(plain),
        )
        lowest = _compare(model, small, prefix, MIN_COSINE_INT8)
        log.info("exported to int8: %.0f MB, lowest cosine to torch %.4f", small.stat().st_size / 1e6, lowest)
        tokenizer = model.tokenizer.backend_tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.save(str(beside / "tokenizer.json"))
        description = {
            "prefix": prefix,
            "max_pieces": int(model.max_seq_length or 0),
            "dimensions": int(model.get_embedding_dimension() or 0),
            "pad_id": int(model.tokenizer.pad_token_id),
            "build": build,
        }
        (beside / "encoder.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.move(str(folder), str(Path(temporary) / "old"))
        shutil.move(str(beside), str(folder))


def fingerprint(parts: Sequence[str]) -> str:
    """A short stable name for what an artefact was made from."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _export_graph(model: SentenceTransformer, path: Path) -> None:
    wrapped = _Embedding(model).eval()
    # Two rows of different lengths: a single unpadded row would let the exporter fold the mask away.
    example = model.tokenizer(["query: probe", "query: a longer probe text"], padding=True, return_tensors="pt")
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    with torch.no_grad():
        torch.onnx.export(
            wrapped,
            (example["input_ids"], example["attention_mask"]),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_shapes=({0: batch, 1: length}, {0: batch, 1: length}),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _narrowing(path: Path) -> list[str]:
    """The products that lead from a layer's wide middle back to its width.

    Their inputs have outliers once the encoder is fine-tuned, which eight bits cannot hold: with them in int8 the
    middle cosine to torch was 0.986, without 0.996, for 4 ms more a message (README, "Measured").
    """
    graph = onnx.load(str(path)).graph
    shapes = {weights.name: tuple(weights.dims) for weights in graph.initializer}
    products = ((node, shapes.get(name, ())) for node in graph.node if node.op_type == "MatMul" for name in node.input)
    return [node.name for node, shape in products if len(shape) == 2 and shape[0] > shape[1]]


def _compare(model: SentenceTransformer, path: Path, prefix: str, floor: float) -> float:
    texts = [prefix + probe for probe in PROBES]
    expected = model.encode(texts, convert_to_numpy=True, show_progress_bar=False)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(batch: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        encoded = model.tokenizer(batch, padding=True, return_tensors="np")
        feed = {name: encoded[name].astype(np.int64) for name in ("input_ids", "attention_mask")}
        vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]] = session.run(["sentence_embedding"], feed)[0]
        return vectors

    together, alone = run(texts), np.concatenate([run([text]) for text in texts])
    lowest = float(min((expected * together).sum(axis=1).min(), (expected * alone).sum(axis=1).min()))
    if lowest < floor:
        raise ExportDiffers(f"{path.name}: the lowest cosine to torch is {lowest:.4f}, at least {floor} is expected")
    return lowest
