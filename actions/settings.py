"""Settings of the actions server: environment variables ``LIFELINE_...`` or ``.env``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from handoff.settings import DeskSettings


class ActionsSettings(DeskSettings):
    """The desk's settings, and where the server listens."""

    actions_host: str = Field("127.0.0.1", description="Address that the actions server listens on. Keep it loopback.")
    actions_port: int = Field(5055, ge=1, le=65535, description="Port that the actions server listens on.")
    faq_dir: Path = Field(
        Path("models/faq"), description="Folder of index builds: a new one means articles were changed."
    )
