from __future__ import annotations

from handoff.console.outbound import Concern, concerns

HOSTS = frozenset({"www.example.com"})
SEED = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"


def test_a_plain_answer_raises_no_concern() -> None:
    assert concerns("您好，请在 https://www.example.com/security/freeze 冻结账户。", HOSTS) == []


def test_a_foreign_link_is_shown_with_the_link() -> None:
    (concern,) = concerns("Please open https://evil.test/freeze now", HOSTS)
    assert concern.kind == "foreign_link"
    assert "evil.test" in concern.excerpt


def test_a_secret_in_the_answer_is_named_and_not_repeated() -> None:
    assert Concern("seed_phrase", "") in concerns(f"Your phrase was: {SEED}", HOSTS)
