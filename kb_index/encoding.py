"""Turns texts into vectors with the exported encoder. Needs onnxruntime, sentencepiece and numpy; no torch."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from kb_index.errors import EncoderUnavailable
from kb_index.pieces import Pieces

#: Where `make train` puts the encoder.
ENCODER = Path("models/encoder")
#: A batch holds at most this many pieces, padding included: enough to fill two cores, little enough to stay in cache.
BATCH_PIECES = 2048

Vectors = npt.NDArray[np.float32]


class Encoder:
    """The sentence encoder of one folder (``model.onnx`` and its data, ``pieces.model``, ``encoder.json``).

    One instance may be used from any number of threads at the same time.

    Attributes:
        dimensions: width of a vector.
        build: identifies the trained encoder; vectors of different builds must not be compared.
        prefix: what is put before every text.
        description: all of ``encoder.json``.
    """

    def __init__(self, folder: Path = ENCODER, *, threads: int = 1) -> None:
        """Loads the encoder.

        Args:
            folder: where the three files are.
            threads: for the arithmetic, at most the cores that this process may use. One is best for single messages
                (6.3 ms, two threads 8.3 ms); a batch job takes all cores (``cores()``).

        Raises:
            EncoderUnavailable: when a file is missing or cannot be read.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, min(threads, cores()))
        options.inter_op_num_threads = 1
        # Waiting threads sleep: the cores are shared with four other processes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self.description: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            self.dimensions = int(self.description["dimensions"])
            self.build = str(self.description["build"])
            self.prefix = str(self.description["prefix"])
            self._pieces = Pieces(folder / "pieces.model", most=int(self.description["max_pieces"]))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # the three libraries raise what they like
            raise EncoderUnavailable(f"no usable encoder in {folder} ({exc}); run `make train`") from exc

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors: float32, (n, dimensions), unit norm, in the order of the texts.

        Texts of similar length share a batch, so that little is computed for padding. An int8 encoder scales its
        activations by batch, so a text's vector varies a little with its company (cosine 0.99 and more to itself).
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        pieces = [self._pieces.of(self.prefix + text) for text in texts]
        for batch in _batches([len(ids) for ids in pieces]):
            longest = max(len(pieces[i]) for i in batch)
            ids = np.full((len(batch), longest), self._pieces.padding, dtype=np.int64)
            mask = np.zeros((len(batch), longest), dtype=np.int64)
            for row, i in enumerate(batch):
                ids[row, : len(pieces[i])] = pieces[i]
                mask[row, : len(pieces[i])] = 1
            vectors[batch] = self._session.run(["sentence_embedding"], {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Groups positions by length, shortest first, each group within BATCH_PIECES when padded."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[position] * (len(batch) + 1) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine has."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
