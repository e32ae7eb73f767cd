"""Passwords, API secrets, one-time codes, setup keys, cards and identity numbers, in twelve languages."""

from __future__ import annotations

import pytest

from handoff.guard import redact
from handoff.guard.documents import passes_luhn


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in redact(text).findings}


@pytest.mark.parametrize(
    "text",
    [
        "验证码 483920 你帮我填一下",
        "我收到的短信验证码是483920",
        "驗證碼：483920",
        "簡訊碼 483 920",
        "認証コードは483920です",
        "確認コード 483920",
        "인증번호 483920 왔어요",
        "인증코드는 483920",
        "код из смс 483920",
        "код подтверждения: 483920",
        "mã OTP của em là 483920",
        "mã xác minh 483920 gửi về",
        "el código de verificación es 483920",
        "mi codigo 483920",
        "o código do sms é 483920",
        "código: 483920",
        "doğrulama kodu 483920",
        "dogrulama kodum 483920",
        "le code de vérification est 483920",
        "code reçu 483920",
        "der Bestätigungscode ist 483920",
        "SMS-Code: 483920",
        "my otp is 483920",
        "code 483920",
        "2FA: 483 920",
        "Your verification code is G-483920, do not share",
        "483920 is the code",
        "483920 is my otp",
        "ｃｏｄｅ：４８３９２０",
        "code: 4\u200b83920",
        "otp: 4839",
    ],
)
def test_one_time_codes_are_redacted_beside_their_label(text: str) -> None:
    redacted = redact(text).text
    assert "[redacted: one-time code]" in redacted
    assert not any(char.isdigit() for char in redacted.replace("2FA", ""))


