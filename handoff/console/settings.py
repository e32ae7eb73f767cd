"""What an operator sets for the console: environment variables ``LIFELINE_...`` or a file ``.env``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from handoff.settings import DeskSettings


class ConsoleSettings(DeskSettings):
    """The desk's settings, and those of this process. Durations are in seconds."""

    console_host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    console_port: int = Field(8080, ge=1, le=65535, description="TCP port to listen on.")
    console_trusted_proxies: str = Field(
        "127.0.0.1",
        description="Comma-separated proxies whose X-Forwarded-For and -Proto are believed; * for any. Behind "
        "HTTPS the cookie is marked Secure.",
    )
    console_session_seconds: int = Field(
        12 * 3600, ge=60, description="How long a sign-in is valid; after that the password is asked for again."
    )
    console_failures_per_address: int = Field(
        30, ge=1, description="Failed sign-ins from one address before it has to wait, whatever the usernames."
    )
    console_failures_window_seconds: float = Field(
        900, gt=0, description="The window in which those failures are counted."
    )
    console_refresh_seconds: float = Field(
        5, gt=0, description="Longest time between two looks at the database when no wake-up comes."
    )
    models_dir: Path = Field(Path("models"), description="Folder of the trained encoder and the FAQ index.")
