"""``python -m handoff.console``: serves the console until it is told to stop."""

from __future__ import annotations

import logging
import sys

import structlog
import uvicorn
from pydantic import ValidationError

from handoff.console.app import create
from handoff.console.services import Services
from handoff.console.settings import ConsoleSettings
from handoff.errors import SecretMissing

_STOP_SECONDS = 5


def main() -> None:
    """Reads the settings and serves."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    try:
        settings = ConsoleSettings()
        services = Services.of(settings)
    except (ValidationError, SecretMissing) as exc:
        print(f"The console cannot start: {exc}", file=sys.stderr)
        raise SystemExit(2) from exc
    uvicorn.run(
        create(services),
        host=settings.console_host,
        port=settings.console_port,
        proxy_headers=True,
        forwarded_allow_ips=settings.console_trusted_proxies,
        server_header=False,
        access_log=False,  # addresses of conversations are nobody's business
        timeout_graceful_shutdown=_STOP_SECONDS,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
