"""Checks of what is about to be said to a customer, by the assistant or by an agent.

Support never asks for a secret, and every link leads to a host that the operator named. Contact details are
left out altogether, because those in circulation are mostly of impostors.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from handoff.guard.canvas import Canvas, canvas_of
from handoff.guard.findings import Violation
from handoff.guard.labels import Label, labels_in, languages

_REACH = 70  # characters between the asking and the secret, within one sentence
_SENTENCE = re.compile(r"[^.!?。！？…\n;；]+(?:[.!?](?=\S)[^.!?。！？…\n;；]+)*")
_URL = re.compile(r"(?<![0-9A-Za-z])[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s<>\"'，。；、！？）】」]{1,1000}")
_OTHER_SCHEME = re.compile(
    r"(?<![0-9A-Za-z])(?:javascript|data|mailto|tel|tg|weixin|whatsapp|skype):[^\s<>\"']{1,500}", re.IGNORECASE
)
#: Top-level domains that are also words or file endings count only with "www." or a path.
_PLAIN_TLD = (
    "com|net|org|io|co|app|xyz|info|biz|top|vip|cc|tv|ai|dev|finance|exchange|support|help|online|site|website|shop"
    "|live|pro|club|link|page|wang|fun|ink|gg|ly|gl|world|wiki|cloud|tech|store|space|network|wallet|digital|trade"
    "|money|cash|global|today|news|email|chat|team|win|bid|icu|cyou|buzz|lol|ws|su"
    "|cn|tw|hk|jp|kr|vn|ru|tr|de|fr|es|pt|br|uk|eu|ch|sg|id|ph|ng|ua|pl|nl|kz"
)
_HOST = re.compile(
    rf"(?<![0-9A-Za-z@._-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,6}}"
    rf"(?:(?:{_PLAIN_TLD})(?![0-9A-Za-z-])(?:[:/?#][^\s<>\"'，。；、！？）】」]{{0,1000}})?|[A-Za-z]{{2,12}}/[^\s<>\"'，。；、！？）】」]{{0,1000}})",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![0-9A-Za-z._%+*-])[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})")
_HANDLE = re.compile(r"(?<![0-9A-Za-z._%+*/@-])@[A-Za-z][A-Za-z0-9_]{3,31}(?![A-Za-z0-9_.]*@)")
_MESSENGER_ID = re.compile(
    r"\s{0,3}(?:号|號|id|ID|Id|账号|帳號|number|官方客服)?\s{0,3}(?:[:=-]|是|为|為|は)?\s{0,3}([A-Za-z0-9][A-Za-z0-9_.-]{4,31})"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z+.])\+\s?\d(?:[ ().-]{0,2}\d){7,14}(?![0-9A-Za-z])")
_CALLED = re.compile(r"[^0-9\n]{0,24}?((?<![0-9A-Za-z.])(?:\d[^0-9A-Za-z\n]{0,2}){6,14}\d(?![0-9A-Za-z]))")


def check_outbound(text: str, allowed_hosts: Collection[str]) -> list[Violation]:
    """Everything in ``text`` that must not be said to a customer, in order; empty when it may be sent.

    Args:
        text: a message in any of the twelve languages.
        allowed_hosts: host names that links may lead to, compared whole ("www.example.com"); an entry
            "*.example.com" allows every host below.
    """
    canvas = canvas_of(text)
    found = [*_requests(canvas), *_links(canvas, allowed_hosts), *_contacts(canvas, allowed_hosts)]
    violations = []
    for kind, start, end in found:
        begin, stop = canvas.origin(start, end)
        violations.append(Violation(kind, begin, stop, text[begin:stop]))
    violations.sort(key=lambda violation: (violation.start, violation.end, violation.kind))
    return violations


def _requests(canvas: Canvas) -> Iterator[tuple[str, int, int]]:
    for sentence in _SENTENCE.finditer(canvas.folded):
        span = _asked(sentence[0])
        if span:
            yield "asks_for_secret", sentence.start() + span[0], sentence.start() + span[1]


def _asked(sentence: str) -> tuple[int, int] | None:
    """Where a sentence asks for a secret or for remote access.

    Words are combined within their language ("no" refuses in Spanish and means "in the" in Portuguese). The
    English names of secrets are used in every language, so with those any language's refusal counts.
    """
    for language in languages("ask"):
        own = None if language == "en" else language
        for verbs, nouns in (("ask", "asked_secret"), ("ask_remote", "remote_tool")):
            asks = labels_in(sentence, verbs, language=language)
            if not asks:
                continue
            for names, refusals in ((own, own), ("en", "en" if own is None else None)):
                secrets = labels_in(sentence, nouns, language=names) if names else []
                span = _nearest_pair(asks, secrets)
                if span and not labels_in(sentence, "reassurance", language=refusals):
                    return span
    return None


def _nearest_pair(asks: list[Label], secrets: list[Label]) -> tuple[int, int] | None:
    pairs = [
        (min(ask.start, secret.start), max(ask.end, secret.end))
        for ask in asks
        for secret in secrets
        if ask.end <= secret.start or secret.end <= ask.start
    ]
    near = [pair for pair in pairs if pair[1] - pair[0] <= _REACH]
    return min(near, key=lambda pair: pair[1] - pair[0], default=None)


def _links(canvas: Canvas, allowed_hosts: Collection[str]) -> Iterator[tuple[str, int, int]]:
    taken: list[tuple[int, int]] = []
    for match in _URL.finditer(canvas.text):
        taken.append(match.span())
        if not _is_allowed(match[0], allowed_hosts):
            yield "foreign_link", match.start(), match.end()
    for match in _OTHER_SCHEME.finditer(canvas.text):
        if not any(start <= match.start() < end for start, end in taken):
            taken.append(match.span())
            yield "foreign_link", match.start(), match.end()
    for match in _HOST.finditer(canvas.text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        if not _is_allowed("https://" + match[0], allowed_hosts):
            yield "foreign_link", match.start(), match.end()


def _is_allowed(url: str, allowed_hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
    except ValueError:  # a malformed address or host name; UnicodeError is one, too
        return False
    if parts.scheme.lower() not in ("http", "https") or "@" in parts.netloc:
        return False
    for allowed in allowed_hosts:
        name = allowed.lower().rstrip(".")
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False


def _contacts(canvas: Canvas, allowed_hosts: Collection[str]) -> Iterator[tuple[str, int, int]]:
    links = [match.span() for match in _URL.finditer(canvas.text)]

    def in_link(position: int) -> bool:
        return any(start <= position < end for start, end in links)

    for match in _EMAIL.finditer(canvas.text):
        if not in_link(match.start()) and not _is_allowed(f"https://{match[1]}", allowed_hosts):
            yield "email", match.start(), match.end()
    for match in _HANDLE.finditer(canvas.text):
        if not in_link(match.start()):
            yield "handle", match.start(), match.end()
    for label in labels_in(canvas.folded, "messenger"):
        account = _MESSENGER_ID.match(canvas.text, label.end)
        # A name has a digit or an underscore; "Telegram support" is only a word.
        if account and re.search(r"[0-9_]", account[1]):
            yield "handle", account.start(1), account.end(1)
    phones = [match.span() for match in _PHONE.finditer(canvas.text) if not re.fullmatch(r"\+\d+\.\d+", match[0])]
    for label in labels_in(canvas.folded, "call"):
        number = _CALLED.match(canvas.text, label.end)
        if number and not _names_another(canvas.folded[label.end : number.start(1)]):
            phones.append(number.span(1))
    last = -1
    for start, end in sorted(phones):
        if start >= last and not in_link(start):
            yield "phone", start, end
            last = end


def _names_another(between: str) -> bool:
    """Whether something between "phone" and the digits says that they are not a phone's."""
    return any(label.end - label.start > 1 for label in labels_in(between, "hash", "address", "identifier"))
