"""Asking for a person: the request, its summary for the agent, and what the customer reads in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.replies import Outcome
from actions.turn import Turn
from handoff import taxonomy, texts
from handoff.conversations import Conversations
from handoff.desk import Desk, HandoffRequest
from handoff.records import Author, Draft, Handoff, HandoffReason, Wait
from handoff.settings import DeskSettings
from kb_index.taxonomy import taxonomy as faq

CRITICAL = 0
#: Slots that begin anew once a person has been asked for.
_FRESH: dict[str, Any] = {"unsure_turns": 0.0, "tried": []}
_PREVIEW_CHARS = 500
_HISTORY = 200


class Handover:
    """The assistant's side of the desk."""

    def __init__(self, desk: Desk, conversations: Conversations, settings: DeskSettings) -> None:
        self._desk = desk
        self._conversations = conversations
        self.settings = settings

    async def to_person(
        self, turn: Turn, reason: HandoffReason, first: Draft, *, priority: int | None = None, skill: str | None = None
    ) -> Outcome:
        """Puts the conversation in the line; a customer who waits already only hears where they stand.

        Args:
            turn: the turn that it answers.
            reason: why.
            first: what the customer reads before the place in the line.
            priority: 0 to 3; the intent's by default.
            skill: the team; by default the intent's, or that of what was talked about.
        """
        priority = taxonomy.priority_of(turn.intent) if priority is None else priority
        if turn.waiting:
            waiting = await self._desk.open_handoff(turn.conversation_id)
            if waiting is not None and waiting.priority <= priority:
                return await self.still_waiting(turn)
        request = HandoffRequest(
            reason=reason,
            skill=skill or _skill(turn),
            priority=priority,
            intent=turn.intent if turn.intent in taxonomy.intents() else None,
            language=turn.language,
            summary=await self._summary(turn),
        )

        def replies(wait: Wait) -> Sequence[Draft]:
            return [first, Draft(texts.wait_notice(wait, turn.language), kind="handoff_waiting")]

        await self._desk.request_handoff(turn.conversation_id, request, replies, answering_seq=turn.seq)
        return Outcome(committed=True, slots=_FRESH)

    async def still_waiting(self, turn: Turn) -> Outcome:
        """What a customer in the line reads who writes something that is for the agent."""
        noted = Draft(texts.text("queue_noted", turn.language), kind="queue_noted")
        return Outcome([noted, *await self.place(turn)])

    async def place(self, turn: Turn) -> list[Draft]:
        """Where the customer stands, for one who waits; nothing for others."""
        wait = await self._desk.wait_of(turn.conversation_id) if turn.waiting else None
        return [] if wait is None else [Draft(texts.queue_status(wait, turn.language), kind="queue_status")]

    async def open(self, turn: Turn) -> Handoff | None:
        """The handoff that the customer waits for, if there is one."""
        return await self._desk.open_handoff(turn.conversation_id)

    async def _summary(self, turn: Turn) -> dict[str, Any]:
        return {
            "language": turn.language,
            "intent": turn.intent,
            "confidence": turn.confidence,
            "topics": [[topic, score] for topic, score in turn.topics],
            "entities": turn.found(),
            "tried": turn.tried,
            "first_message": await self._first_message(turn),
            "mood": turn.parsed.get("mood") or {},
        }

    async def _first_message(self, turn: Turn) -> str:
        """What the customer began with, after the last handoff if there was one."""
        last = turn.seq or 0
        history = await self._conversations.messages(
            turn.conversation_id, after=max(0, last - _HISTORY), limit=_HISTORY
        )
        first = ""
        for message in history:
            if message.author is Author.SYSTEM and message.kind == "closed":
                first = ""
            elif message.author is Author.CUSTOMER and message.text and not first and "payload" not in message.meta:
                first = message.text
        return first[:_PREVIEW_CHARS]


def _skill(turn: Turn) -> str:
    """The intent's team; when the intent names none (a wish for a person), that of the last article."""
    skill = taxonomy.skill_of(turn.intent)
    if skill != taxonomy.DEFAULT_SKILL or not turn.tried:
        return skill
    return taxonomy.skill_of(faq().family_of(turn.tried[-1]))
