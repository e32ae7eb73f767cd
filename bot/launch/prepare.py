"""What must exist before the processes start: folders, secrets, the database and its first administrator."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from handoff.agents import Agents
from handoff.database import Database
from handoff.settings import DeskSettings


class CannotStart(Exception):
    """Something outside the product stands in the way; the message says what to do."""

    code = "cannot_start"


@dataclass(frozen=True)
class RedisAddress:
    """Where Redis is, in the parts that Rasa's configuration wants."""

    host: str
    port: int
    database: int
    username: str
    password: str
    tls: bool

    @classmethod
    def of(cls, url: str) -> RedisAddress:
        """Reads ``redis://`` and ``rediss://`` addresses."""
        parts = urlsplit(url)
        database = parts.path.strip("/") or "0"
        if parts.scheme not in {"redis", "rediss"} or not parts.hostname or not database.isdecimal():
            raise CannotStart(
                "LIFELINE_REDIS_URL must look like redis://[user:password@]host:port/0, rediss:// for TLS"
            )
        return cls(
            host=parts.hostname,
            port=parts.port or 6379,
            database=int(database),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=parts.scheme == "rediss",
        )

    def environment(self) -> dict[str, str]:
        """The variables that ``bot/assistant/endpoints.yml`` expands."""
        return {
            "LIFELINE_RASA_REDIS_HOST": self.host,
            "LIFELINE_RASA_REDIS_PORT": str(self.port),
            "LIFELINE_RASA_REDIS_DB": str(self.database),
            "LIFELINE_RASA_REDIS_USERNAME": self.username,
            "LIFELINE_RASA_REDIS_PASSWORD": self.password,
            "LIFELINE_RASA_REDIS_TLS": "true" if self.tls else "",
        }


def make_folders(data_dir: Path) -> None:
    """Creates the data folder for its owner alone."""
    for folder in (data_dir, data_dir / "log", data_dir / "redis", data_dir / "files"):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)


def ensure_secret(path: Path) -> str:
    """Reads the secret at ``path``, or makes one of 256 bits that only its owner can read."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        value = secrets.token_urlsafe(32)
        file.write(value + "\n")
    return value


def check_ports(ports: dict[str, tuple[str, int]]) -> None:
    """Raises CannotStart when another program listens on one of ``ports`` (setting name -> host, port)."""
    for setting, (host, port) in ports.items():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((host, port))
            except OSError as exc:
                raise CannotStart(
                    f"{host}:{port} cannot be used ({exc.strerror}). "
                    f"Stop what listens there, or set {setting} to another port."
                ) from exc


def prepare_database(settings: DeskSettings) -> str | None:
    """Creates missing tables; returns the first administrator's one-time password when it was just made."""

    async def run() -> str | None:
        database = Database(settings.database_url)
        try:
            await database.create()
            return await Agents(database).ensure_first_admin()
        finally:
            await database.close()

    return asyncio.run(run())
