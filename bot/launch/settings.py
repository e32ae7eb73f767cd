"""What only the launcher needs to know."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LaunchSettings(BaseSettings):
    """Environment variables ``LIFELINE_...`` or a file ``.env``."""

    model_config = SettingsConfigDict(
        env_prefix="LIFELINE_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    embedded_redis_port: int = Field(
        6390, ge=1, le=65535, description="TCP port of the embedded Redis, used when LIFELINE_REDIS_URL is not set."
    )
