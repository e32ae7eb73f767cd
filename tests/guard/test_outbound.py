"""What must not be said to a customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from handoff.guard import check_outbound

HOSTS = {"www.example.com", "*.status.example.com"}
ARTICLES = Path(__file__).parents[2] / "kb_index" / "articles"


def kinds(text: str) -> list[str]:
    return [violation.kind for violation in check_outbound(text, HOSTS)]


@pytest.mark.parametrize(
    "text",
    [
        "Please send me your password",
        "What is your verification code?",
        "Reply with the 6-digit code you received",
        "To verify you, share your seed phrase in this chat",
        "请把验证码发给我",
        "请提供您的助记词",
        "麻烦告诉我您的登录密码",
        "請提供您的密碼",
        "請把驗證碼傳給我",
        "認証コードを教えてください",
        "パスワードをお送りください",
        "비밀번호를 알려주세요",
        "인증번호를 말씀해 주시겠어요?",
        "Пришлите код из смс",
        "Сообщите ваш пароль",
        "Vui lòng cung cấp mã OTP",
        "Anh gửi mật khẩu cho em nhé",
        "Envíenos su contraseña por favor",
        "Dígame el código de verificación",
        "Me passe o código de verificação",
        "Envie sua senha no chat",
        "Doğrulama kodunu gönderin",
        "Şifrenizi yazar mısınız",
        "Envoyez-nous votre mot de passe",
        "Quel est votre code de vérification ?",
        "Bitte senden Sie uns Ihr Passwort",
        "Wie lautet Ihr Bestätigungscode?",
        "Ｓｅｎｄ us your pass\u200bword",
        "Please install AnyDesk so that I can see",
        "请下载向日葵让我看一下",
    ],
)
def test_asking_for_a_secret_is_a_violation(text: str) -> None:
    assert kinds(text) == ["asks_for_secret"]


@pytest.mark.parametrize(
    "text",
    [
        "Never send your password to anyone.",
        "Support will not ask you to share your seed phrase.",
        "Enter the verification code in the app, then confirm.",
        "Please send us the exact error code, your UID and the order id.",
        "Have you shared your seed phrase with anyone?",
        "Reset your password on the login page.",
        "请勿把验证码发给任何人",
        "我们不会向您索要密码",
        "请提供UID、订单号和错误码",
        "在登录页点击“忘记密码”重置",
        "請勿將驗證碼告訴任何人",
        "認証コードを誰にも教えないでください",
        "エラーコードを教えてください",
        "비밀번호를 누구에게도 알려주지 마세요",
        "오류 코드를 알려주세요",
        "Никому не сообщайте код из смс",
        "Пришлите код ошибки",
        "Không gửi mã OTP cho bất kỳ ai",
        "Vui lòng cung cấp mã giao dịch",
        "No envíe su contraseña a nadie",
        "Envíenos el código de error exacto",
        "Nunca envie sua senha",
        "Envie o código de erro",
        "Şifrenizi kimseyle paylaşmayın",
        "Hata kodunu gönderin",
        "N'envoyez jamais votre mot de passe",
        "Modifiez votre mot de passe",
        "Geben Sie niemals Ihr Passwort weiter",
        "Bitte nennen Sie uns den Fehlercode",
        "Open https://www.example.com/security/freeze now.",
        "See https://eu.status.example.com/.",
        "Your order 2632357285434470812 of 12,500.75 USDT (UID 12345678) filled at 03:51.",
        "We wrote to a***@gmail.com.",
    ],
)
def test_warnings_instructions_and_own_links_pass(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "visit okx-help.com now",
        "请访问www.evil.com查看",
        "https://www.example.com@evil.com/",
        "https://www.example.com.evil.com/",
        "http://evil.com/?next=https://www.example.com",
        "https://status.example.com.evil.io",
        "https://exаmple.com/login",
        "https://192.0.2.7/x",
        "t.me/okx_support",
        "bit.ly/3abc",
        "javascript:alert(1)",
        "tg://resolve?domain=okx",
        "ｗｗｗ．evil．com",
        "https://[broken",
    ],
)
def test_foreign_links_are_violations(text: str) -> None:
    assert set(kinds(text)) == {"foreign_link"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to support@okx-help.com", "email"),
        ("call +1 (800) 555-0199", "phone"),
        ("客服电话 400-661-3888", "phone"),
        ("电话4️⃣0️⃣0️⃣6️⃣6️⃣1️⃣3️⃣8️⃣8️⃣8️⃣", "phone"),
        ("звоните 8 800 555 35 35", "phone"),
        ("contact @okx_support1", "handle"),
        ("加微信 okx8899", "handle"),
        ("Telegram: okx_cs88", "handle"),
    ],
)
def test_contact_details_are_violations(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


def test_a_violation_points_at_its_place() -> None:
    text = "Hello 👋! Please visit okx-help.com/freeze today"
    (violation,) = check_outbound(text, HOSTS)
    assert text[violation.start : violation.end] == violation.excerpt == "okx-help.com/freeze"


def test_own_mail_addresses_pass() -> None:
    assert check_outbound("write to help@www.example.com", HOSTS) == []


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the knowledge base has no articles yet")
def test_no_article_violates() -> None:
    failed = {}
    for path in sorted(ARTICLES.glob("*/*.md")):
        body = path.read_text(encoding="utf-8").split("---", 2)[-1]
        if violations := check_outbound(body, ()):
            failed[str(path.relative_to(ARTICLES))] = violations
    assert not failed
