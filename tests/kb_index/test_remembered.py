from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb_index.encoding import Encoder, Vectors
from kb_index.remembered import encode, remember

TEXTS = ["where is my deposit", "充值没到账", "hello"]


@pytest.fixture
def computed(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the encoder was asked for."""
    asked: list[str] = []
    real = encoder.encode

    def counting(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return real(texts)

    monkeypatch.setattr(encoder, "encode", counting)
    return asked


def test_only_what_is_not_remembered_is_computed(encoder: Encoder, computed: list[str], tmp_path: Path) -> None:
    path = tmp_path / "encoded.npz"
    vectors = encoder.encode(TEXTS)
    remember(path, encoder, TEXTS, vectors)
    computed.clear()
    again = encode(path, encoder, ["new", *reversed(TEXTS)])
    assert computed == ["new"]
    assert np.allclose(again[1:], vectors[::-1], atol=2e-3)
    assert np.allclose(np.linalg.norm(again, axis=1), 1.0, atol=1e-4)


def test_a_damaged_file_or_one_of_another_encoder_remembers_nothing(
    encoder: Encoder, computed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "encoded.npz"
    remember(path, encoder, TEXTS, encoder.encode(TEXTS))
    computed.clear()
    with monkeypatch.context() as other:
        other.setattr(encoder, "build", "another")
        encode(path, encoder, TEXTS)
    path.write_bytes(b"PK damaged")
    encode(path, encoder, TEXTS)
    encode(tmp_path / "missing.npz", encoder, TEXTS)
    assert computed == TEXTS * 3
