"""What `urgency` reports, on sentences that customers of every language would write."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.triage import Urgency, urgency
from handoff.triage.lexicon import LANGUAGES
from tests.guard.test_properties import ADVERSARIAL

CASES = Path(__file__).parent / "cases"
INTENTS = {"theft": "account_theft", "scam": "scam_victim"}


def _cases(language: str) -> dict[str, list[str]]:
    cases: dict[str, Any] = yaml.safe_load((CASES / f"{language}.yml").read_text(encoding="utf-8"))
    return cases


def _sentences(*kinds: str) -> list[Any]:
    return [
        pytest.param(kind, text, id=f"{language}-{kind}-{number}")
        for language in LANGUAGES
        for kind in kinds
        for number, text in enumerate(_cases(language)[kind])
    ]


@pytest.mark.parametrize(("kind", "text"), _sentences("theft", "scam"))
def test_victims_are_recognised(kind: str, text: str) -> None:
    found = urgency(text)
    assert found.intent in INTENTS.values(), text
    assert found.score >= 0.6
    assert found.rule.split("/")[0] in LANGUAGES


@pytest.mark.parametrize(("kind", "text"), _sentences("near_misses"))
def test_near_misses_are_not_urgent(kind: str, text: str) -> None:
    assert urgency(text) == Urgency(None, 0.0, ""), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_dozen_of_each(language: str) -> None:
    cases = _cases(language)
    assert len(cases["theft"]) + len(cases["scam"]) >= 12
    assert len(cases["near_misses"]) >= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_theft_and_fraud_are_told_apart(language: str) -> None:
    cases = _cases(language)
    right = [urgency(text).intent == intent for kind, intent in INTENTS.items() for text in cases[kind]]
    assert sum(right) >= 0.95 * len(right)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        # the domain facts' near-misses that are none
        ("I want to withdraw, but support says pay tax first", "scam_victim"),
        ("客服让我转到安全账户，是真的吗", "scam_victim"),
        ("我朋友的账户被盗了", "account_theft"),
        ("为什么少了500U？", "account_theft"),
        ("balance lower than yesterday, why?", "account_theft"),
        # a liquidation does not excuse trades that were somebody else's
        ("我被爆仓了 但是那个仓位不是我开的", "account_theft"),
        # without accents, in capitals, full width
        ("TAI KHOAN CUA EM BI HACK ROI", "account_theft"),
        ("HESABIM HACKLENDI", "account_theft"),
        ("ｍｙ ａｃｃｏｕｎｔ ｗａｓ ｈａｃｋｅｄ", "account_theft"),
        ("my acc\u200bount was hacked", "account_theft"),
        # two languages in one message
        ("我的account被hack了 please help, someone logged into my account", "account_theft"),
    ],
)
def test_difficult_victims_are_recognised(text: str, intent: str) -> None:
    assert urgency(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hi",
        "你好",
        "👍",
        "?",
        "怎么防止被盗？",
        "how do I protect against theft?",
        "交易所会被黑吗",
        "如果账户被盗你们赔吗？",
        "stolen password of my email but the account is fine",
        "邮箱密码泄露了，账户没问题",
        "手机丢了，想换绑",
        "冻结我的委托",
        "freeze my order, lock my position",
        "balance is frozen, locked by an order",
        "我的银行卡被冻结",
        "爆仓了，你们偷我的钱",
        "your platform robbed me",
        "插针把我的仓位抢了",
        "my deposit disappeared",
        "转错地址了，币丢了",
        "sent to wrong address, lost coins",
        "忘了密码，币拿不回来",
        "手续费太黑了，割韭菜，抢钱",
        "this coin is a scam",
        "被 ADL 抢了仓位",
        "下架了我的币",
        "我之前被盗过，现在已经解决，想问怎么换邮箱",
        "how do you detect stolen accounts?",
        "黑客松报名在哪里",
        "growth hack tips for referrals",
        "盗版App怎么举报",
        "我偷偷买了点",
        "提币被取消 钱没回来",
        "我没有被盗，只是登不上",
        "帮我把谷歌验证关掉，我急着提币",
    ],
)
def test_the_near_misses_of_the_domain_facts_are_not_urgent(text: str) -> None:
    assert urgency(text).intent is None


def test_a_rule_is_named_with_its_language() -> None:
    found = urgency("there is a withdrawal that I never made")
    assert (found.intent, found.rule) == ("account_theft", "en/unauthorised")
    assert 0 < found.score <= 1


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_time_is_linear_in_the_length(name: str) -> None:
    urgency("my account was hacked")  # the lexicons are read once
    started = time.perf_counter()
    urgency(ADVERSARIAL[name][:4000])
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_messages_in_every_language_take_little_time(language: str) -> None:
    text = " ".join(text for texts in _cases(language).values() for text in texts)[:4000]
    urgency(text)
    started = time.perf_counter()
    urgency(text)
    assert time.perf_counter() - started < 2


def test_only_the_first_characters_of_an_endless_text_are_read() -> None:
    assert urgency("x " * 100_000 + "my account was hacked").intent is None