def test_backup_codes_are_redacted_to_the_last() -> None:
    assert redact("backup codes: 48392011, 58112093, 77120391").text == (
        "backup codes: [redacted: one-time code], [redacted: one-time code], [redacted: one-time code]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "error code 501050",
        "错误码 501050 怎么办",
        "报错50105 验证码收不到",
        "验证码收不到 报错 500111",
        "UID 12345678 验证码收不到",
        "驗證碼收不到，訂單 483920",
        "sms code not received, 200000 USDT stuck",
        "код ошибки 500112",
        "mã lỗi 501113",
        "código de error 501114",
        "código postal 110111",
        "hata kodu 501115",
        "code d'erreur 501116",
        "Fehlercode 501117",
        "エラーコード 501118",
        "오류코드 501119",
        "the code expired after 300 seconds",
        "invite code 483920",
        "邀请码 483920",
        "2FA since 2024",
        "BTC-USD-250328 settlement",
        "code google authenticator refusé 6 fois de suite",
        "order 483920 price 123456",
        "验证码 100000U 要多久",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password: hunter", "password: [redacted: password]"),
        ("my password is Sunshine_1987!", "my password is [redacted: password]"),
        ("Password=correct-horse7", "Password=[redacted: password]"),
        ("密码abc12345登不上", "密码[redacted: password]登不上"),
        ("登录密码是qwerty 帮我看看", "登录密码是[redacted: password] 帮我看看"),
        ("密碼：Abc@1234", "密碼：[redacted: password]"),
        ("パスワードはhunter2025です", "パスワードは[redacted: password]です"),
        ("비밀번호는 abc12345 입니다", "비밀번호는 [redacted: password] 입니다"),
        ("пароль: Qwerty123", "пароль: [redacted: password]"),
        ("mật khẩu là abc@123", "mật khẩu là [redacted: password]"),
        ("mi contraseña es Toro2024x", "mi contraseña es [redacted: password]"),
        ("minha senha é Gato#2211", "minha senha é [redacted: password]"),
        ("şifrem Kedi2024x", "şifrem [redacted: password]"),
        ("mot de passe : azerty12", "mot de passe : [redacted: password]"),
        ("Passwort lautet Hallo123", "Passwort lautet [redacted: password]"),
        ("passphrase: Zhou@8812", "passphrase: [redacted: API secret]"),
        ("口令是Zhou@8812", "口令是[redacted: API secret]"),
        (
            "apikey=f1398fea-440a-f77f-7132-a90e3a909f7b secret=22582BD0CFF14C41EDBF1AB98506286D",
            "apikey=f1398fea-440a-f77f-7132-a90e3a909f7b secret=[redacted: API secret]",
        ),
        ("secretKey: a1b2c3d4-e5f6a7b8-c9d0e1f2-3a4b5", "secretKey: [redacted: API secret]"),
        ("API密钥 x7Kd92mQpLz81VbNc0RtYuW3 签名错误", "API密钥 [redacted: API secret] 签名错误"),
        ("setup key JBSW Y3DP EHPK 3PXP", "setup key [redacted: authenticator setup key]"),
        ("谷歌密钥 JBSWY3DPEHPK3PXP", "谷歌密钥 [redacted: authenticator setup key]"),
        ("セットアップキー jbswy3dpehpk3pxp", "セットアップキー [redacted: authenticator setup key]"),
        (
            "scan otpauth://totp/Exchange:me?secret=JBSWY3DPEHPK3PXP&issuer=X ok",
            "scan [redacted: authenticator setup key] ok",
        ),
    ],
)
def test_credentials_are_redacted_beside_their_label(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "password is wrong",
        "password: incorrect",
        "my password is not working since the update",
        "forgot password, reset link expired",
        "密码错误 怎么办",
        "资金密码忘了",
        "密码是多少位",
        "登录密码改不了 提示58219",
        "パスワードを忘れました",
        "비밀번호를 잊어버렸어요",
        "пароль неверный пишет",
        "пароль: неверный",
        "quên mật khẩu rồi",
        "contraseña: olvidé",
        "contraseña incorrecta todo el rato",
        "senha errada",
        "şifre yanlış diyor",
        "mot de passe oublié",
        "Passwort vergessen, was nun",
        "password USDT-TRC20",
        "passphrase error 50105",
        "密钥在哪里看",
        "setup key: what does that mean",
        "which network is ERC20 or TRC20, password erc20",
        "secret of success",
    ],
)
def test_talk_about_credentials_stays(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "my bank card 4111 1111 1111 1111 was declined",
        "银行卡号4111111111111111",
        "カード番号 4111-1111-1111-1111",
        "номер карты 4111111111111111",
        "tarjeta 4111111111111111",
        "Karte 4111111111111111",
        "4111 1111 1111 1111 visa",
    ],
)
def test_card_numbers_are_redacted_by_word_and_check_digit(text: str) -> None:
    assert kinds(text) == {"bank_card"}
    assert "1111" not in redact(text).text


@pytest.mark.parametrize(
    "text",
    [
        "my bank card 4111 1111 1111 1112",
        "order 4111111111111111",
        "订单号4111111111111111 银行卡没到账",
        "card payment order id 4111111111111111",
        "2632357285434470812",
    ],
)
def test_order_ids_are_not_cards(text: str) -> None:
    assert redact(text).text == text


def test_card_security_codes_and_identity_numbers_are_redacted() -> None:
    assert redact("CVV 118").text == "CVV [redacted: card security code]"
    assert redact("身份证11010519491231002X 实名不过").text == "身份证[redacted: identity number] 实名不过"
    assert redact("订单110105194912310021").text == "订单110105194912310021"


def test_luhn() -> None:
    assert passes_luhn("79927398713")
    assert not passes_luhn("79927398710")


@pytest.mark.parametrize(
    "text",
    [
        "UID 123456789 order 2632357285434470812 BTC-USDT-SWAP BTC-USD-250328-60000-C",
        "error 58219, 51008, -1021, 60018",
        "0.00012345 BTC = 12.34 USDT, 100,000.00 U",
        "clOrdId b15e8d3c9f2a4e7d8c1b",
        "API key f1398fea-440a-f77f-7132-a90e3a909f7b does not exist",
        "tag 104582 写成 104852 了",
        "memo 100234567",
        "2026-11-22 03:51 UTC+8",
        "tel 13800138000",
    ],
)
def test_identifiers_stay(text: str) -> None:
    assert redact(text).text == text
