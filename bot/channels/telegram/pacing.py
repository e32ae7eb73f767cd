"""How fast Telegram lets a bot send: one message a second into a chat, 30 a second in all.

The numbers are those of the Bot API's FAQ ("My bot is hitting limits"). The service may ask for a longer pause at any
time (``retry_after``), which holds every chat back, as the service counts per bot.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from telegram.error import RetryAfter

PER_CHAT_SECONDS = 1.0
PER_SECOND = 30


class Pacer:
    """Waits before each message as long as the limits want. One instance a bot; safe for concurrent chats.

    The service counts a message when it arrives there, which is some time between the call and its answer. A slot is
    therefore free again one second after the answer, not after the call: however slow the network, no second holds
    more than 30 arrivals.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._next_in_chat: dict[int, float] = {}
        self._in_flight = asyncio.Semaphore(PER_SECOND)
        self._free_at: deque[float] = deque([0.0] * PER_SECOND)
        self._paused_until = 0.0

    def pause(self, seconds: float) -> None:
        """The service asked for ``seconds`` without any message."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @asynccontextmanager
    async def slot(self, chat_id: int) -> AsyncIterator[None]:
        """Enters when a message may go to ``chat_id``; the message is sent, and answered, inside."""
        await self._until(lambda: self._next_in_chat.get(chat_id, 0.0))
        async with self._in_flight:
            free_at = self._free_at.popleft()
            try:
                await self._until(lambda: max(free_at, self._paused_until))
                yield
            finally:  # also after an error: the message may have arrived all the same
                now = self._clock()
                self._free_at.append(now + 1.0)
                self._next_in_chat = {chat: t for chat, t in self._next_in_chat.items() if t > now}
                self._next_in_chat[chat_id] = now + PER_CHAT_SECONDS

    async def _until(self, moment: Callable[[], float]) -> None:
        while (left := moment() - self._clock()) > 0:  # the moment may move on meanwhile
            await self._sleep(left)


def asked_seconds(error: RetryAfter) -> float:
    """How long the service asks to wait; the library is moving from a number of seconds to a timedelta."""
    after = error.retry_after
    return after.total_seconds() if hasattr(after, "total_seconds") else float(after)
