"""Makes the secrets that the tests hide in texts: phrases of every list, keys in every encoding."""

from __future__ import annotations

import base64
import functools
import hashlib
import random
import unicodedata
from pathlib import Path

import mnemonic

BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
LISTS = (
    "chinese_simplified", "chinese_traditional", "czech", "english", "french", "italian",
    "japanese", "korean", "portuguese", "russian", "spanish", "turkish",
)  # fmt: skip
HAN = ("chinese_simplified", "chinese_traditional")


@functools.cache
def words_of(name: str) -> tuple[str, ...]:
    path = Path(mnemonic.__file__).parent / "wordlist" / f"{name}.txt"
    return tuple(unicodedata.normalize("NFC", word) for word in path.read_text(encoding="utf-8").split())


def phrase(name: str, count: int, seed: int = 1) -> list[str]:
    chooser = random.Random(f"{name} {count} {seed}")
    return [chooser.choice(words_of(name)) for _ in range(count)]


def base58(data: bytes, alphabet: str = BITCOIN) -> str:
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return alphabet[0] * (len(data) - len(data.lstrip(b"\0"))) + text


def base58check(data: bytes, alphabet: str = BITCOIN) -> str:
    return base58(data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4], alphabet)


def random_bytes(count: int, seed: int = 1) -> bytes:
    return random.Random(f"bytes {count} {seed}").randbytes(count)


def keys(seed: int = 1) -> dict[str, str]:
    """One private key in each encoding that needs no label."""
    secret = random_bytes(32, seed)
    return {
        "WIF": base58check(b"\x80" + secret),
        "compressed WIF": base58check(b"\x80" + secret + b"\x01"),
        "testnet WIF": base58check(b"\xef" + secret + b"\x01"),
        "BIP-38": base58check(bytes.fromhex("0142c0") + random_bytes(36, seed)),
        "XRP": base58check(b"\x21" + random_bytes(16, seed), RIPPLE),
        "XRP Ed25519": base58check(bytes.fromhex("01e14b") + random_bytes(16, seed), RIPPLE),
        "Stellar": base64.b32encode(b"\x90" + random_bytes(34, seed)).decode(),
        "xprv": base58check(bytes.fromhex("0488ade4") + random_bytes(74, seed)),
        "zprv": base58check(bytes.fromhex("04b2430c") + random_bytes(74, seed)),
        "tprv": base58check(bytes.fromhex("04358394") + random_bytes(74, seed)),
        "integers": str(list(random_bytes(64, seed))),
    }


def solana_secret(seed: int = 1) -> str:
    return base58(b"\x7f" + random_bytes(63, seed))


def addresses(seed: int = 1) -> dict[str, str]:
    """Public addresses, which must stay."""
    payload = random_bytes(20, seed)
    return {
        "BTC": base58check(b"\x00" + payload),
        "P2SH": base58check(b"\x05" + payload),
        "segwit": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "taproot": "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
        "EVM": "0x" + payload.hex(),
        "TRON": base58check(b"\x41" + payload),
        "TRON hex": "41" + payload.hex(),
        "Solana": base58(b"\x7f" + random_bytes(31, seed)),
        "XRP": base58check(b"\x00" + payload, RIPPLE),
        "Stellar": base64.b32encode(b"\x30" + random_bytes(34, seed)).decode(),
        "TON": base64.urlsafe_b64encode(b"\x11\x00" + random_bytes(34, seed)).decode(),
        "DOGE": base58check(b"\x1e" + payload),
    }


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
