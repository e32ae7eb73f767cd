from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from kb_index import encoding
from kb_index.encoding import Encoder
from kb_index.errors import EncoderUnavailable

from .conftest import DIMENSIONS, write_encoder

TEXTS = ["short", "a much longer text " * 20, "", "提币一直没到账", "mid-size text here", "short"]


def test_vectors_have_unit_norm_and_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    written = [i for i, text in enumerate(TEXTS) if text]
    assert np.allclose(np.linalg.norm(vectors[written], axis=1), 1.0, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[5])


def test_padding_and_batches_do_not_change_a_vector(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text in TEXTS if text]
    together = encoder.encode(texts)
    monkeypatch.setattr(encoding, "BATCH_PIECES", 1)
    alone = encoder.encode(texts)
    assert np.allclose(together, alone, atol=1e-6)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_a_text_longer_than_the_encoder_reads_is_cut(tmp_path: Path) -> None:
    encoder = Encoder(write_encoder(tmp_path, max_pieces=8))
    first, second = encoder.encode(["abcdefgh", "abcdefgh and then more"])
    assert np.allclose(first, second)


def test_one_encoder_serves_many_threads(encoder: Encoder) -> None:
    expected = encoder.encode(["提币一直没到账"])
    different: list[int] = []

    def work() -> None:
        different.extend(1 for _ in range(50) if not np.array_equal(encoder.encode(["提币一直没到账"]), expected))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert different == []


def test_a_missing_or_broken_encoder_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="make train"):
        Encoder(tmp_path / "nothing")
    folder = write_encoder(tmp_path / "broken")
    (folder / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(EncoderUnavailable, match="make train"):
        Encoder(folder)


def test_the_encoder_names_its_build(encoder: Encoder) -> None:
    assert (encoder.build, encoder.dimensions) == ("tiny", DIMENSIONS)
