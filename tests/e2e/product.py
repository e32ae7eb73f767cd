"""The whole product as `make run` starts it, on free ports and in a folder of its own, for tests."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from tests.channels.bot_api import BotApi

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 240.0
_PASSWORD = re.compile(r"one-time password (\S+)")


class Product:
    """Starts and ends `python -m bot.launch`."""

    def __init__(self, data_dir: Path, free_port: Callable[[], int], **settings: str) -> None:
        self.data_dir = data_dir
        self.ports = {name: free_port() for name in ("gateway", "console", "actions", "rasa", "redis")}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.console_url = f"http://127.0.0.1:{self.ports['console']}"
        self.redis_url = f"redis://127.0.0.1:{self.ports['redis']}/0"
        self.database_url = f"sqlite+aiosqlite:///{data_dir / 'lifeline.db'}"
        self.admin_password = ""
        self.output = ""
        self.settings = settings
        self._process: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LIFELINE_")}
        return clean | {
            "PYTHONPATH": str(ROOT),
            "LIFELINE_DATA_DIR": str(self.data_dir),
            "LIFELINE_GATEWAY_PORT": str(self.ports["gateway"]),
            "LIFELINE_CONSOLE_PORT": str(self.ports["console"]),
            "LIFELINE_CONSOLE_URL": self.console_url,
            "LIFELINE_ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}",
            "LIFELINE_ACTIONS_PORT": str(self.ports["actions"]),
            "LIFELINE_RASA_URL": f"http://127.0.0.1:{self.ports['rasa']}",
            "LIFELINE_EMBEDDED_REDIS_PORT": str(self.ports["redis"]),
            "LIFELINE_FREEZE_URL": "https://www.example.com/security/freeze",
            # one address writes what hundreds of customers would
            "LIFELINE_RATE_MESSAGES_PER_ADDRESS": "5000",
            "LIFELINE_RATE_SESSIONS_PER_ADDRESS": "5000",
            "LIFELINE_RATE_READS_PER_ADDRESS": "100000",
            **self.settings,
        }

    def start(self) -> None:
        """Returns once /healthz answers 200; raises with everything the product printed when it never does."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.launch"],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(ready,), daemon=True).start()
        if not ready.wait(READY_SECONDS) or self._process.poll() is not None:
            self.stop()
            raise RuntimeError(f"the product did not become ready:\n{self.output}\n{self._logs()}")

    def _read(self, ready: threading.Event) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output += line
            if found := _PASSWORD.search(line):
                self.admin_password = found[1]
            if "Ctrl-C ends everything" in line:
                ready.set()
        ready.set()

    def _logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self.data_dir.glob("log/*.log"))
        )

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            status = self._process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            status = self._process.wait(10)
        self._process = None
        return status

    def program(self, *command: str) -> str:
        """What the supervisor answers to a command such as ``stop rasa``."""
        config = str(self.data_dir / "supervisord.conf")
        done = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisorctl", "-c", config, *command],
            capture_output=True, text=True, timeout=60, cwd=ROOT,
        )  # fmt: skip
        return done.stdout

    def pid(self, name: str) -> int:
        return int(self.program("pid", name).strip() or 0)

    def health(self) -> tuple[int, dict[str, Any]]:
        answer = httpx.get(f"{self.url}/healthz", timeout=10)
        return answer.status_code, answer.json()

    def wait_until_healthy(self, seconds: float = READY_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.health()[0] == 200:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise TimeoutError(f"not healthy within {seconds} s\n{self._logs()}")
            time.sleep(0.2)


class BotApiThread:
    """The emulated Bot API in a thread with an event loop of its own, for a product that runs in other processes."""

    def __init__(self, port: int) -> None:
        self.api = BotApi()
        self.url = f"http://127.0.0.1:{port}"
        self._loop = asyncio.new_event_loop()
        self._server = uvicorn.Server(uvicorn.Config(self.api.app(), port=port, log_level="error", ws="none"))
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._server.serve(),), daemon=True)

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("the emulated Bot API did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.api.close(), self._loop).result(10)
        self._server.should_exit = True
        self._thread.join(20)

    async def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs a coroutine of the emulator in its own loop."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return await asyncio.wrap_future(future)
