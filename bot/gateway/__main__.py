"""``python -m bot.gateway``: serves the gateway on LIFELINE_GATEWAY_HOST and LIFELINE_GATEWAY_PORT."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

from bot.gateway.app import create_app
from bot.gateway.settings import GatewaySettings
from handoff import logs
from handoff.errors import SecretMissing
from handoff.settings import DeskSettings
from kb_index.settings import ArticleSettings

_SHUTDOWN_SECONDS = 3


def main() -> int:
    """Serves until the process is told to stop; returns the exit status."""
    logs.configure()
    settings = GatewaySettings()
    try:
        app = create_app(settings, DeskSettings(), official_hosts=ArticleSettings().official_hosts())
    except SecretMissing as exc:
        print(f"The gateway cannot start: {exc}", file=sys.stderr)
        return 1
    uvicorn.run(app, **server_options(settings))
    return 0


def server_options(settings: GatewaySettings) -> dict[str, Any]:
    """How uvicorn serves the application."""
    return {
        "host": settings.gateway_host,
        "port": settings.gateway_port,
        "log_config": None,  # handoff.logs has configured it
        "access_log": False,  # bot.gateway.http logs requests, without what customers put into them
        "server_header": False,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.trusted_proxies,
        "ws_max_size": settings.socket_frame_bytes,
        "ws_ping_interval": settings.socket_ping_seconds,
        "ws_ping_timeout": settings.socket_ping_seconds,
        # Long polls and sockets are cut short; their clients come back to the next process.
        "timeout_graceful_shutdown": _SHUTDOWN_SECONDS,
    }


if __name__ == "__main__":
    sys.exit(main())
