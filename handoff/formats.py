"""Formats of addresses, transaction hashes and numbers (BIP-13, BIP-173, BIP-350; TRON, XRPL, Stellar, TON docs)."""

from __future__ import annotations

import re
from decimal import Decimal

_BASE58 = "1-9A-HJ-NP-Za-km-z"
_BECH32 = "02-9ac-hj-np-z"

#: By chain, the most specific first. Solana's form has no checksum and covers several others, so it comes last.
_ADDRESSES = [
    ("EVM", re.compile(r"0x[0-9a-fA-F]{40}")),
    ("BTC", re.compile(rf"bc1q(?:[{_BECH32}]{{38}}|[{_BECH32}]{{58}})|bc1p[{_BECH32}]{{58}}")),
    ("BTC", re.compile(rf"BC1Q(?:[{_BECH32.upper()}]{{38}}|[{_BECH32.upper()}]{{58}})|BC1P[{_BECH32.upper()}]{{58}}")),
    ("LTC", re.compile(rf"ltc1[{_BECH32}]{{39,59}}")),
    ("Cardano", re.compile(rf"addr1[{_BECH32}]{{53,98}}")),
    ("Cosmos", re.compile(rf"(?:cosmos|kava|sei|terra|inj|osmo|celestia|dydx)1[{_BECH32}]{{38}}")),
    ("TON", re.compile(r"[EUk0][Qf][A-Za-z0-9_-]{46}|-?[01]:[0-9a-fA-F]{64}")),
    ("XLM", re.compile(r"G[A-Z2-7]{55}|M[A-Z2-7]{68}")),
    ("TRON", re.compile(rf"T[{_BASE58}]{{33}}")),
    ("BTC", re.compile(rf"[13][{_BASE58}]{{25,33}}")),
    ("LTC", re.compile(rf"[LM][{_BASE58}]{{33}}")),
    ("DOGE", re.compile(rf"D[{_BASE58}]{{33}}")),
    ("XRP", re.compile(rf"r[{_BASE58}]{{24,34}}")),
    ("Solana", re.compile(rf"(?=.*[a-z])(?=.*[A-Z])[{_BASE58}]{{32,44}}")),
]
_HASHES = [
    (("EVM",), re.compile(r"0x[0-9a-fA-F]{64}")),
    (("XRP", "BTC", "LTC", "DOGE", "TRON", "XLM"), re.compile(r"[0-9A-F]{64}")),
    (("BTC", "LTC", "DOGE", "TRON", "XLM", "TON"), re.compile(r"[0-9a-fA-F]{64}")),
    (("Solana",), re.compile(rf"[{_BASE58}]{{87,88}}")),
]
#: The one form that is a transaction on EVM chains and an account on Aptos and Sui; the words beside it decide.
HASH_OR_ACCOUNT = re.compile(r"0x[0-9a-fA-F]{64}")

#: Languages that write 1.234,50.
_DECIMAL_COMMA = frozenset({"de", "es", "pt", "tr", "fr", "ru", "vi"})


def address_chains(text: str) -> tuple[str, ...]:
    """The chains that this address can belong to; empty when it is none. ``EVM`` stands for all EVM chains."""
    chain = next((chain for chain, form in _ADDRESSES if form.fullmatch(text)), None)
    return () if chain is None else (chain,)


def hash_chains(text: str) -> tuple[str, ...]:
    """The chains that this transaction hash can belong to; empty when it is none."""
    return next((chains for chains, form in _HASHES if form.fullmatch(text)), ())


def number(text: str, language: str | None) -> Decimal:
    """The value of a number as people write it: ``1,000.50``, ``1.000,50``, ``12 000``, ``0.5``.

    One separator before exactly three digits can be either; the language decides ("5.400 USDT" is 5400 in Vietnamese).
    """
    plain = re.sub(r"[ \u00a0\u202f'’]", "", text)
    dots, commas = plain.count("."), plain.count(",")
    if dots and commas:
        decimal = "." if plain.rindex(".") > plain.rindex(",") else ","
        plain = plain.replace("," if decimal == "." else ".", "").replace(decimal, ".", 1)
        return Decimal(plain.replace(",", "").rstrip("."))
    separator = "." if dots else ","
    if dots + commas == 1:
        head, tail = plain.split(separator)
        native = "," if language in _DECIMAL_COMMA else "."
        if len(tail) != 3 or len(head) > 3 or head.strip("0") == "" or separator == native:
            return Decimal(f"{head}.{tail}")
    return Decimal(plain.replace(separator, ""))


def written(value: Decimal) -> str:
    """A number without exponent and needless zeros: what an entity's value holds."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
