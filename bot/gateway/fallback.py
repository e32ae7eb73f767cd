"""What the gateway itself does when the assistant cannot answer: it asks for a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from bot.gateway import language as languages
from handoff import taxonomy, texts, triage
from handoff.conversations import Conversations
from handoff.desk import Desk, HandoffRequest
from handoff.errors import AssistantMuted
from handoff.records import Conversation, Draft, HandoffReason, Message, Owner, Wait
from handoff.settings import DeskSettings

_log = structlog.get_logger("gateway.fallback")
_SUMMARY_CHARS = 500
_CRITICAL = 0
#: The text of the emergency steps, by intent.
_EMERGENCY = {"account_theft": "emergency_theft", "scam_victim": "emergency_scam"}


async def urgency_of(text: str) -> triage.Urgency:
    """What the words of ``text`` say, with no model. Never raises: a broken rule must not cost anyone the person."""
    try:
        # Twelve lexicons against a long text take a while, and the first time they are read from files.
        return await asyncio.to_thread(triage.urgency, text)
    except Exception:
        _log.exception("triage_failed")
        return triage.Urgency(None, 0.0, "")


def _summary(conversation: Conversation, message: Message, intent: str | None, language: str) -> dict[str, Any]:
    """What is known without the assistant, under the names that the actions use; an open handoff knows more."""
    if conversation.owner is Owner.QUEUE:
        return {"intent": intent} if intent else {}
    topic = conversation.context.get("last_topic")
    return {
        "language": language,
        "intent": intent,
        "tried": [topic] if topic else [],
        "first_message": "" if "payload" in message.meta else message.text[:_SUMMARY_CHARS],
    }


class Fallback:
    """Hands over without Rasa, and recognises a theft by the same words that back up the classifier."""

    def __init__(self, desk: Desk, conversations: Conversations, settings: DeskSettings) -> None:
        self._desk = desk
        self._conversations = conversations
        self._settings = settings

    async def hand_over(self, conversation: Conversation, message: Message) -> bool:
        """Puts the conversation in the line, with what the customer must know now; the message is then handled.

        False when an agent has the conversation, and so nothing was written.
        """
        urgency = await urgency_of(message.text)
        intent = urgency.intent
        # A rule that holds is of one language; "en/unauthorised" was said in English.
        spoken = urgency.rule.partition("/")[0] if intent else None
        language = languages.of_text(message.text, conversation.language, spoken)
        request = HandoffRequest(
            reason=HandoffReason.ASSISTANT_DOWN,
            skill=taxonomy.skill_of(intent),
            priority=_CRITICAL if intent else taxonomy.priority_of(None),
            intent=intent,
            language=language,
            summary=_summary(conversation, message, intent, language),
        )
        told = await self._already_told(conversation, intent)
        replies = self._replies(intent, language, told=told)
        try:
            handoff = await self._desk.request_handoff(conversation.id, request, replies, answering_seq=message.seq)
        except AssistantMuted:
            return False
        if language != conversation.language:
            await self._conversations.set_language(conversation.id, language)
        _log.warning("handed_over", conversation=conversation.id, seq=message.seq, priority=handoff.priority)
        return True

    async def _already_told(self, conversation: Conversation, intent: str | None) -> bool:
        """Whether the customer waits already and has read everything but the place in the line."""
        if conversation.owner is not Owner.QUEUE:
            return False
        waiting = await self._desk.open_handoff(conversation.id)
        return waiting is not None and (intent is None or waiting.priority == _CRITICAL)

    def _replies(self, intent: str | None, language: str, *, told: bool) -> Callable[[Wait], Sequence[Draft]]:
        def replies(wait: Wait) -> Sequence[Draft]:
            if told:
                return [Draft(texts.queue_status(wait, language), kind="queue_status")]
            if intent:
                key = _EMERGENCY[intent]
                first = Draft(texts.text(key, language, freeze_url=self._settings.freeze_url), kind=key)
            else:
                first = Draft(texts.text("assistant_down", language), kind="assistant_down")
            return [first, Draft(texts.wait_notice(wait, language), kind="handoff_waiting")]

        return replies
