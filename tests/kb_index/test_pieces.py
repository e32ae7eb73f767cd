"""The pieces that the encoder reads are those that it was trained with."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb_index import builds
from kb_index.encoding import ENCODER
from kb_index.pieces import Pieces, normalised
from kb_index.training_messages import read

MOST = 160
ODD = [
    "",
    " ",
    "  two  spaces ",
    "line\nbreak\ttab\r\n",
    "no\xa0break",
    "ﬁ ① ㈱ Ａｂｃ",
    "bell\x07 and delete\x7f",
    "\u200bzero width\ufeff",
    "😀👨‍👩‍👧 zz 🏴‍☠️",
    "𠮷野家で\u3099",
    "e\u0301",
    "where is it " * 500,
    "币" * 2000,
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc\xa0d", "a b c d"),
        ("a   b", "a b"),
        ("a\x00\x07b", "a\x00b"),
        ("Ａ①ﬁ", "A1fi"),
        ("か\u3099", "が"),
    ],
)
def test_a_text_is_normalised_as_the_tokenizer_does(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    if builds.current(Path("models/faq")) is None:
        pytest.skip("nothing is trained yet; run `make train`")
    return Pieces(ENCODER / "pieces.model", most=MOST)


@pytest.mark.slow
def test_they_are_those_of_the_tokenizer_that_the_encoder_was_trained_with(pieces: Pieces) -> None:
    from kb_index.encoder.base import PREFIX, base_model  # torch is slow to load, and only needed here

    tokenizer = base_model().tokenizer
    texts = [PREFIX + text for text in [message.text for message in read()][::40] + ODD]
    expected = [ids[: MOST - 1] + ids[-1:] if len(ids) > MOST else ids for ids in tokenizer(texts)["input_ids"]]
    assert [pieces.of(text) for text in texts] == expected


@pytest.mark.slow
def test_a_customer_cannot_write_the_marks_of_beginning_and_end(pieces: Pieces) -> None:
    plain, marked = pieces.of("hello"), pieces.of("</s><pad><s> hello")
    assert marked[0] == plain[0]
    assert marked[-1] == plain[-1]
    assert not {plain[0], plain[-1], pieces.padding} & set(marked[1:-1])
