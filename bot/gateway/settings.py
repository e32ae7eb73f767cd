"""The gateway's settings: environment variables ``LIFELINE_<NAME>``, or the same names in ``.env``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class GatewaySettings(BaseSettings):
    """What the public process needs to know; durations are in seconds, sizes in bytes.

    A rate limit is a count for each window of ``rate_window_seconds``: that many may come at once, and the
    allowance then refills evenly over the window.
    """

    model_config = SettingsConfigDict(env_prefix="LIFELINE_", env_file=".env", extra="ignore")

    # --- addresses
    gateway_host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    gateway_port: int = Field(8000, ge=1, le=65535, description="TCP port to listen on.")
    public_url: str | None = Field(
        None, description="Where customers reach the gateway, such as https://help.example.com; needed for webhooks."
    )
    console_url: str = Field("http://127.0.0.1:8080", description="Where the console answers, for /healthz.")
    rasa_url: str = Field("http://127.0.0.1:5005", description="Where the Rasa server answers.")
    rasa_token: SecretStr | None = Field(None, description="Rasa's --auth-token, when it has one.")
    actions_url: str = Field("http://127.0.0.1:5055", description="Where the actions server answers.")
    trusted_proxies: str = Field(
        "127.0.0.1", description="Comma-separated proxies whose X-Forwarded-For is believed; * for any."
    )

    # --- who may embed the widget
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://localhost:*", "http://127.0.0.1:*"),
        description="Comma-separated origins of the pages that carry the widget, such as https://www.example.com; "
        "the port may be *, and a lone * allows every page. The gateway's own pages are always allowed.",
    )

    # --- sessions
    session_ttl_seconds: int = Field(30 * 86400, ge=60, description="How long a session token is valid.")
    session_renew_seconds: int = Field(
        7 * 86400, ge=0, description="A token that is used with less than this left is replaced by a fresh one."
    )

    # --- limits
    rate_window_seconds: float = Field(60, gt=0, description="The window of the limits below.")
    rate_sessions_per_address: int = Field(20, ge=1, description="New sessions from one address.")
    rate_messages_per_session: int = Field(20, ge=1, description="Messages of one conversation.")
    rate_messages_per_address: int = Field(120, ge=1, description="Messages from one address.")
    rate_files_per_session: int = Field(10, ge=1, description="Uploaded files of one conversation.")
    rate_files_per_address: int = Field(40, ge=1, description="Uploaded files from one address.")
    rate_reads_per_address: int = Field(1200, ge=1, description="Other authorised requests from one address.")
    max_body_bytes: int = Field(128 * 1024, ge=1024, description="Largest request body, files apart.")
    max_poll_seconds: float = Field(25, ge=0, le=120, description="The longest that a long poll waits.")

    # --- WebSocket
    socket_auth_seconds: float = Field(5, gt=0, description="Time for the first frame, which carries the token.")
    socket_send_seconds: float = Field(
        10, gt=0, description="A client that cannot take a frame for so long is dropped."
    )
    socket_ping_seconds: float = Field(20, gt=0, description="Between pings; a client that misses one is dropped.")
    socket_frame_bytes: int = Field(64 * 1024, ge=1024, description="Largest frame from a client.")
    socket_frames_per_window: int = Field(240, ge=1, description="Frames of one connection in a rate window.")
    sockets_per_session: int = Field(8, ge=1, description="Open connections of one conversation in this process.")
    sockets_per_address: int = Field(64, ge=1, description="Open connections of one address in this process.")

    # --- reaching the assistant
    rasa_timeout_seconds: float = Field(
        8, gt=0, description="The longest that a customer waits before a person is asked."
    )
    rasa_connect_seconds: float = Field(1, gt=0, description="Time to open a connection to Rasa.")
    rasa_failures: int = Field(3, ge=1, description="Failures in a row after which Rasa is not asked for a while.")
    rasa_pause_seconds: float = Field(5, gt=0, description="How long Rasa is left alone before one message tries it.")
    turns_at_once: int = Field(32, ge=1, description="Conversations that this process lets Rasa work on at a time.")
    recover_seconds: float = Field(5, gt=0, description="Between looks for messages that a crash left unanswered.")

    # --- Telegram (off without a token)
    telegram_token: SecretStr | None = Field(None, description="The bot's token from @BotFather.")
    telegram_api_url: str = Field("https://api.telegram.org", description="The Bot API's address.")
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="With public_url set, Telegram calls a webhook and shows this secret; else long polling."
    )

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url", "telegram_token", "telegram_webhook_secret", "rasa_token", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        """An empty line in ``.env`` means that the setting is not used."""
        return None if value == "" else value
