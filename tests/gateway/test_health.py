"""Health: everything that is needed is up, or the reason why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from bot.gateway.health import Health
from handoff.settings import DeskSettings
from tests.conftest import RedisServer
from tests.gateway.conftest import Gateway, Start


async def test_all_is_well_when_everything_answers(gateway: Gateway) -> None:
    response = await gateway.http.get("/healthz")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert set(body["components"]) == {"gateway", "sql", "redis", "rasa", "actions", "console"}
    assert all(part == {"state": "up", "reason": None} for part in body["components"].values())


@pytest.mark.parametrize(
    ("setting", "name"), [("rasa_url", "rasa"), ("actions_url", "actions"), ("console_url", "console")]
)
async def test_a_component_that_cannot_be_reached_is_named(
    start: Start, free_port: Callable[[], int], setting: str, name: str
) -> None:
    async with start(**{setting: f"http://127.0.0.1:{free_port()}"}) as gateway:
        response = await gateway.http.get("/healthz")
        assert response.status_code == 503
        components = response.json()["components"]
        assert components.pop(name) == {"state": "down", "reason": "cannot be reached (ConnectError)"}
        assert all(part["state"] == "up" for part in components.values())
        assert (await gateway.http.get("/livez")).status_code == 200


async def test_redis_that_stops_is_named(start: Start, desk_settings: DeskSettings, redis_server: RedisServer) -> None:
    desk = desk_settings.model_copy(update={"redis_url": redis_server.url})
    redis_server.stop()
    async with start(desk) as gateway:
        response = await gateway.http.get("/healthz")
        assert response.status_code == 503
        assert response.json()["components"]["redis"]["state"] == "down"


async def test_a_database_that_does_not_answer_is_waited_for(
    start: Start, desk_settings: DeskSettings, free_port: Callable[[], int]
) -> None:
    desk = desk_settings.model_copy(update={"database_url": f"postgresql+psycopg://127.0.0.1:{free_port()}/x"})
    async with start(desk) as gateway:
        response = await gateway.http.get("/healthz")
        assert response.status_code == 503
        assert response.json()["components"]["sql"]["state"] == "down"
        refused = await gateway.http.post("/api/v1/sessions", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "store_unavailable")
        assert int(refused.headers["Retry-After"]) > 0


async def test_components_are_asked_once_for_many_questions() -> None:
    asked = 0

    async def probe() -> str | None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return None

    health = Health({"one": probe})
    reports = await asyncio.gather(*(health.report() for _ in range(20)))
    assert asked == 1
    assert all(report.status == "ok" for report in reports)


async def test_a_component_that_hangs_or_fails_does_not_stop_the_report() -> None:
    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    async def fails() -> str | None:
        raise httpx.ConnectError("the address, with a token in it")

    async def fine() -> str | None:
        return None

    report = await Health({"hangs": hangs, "fails": fails}, {"fine": fine}).report()
    assert report.status == "unavailable"
    assert report.components["hangs"].reason == "no answer within 1.5 s"
    assert report.components["fails"].reason == "cannot be reached (ConnectError)"


async def test_an_optional_component_may_be_down() -> None:
    async def down() -> str | None:
        return "because"

    report = await Health({}, {"telegram": down}).report()
    assert (report.status, report.components["telegram"].reason) == ("ok", "because")


async def test_telegram_that_cannot_be_reached_is_reported_and_the_web_works_on(
    start: Start, free_port: Callable[[], int]
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with start(telegram_token="123456:token-of-the-tests", telegram_api_url=nowhere) as gateway:
        response = await gateway.http.get("/healthz")
        assert response.status_code == 200
        telegram = response.json()["components"]["telegram"]
        assert telegram["state"] == "down"
        assert "token-of-the-tests" not in response.text
        customer = await gateway.customer()
        await customer.send("hello")
        await customer.says("assistant")
