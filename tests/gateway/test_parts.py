"""The small parts: the breaker, origins, languages, what Rasa says, what a log line holds, static files."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from bot.gateway import language, static
from bot.gateway.breaker import Breaker
from bot.gateway.origins import Origins
from bot.gateway.rasa import plain
from bot.gateway.settings import GatewaySettings
from handoff import logs


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    seconds = Seconds()
    breaker = Breaker(failures=2, pause_seconds=5, now=seconds)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allow()
    breaker.failed()
    assert not breaker.allow()
    seconds.now = 5
    assert breaker.allow()
    assert not breaker.allow()
    breaker.failed()
    assert not breaker.allow()
    seconds.now = 10
    assert breaker.allow()
    breaker.abandoned()
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.allow()
    assert breaker.allow()


@given(st.text())
def test_plain_text_never_is_a_command(text: str) -> None:
    made = plain(text)
    assert made
    assert not made.strip().startswith("/")


@given(st.text(alphabet="/ \t\n\u3000\u2028\x1fa{"))
def test_plain_text_never_is_a_command_whatever_the_white_space(text: str) -> None:
    assert not plain(text).strip().startswith("/")


def test_plain_text_keeps_slashes_inside() -> None:
    assert plain("BTC/USDT or /help?") == "BTC/USDT or /help?"
    assert plain("/ BTC") == "BTC"
    assert plain("///") == "?"


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "desk.example.com", True),
        ("https://desk.example.com", "desk.example.com", True),
        ("https://desk.example.com:8443", "desk.example.com", False),
        ("https://www.example.com", "desk.example.com", True),
        ("https://www.example.com:444", "desk.example.com", False),
        ("https://wwwXexample.com", "desk.example.com", False),
        ("http://localhost", "desk.example.com", True),
        ("http://localhost:3000", "desk.example.com", True),
        ("http://localhost:3000.evil.com", "desk.example.com", False),
        ("https://public.example.com", "10.0.0.5:8000", True),
        ("null", "null", False),
        ("file://", "", False),
        ("", "", False),
    ],
)
def test_origins_are_compared_whole(origin: str | None, host: str, allowed: bool) -> None:
    origins = Origins(("https://www.example.com", "http://localhost:*"), "https://public.example.com/help")
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    assert origins.allow(Headers(headers)) is allowed


def test_a_lone_star_allows_every_page_and_nothing_allows_none() -> None:
    assert Origins(("*",)).allow(Headers({"origin": "https://any.example", "host": "h"}))
    assert not Origins(()).allow(Headers({"origin": "https://any.example", "host": "h"}))


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("ja", "ja"),
        ("tlh", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_locale_names_a_language_that_is_spoken_here(locale: str | None, expected: str) -> None:
    assert language.of_locale(locale) == expected


@pytest.mark.parametrize(
    ("text", "assumed", "expected"),
    [
        ("我的账户被盗了", "en", "zh-Hans"),
        ("我的帳戶被盜了", "zh-Hant", "zh-Hant"),
        ("資金が盗まれた", "en", "ja"),
        ("해킹당했어요", "en", "ko"),
        ("украли деньги", "en", "ru"),
        ("my coins were stolen", "zh-Hans", "en"),
        ("USDT TRC20 没到账", "zh-Hans", "zh-Hans"),
        ("USDT", "zh-Hans", "zh-Hans"),
        ("me robaron todo", "es", "es"),
    ],
)
def test_the_script_tells_the_language_as_far_as_it_can(text: str, assumed: str, expected: str) -> None:
    assert language.of_text(text, assumed) == expected


def test_a_log_line_names_an_error_without_what_it_says() -> None:
    try:
        try:
            raise ValueError("the customer's words")
        except ValueError as inner:
            raise RuntimeError("more of them") from inner
    except RuntimeError as error:
        event = logs.safe_exception(None, "error", {"event": "x", "exc_info": error})
    assert event["error"] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert "test_parts.py" in event["frames"][-1]
    assert "words" not in str(event)
    assert "more of them" not in str(event)


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_GATEWAY_PORT", "9001")
    monkeypatch.setenv("LIFELINE_ALLOWED_ORIGINS", "https://a.example/, https://b.example")
    monkeypatch.setenv("LIFELINE_TELEGRAM_TOKEN", "")
    settings = GatewaySettings(_env_file=None)
    assert settings.gateway_port == 9001
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.telegram_token is None


def test_every_setting_is_described() -> None:
    for name, field in GatewaySettings.model_fields.items():
        assert field.description, name


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "index.html").write_text("<!doctype html>demo")
    (tmp_path / "support-chat.js").write_text("'use strict'")
    (tmp_path / "README.md").write_text("for people")
    (tmp_path.parent / "outside.js").write_text("outside")
    app = FastAPI()
    static.install(app, tmp_path)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk")


async def test_the_widget_is_served_to_any_page_and_asked_for_again_by_its_etag(client: httpx.AsyncClient) -> None:
    response = await client.get("/widget/support-chat.js")
    assert response.status_code == 200
    assert "javascript" in response.headers["Content-Type"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age" in response.headers["Cache-Control"]
    again = await client.get("/widget/support-chat.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["README.md", "../outside.js", "%2e%2e/outside.js", "demo", "", "nothing.js"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/widget/{path}")).status_code == 404


async def test_the_demo_page_is_at_the_root(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.headers["Content-Type"].startswith("text/html")
