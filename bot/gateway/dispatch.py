"""From a committed customer message to its answer: in order, once, and never over an agent's head."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog

from bot.gateway.errors import RasaUnavailable
from bot.gateway.fallback import Fallback, urgency_of
from bot.gateway.rasa import Rasa, Reply, plain
from bot.gateway.settings import GatewaySettings
from bot.gateway.turns import Turns
from bot.gateway.typing import Typing
from handoff import taxonomy, texts
from handoff.conversations import Conversations
from handoff.desk import Desk
from handoff.errors import AlreadyAnswered, AssistantMuted, HandoffMissing, InvalidRating, StoreUnavailable
from handoff.records import Author, Button, Conversation, Draft, Message, Owner

_log = structlog.get_logger("gateway.dispatch")
_RATE = "/rate"
#: Rasa mostly answers sooner than this; then nobody needs to see it typing.
_SHOW_TYPING_SECONDS = 0.25
_PAGE = 50


class Dispatcher:
    """Works on the messages of each conversation one after the other, on many conversations side by side.

    A message above the conversation's ``handled_seq`` waits to be dispatched. The reply and the new
    ``handled_seq`` are one transaction, so what a crash interrupts is simply done by the next `run`.
    """

    def __init__(
        self,
        *,
        conversations: Conversations,
        desk: Desk,
        rasa: Rasa,
        turns: Turns,
        typing: Typing,
        fallback: Fallback,
        settings: GatewaySettings,
    ) -> None:
        self._conversations = conversations
        self._desk = desk
        self._rasa = rasa
        self._turns = turns
        self._typing = typing
        self._fallback = fallback
        self._recover_seconds = settings.recover_seconds
        self._patience = settings.rasa_timeout_seconds
        self._slots = asyncio.Semaphore(settings.turns_at_once)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    def wake(self, conversation_id: str) -> None:
        """Says that a message of this conversation waits. Returns at once."""
        self._again.add(conversation_id)
        if conversation_id not in self._workers:
            # A context of its own: the log lines of later messages do not carry this request's id.
            self._workers[conversation_id] = asyncio.create_task(
                self._work(conversation_id), name=f"dispatch-{conversation_id}", context=contextvars.Context()
            )

    @property
    def busy(self) -> bool:
        """Whether a conversation is being worked on."""
        return bool(self._workers)

    async def run(self) -> None:
        """Finds what a crash left unanswered, at once and then every ``recover_seconds``, until cancelled."""
        older_than = 0.0
        while True:
            try:
                for conversation_id, _seq in await self._conversations.unhandled(older_than):
                    if conversation_id not in self._workers:
                        self.wake(conversation_id)
                older_than = self._recover_seconds
            except StoreUnavailable:
                _log.warning("recovery_postponed")
            except Exception:
                _log.exception("recovery_failed")
            await asyncio.sleep(self._recover_seconds)

    async def close(self) -> None:
        """Stops all work; what is unfinished is found again at the next start."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._again:
                self._again.discard(conversation_id)
                async with self._turns.hold(conversation_id):
                    await self._drain(conversation_id)
        except StoreUnavailable:
            _log.warning("turn_postponed", conversation=conversation_id)  # `run` finds it again
        except Exception:
            _log.exception("turn_failed", conversation=conversation_id)
        finally:
            self._again.discard(conversation_id)
            del self._workers[conversation_id]

    async def _drain(self, conversation_id: str) -> None:
        done = (await self._conversations.get(conversation_id)).handled_seq
        while page := await self._conversations.messages(conversation_id, after=done, limit=_PAGE):
            for message in page:
                if message.author is Author.CUSTOMER:
                    began = time.monotonic()
                    outcome = await self._turn(message)
                    ms = round((time.monotonic() - began) * 1000, 1)
                    _log.info("turn", conversation=conversation_id, seq=message.seq, outcome=outcome, ms=ms)
                done = message.seq

    async def _turn(self, message: Message) -> str:
        """Deals with one message to its end; returns what became of it, for the log."""
        conversation = await self._conversations.get(message.conversation_id)
        if message.seq <= conversation.handled_seq:
            return "handled_before"
        payload = message.meta.get("payload")
        if isinstance(payload, str) and payload.startswith(_RATE):
            return await self._rate(conversation, message, payload)
        if conversation.owner is Owner.AGENT:
            await self._conversations.mark_handled(conversation.id, message.seq)
            return "for_agent"
        if not message.text:
            return await self._say(conversation, message, [_file_received(conversation.language)])
        try:
            replies = await self._ask(conversation, message, payload)
            outcome = await self._say(conversation, message, replies)
        except StoreUnavailable:
            raise
        except Exception as exc:
            if not isinstance(exc, RasaUnavailable):
                _log.exception("assistant_failed", conversation=conversation.id, seq=message.seq)
            return await self._hand_over(message)
        await self._remember(conversation, message, replies)
        return outcome

    async def _ask(self, conversation: Conversation, message: Message, payload: str | None) -> Sequence[Reply]:
        metadata = {
            "owner": conversation.owner.value,
            "locale": conversation.locale,
            "language": conversation.language,
            "last_topic": conversation.context.get("last_topic"),
            "conversation_id": conversation.id,
            "seq": message.seq,
            "channel": conversation.channel,
        }
        text = payload or plain(message.text)
        async with self._slot(message), self._seen_typing(conversation.id):
            return await self._rasa.respond(conversation.id, text, metadata)

    @contextlib.asynccontextmanager
    async def _slot(self, message: Message) -> AsyncIterator[None]:
        """Bounds what Rasa works on at once; a theft does not wait behind a fee question."""
        if self._slots.locked() and (await urgency_of(message.text)).intent is not None:
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._slots.acquire()
        except TimeoutError as exc:
            raise RasaUnavailable("too many conversations wait for Rasa") from exc
        try:
            yield
        finally:
            self._slots.release()

    @contextlib.asynccontextmanager
    async def _seen_typing(self, conversation_id: str) -> AsyncIterator[None]:
        shown = False

        async def show() -> None:
            nonlocal shown
            await asyncio.sleep(_SHOW_TYPING_SECONDS)
            shown = True
            await self._typing.begin(conversation_id, Author.ASSISTANT)

        task = asyncio.create_task(show(), name="typing")
        try:
            yield
        finally:
            task.cancel()
            if shown:
                await self._typing.end(conversation_id, Author.ASSISTANT)

    async def _say(self, conversation: Conversation, message: Message, replies: Sequence[Reply]) -> str:
        drafts = [_draft(reply) for reply in replies if not reply.committed]
        # The action has handled the message already when it has committed something itself.
        by_action = len(drafts) < len(replies)
        try:
            if drafts:
                seq = None if by_action else message.seq
                await self._conversations.say_as_assistant(conversation.id, drafts, answering_seq=seq)
        except AlreadyAnswered:
            # While Rasa worked an agent came and went, or another gateway answered.
            return "handled_meanwhile"
        except AssistantMuted:
            await self._conversations.mark_handled(conversation.id, message.seq)
            return "muted"
        if by_action:
            await self._conversations.mark_handled(conversation.id, message.seq)
        return "answered"

    async def _hand_over(self, message: Message) -> str:
        # Read again: the action may have handed over before its answer was lost.
        conversation = await self._conversations.get(message.conversation_id)
        if message.seq <= conversation.handled_seq:
            return "handled_meanwhile"
        if await self._fallback.hand_over(conversation, message):
            return "handed_over"
        await self._conversations.mark_handled(conversation.id, message.seq)
        return "muted"

    async def _rate(self, conversation: Conversation, message: Message, payload: str) -> str:
        try:
            await self._desk.rate(conversation.id, _rating(payload))
        except (InvalidRating, HandoffMissing):
            await self._conversations.mark_handled(conversation.id, message.seq)
            return "not_rated"
        thanks = Draft(texts.text("rating_thanks", conversation.language), kind="rating_thanks")
        await self._conversations.say_as_system(conversation.id, thanks)
        await self._conversations.mark_handled(conversation.id, message.seq)
        return "rated"

    async def _remember(self, conversation: Conversation, message: Message, replies: Sequence[Reply]) -> None:
        """Keeps what was understood: for the agents with the message, for the next turn with the conversation."""
        understood = next((r.meta["understanding"] for r in replies if r.meta.get("understanding")), None)
        if isinstance(understood, dict):
            await self._conversations.annotate(conversation.id, message.seq, {"understanding": understood})
        language = next((r.meta["language"] for r in replies if r.meta.get("language")), None)
        if language in taxonomy.languages() and language != conversation.language:
            await self._conversations.set_language(conversation.id, str(language))
        topic = next((r.meta["topic"] for r in reversed(replies) if r.meta.get("topic")), None)
        if topic is not None and topic != conversation.context.get("last_topic"):
            await self._conversations.set_context(conversation.id, {"last_topic": str(topic)})


def _draft(reply: Reply) -> Draft:
    meta: dict[str, Any] = {key: value for key, value in reply.meta.items() if key != "understanding"}
    return Draft(reply.text, kind=reply.kind, buttons=reply.buttons, meta=meta)


def _file_received(language: str) -> Reply:
    """The answer to a file without words, which the assistant cannot read."""
    button = Button(texts.text("human", language), "/human")
    return Reply(texts.text("file_received", language), kind="file_received", buttons=(button,))


def _rating(payload: str) -> int:
    """The value of ``/rate{"value": n}``.

    Raises:
        InvalidRating: there is none.
    """
    try:
        value = json.loads(payload.removeprefix(_RATE))["value"]
    except (ValueError, KeyError, TypeError) as exc:
        raise InvalidRating("a rating is a whole number from 1 to 5") from exc
    if not isinstance(value, int):
        raise InvalidRating("a rating is a whole number from 1 to 5")
    return value
