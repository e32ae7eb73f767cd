"""Finding private keys by their encodings, and by the words around those that look like something public.

The shapes are those of the encodings themselves (base58check of 32 or 33 bytes with the version bytes of WIF
gives 51 or 52 characters, and so on). 64 hexadecimal digits are a key or a transaction's hash or an address
of Aptos or Sui, and 88 base58 characters are a Solana key or a Solana signature: no expression can tell them
apart, so the words beside them decide, then what the whole message speaks of. What nothing explains is a key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handoff.guard.canvas import BARRIER, Canvas
from handoff.guard.findings import Finding
from handoff.guard.labels import BINDER, Label, labels_in, nearest_before

_BEFORE = 60  # characters that a label may stand before the digits that it names
_AFTER = 28
_AFTER_COST = 8  # a label before the digits is likelier to name them than one after them
_HINT_REACH = 14  # "key", "import": only directly beside
_BINDER_CHARS = 16
_L = r"(?<![0-9A-Za-z])"
_R = r"(?![0-9A-Za-z])"
_B58 = "[1-9A-HJ-NP-Za-km-z]"


def _shape(body: str) -> re.Pattern[str]:
    return re.compile(f"{_L}(?:{body}){_R}")


#: Encodings of private keys that nothing public shares.
_CERTAIN = (
    ("private_key", _shape(f"[59]{_B58}{{50}}|[KLc]{_B58}{{51}}")),  # WIF, main and test networks
    ("private_key", _shape(f"6P{_B58}{{56}}")),  # BIP-38
    ("private_key", _shape(f"sEd{_B58}{{28}}|s{_B58}{{28}}")),  # XRP seeds
    ("private_key", _shape("S[A-Z2-7]{55}")),  # Stellar
    ("private_key", _shape(f"PVT_[KR]1_{_B58}{{40,60}}|edsk{_B58}{{50}}|edsk{_B58}{{94}}")),  # EOS, Tezos
    ("private_key", _shape("nsec1[02-9ac-hj-np-z]{58}|suiprivkey1[02-9ac-hj-np-z]{50,70}")),
    ("extended_key", _shape(f"[xyztuvYZUV](?:prv|pub){_B58}{{100,112}}")),  # BIP-32 and SLIP-132
)
_ALWAYS_MIXED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])", re.DOTALL)
_PEM = re.compile(r"-{3,}BEGIN [A-Z ]{0,24}PRIVATE KEY-{3,}[\s\S]{0,4000}?(?:-{3,}END [A-Z ]{0,24}PRIVATE KEY-{3,}|\Z)")
_INTEGER_LIST = re.compile(r"\[\s{0,4}\d{1,3}(?:\s{0,4},\s{0,4}\d{1,3}){31,63}\s{0,4}\]")
_HEX = re.compile(r"(?:(?<![0-9A-Za-z])0[xX])?(?<![0-9A-WYZa-wyz])[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_SOLANA = _shape(f"{_B58}{{86,88}}")
_KEY_MATERIAL = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:0[xX])?[0-9a-fA-F]{32,130}|[0-9A-Za-z+/_-]{40,90}={0,2})(?![0-9A-Za-z])"
)
_EVM_ADDRESS = re.compile("0[xX][0-9a-fA-F]{40}")
_URL = re.compile(r"https?://[^\s<>\"]{1,600}")


def find_keys(canvas: Canvas, context: str = "") -> list[Finding]:
    """Private and extended keys, key files; ``context`` is folded text that the message answers."""
    text = canvas.text
    found = [Finding(match.start(), match.end(), "private_key") for match in _PEM.finditer(text)]
    for kind, pattern in _CERTAIN:
        for match in pattern.finditer(text):
            if _ALWAYS_MIXED.match(match[0]) or match[0].startswith(("S", "nsec", "sui")):
                found.append(Finding(match.start(), match.end(), kind))
    found += _keystores(canvas)
    found += _integer_lists(canvas)
    shapes = [*_HEX.finditer(text), *_SOLANA.finditer(text)]
    if shapes:
        judge = _Judge(canvas, context)
        found += [Finding(m.start(), m.end(), "private_key") for m in shapes if judge.is_secret(m.start(), m.end())]
    return found + _labelled(canvas)


def _keystores(canvas: Canvas) -> list[Finding]:
    """JSON objects that hold both a cipher text and its key derivation; a cut-off one counts to the end."""
    text = canvas.folded
    if "ciphertext" not in text or "kdf" not in text:
        return []
    found = []
    depth = 0
    start = 0
    for match in re.finditer(r"[{}]", text):
        if match[0] == "{":
            start = match.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and _is_keystore(text[start : match.end()]):
                found.append(Finding(start, match.end(), "keystore"))
    if depth and _is_keystore(text[start:]):
        found.append(Finding(start, len(text.rstrip()), "keystore"))
    return found


def _is_keystore(json: str) -> bool:
    return "ciphertext" in json and "kdf" in json


def _integer_lists(canvas: Canvas) -> list[Finding]:
    found = []
    for match in _INTEGER_LIST.finditer(canvas.text):
        numbers = [int(number) for number in re.findall(r"\d{1,3}", match[0])]
        # 64 bytes are a Solana key file; 32 are a bare seed, and too short to be sure without its label.
        labelled = len(numbers) == 32 and bool(labels_in(canvas.folded, "private_key", "seed_phrase"))
        if max(numbers) < 256 and (len(numbers) == 64 or labelled):
            found.append(Finding(match.start(), match.end(), "private_key"))
    return found


class _Judge:
    """Decides whether digits that may be a key or a hash are a key (the label rule)."""

    def __init__(self, canvas: Canvas, context: str) -> None:
        self._text = canvas.folded
        self._keys = labels_in(self._text, "private_key")
        self._hints = labels_in(self._text, "key_hint", "api_secret", "seed_phrase")
        self._public = labels_in(self._text, "hash", "address")
        self._speaks_of_transaction = bool(labels_in(self._text, "hash", "movement")) or (
            bool(labels_in(context, "hash", "movement")) and not labels_in(context, "private_key")
        )
        self._urls = [match.span() for match in _URL.finditer(canvas.text)]

    def is_secret(self, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` is to be redacted."""
        if any(begin <= start and end <= stop for begin, stop in self._urls):
            return False  # a link to a block explorer
        key = self._nearest(self._keys, start, end)
        hint = self._nearest(self._hints, start, end)
        if hint is not None and hint <= _HINT_REACH:
            key = hint if key is None else min(key, hint)
        public = self._nearest(self._public, start, end)
        if key is not None or public is not None:
            return public is None or (key is not None and key <= public)
        if self._keys:
            return True
        return not self._speaks_of_transaction

    def _nearest(self, labels: Sequence[Label], start: int, end: int) -> int | None:
        """How far the nearest label is that nothing cuts off from the digits."""
        nearest: int | None = None
        for label in labels:
            if label.end <= start:
                distance, between = start - label.end, self._text[label.end : start]
                reachable = distance <= _BEFORE
            elif label.start >= end:
                distance, between = label.start - end, self._text[end : label.start]
                reachable = distance <= _AFTER
                distance += _AFTER_COST
            else:
                continue
            if reachable and BARRIER not in between and (nearest is None or distance < nearest):
                nearest = distance
        return nearest


def _labelled(canvas: Canvas) -> list[Finding]:
    """Key material of other lengths directly after "private key"."""
    labels = labels_in(canvas.folded, "private_key")
    found = []
    for match in _KEY_MATERIAL.finditer(canvas.text) if labels else ():
        label = nearest_before(canvas.folded, match.start(), labels, _BINDER_CHARS)
        bound = label is not None and BINDER.fullmatch(canvas.folded, label.end, match.start())
        if bound and re.search(r"\d", match[0]) and not _EVM_ADDRESS.fullmatch(match[0]):
            found.append(Finding(match.start(), match.end(), "private_key"))
    return found
