"""Asking for a person: the request, its summary for the agent, and what the customer reads in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.flows.case import Case
from actions.flows.catalogue import FLOWS
from actions.flows.plan import Codes, Message
from actions.flows.report import report
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
_FRESH: dict[str, Any] = {"unsure_turns": 0.0, "tried": [], "flow_case": None}
_PREVIEW_CHARS = 500
_HISTORY = 200


class Handover:
    """The assistant's side of the desk."""

    def __init__(self, desk: Desk, conversations: Conversations, settings: DeskSettings, codes: Codes) -> None:
        self._desk = desk
        self._conversations = conversations
        self.settings = settings
        self.codes = codes

    async def to_person(
        self,
        turn: Turn,
        reason: HandoffReason,
        first: Draft,
        *,
        priority: int | None = None,
        skill: str | None = None,
        intent: str | None = None,
    ) -> Outcome:
        """Puts the conversation in the line; a customer who waits already only hears where they stand.

        Args:
            turn: the turn that it answers.
            reason: why.
            first: what the customer reads before the place in the line.
            priority: 0 to 3; by default the intent's, raised where the customer is angry or afraid.
            skill: the team; by default the intent's, or that of what was talked about.
            intent: what it is about, when the last message does not say it.
        """
        priority = turn.priority if priority is None else priority
        if turn.waiting:
            waiting = await self._desk.open_handoff(turn.conversation_id)
            if waiting is not None and waiting.priority <= priority:
                await self.add_case(turn, turn.case)
                return await self.still_waiting(turn)
        request = HandoffRequest(
            reason=reason,
            skill=skill or _skill(turn),
            priority=priority,
            intent=next((name for name in (intent, turn.intent) if name in taxonomy.intents()), None),
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

    async def add_case(self, turn: Turn, case: Case | None) -> bool:
        """Tells the agents what a guided flow has learned, when a handoff is open. True when one was."""
        if case is None:
            return False
        return await self._desk.add_to_summary(turn.conversation_id, self._case_of(case)) is not None

    async def overtaken(self, turn: Turn) -> bool:
        """Whether an agent has spoken since the flow's last answer: then the flow is over, whatever it still asks."""
        case = turn.case
        if case is None:
            return True
        since = await self._conversations.messages(turn.conversation_id, after=case.seq, limit=_HISTORY)
        return any(message.author is Author.AGENT or message.kind == "closed" for message in since)

    async def last_understood(self, turn: Turn) -> Message:
        """What the customer wrote before pressing a button, as it was understood then."""
        last = turn.seq or 0
        history = await self._conversations.messages(
            turn.conversation_id, after=max(0, last - _HISTORY), limit=_HISTORY
        )
        known = [m.meta["understanding"] for m in history if m.author is Author.CUSTOMER and "understanding" in m.meta]
        understood: Mapping[str, Any] = known[-1] if known else {}
        return Message(
            text="",
            language=turn.language,
            intent=str(understood.get("intent") or ""),
            decision=str(understood.get("decision") or ""),
            topics=turn.tried[-1:],
            entities=understood.get("entities") or (),
        )

    def _case_of(self, case: Case | None) -> dict[str, Any]:
        return report(FLOWS[case.flow], case, self.codes) if case is not None and case.flow in FLOWS else {}

    async def _summary(self, turn: Turn) -> dict[str, Any]:
        return {
            **self._case_of(turn.case),
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
