"""Cuts a text into the pieces that the encoder reads, with sentencepiece.

The tokenizers library makes the same pieces out of the same vocabulary, in four times the time and with 280 MB of
memory instead of 43 (`python -m tests.bench.pieces`); it stays with the training.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from sentencepiece import SentencePieceProcessor

#: What multilingual-e5's tokenizer drops before anything else: control characters that are no white space.
DROPPED = "\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f"
#: What it takes for a space.
SPACES = "\t\n\f\r\xa0"

_DROPPED, _SPACES, _MANY = re.compile(f"[{DROPPED}]"), re.compile(f"[{SPACES}]"), re.compile(" {2,}")


class Pieces:
    """The vocabulary of one encoder. Safe to use from several threads."""

    def __init__(self, path: Path, *, most: int) -> None:
        """Reads the vocabulary.

        Args:
            path: a sentencepiece model that normalises nothing itself.
            most: the most pieces of a text, those that mark its beginning and end included.

        Raises:
            OSError: when the file is missing.
            RuntimeError: when it is no sentencepiece model.
        """
        self._model, self._most = SentencePieceProcessor(), most
        self._model.LoadFromSerializedProto(path.read_bytes())
        self.padding = int(self._model.pad_id())

    def of(self, text: str) -> list[int]:
        """The numbers of a text's pieces, with those that mark its beginning and end; a long text is cut."""
        inner = self._model.EncodeAsIds(normalised(text))[: self._most - 2]
        return [int(self._model.bos_id()), *inner, int(self._model.eos_id())]


def normalised(text: str) -> str:
    """The text as the encoder's tokenizer normalises it."""
    text = unicodedata.normalize("NFKC", _SPACES.sub(" ", _DROPPED.sub("", text)))
    return _MANY.sub(" ", text)
