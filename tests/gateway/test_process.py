"""The gateway as the process that an operator starts, and what a `kill -9` leaves behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from handoff.settings import DeskSettings
from tests.gateway.conftest import SECRET, Customer, RasaStand, echo

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def text_of(log: Path) -> str:
    return log.read_text("utf-8")


def started(environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot.gateway"]
    with log.open("ab") as out:
        return subprocess.Popen(command, env=environment, cwd=log.parent, stdout=out, stderr=subprocess.STDOUT)


@asynccontextmanager
async def process(
    desk: DeskSettings, rasa: RasaStand, port: int, log: Path
) -> AsyncIterator[tuple[subprocess.Popen[bytes], httpx.AsyncClient]]:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "LIFELINE_DATA_DIR": str(desk.data_dir),
        "LIFELINE_DATABASE_URL": desk.database_url,
        "LIFELINE_REDIS_URL": desk.redis_url,
        "LIFELINE_SECRET_KEY": SECRET,
        "LIFELINE_GATEWAY_PORT": str(port),
        "LIFELINE_RASA_URL": rasa.url,
        "LIFELINE_ACTIONS_URL": rasa.url,
        "LIFELINE_CONSOLE_URL": rasa.url,
        "LIFELINE_RECOVER_SECONDS": "0.2",
    }
    running = started(environment, log)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            async with asyncio.timeout(60):
                while True:
                    assert running.poll() is None, text_of(log)
                    try:
                        if (await http.get("/healthz")).status_code == 200:
                            break
                    except httpx.TransportError:
                        await asyncio.sleep(0.05)
            yield running, http
    finally:
        running.kill()
        running.wait()


async def begin(http: httpx.AsyncClient) -> Customer:
    return Customer(http, (await http.post("/api/v1/sessions", json={"locale": "en"})).json())


async def test_an_acknowledged_message_survives_kill_9_and_is_answered_once(
    desk_settings: DeskSettings, rasa: RasaStand, free_port: Callable[[], int], tmp_path: Path
) -> None:
    asked = asyncio.Event()

    async def never(_body: dict[str, Any]) -> Any:
        asked.set()
        await asyncio.sleep(30)

    rasa.behaviour = never
    log = tmp_path / "gateway.log"
    async with process(desk_settings, rasa, free_port(), log) as (running, http):
        customer = await begin(http)
        assert await customer.send("first question") == 1
        assert await customer.send("second question") == 2
        await asked.wait()
        running.kill()
        running.wait()
    rasa.behaviour = echo
    async with process(desk_settings, rasa, free_port(), log) as (running, http):
        customer.http = http
        messages = await customer.says("assistant", 2)
        assert [(m["seq"], m["text"]) for m in messages] == [
            (1, "first question"),
            (2, "second question"),
            (3, "echo: first question"),
            (4, "echo: second question"),
        ]
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in text_of(log).splitlines()]
    assert {"request", "message_in", "turn"} <= {line["event"] for line in lines}
    assert "question" not in text_of(log)
    assert customer.token not in text_of(log)


async def test_without_a_secret_it_says_what_to_do(desk_settings: DeskSettings, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LIFELINE_DATA_DIR": str(tmp_path / "empty")}
    environment.pop("LIFELINE_SECRET_KEY", None)
    command = [sys.executable, "-m", "bot.gateway"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "LIFELINE_SECRET_KEY" in done.stderr
