"""Private keys by their encodings and by the words beside them; everything public stays."""

from __future__ import annotations

import json

import pytest

from handoff.guard import redact, redact_turn
from tests.guard.wallets import addresses, base58check, keys, random_bytes, solana_secret

HEX = random_bytes(32).hex()
KEY = "[redacted: private key]"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("encoding", keys())
def test_encoded_keys_are_redacted_without_a_label(encoding: str, seed: int) -> None:
    key = keys(seed)[encoding]
    for text in (f"看看{key}对不对", f"is this ok? {key}.", f'"{key}"', key):
        redaction = redact(text)
        assert key not in redaction.text
        assert redaction.text == text.replace(key, KEY if "prv" not in encoding else "[redacted: extended key]")


def test_extended_public_keys_are_redacted() -> None:
    key = base58check(bytes.fromhex("0488b21e") + random_bytes(74))
    assert redact(f"watch {key}").text == "watch [redacted: extended key]"


def test_key_files_are_redacted() -> None:
    keystore = json.dumps({"version": 3, "crypto": {"ciphertext": HEX, "kdf": "scrypt", "kdfparams": {"n": 262144}}})
    assert redact(f"my file {keystore} wont open").text == "my file [redacted: keystore] wont open"
    assert redact(f"my file {keystore[:-2]}").text == "my file [redacted: keystore]"
    body = "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqG"
    pem = f"-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----"
    assert redact(f"key:\n{pem}\nok").text == f"key:\n{KEY}\nok"


def test_a_shorter_list_of_numbers_stays() -> None:
    text = "prices [1, 2, 3, 255] and " + str(list(range(300, 364)))
    assert redact(text).text == text


@pytest.mark.parametrize("digits", [HEX, "0x" + HEX, HEX.upper(), solana_secret()])
@pytest.mark.parametrize(
    "text",
    [
        "private key {}",
        "my privateKey={} please check",
        "{} is my private key",
        "我的私钥是{}，帮我导入",
        "私鑰：{}",
        "导入 {}",
        "秘密鍵は{}です",
        "개인키 {} 입니다",
        "мой приватный ключ {}",
        "khóa riêng của mình: {}",
        "clave privada: {}",
        "minha chave privada {}",
        "özel anahtarım {}",
        "ma clé privée est {}",
        "mein privater Schlüssel: {}",
        "i want to import {}",
        "{}",
        "help {}",
        "i sent coins, here is the private key of the wallet {}",
    ],
)
def test_a_key_label_or_no_label_makes_hexadecimal_digits_a_key(text: str, digits: str) -> None:
    redacted = redact(text.format(digits)).text
    assert redacted == text.format(KEY)


@pytest.mark.parametrize("digits", [HEX, "0x" + HEX, HEX.upper(), solana_secret()])
@pytest.mark.parametrize(
    "text",
    [
        "txid {}",
        "tx hash: {} not arrived",
        "{} <- transaction hash",
        "哈希{}查一下",
        "交易號 {}",
        "我充值的 {} 没到账",
        "朋友给我转的 他那边显示成功了 我这刷半天没有 {}",
        "快拦一下 {} 这笔不是本人发起的 还在确认中",
        "エクスプローラーでは成功になってます {}",
        "{} 입금했는데 안들어와요",
        "транзакция {} висит",
        "rút tiền chưa về {}",
        "mandé esto {} y no llega",
        "meu depósito {} não caiu",
        "çekim yaptım gelmedi {}",
        "mon retrait {} n'arrive pas",
        "Auszahlung {} kommt nicht an",
        "https://tronscan.org/#/transaction/{}",
        "contract address {} is it yours",
        "I was asked for my private key in a chat yesterday and said no. Different thing: txid {} is pending",
        "wallet drained after i click approve. {}",
    ],
)
def test_a_hash_label_or_talk_of_a_transaction_keeps_the_hash(text: str, digits: str) -> None:
    assert redact(text.format(digits)).text == text.format(digits)


def test_a_lone_hash_stays_when_the_conversation_asked_for_one() -> None:
    digits = "0x" + HEX
    assert redact(digits).findings
    assert redact_turn(digits, ["我的充值没到账"]).text == digits
    assert redact_turn(digits, [], asked="Please send the transaction hash.").text == digits
    assert redact_turn(digits, [], asked="How can I help?").text == KEY
    assert redact_turn(digits, ["here is my private key"], asked="Please send the transaction hash.").text == KEY


def test_key_material_of_other_lengths_needs_its_label() -> None:
    half = HEX[:32]
    assert redact(f"private key: {half}").text == f"private key: {KEY}"
    assert redact(f"order {half}").text == f"order {half}"


@pytest.mark.parametrize("chain", addresses())
@pytest.mark.parametrize("seed", range(5))
def test_addresses_stay(chain: str, seed: int) -> None:
    address = addresses(seed)[chain]
    for text in (
        f"我的地址{address}请查",
        f"deposit address {address}",
        address,
        f"wallet key lost, address {address}",
    ):
        assert redact(text).text == text
