"""Starts a Rasa server of one's own, without Redis and without actions: for evaluation and for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import httpx

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/assistant/assistant.tar.gz"
PYTHON = ROOT / "bot/assistant/.venv/bin/python"
#: Rasa imports TensorFlow and unpacks its model; on a busy machine that takes a minute.
START_SECONDS = 300.0
_LOG_LINES = 15


class RasaDidNotStart(Exception):
    """The server could not be started; the message says why and what to do."""

    code = "rasa_did_not_start"


class OwnRasa:
    """A Rasa server on a free loopback port, for a ``with`` block.

    Args:
        model: the trained model.
        endpoints: Rasa's endpoints file; none means that trackers are kept in memory and actions cannot be called.
        environment: more variables for the process.
        waiting: called about every second while the server starts, with the seconds since.
    """

    def __init__(
        self,
        model: Path = MODEL,
        *,
        endpoints: Path | None = None,
        environment: Mapping[str, str] | None = None,
        waiting: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._model, self._endpoints, self._environment = model, endpoints, dict(environment or {})
        self._waiting = waiting
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> OwnRasa:
        for needed, remedy in ((PYTHON, "make install"), (self._model, "make train")):
            if not needed.exists():
                raise RasaDidNotStart(f"{needed} is missing; run `{remedy}`")
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [str(PYTHON), "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port)]
        command += ["--model", str(self._model), "--credentials", str(ROOT / "bot/assistant/credentials.yml")]
        if self._endpoints is not None:
            command += ["--endpoints", str(self._endpoints)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", **self._environment}
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            self._wait(self._process)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._log.close()

    def log_tail(self) -> str:
        """The last lines that the server wrote."""
        self._log.seek(0)
        return "\n".join(self._log.read().decode("utf-8", "replace").splitlines()[-_LOG_LINES:])

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        began = time.monotonic()
        while not is_ready(self.url):
            seconds = time.monotonic() - began
            if process.poll() is not None:
                raise RasaDidNotStart(
                    f"Rasa ended while it started; run `make train` if it names a model\n{self.log_tail()}"
                )
            if seconds > START_SECONDS:
                raise RasaDidNotStart(f"Rasa did not answer within {START_SECONDS:.0f} s\n{self.log_tail()}")
            self._waiting(seconds)
            time.sleep(1)


def is_ready(url: str, token: str | None = None) -> bool:
    """Whether a Rasa server with a loaded model answers there."""
    try:
        return httpx.get(
            f"{url}/status", params={"token": token} if token else None, timeout=3, trust_env=False
        ).is_success
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
