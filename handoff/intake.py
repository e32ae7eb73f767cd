"""The customer's side of the desk: asking for a person, waiting, leaving the line, rating."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import insert, select

from handoff import ledger, schema, taxonomy, waiting
from handoff.clock import Clock, utc_now
from handoff.conversations import Conversations, say
from handoff.database import Database, Tx
from handoff.errors import AssistantMuted, HandoffMissing, HandoffTaken, InvalidRating
from handoff.presence import Presence
from handoff.queue import Queue
from handoff.records import Draft, Handoff, HandoffReason, HandoffState, Owner, Wait
from handoff.redis_link import best_effort
from handoff.settings import DeskSettings
from handoff.wakeups import QUEUE, Wakeups, conversation_topic

RATINGS = range(1, 6)


@dataclass(frozen=True)
class HandoffRequest:
    """What the assistant knows when it asks for a person. ``summary`` must be plain JSON values."""

    reason: HandoffReason
    skill: str
    priority: int
    intent: str | None
    language: str
    summary: Mapping[str, Any]


class Intake:
    """What the assistant and the customer do with the desk; `handoff.desk.Desk` adds the agents' side.

    Args:
        db: the database.
        redis: the waiting line, presence and wake-ups (`handoff.redis_link.connect`).
        conversations: the record of conversations on the same database; changes are published through
            its wake-ups, if it has some.
        settings: response targets and heartbeat.
        clock: gives the time of what is written.
    """

    def __init__(
        self,
        db: Database,
        redis: Redis,
        conversations: Conversations,
        settings: DeskSettings,
        clock: Clock = utc_now,
    ) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._queue = Queue(redis)
        self._presence = Presence(redis, settings.heartbeat_seconds, clock)
        self._wakeups = conversations.wakeups or Wakeups(redis)

    async def request_handoff(
        self,
        conversation_id: str,
        request: HandoffRequest,
        replies: Callable[[Wait], Sequence[Draft]],
        *,
        answering_seq: int | None = None,
    ) -> Handoff:
        """Puts the conversation in the line, and commits what the assistant says with it.

        While a handoff is open, a new request raises its priority (with skill, reason and intent) but never
        lowers it, adds to its summary, and still commits the replies.

        Args:
            conversation_id: the conversation.
            request: what is known.
            replies: makes the assistant's messages from the customer's place in the line. It is called
                inside the transaction and must not wait for anything.
            answering_seq: the customer's message that is hereby handled.

        Raises:
            AssistantMuted: an agent owns the conversation; nothing was written.
            ConversationMissing: no such conversation.
            StoreUnavailable: SQL did not answer.
        """
        request = _routable(request)
        online = await self._presence.known()
        async with self._db.write() as tx:
            now = self._clock()
            conversation = await ledger.lock(tx, conversation_id)
            if conversation.owner is Owner.AGENT:
                raise AssistantMuted(f"an agent owns conversation {conversation_id}")
            handoff = await ledger.find_open_handoff(tx, conversation_id)
            if handoff is None:
                handoff = await self._begin(tx, conversation_id, request, now)
                await conversation.set(owner=Owner.QUEUE)
            else:
                handoff = await self._urge(tx, handoff, request, now)
            place = await waiting.position(tx, handoff)
            wait = await waiting.wait(tx, handoff, place, online, now)
            await say(conversation, replies(wait), now, answering_seq=answering_seq)
        await self._stood(handoff)
        return handoff

    async def wait_of(self, conversation_id: str) -> Wait | None:
        """The customer's place in the line and the expected wait; None when they are not waiting."""
        online = await self._presence.known()
        handoff = await self.open_handoff(conversation_id)
        if handoff is None or handoff.state is not HandoffState.WAITING:
            return None
        place: int | None = None
        async with best_effort("line"):
            place = await self._queue.position(handoff.id)
        async with self._db.read() as tx:
            if place is None:  # Redis is gone, or does not know of this handoff yet
                place = await waiting.position(tx, handoff)
            return await waiting.wait(tx, handoff, place, online, self._clock())

    async def abandon(self, conversation_id: str) -> Handoff | None:
        """The customer no longer waits: the assistant takes over again. None when nothing was open.

        Raises:
            HandoffTaken: an agent already has the conversation.
            ConversationMissing: no such conversation.
        """
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            handoff = await ledger.find_open_handoff(tx, conversation_id)
            if handoff is None:
                return None
            if conversation.owner is Owner.AGENT:
                raise HandoffTaken(f"an agent has conversation {conversation_id}")
            handoff = await ledger.set_handoff(tx, handoff, state=HandoffState.ABANDONED, closed_at=self._clock())
            await conversation.set(owner=Owner.ASSISTANT)
        await self._left(handoff)
        return handoff

    async def rate(self, conversation_id: str, value: int, comment: str | None = None) -> Handoff:
        """Keeps the customer's rating (1 to 5) of the last closed handoff; a later one replaces it.

        Writes no message.

        Raises:
            InvalidRating: not a whole number from 1 to 5.
            HandoffMissing: nothing was closed in this conversation yet.
            ConversationMissing: no such conversation.
        """
        if isinstance(value, bool) or value not in RATINGS:
            raise InvalidRating("a rating is a whole number from 1 to 5")
        table = schema.handoffs
        async with self._db.write() as tx:
            await ledger.lock(tx, conversation_id)
            result = await tx.execute(
                select(table)
                .where(table.c.conversation_id == conversation_id, table.c.state == HandoffState.CLOSED)
                .order_by(table.c.closed_at.desc())
                .limit(1)
            )
            row = result.mappings().first()
            if row is None:
                raise HandoffMissing(f"conversation {conversation_id} has no closed handoff to rate")
            return await ledger.set_handoff(tx, ledger.handoff_of(row), rating=int(value), rating_comment=comment)

    async def add_to_summary(self, conversation_id: str, facts: Mapping[str, Any]) -> Handoff | None:
        """Merges what the assistant learned meanwhile into the open handoff's summary, and wakes its readers.

        One transaction under the conversation's lock; the place in the line stays. None when no handoff is open.

        Args:
            conversation_id: the conversation.
            facts: plain JSON values; a key with the value None is removed.

        Raises:
            ConversationMissing: no such conversation.
        """
        async with self._db.write() as tx:
            await ledger.lock(tx, conversation_id)
            handoff = await ledger.find_open_handoff(tx, conversation_id)
            if handoff is None:
                return None
            handoff = await ledger.set_handoff(tx, handoff, summary=ledger.merged(handoff.summary, facts))
        await self._wakeups.publish(conversation_topic(conversation_id), QUEUE)
        return handoff

    async def open_handoff(self, conversation_id: str) -> Handoff | None:
        """The conversation's handoff that is not over, if there is one."""
        async with self._db.read() as tx:
            return await ledger.find_open_handoff(tx, conversation_id)

    async def get(self, handoff_id: str) -> Handoff:
        """The handoff with this id.

        Raises:
            HandoffMissing: there is none.
        """
        async with self._db.read() as tx:
            return await read_handoff(tx, handoff_id)

    async def _begin(self, tx: Tx, conversation_id: str, request: HandoffRequest, now: datetime) -> Handoff:
        handoff = Handoff(
            id=ledger.new_id(),
            conversation_id=conversation_id,
            state=HandoffState.WAITING,
            reason=request.reason,
            skill=request.skill,
            priority=request.priority,
            intent=request.intent,
            language=request.language,
            summary=dict(request.summary),
            requested_at=now,
            due_at=self._due(request.priority, now),
        )
        await tx.execute(insert(schema.handoffs).values(**asdict(handoff)))
        return handoff

    async def _urge(self, tx: Tx, handoff: Handoff, request: HandoffRequest, now: datetime) -> Handoff:
        changes: dict[str, Any] = {"summary": ledger.merged(handoff.summary, request.summary)}
        if request.priority < handoff.priority:
            changes |= {
                "priority": request.priority,
                "skill": request.skill,
                "reason": request.reason,
                "intent": request.intent,
                "due_at": min(handoff.due_at, self._due(request.priority, now)),
            }
        return await ledger.set_handoff(tx, handoff, **changes)

    def _due(self, priority: int, now: datetime) -> datetime:
        return now + timedelta(seconds=self._settings.sla_seconds(priority))

    async def _stood(self, handoff: Handoff) -> None:
        """After the commit: the handoff waits, in this place."""
        async with best_effort("line"):
            await self._queue.add(handoff)
        await self._wakeups.publish(conversation_topic(handoff.conversation_id), QUEUE)

    async def _left(self, handoff: Handoff) -> None:
        """After the commit: the handoff no longer waits."""
        async with best_effort("line"):
            await self._queue.remove(handoff.id)
        await self._wakeups.publish(conversation_topic(handoff.conversation_id), QUEUE)


def _routable(request: HandoffRequest) -> HandoffRequest:
    """The request with a skill and a priority that exist: a wrong label must not cost the customer the person."""
    skill = request.skill if request.skill in taxonomy.skills() else taxonomy.DEFAULT_SKILL
    return replace(request, skill=skill, priority=min(max(request.priority, 0), taxonomy.LOWEST_PRIORITY))


async def read_handoff(tx: Tx, handoff_id: str) -> Handoff:
    """The handoff with this id.

    Raises:
        HandoffMissing: there is none.
    """
    table = schema.handoffs
    row = (await tx.execute(select(table).where(table.c.id == handoff_id))).mappings().first()
    if row is None:
        raise HandoffMissing(f"there is no handoff {handoff_id}")
    return ledger.handoff_of(row)
