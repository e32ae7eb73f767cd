"""Wake-ups: who waits for news of a conversation or of the queue is told that there are some.

A wake-up carries no content; whoever is woken reads SQL. So a lost one costs time and nothing else, and
the order "enter `listen`, read SQL, wait" misses nothing: the subscription stands before SQL is read, and
when it breaks, every listener is woken once it stands again.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from handoff.redis_link import UNREACHABLE, best_effort

QUEUE = "queue"
"""The topic of everything that changes the waiting line."""

ANY_CONVERSATION = "conversation:*"
"""Listeners of this topic are woken by every conversation's: for what delivers into a push channel."""

_CHANNEL = "lifeline:wakeups"
_WITHOUT_REDIS_SECONDS = 1.0
_RETRY_SECONDS = 0.5
_SILENCE_SECONDS = 5.0
_log = structlog.get_logger("handoff.wakeups")


def conversation_topic(conversation_id: str) -> str:
    """The topic of everything that changes one conversation."""
    return f"conversation:{conversation_id}"


class Events:
    """What `Wakeups.listen` yields: wake-ups since the last `wait`, folded into one."""

    def __init__(self, connected: asyncio.Event) -> None:
        self._event = asyncio.Event()
        self._connected = connected

    async def wait(self, timeout_seconds: float) -> bool:
        """Waits for a wake-up. True: there was one; False: `timeout_seconds` passed.

        Without Redis it returns after at most a second, and the caller reads SQL again.
        """
        if not self._connected.is_set():
            timeout_seconds = min(timeout_seconds, _WITHOUT_REDIS_SECONDS)
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True

    def wake(self) -> None:
        """Ends the wait that is going on, or else the next one."""
        self._event.set()


class Wakeups:
    """Publishes wake-ups to every process, and hands them to this process's listeners.

    One subscription serves all listeners of the process; it begins with the first. Listeners of the
    same process are woken directly, so they need no Redis for what happens here.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._own = uuid.uuid4().hex
        self._listeners: dict[str, set[Events]] = {}
        self._connected = asyncio.Event()
        self._tried = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def publish(self, *topics: str) -> None:
        """Wakes the listeners of `topics` here and, if Redis can be reached, everywhere. Never raises."""
        for topic in topics:
            self._wake(topic)
        async with best_effort("publish"):
            pipeline = self._redis.pipeline(transaction=False)
            for topic in topics:
                pipeline.publish(_CHANNEL, f"{self._own} {topic}")
            await pipeline.execute()

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[Events]:
        """Collects the wake-ups of `topics` while the block runs."""
        events = Events(self._connected)
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(events)
        try:
            if self._reader is None or self._reader.done():
                self._tried.clear()
                self._reader = asyncio.create_task(self._read(), name="wakeups")
            await self._tried.wait()  # subscribed, or Redis is down and `wait` is short
            yield events
        finally:
            for topic in topics:
                self._listeners[topic].discard(events)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    async def close(self) -> None:
        """Ends the subscription."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None

    def _wake(self, topic: str) -> None:
        topics = (topic, ANY_CONVERSATION) if topic.startswith("conversation:") else (topic,)
        for listened in topics:
            for events in self._listeners.get(listened, ()):
                events.wake()

    def _wake_all(self) -> None:
        for topic in self._listeners:
            self._wake(topic)

    async def _read(self) -> None:
        try:
            while True:
                try:
                    async with self._redis.pubsub(ignore_subscribe_messages=False) as subscription:
                        await self._follow(subscription)
                except UNREACHABLE as error:
                    _log.warning("wakeups_interrupted", error=type(error).__name__)
                self._disconnected()
                await asyncio.sleep(_RETRY_SECONDS)
        finally:
            self._disconnected()

    def _disconnected(self) -> None:
        self._tried.set()
        if self._connected.is_set():
            self._connected.clear()
            self._wake_all()  # their long waits become short ones

    async def _follow(self, subscription: PubSub) -> None:
        await subscription.subscribe(_CHANNEL)
        asked = False
        while True:
            message = await subscription.get_message(timeout=_SILENCE_SECONDS)
            if message is None:
                if asked:
                    raise TimeoutError("Redis has been silent for too long")
                await subscription.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "subscribe":
                self._connected.set()
                self._tried.set()
                self._wake_all()
            elif message["type"] == "message":
                sender, _, topic = message["data"].partition(" ")
                if sender != self._own:
                    self._wake(topic)
