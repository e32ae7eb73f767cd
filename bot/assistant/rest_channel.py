"""Rasa's REST channel, but for its log: what a customer wrote does not get into it when a message fails."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint

log = logging.getLogger(__name__)


class QuietRestInput(RestInput):  # type: ignore[misc]  # Rasa is not installed where types are checked
    """Serves the same addresses as Rasa's own. A failed message gets an empty list of replies, as there."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes."""

        async def quietly(message: UserMessage) -> None:
            try:
                await on_new_message(message)
            except CancelledError:
                log.error("conversation %s: cancelled before it was answered", message.sender_id)
            except Exception as exc:  # the text of an error may quote the message
                log.error("conversation %s: %s.%s", message.sender_id, type(exc).__module__, type(exc).__qualname__)

        routes: Blueprint = super().blueprint(quietly)
        return routes
