"""The one module that reaches Rasa: a customer's message goes in, the assistant's replies come out.

Rasa answers through its REST channel. Actions send everything in ``custom``: ``{"text", "buttons", "kind",
"meta"}``; a reply of the kind ``committed`` says that the action itself has committed what the customer reads
(a handoff does that in its own transaction). An answer without any reply means that an action failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from bot.gateway.breaker import Breaker
from bot.gateway.errors import RasaUnavailable
from bot.gateway.health import Probe, http_probe
from bot.gateway.settings import GatewaySettings
from handoff.records import Button

_log = structlog.get_logger("gateway.rasa")
_COMMITTED = "committed"


@dataclass(frozen=True)
class Reply:
    """One reply of the assistant."""

    text: str
    kind: str = "text"
    buttons: tuple[Button, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def committed(self) -> bool:
        """Whether the action has already written what the customer reads."""
        return self.kind == _COMMITTED


class Rasa:
    """A client of one Rasa server (or of a load balancer before several)."""

    def __init__(self, settings: GatewaySettings) -> None:
        token = settings.rasa_token
        self._client = httpx.AsyncClient(
            base_url=settings.rasa_url,
            params={"token": token.get_secret_value()} if token else None,
            timeout=httpx.Timeout(settings.rasa_timeout_seconds, connect=settings.rasa_connect_seconds),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=settings.turns_at_once),
            trust_env=False,  # loopback, never through a proxy
        )
        self._seconds = settings.rasa_timeout_seconds
        self._breaker = Breaker(settings.rasa_failures, settings.rasa_pause_seconds)

    async def respond(self, conversation_id: str, message: str, metadata: Mapping[str, Any]) -> list[Reply]:
        """The replies to one message, in order; at least one.

        Args:
            message: plain text as `plain` makes it, or the payload of an offered button.
            metadata: reaches the actions in ``tracker.latest_message["metadata"]``.

        Raises:
            RasaUnavailable: no usable answer in ``rasa_timeout_seconds``, or Rasa is being left alone.
        """
        if not self._breaker.allow():
            raise RasaUnavailable("Rasa failed repeatedly and is not asked for a moment")
        body = {"sender": conversation_id, "message": message, "metadata": dict(metadata)}
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            replies = _replies(response.json())
        except (httpx.HTTPError, TimeoutError, ValueError) as exc:
            self._breaker.failed()
            _log.warning("rasa_failed", conversation=conversation_id, error=type(exc).__name__)
            raise RasaUnavailable(f"Rasa did not answer ({type(exc).__name__})") from exc
        except BaseException:
            self._breaker.abandoned()
            raise
        # Rasa itself works. An action's failure is quick, and often one conversation's own: nobody else pays.
        self._breaker.succeeded()
        if not replies:
            _log.warning("rasa_said_nothing", conversation=conversation_id)
            raise RasaUnavailable("Rasa answered without a reply: an action failed, see the actions server's log")
        return replies

    def probe(self) -> Probe:
        """For /healthz: up when a model is loaded."""
        return http_probe(
            self._client,
            "/status",
            {
                401: "refuses LIFELINE_RASA_TOKEN",
                404: "runs without --enable-api",
                409: "has not loaded its model yet",
            },
        )

    async def close(self) -> None:
        """Closes all connections."""
        await self._client.aclose()


def plain(text: str) -> str:
    """Customer text as Rasa may read it.

    Rasa takes a message that begins with ``/`` (after white space) for a command, such as ``/restart`` or
    ``/intent{"entity": ...}``; only payloads of buttons that were offered may be that.
    """
    stripped = text.strip()
    while stripped.startswith("/"):
        stripped = stripped.lstrip("/").lstrip()
    return stripped or "?"


def _replies(body: Any) -> list[Reply]:
    """Reads the answer of the REST channel.

    Raises:
        ValueError: it is not of the shape that Rasa documents.
    """
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        raise ValueError("not a list of replies")
    return [reply for reply in map(_reply, body) if reply.text or reply.committed]


def _reply(item: dict[str, Any]) -> Reply:
    custom = item.get("custom")
    fields = {**item, **custom} if isinstance(custom, dict) else item
    meta = fields.get("meta")
    buttons = fields.get("buttons") or ()
    return Reply(
        text=str(fields.get("text") or ""),
        kind=str(fields.get("kind") or "text"),
        buttons=tuple(Button(str(button["title"]), str(button["payload"])) for button in buttons if _pressable(button)),
        meta=meta if isinstance(meta, dict) else {},
    )


def _pressable(button: Any) -> bool:
    return isinstance(button, dict) and bool(button.get("title")) and bool(button.get("payload"))
