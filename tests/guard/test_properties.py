"""Properties that hold for any text: phrases never survive, redaction is idempotent, ordinary texts stay."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.guard import KINDS, redact, redact_turn
from handoff.guard.canvas import canvas_of, folded
from handoff.guard.findings import token
from tests.guard.wallets import HAN, LISTS, full_width, keys, phrase, words_of

SENTENCES = (
    "my withdrawal is stuck", "提现一直不到账", "ログインできません", "출금이 안돼요", "не приходит смс",
    "no me llega el retiro", "meu saque sumiu", "param gelmedi", "mon retrait est bloqué", "Auszahlung hängt",
    "không rút được", "登不進去", "why is it not working?", "50119", "UID 88213377", "0.5 BTC",
    "订单号 2632357285434470812", "谢谢", "?!", "",
)  # fmt: skip
SEPARATORS = (" ", ", ", "\n", "，", "、", ";", " - ", "　", "  ", " / ")
NUMBERINGS = ("", "", "{}. ", "{}.", "{}) ", "({}) ", "#{} ", "{}、")


@st.composite
def dressed_phrases(draw: st.DrawFn) -> tuple[list[str], str]:
    """The words as they should never be seen again, and the text that shows them."""
    name = draw(st.sampled_from(LISTS))
    count = draw(st.sampled_from((12, 15, 18, 21, 24)))
    words = phrase(name, count, draw(st.integers(0, 2**32)))
    dress = draw(st.sampled_from(("as is", "upper", "title", "full width", "zero width", "decomposed", "prefix")))
    if name in HAN and dress in ("upper", "title", "prefix"):
        dress = "as is"
    shown = [
        {
            "as is": word,
            "upper": word.upper(),
            "title": word.title(),
            "full width": full_width(word),
            "zero width": word[0] + "\u200b" + word[1:],
            "decomposed": unicodedata.normalize("NFKD", word),
            "prefix": word[:4],
        }[dress]
        for word in words
    ]
    numbering = draw(st.sampled_from(NUMBERINGS))
    separator = draw(st.sampled_from(SEPARATORS))
    body = separator.join(numbering.format(i) + word for i, word in enumerate(shown, 1))
    before, after = draw(st.sampled_from(SENTENCES)), draw(st.sampled_from(SENTENCES))
    return words, f"{before}\n{body}\n{after}"


@settings(max_examples=300, deadline=None)
@given(dressed_phrases())
def test_no_phrase_survives_in_any_dress(example: tuple[list[str], str]) -> None:
    words, text = example
    redacted = redact(text)
    assert [finding.kind for finding in redacted.findings] == ["seed_phrase"]
    context = " ".join(SENTENCES)
    shown = set(re.findall(r"[^\W\d_]+", canvas_of(redacted.text).folded))
    assert not {word for word in shown & {folded(word) for word in words} if word not in folded(context)}


@settings(max_examples=200, deadline=None)
@given(dressed_phrases(), st.integers(0, 10_000), st.sampled_from(sorted(keys())))
def test_redacting_a_redacted_text_changes_nothing(example: tuple[list[str], str], seed: int, encoding: str) -> None:
    text = f"{example[1]} {keys(seed)[encoding]} password: x{seed}yz code {seed:06d} 助记词 {example[0][0]}"
    once = redact(text)
    assert redact(once.text).text == once.text
    assert redact(once.text).findings == ()


pieces = st.one_of(
    st.sampled_from([token(kind) for kind in KINDS]),
    st.sampled_from(
        [
            "[redacted: ",
            "]",
            "password",
            ":",
            "code",
            "seed",
            "验证码",
            "助记词",
            "private key",
            "txid",
            "是",
            " ",
            "\n",
        ]
    ),
    st.sampled_from(words_of("english")),
    st.sampled_from(words_of("chinese_simplified")),
    st.integers(0, 99_999_999).map(str),
    st.text(max_size=6),
    st.text(alphabet="0123456789abcdef", min_size=64, max_size=64),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(pieces, max_size=40).map(" ".join))
def test_any_text_is_redacted_once_and_for_all(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    for before, after in zip(once.findings, once.findings[1:], strict=False):
        assert before.end <= after.start
    if not once.findings:
        assert once.text == text


@settings(max_examples=100, deadline=None)
@given(st.lists(pieces, max_size=12).map("".join))
def test_a_turn_without_predecessors_is_a_message(text: str) -> None:
    assert redact_turn(text, []).text == redact(text).text


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_that_a_customer_types_are_harmless(kind: str) -> None:
    text = f"why do you write {token(kind)} instead of my text? {token(kind)}"
    assert redact(text).text == text
    assert redact(text).findings == ()


def test_brackets_do_not_hide_a_secret() -> None:
    assert redact(f"[redacted: {' '.join(words_of('english')[100:112])}]").text == "[redacted: [redacted: seed phrase]]"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), max_size=6).map(" ".join))
def test_ordinary_sentences_stay(text: str) -> None:
    assert redact(text).text == text


ADVERSARIAL = {
    "one letter": "a" * 4000,
    "hexadecimal": "ab" * 2000,
    "many hashes": ("ab" * 32 + " ") * 60,
    "digits": "1" * 4000,
    "spaced digits": "1 " * 2000,
    "labels": "password " * 440,
    "codes": "code 12345 " * 360,
    "seed labels": "seed " * 800,
    "list words": "abandon " * 500,
    "glued words": "abandon" * 570,
    "slips": "abandun " * 500,
    "braces": '{"kdf":"ciphertext"' * 210,
    "open brackets": "[1," * 1333,
    "numbers": "[" + "1," * 1999 + "]",
    "pem": "-----BEGIN PRIVATE KEY-----" * 148,
    "base32": "JBSW " * 800,
    "base58": "5K" * 2000,
    "zero width": "a\u200b" * 2000,
    "accents": "e" + "\u0301" * 3999,
    "jamo": "\u1100" + "\u1161" * 3999,
    "spaces": " " * 4000,
    "half tokens": "[redacted: " * 360,
    "tokens": token("password") * 190,
    "otpauth": "otpauth://" * 400,
    "han": "验证码" * 1333,
    "spaced han": "的 " * 2000,
    "cards": "card 4111111111111111 " * 180,
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_time_is_linear_in_the_length(name: str) -> None:
    redact("abandon " * 30)  # the lists are read once
    text = ADVERSARIAL[name][:4000]
    started = time.perf_counter()
    redact(text)
    # Some 0.05 s here; catastrophic backtracking would take minutes.
    assert time.perf_counter() - started < 3
