"""How fast Telegram lets a bot send: one message a second into a chat, 30 a second in all.

The numbers are those of the Bot API's FAQ ("My bot is hitting limits"). The service may ask for a longer pause at any
time (``retry_after``), which holds every chat back, as the service counts per bot.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from telegram.error import RetryAfter

PER_CHAT_SECONDS = 1.0
PER_SECOND = 30


class Pacer:
    """Waits before each message as long as the limits want. One instance a bot; safe for concurrent chats."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._next_in_chat: dict[int, float] = {}
        self._recent: deque[float] = deque(maxlen=PER_SECOND)
        self._paused_until = 0.0
        self._lock = asyncio.Lock()

    def pause(self, seconds: float) -> None:
        """The service asked for ``seconds`` without any message."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def turn(self, chat_id: int) -> None:
        """Returns when a message may go to ``chat_id``, and books that moment."""
        async with self._lock:
            now = self._clock()
            at = max(now, self._paused_until, self._next_in_chat.get(chat_id, 0.0))
            if len(self._recent) == PER_SECOND:
                at = max(at, self._recent[0] + 1.0)
            self._recent.append(at)
            self._next_in_chat = {chat: t for chat, t in self._next_in_chat.items() if t > now}
            self._next_in_chat[chat_id] = at + PER_CHAT_SECONDS
        if at > now:
            await self._sleep(at - now)


def asked_seconds(error: RetryAfter) -> float:
    """How long the service asks to wait; the library is moving from a number of seconds to a timedelta."""
    after = error.retry_after
    return after.total_seconds() if hasattr(after, "total_seconds") else float(after)
