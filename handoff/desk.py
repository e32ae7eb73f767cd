"""The desk: everything that changes who answers a conversation.

Each change is one SQL transaction under the lock of the conversation, with the messages that belong to
it. Only then Redis is told, best effort, and the listeners are woken. So a Redis that is gone loses
nothing, and no agent and no customer sees half a change.
"""

from __future__ import annotations

import json

from sqlalchemy import select

from handoff import ledger, schema, texts, waiting
from handoff.database import Tx
from handoff.errors import AgentInactive, HandoffTaken, NotYourConversation
from handoff.intake import RATINGS, HandoffRequest, Intake, read_handoff
from handoff.ledger import Locked
from handoff.records import Agent, Author, Button, Draft, Handoff, HandoffState, Message, Owner, WaitingHandoff
from handoff.redis_link import best_effort
from handoff.wakeups import QUEUE, conversation_topic

__all__ = ["Desk", "HandoffRequest"]

_CANDIDATES = 200


class Desk(Intake):
    """Hands conversations from the assistant to agents and back: `Intake`, and what agents do."""

    async def waiting(self) -> list[WaitingHandoff]:
        """The whole line: priority 0 first in order of arrival, then by the moment the first reply is due."""
        async with self._db.read() as tx:
            return await waiting.shown(tx, self._clock())

    async def claim(self, handoff_id: str, agent: Agent) -> Handoff:
        """Gives a waiting handoff to an agent; the customer reads who joined. Claiming it again is harmless.

        Raises:
            HandoffTaken: another agent has it, or it is over.
            HandoffMissing: there is no such handoff.
            AgentInactive: the agent was deactivated.
        """
        async with self._db.write() as tx:
            conversation, handoff = await _locked(tx, handoff_id)
            if handoff.state is HandoffState.ACCEPTED and handoff.agent_id == agent.id:
                return handoff
            if handoff.state not in (HandoffState.WAITING, HandoffState.OFFERED):
                raise HandoffTaken(f"handoff {handoff_id} is {handoff.state}")
            name = await _active_name(tx, agent)
            now = self._clock()
            handoff = await ledger.set_handoff(
                tx, handoff, state=HandoffState.ACCEPTED, agent_id=agent.id, accepted_at=now
            )
            # The agent sees all messages, so none is left for the assistant to handle.
            await conversation.set(owner=Owner.AGENT, agent_id=agent.id, handled_seq=conversation.row["last_seq"])
            await conversation.append(
                Author.SYSTEM, _notice(conversation, "agent_joined", name=name), now, agent_name=name
            )
        await self._left(handoff)
        return handoff

    async def claim_next(self, agent: Agent) -> Handoff | None:
        """Gives the agent the most urgent waiting handoff of the agent's skills, or of a skill nobody online has.

        None when there is none. The order is SQL's; the reservation in Redis only keeps agents who ask at
        the same moment from all reaching for the same one.

        Raises:
            AgentInactive: the agent was deactivated.
        """
        online = {agent.id, *(await self._presence.known() or ())}
        async with self._db.read() as tx:
            skills = await waiting.skills_served(tx, agent.skills, online)
            candidates = await waiting.line(tx, skills, limit=_CANDIDATES)
        being_taken = []
        for candidate in candidates:
            free = True
            async with best_effort("reservation"):
                free = await self._queue.reserve(candidate.id, agent.id)
            if not free:
                being_taken.append(candidate)
            elif (claimed := await self._claim_if_waiting(candidate, agent)) is not None:
                return claimed
        # Who reserved these has most likely taken them, or else has died: SQL knows.
        for candidate in being_taken:
            if (claimed := await self._claim_if_waiting(candidate, agent)) is not None:
                return claimed
        return None

    async def release(self, handoff_id: str, agent: Agent) -> Handoff:
        """Puts the agent's handoff back in the line, with its original deadline and place.

        Raises:
            NotYourConversation: the agent does not have it.
            HandoffMissing: there is no such handoff.
        """
        async with self._db.write() as tx:
            conversation, handoff = await _locked(tx, handoff_id)
            _require_owner(conversation, handoff, agent)
            handoff = await ledger.set_handoff(tx, handoff, state=HandoffState.WAITING, agent_id=None, accepted_at=None)
            # What the customer wrote to the agent is for the next agent, not for the assistant.
            await conversation.set(owner=Owner.QUEUE, agent_id=None, handled_seq=conversation.row["last_seq"])
            await conversation.append(Author.SYSTEM, _notice(conversation, "returned_to_queue"), self._clock())
        await self._stood(handoff)
        return handoff

    async def reply(self, conversation_id: str, agent: Agent, draft: Draft) -> Message:
        """Commits what the agent wrote to the customer.

        Raises:
            NotYourConversation: the agent does not own the conversation (any more).
            AgentInactive: the agent was deactivated.
            FileMissing: an attachment that this conversation may not send (now).
        """
        async with self._db.write() as tx:
            conversation = await ledger.lock(tx, conversation_id)
            handoff = await ledger.find_open_handoff(tx, conversation_id)
            if handoff is None:
                raise NotYourConversation(f"conversation {conversation_id} is not with an agent")
            _require_owner(conversation, handoff, agent)
            name = await _active_name(tx, agent)
            now = self._clock()
            message = await conversation.append(Author.AGENT, draft, now, agent_name=name)
            if handoff.first_reply_at is None:
                await ledger.set_handoff(tx, handoff, first_reply_at=now)
        await self._wakeups.publish(conversation_topic(conversation_id))
        return message

    async def close(self, handoff_id: str, agent: Agent, disposition: str, note: str = "") -> Handoff:
        """Ends the agent's handoff: the assistant takes over, and the customer is asked for a rating.

        Closing it again is harmless and changes nothing.

        Raises:
            NotYourConversation: the agent does not have it.
            HandoffMissing: there is no such handoff.
        """
        async with self._db.write() as tx:
            conversation, handoff = await _locked(tx, handoff_id)
            if handoff.state is HandoffState.CLOSED and handoff.agent_id == agent.id:
                return handoff
            _require_owner(conversation, handoff, agent)
            now = self._clock()
            handoff = await ledger.set_handoff(
                tx, handoff, state=HandoffState.CLOSED, closed_at=now, disposition=disposition, note=note
            )
            # The agent has dealt with all that the customer wrote; the assistant begins with what comes next.
            await conversation.set(owner=Owner.ASSISTANT, agent_id=None, handled_seq=conversation.row["last_seq"])
            await conversation.append(Author.SYSTEM, _notice(conversation, "closed"), now)
            await conversation.append(Author.SYSTEM, _rating(conversation), now)
        await self._wakeups.publish(conversation_topic(handoff.conversation_id), QUEUE)
        return handoff

    async def mine(self, agent: Agent) -> list[Handoff]:
        """The handoffs that the agent has now, first accepted first."""
        table = schema.handoffs
        query = (
            select(table).where(schema.ACCEPTED, table.c.agent_id == agent.id).order_by(table.c.accepted_at, table.c.id)
        )
        async with self._db.read() as tx:
            return [ledger.handoff_of(row) for row in (await tx.execute(query)).mappings()]

    async def _claim_if_waiting(self, handoff: Handoff, agent: Agent) -> Handoff | None:
        try:
            return await self.claim(handoff.id, agent)
        except HandoffTaken:
            return None


