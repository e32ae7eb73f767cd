"""The processes of one machine, as supervisord programs.

supervisord starts them in this order, restarts each one that dies, and stops them in the reverse order. Their
logs are kept under ``<data_dir>/log`` (10 MiB each, three old ones).
"""

from __future__ import annotations

import configparser
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOG_BYTES = "10MB"
OLD_LOGS = "3"


@dataclass(frozen=True)
class Program:
    """One supervised process; ``priority`` is the order of starting, low first."""

    name: str
    command: tuple[str, ...]
    priority: int
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: int = 15


def redis_program(executable: str, port: int, folder: Path) -> Program:
    """The embedded Redis: loopback only, every write synced to its append-only file."""
    command = (
        executable,
        *("--port", str(port)),
        *("--bind", "127.0.0.1"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--appendfsync", "always"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
    )
    return Program("redis", command, priority=100)


def rasa_program(root: Path, port: int, model: Path, environment: Mapping[str, str]) -> Program:
    """Rasa in its own environment, on loopback; it alone reads ``bot/assistant/endpoints.yml``."""
    command = (
        str(root / "bot/assistant/.venv/bin/python"),
        *("-m", "rasa", "run", "--enable-api"),
        *("--interface", "127.0.0.1"),
        *("--port", str(port)),
        *("--model", str(model)),
        *("--endpoints", str(root / "bot/assistant/endpoints.yml")),
        *("--credentials", str(root / "bot/assistant/credentials.yml")),
    )
    return Program("rasa", command, priority=200, environment=environment)


def python_program(name: str, module: str, priority: int) -> Program:
    """A process of the platform environment: ``python -m module``."""
    return Program(name, (sys.executable, "-m", module), priority)


def supervisor_config(programs: list[Program], *, root: Path, data_dir: Path) -> str:
    """The text of supervisord.conf for ``programs``."""
    config = configparser.RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "logfile": str(data_dir / "log/supervisord.log"),
        "pidfile": str(data_dir / "supervisord.pid"),
        "childlogdir": str(data_dir / "log"),
        "directory": str(root),
        "loglevel": "info",
        "silent": "true",
    }
    config["unix_http_server"] = {"file": str(data_dir / "supervisor.sock"), "chmod": "0600"}
    config["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    config["supervisorctl"] = {"serverurl": f"unix://{data_dir / 'supervisor.sock'}"}
    for program in programs:
        section = {
            "command": _escape(shlex.join(program.command)),
            "directory": str(root),
            "priority": str(program.priority),
            "autostart": "true",
            "autorestart": "true",
            "startsecs": "1",
            # A process that cannot start yet (a port in use, a disk full) is tried again rather than given up on.
            "startretries": "1000000",
            "stopwaitsecs": str(program.stop_seconds),
            "stopasgroup": "true",
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": str(data_dir / f"log/{program.name}.log"),
            "stdout_logfile_maxbytes": LOG_BYTES,
            "stdout_logfile_backups": OLD_LOGS,
        }
        if program.environment:
            section["environment"] = ",".join(f'{k}="{_escape(v)}"' for k, v in sorted(program.environment.items()))
        config[f"program:{program.name}"] = section
    lines: list[str] = []
    for name, values in config.items():
        if values:
            lines += [f"[{name}]", *(f"{key}={value}" for key, value in values.items()), ""]
    return "\n".join(lines)


def _escape(value: str) -> str:
    """supervisord expands ``%(name)s``, so a literal per cent sign is written twice; quotes end a value."""
    return value.replace("%", "%%").replace('"', '\\"')
