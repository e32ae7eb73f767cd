"""What an operator sets for the desk: environment variables ``LIFELINE_...`` or a file ``.env``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff.errors import SecretMissing


class DeskSettings(BaseSettings):
    """Settings that every process of the desk shares. Other packages subclass it for their own."""

    model_config = SettingsConfigDict(
        env_prefix="LIFELINE_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    data_dir: Path = Field(
        default=Path("var"), description="Folder of the embedded database, the files and the secret key."
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL (sqlite or postgresql). Empty: <data_dir>/lifeline.db."
    )
    redis_url: str = Field(
        default="redis://127.0.0.1:6390/0", description="Redis for the waiting line, presence, wake-ups."
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Key that signs tokens. Unset: read <data_dir>/secret_key."
    )

    exchange_name: str = Field(default="Example Exchange", description="The exchange's name as customers know it.")
    freeze_url: str = Field(
        default="https://www.example.com/security/freeze",
        description="Page where a customer freezes the account at once.",
    )

    sla_seconds_0: int = Field(default=60, ge=1, description="Seconds to the first human reply, priority 0 (critical).")
    sla_seconds_1: int = Field(default=300, ge=1, description="Seconds to the first human reply, priority 1 (high).")
    sla_seconds_2: int = Field(default=900, ge=1, description="Seconds to the first human reply, priority 2 (normal).")
    sla_seconds_3: int = Field(default=3600, ge=1, description="Seconds to the first human reply, priority 3 (low).")
    reconcile_seconds: float = Field(
        default=5.0, gt=0, description="Seconds between two comparisons of Redis with SQL."
    )
    heartbeat_seconds: float = Field(
        default=15.0,
        gt=0,
        description="Seconds between an agent's heartbeats; after three missed ones the agent is away.",
    )

    max_file_bytes: int = Field(
        default=10 * 1024 * 1024, ge=1, description="Largest file that a customer or agent may send."
    )
    max_text_chars: int = Field(default=4000, ge=1, description="Longest text of one message, in characters.")

    @field_validator("freeze_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("LIFELINE_FREEZE_URL must be a web address that begins with https://")
        return value

    @model_validator(mode="after")
    def _embedded_database(self) -> DeskSettings:
        if not self.database_url:
            self.database_url = f"sqlite+aiosqlite:///{self.data_dir / 'lifeline.db'}"
        return self

    def sla_seconds(self, priority: int) -> int:
        """Seconds from the request to the moment when the first human reply is due, for a priority 0 to 3."""
        return (self.sla_seconds_0, self.sla_seconds_1, self.sla_seconds_2, self.sla_seconds_3)[priority]

    def secret(self) -> str:
        """The key that signs tokens.

        Raises:
            SecretMissing: neither the setting nor the file holds one.
        """
        if self.secret_key is not None and self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret_key"
        try:
            secret = path.read_text("utf-8").strip()
        except OSError as exc:
            raise SecretMissing(f"set LIFELINE_SECRET_KEY, or let `make run` write {path}") from exc
        if not secret:
            raise SecretMissing(f"{path} is empty: delete it, and `make run` writes a new one")
        return secret
