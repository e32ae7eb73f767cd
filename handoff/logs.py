"""Structured logs: one JSON object a line, with no message text, no token and no name in it.

Programs log events with named fields (conversation ids, sequence numbers, codes, durations). What an exception
says is not logged, because libraries quote values in their messages; its type and its frames are.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

_FRAMES = 12
#: These write the address of every request, and with it what it holds (Telegram's token).
_TELLING = ("httpx", "httpcore", "websockets", "telegram")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def safe_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: replaces ``exc_info`` by the types of the chain and the innermost frames."""
    given = event.pop("exc_info", None)
    info: _ExcInfo | None = None
    if isinstance(given, BaseException):
        info = (type(given), given, given.__traceback__)
    elif isinstance(given, tuple) and given[0] is not None:
        info = given
    elif given:
        current = sys.exc_info()
        info = None if current[0] is None else current
    if info is None:
        return event
    names: list[str] = []
    error: BaseException | None = info[1]
    while error is not None and len(names) < _FRAMES:
        names.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    event["error"] = names
    frames = traceback.extract_tb(info[2])[-_FRAMES:]
    event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


class NoAddresses(logging.Filter):
    """Drops uvicorn's lines about WebSockets: they quote the address, and some client may put its token there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written."""
        return not (record.name.startswith("uvicorn") and "WebSocket %s" in str(record.msg))


def configure(level: str = "INFO", stream: TextIO | None = None, *, quiet: Iterable[str] = ()) -> None:
    """Sends structlog's and the standard library's records to ``stream`` (standard output) as JSON, once a process.

    Of the loggers ``quiet`` only warnings are written.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        safe_exception,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "filters": {"no-addresses": {"()": NoAddresses}},
            "handlers": {
                "out": {
                    "class": "logging.StreamHandler",
                    "stream": stream or sys.stdout,
                    "formatter": "json",
                    "filters": ["no-addresses"],
                }
            },
            "root": {"handlers": ["out"], "level": level},
            "loggers": {name: {"level": "WARNING"} for name in (*_TELLING, *quiet)},
        }
    )
