"""Formats of addresses, hashes and numbers."""

from __future__ import annotations

import pytest

from handoff.formats import address_chains, hash_chains, number, written


@pytest.mark.parametrize(
    ("address", "chain"),
    [
        ("0x62a9158609e006a5b5780885ac303cb058d4417c", "EVM"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "BTC"),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "BTC"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BTC"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "BTC"),
        ("TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR", "TRON"),
        ("rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv", "XRP"),
        ("GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7", "XLM"),
        ("UQBvW8Z5huBkMJYdnfAEM5JqTNkuWX3diqYENkWsIL0XggGG", "TON"),
        ("LVuDpNCSSj6pQ7t9Pv6d6sUkLKoqDEVUnJ", "LTC"),
        ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "DOGE"),
        ("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", "Solana"),
    ],
)
def test_an_address_belongs_to_its_chain(address: str, chain: str) -> None:
    assert address_chains(address) == (chain,)


@pytest.mark.parametrize(
    "text",
    [
        "0x62a9158609e006a5b5780885ac303cb058d4417",  # one digit short
        "TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzw0",  # base58 has no zero
        "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # mixed case
        "22582BD0CFF14C41EDBF1AB98506286D",  # a secret in hex
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert address_chains(text) == ()


def test_hashes_name_the_chains_that_they_can_belong_to() -> None:
    assert hash_chains("0x" + "ab" * 32) == ("EVM",)
    assert hash_chains("AB" * 32)[0] == "XRP"
    assert "XRP" not in hash_chains("ab" * 32)
    assert hash_chains("ab" * 31) == ()


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1,000.50", "en", "1000.5"),
        ("1.000,50", "de", "1000.5"),
        ("1.000,50", "en", "1000.5"),
        ("5.400", "vi", "5400"),
        ("5.400", "en", "5.4"),
        ("1,234", "en", "1234"),
        ("1,234", "de", "1.234"),
        ("0,123", "en", "0.123"),
        ("12 000,5", "ru", "12000.5"),
        ("1.234.567", "es", "1234567"),
        ("10000", None, "10000"),
    ],
)
def test_a_number_is_read_as_its_writers_mean_it(text: str, language: str | None, value: str) -> None:
    assert written(number(text, language)) == value
