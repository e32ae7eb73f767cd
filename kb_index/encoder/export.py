"""Exports a trained encoder for serving: one ONNX graph with int8 weights, its pieces and its description.

The graph takes ``input_ids`` and ``attention_mask`` (int64, (n, t)) and returns ``sentence_embedding`` (float32,
(n, width), unit norm), so that serving needs onnxruntime, sentencepiece and numpy, and no torch. Its weights lie in a
file of their own, which all processes of a machine map into memory together. The int8 graph is compared with torch
before it is put in place; an export that differs is refused.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from sentence_transformers import SentenceTransformer
from sentencepiece import sentencepiece_model_pb2

from kb_index.encoding import Encoder

#: Its classes are made at run time.
spm: Any = sentencepiece_model_pb2
log = logging.getLogger(__name__)

#: Changes when the same model gives other vectors than before.
FORMAT = 2
#: The lowest cosine between an exported vector and torch's that is accepted: float32 agrees, int8 costs a little.
MIN_COSINE_FLOAT = 0.9999
MIN_COSINE_INT8 = 0.97
#: So many weights of a product that leads back from a layer's wide middle share a scale.
_BLOCK = 64
#: Weights from this size on go into the file that is mapped into memory.
_SHARED_BYTES = 1024

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
    """Writes the encoder's files to ``folder``, replacing what is there at once.

    They are ``model.onnx``, ``model.onnx.data``, ``pieces.model`` and ``encoder.json``.

    Args:
        model: a sentence-transformers model of a transformer with mean pooling and unit norm, and the tokenizer of
            ``kb_index.encoder.base``.
        folder: where servers read the encoder (``models/encoder``).
        prefix: what is put before every text.
        build: identifies what the encoder was made from (see ``fingerprint``).

    Raises:
        ExportDiffers: when the exported encoder's vectors are not those of ``model``.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    description = {
        "prefix": prefix,
        "max_pieces": int(model.max_seq_length or 0),
        "dimensions": int(model.get_embedding_dimension() or 0),
        "build": build,
    }
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        plain, small = Path(temporary) / "plain", Path(temporary) / "encoder"
        for beside in (plain, small):
            beside.mkdir()
            _write_pieces(model, beside / "pieces.model")
            (beside / "encoder.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        _export_graph(model, plain / "model.onnx")
        _compare(model, plain, MIN_COSINE_FLOAT)
        _quantise(plain / "model.onnx", small / "model.onnx")
        lowest = _compare(model, small, MIN_COSINE_INT8)
        size = sum(file.stat().st_size for file in small.iterdir())
        log.info("exported to int8: %.0f MB, lowest cosine to torch %.4f", size / 1e6, lowest)
        if folder.exists():
            shutil.move(str(folder), str(Path(temporary) / "old"))
        shutil.move(str(small), str(folder))


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


def _write_pieces(model: SentenceTransformer, path: Path) -> None:
    """Makes a sentencepiece model of the tokenizer's Unigram pieces; it normalises nothing (``kb_index.pieces`` does).

    Pieces that mark something are never found in a text, whatever a customer writes.
    """
    tokenizer = model.tokenizer
    vocabulary = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["vocab"]
    marks = {tokenizer.bos_token, tokenizer.eos_token, tokenizer.pad_token, "<mask>"}
    kinds, pieces = spm.ModelProto.SentencePiece, spm.ModelProto()
    for number, (piece, score) in enumerate(vocabulary):
        kind = kinds.UNKNOWN if number == tokenizer.unk_token_id else kinds.CONTROL if piece in marks else kinds.NORMAL
        pieces.pieces.add(piece=piece, score=score, type=kind)
    trainer, normalizer = pieces.trainer_spec, pieces.normalizer_spec
    trainer.model_type, trainer.vocab_size = spm.TrainerSpec.UNIGRAM, len(vocabulary)
    trainer.bos_id, trainer.eos_id = tokenizer.bos_token_id, tokenizer.eos_token_id
    trainer.pad_id, trainer.unk_id = tokenizer.pad_token_id, tokenizer.unk_token_id
    normalizer.name, normalizer.add_dummy_prefix = "identity", True
    normalizer.escape_whitespaces, normalizer.remove_extra_whitespaces = True, False
    path.write_bytes(pieces.SerializeToString())


def _quantise(plain: Path, small: Path) -> None:
    """Eight bits for all weights: a scale for each channel, and for the narrowing products one for each block.

    The inputs of the narrowing products have outliers once the encoder is fine-tuned, which one scale for a whole
    message cannot hold (README, "What was tried").
    """
    narrowing = _narrowing(plain)
    with tempfile.TemporaryDirectory() as temporary:
        channels = Path(temporary) / "channels.onnx"
        quantize_dynamic(
            str(plain),
            str(channels),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=narrowing,
        )
        logging.getLogger(MatMulNBitsQuantizer.__module__).setLevel(logging.WARNING)  # it tells of each node
        blocks = MatMulNBitsQuantizer(
            onnx.load(str(channels)), bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=4
        )
        blocks.process()
    onnx.save(
        blocks.model.model,
        str(small),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=f"{small.name}.data",
        size_threshold=_SHARED_BYTES,
    )
    small.with_name(f"{small.name}.data").chmod(small.stat().st_mode)  # onnx makes it readable for this user alone


def _narrowing(path: Path) -> list[str]:
    """The products that lead from a layer's wide middle back to its width."""
    graph = onnx.load(str(path)).graph
    shapes = {weights.name: tuple(weights.dims) for weights in graph.initializer}
    products = ((node, shapes.get(name, ())) for node in graph.node if node.op_type == "MatMul" for name in node.input)
    return [node.name for node, shape in products if len(shape) == 2 and shape[0] > shape[1]]


def _compare(model: SentenceTransformer, folder: Path, floor: float) -> float:
    encoder = Encoder(folder)
    expected = model.encode(
        [encoder.prefix + probe for probe in PROBES], convert_to_numpy=True, show_progress_bar=False
    )
    together, alone = encoder.encode(PROBES), np.concatenate([encoder.encode([text]) for text in PROBES])
    lowest = float(min((expected * together).sum(axis=1).min(), (expected * alone).sum(axis=1).min()))
    if lowest < floor:
        raise ExportDiffers(f"{folder.name}: the lowest cosine to torch is {lowest:.4f}, at least {floor} is expected")
    return lowest