async def _locked(tx: Tx, handoff_id: str) -> tuple[Locked, Handoff]:
    """Locks the conversation of a handoff, and reads the handoff as it is then."""
    conversation = await ledger.lock(tx, (await read_handoff(tx, handoff_id)).conversation_id)
    return conversation, await read_handoff(tx, handoff_id)


def _require_owner(conversation: Locked, handoff: Handoff, agent: Agent) -> None:
    if handoff.state is not HandoffState.ACCEPTED or handoff.agent_id != agent.id:
        raise NotYourConversation(f"agent {agent.id} does not have conversation {conversation.id}")


async def _active_name(tx: Tx, agent: Agent) -> str:
    table = schema.agents
    name = await tx.scalar(select(table.c.name).where(table.c.id == agent.id, table.c.active.is_(True)))
    if name is None:
        raise AgentInactive(f"agent {agent.id} may no longer answer customers")
    return str(name)


def _notice(conversation: Locked, key: str, **values: str) -> Draft:
    return Draft(texts.text(key, conversation.row["language"], **values), kind=key)


def _rating(conversation: Locked) -> Draft:
    language = conversation.row["language"]
    buttons = tuple(
        Button(texts.text(f"rate_{value}", language), "/rate" + json.dumps({"value": value}, separators=(",", ":")))
        for value in reversed(RATINGS)
    )
    return Draft(texts.text("rating", language), kind="rating", buttons=buttons)
