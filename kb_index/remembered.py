"""Vectors that one step of the training hands to the next: most texts of the index are the assistant's examples too."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb_index.encoding import Encoder, Vectors

#: Beside the index that they were computed for.
REMEMBERED = "encoded.npz"


def remember(path: Path, encoder: Encoder, texts: Sequence[str], vectors: Vectors) -> None:
    """Writes the texts' vectors, (n, dimensions), in half precision, replacing what was there at once."""
    beside = path.with_name(f"{path.name}.partial")
    with beside.open("wb") as file:
        np.savez(file, build=encoder.build, keys=_keys(texts), vectors=vectors.astype(np.float16))
    beside.replace(path)


def encode(path: Path, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The texts' vectors, float32, (n, dimensions), of unit norm; only those not remembered are computed.

    A missing or damaged file, or one of another encoder, remembers nothing.
    """
    known = _read(path, encoder.build)
    keys = [bytes(key) for key in _keys(texts)]
    new = [position for position, key in enumerate(keys) if key not in known]
    vectors = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    for position, key in enumerate(keys):
        if key in known:
            vectors[position] = known[key]
    if new:
        vectors[new] = encoder.encode([texts[position] for position in new])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return vectors


def _read(path: Path, build: str) -> dict[bytes, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["build"]) != build:
                return {}
            return dict(zip((bytes(key) for key in file["keys"]), file["vectors"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}


def _keys(texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    digests = b"".join(hashlib.sha256(text.encode("utf-8")).digest()[:16] for text in texts)
    return np.frombuffer(digests, dtype=np.uint8).reshape(len(texts), 16)
