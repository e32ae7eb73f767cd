"""The actions server as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(database_url: str, redis_url: str, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LIFELINE_ACTIONS_PORT": str(port),
        "LIFELINE_DATABASE_URL": database_url,
        "LIFELINE_REDIS_URL": redis_url,
        "LIFELINE_DATA_DIR": str(tmp_path),
    }
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "actions"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{url}/health").is_success:
                break
        except httpx.HTTPError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail((tmp_path / "log").read_text())
        time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(20)
    log.close()


def test_the_server_offers_exactly_the_actions_of_the_domain(server: str) -> None:
    import yaml

    domain = yaml.safe_load((ROOT / "bot/assistant/domain/dialogue.yml").read_text("utf-8"))

    offered = {action["name"] for action in httpx.get(f"{server}/actions").json()}

    assert offered == set(domain["actions"])


def test_a_failure_never_sends_the_request_back_nor_logs_it(server: str, tmp_path: Path) -> None:
    # a tracker that is none at all makes rasa-sdk itself fail
    secret = "words-of-the-customer"
    call = {"next_action": "action_answer", "tracker": secret, "domain": {"intents": []}, "version": "3.6.21"}

    answer = httpx.post(f"{server}/webhook", json=call)

    assert answer.status_code == 500
    assert secret not in answer.text
    assert secret not in (tmp_path / "log").read_text()
