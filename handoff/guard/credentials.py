"""Finding passwords, passphrases, API secrets and authenticator setup keys.

They have no shape of their own; a label beside them gives them away, in any of the twelve languages. What
follows the label must look like a value and not like the sentence going on ("password is wrong").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handoff.guard.canvas import BARRIER, Canvas, fold
from handoff.guard.findings import Finding
from handoff.guard.labels import BINDER, Label, labels_in, nearest_before, vocabulary

_SECRET_REACH = 16  # characters between "secret" and its value
_SETUP_REACH = 24  # and between "setup key" and its value: "setup key (write it down): "
_SHORT_SECRET = 8
_VALUE = re.compile(rf"[!#-&(-_a-~]{{4,128}}|[^\s\"'`“”‘’「」『』，。；、！？{BARRIER}]{{4,128}}")
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z+/_\-]{16,128}={0,2}(?![0-9A-Za-z])")
#: Addresses, and API keys (the public half) of the form of a UUID.
_PUBLIC = re.compile(
    r"0x[0-9a-f]{40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|t[0-9a-z]{33}|(?:bc1|ltc1)[0-9a-z]{20,80}",
    re.IGNORECASE,
)
#: What mixes letters and digits without being anyone's password: networks, amounts, versions, "6-digit".
_EVERYDAY = re.compile(
    r"(?:[a-z]{2,6}-)?(?:[tbe]rc|bep|arc|spl|kip)-?\d+|\d+(?:[.,]\d+)?[a-z%$€₽]{1,4}|2fa|sha\d+|hmac\w*|iphone\w*|win\d+|utf-?8"
    r"|v\d+(?:\.\d+)*|\d{1,4}[-~/.:]\d{1,4}(?:[-~/.:]\d{1,4})?"
    r"|\d+-?(?:digits?|chars?|characters?|times?|x|位|次|字符|天|小时)\w*|https?:.*|@.*"
)
_MODEL = re.compile(r"[a-z]{1,8}\d{1,2}")  # "redmi9", "level2": a password only where something binds it
_OTPAUTH = re.compile(r"otpauth(?:-migration)?://[^\s<>\"'，。]{1,2000}", re.IGNORECASE)
_BASE32 = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Z2-7]{16}|[A-Z2-7]{26}|[A-Z2-7]{32}|[A-Z2-7]{52}|[a-z2-7]{16}|[a-z2-7]{32}"
    r"|[A-Z2-7]{4}(?:[ -][A-Z2-7]{4}){3,12}|[a-z2-7]{4}(?:[ -][a-z2-7]{4}){3,12})(?![0-9A-Za-z])"
)


def find_credentials(canvas: Canvas) -> list[Finding]:
    """Passwords, API secrets and passphrases, setup keys."""
    return [*_passwords(canvas), *_api_secrets(canvas), *_setup_keys(canvas)]


def _passwords(canvas: Canvas) -> Iterator[Finding]:
    labels = labels_in(canvas.folded, "password", "passphrase")
    for label in labels:
        bond = _bond(canvas, label)
        position = label.end + len(bond)
        value = _VALUE.match(canvas.text, position)
        if value is None or any(other.start <= position < other.end for other in labels):
            continue
        shown = value[0].rstrip(".,:;)…")
        rest = canvas.text[position + len(shown) : position + len(shown) + 2]
        if _is_password(shown, bond, rest, canvas.folded[label.end - 1]):
            kind = "password" if label.kind == "password" else "api_secret"
            yield Finding(position, position + len(shown), kind)


def _bond(canvas: Canvas, label: Label) -> str:
    binder = BINDER.match(canvas.folded, label.end)
    return binder[0] if binder else ""


def _is_password(value: str, bond: str, rest: str, before: str) -> bool:
    """Whether what follows a password label is a password and not the sentence going on.

    ``rest`` is what follows the value, ``before`` the label's last character: Chinese and Japanese write
    label and value without a space.
    """
    lower = value.lower()
    goes_on_with_accent = rest[:1].isalpha() and fold(rest[0]) < "\u0250"
    if len(value) < 4 or lower in vocabulary("not_values") or _EVERYDAY.fullmatch(lower) or goes_on_with_accent:
        return False
    bound = bool(bond.strip())
    declared = bool(set(bond) & set(":=→>"))
    has_digit = any("0" <= char <= "9" for char in value)
    has_letter = any(map(str.isalpha, value))
    has_symbol = not value.rstrip("!?.-").isalnum()
    if not value.isascii():
        return has_digit and declared
    if declared:
        # "password: please help me" goes on as a sentence.
        return has_digit or has_symbol or not (value.islower() and re.match(" [a-z]", rest))
    if has_digit and (has_letter or has_symbol):
        return bound or (len(value) >= 6 and not _MODEL.fullmatch(lower))
    if has_digit:
        return len(value) >= 6 and (bound or not before.isascii())
    # Letters only: a word of the sentence, unless it is Latin in another script ("密码是qwerty").
    return has_letter and bound and not before.isascii() and len(value) >= 5


def _api_secrets(canvas: Canvas) -> Iterator[Finding]:
    labels = labels_in(canvas.folded, "api_secret", "passphrase")
    for match in _TOKEN.finditer(canvas.text) if labels else ():
        if _is_mixed(match[0]) and _is_named(canvas, labels, match.start(), _SECRET_REACH):
            yield Finding(match.start(), match.end(), "api_secret")
    for label in labels:
        bond = _bond(canvas, label)
        value = _VALUE.match(canvas.text, label.end + len(bond))
        if value and set(bond) & set(":="):
            shown = value[0].rstrip(".,:;)…")
            if len(shown) >= _SHORT_SECRET and _is_mixed(shown) and not _EVERYDAY.fullmatch(shown.lower()):
                yield Finding(value.start(), value.start() + len(shown), "api_secret")


def _is_mixed(value: str) -> bool:
    letters_and_digits = re.search(r"\d", value) and re.search("[A-Za-z]", value)
    return bool(value.isascii() and letters_and_digits and not _PUBLIC.fullmatch(value))


def _setup_keys(canvas: Canvas) -> Iterator[Finding]:
    for match in _OTPAUTH.finditer(canvas.text):
        yield Finding(match.start(), match.end(), "totp_setup_key")
    candidates = [match for match in _BASE32.finditer(canvas.text) if _looks_random(match[0])]
    labels = labels_in(canvas.folded, "totp_key") if candidates else []
    for match in candidates:
        if _is_named(canvas, labels, match.start(), _SETUP_REACH):
            yield Finding(match.start(), match.end(), "totp_setup_key")


def _looks_random(text: str) -> bool:
    """Base32 rather than words of four letters ("what does that mean")."""
    groups = re.split("[ -]", text)
    if len(groups) == 1:
        return bool(re.search("[2-7]", text)) or text.isupper() or not re.search("[aeiou]", text[:8])
    return any(not re.search("[aeiouy]", group, re.IGNORECASE) or re.search("[2-7]", group) for group in groups)


def _is_named(canvas: Canvas, labels: Sequence[Label], start: int, reach: int) -> bool:
    """Whether one of ``labels`` stands before ``start``, and the word of nothing public between."""
    label = nearest_before(canvas.folded, start, labels, reach)
    return label is not None and not labels_in(canvas.folded[label.end : start], "hash", "address", "identifier")
