"""A desk on a real database and a real Redis, and turns as Rasa hands them to the actions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import DeskAction
from actions.handover import Handover
from actions.library import Library
from actions.settings import ActionsSettings
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk
from handoff.records import Draft, Message
from handoff.redis_link import connect
from handoff.taxonomy import priority_of, skill_of
from kb_index import error_codes
from kb_index.settings import ArticleSettings


@dataclass
class Said:
    """What an action said, the slots that it set, and the action that follows by its wish."""

    replies: list[dict[str, Any]]
    slots: dict[str, Any]
    then: str | None = None

    @property
    def kinds(self) -> list[str]:
        return [reply["kind"] for reply in self.replies]

    @property
    def payloads(self) -> list[str]:
        return [button["payload"] for reply in self.replies for button in reply["buttons"]]


@dataclass
class Office:
    """One conversation, and everything that an action needs."""

    conversations: Conversations
    desk: Desk
    handover: Handover
    library: Library
    conversation_id: str
    slots: dict[str, Any] = field(default_factory=dict)
    owner: str = "assistant"
    form: str | None = None

    async def write(self, text: str) -> int:
        """The customer writes; returns the number of the message."""
        message, _ = await self.conversations.add_customer_message(self.conversation_id, Draft(text), client_id=None)
        return message.seq

    async def messages(self) -> list[Message]:
        return await self.conversations.messages(self.conversation_id)

    async def run(
        self,
        action: type[DeskAction] | DeskAction,
        intent: str,
        *,
        text: str = "hello",
        language: str = "en",
        topics: Sequence[tuple[str, float]] = (),
        rule: str = "",
        entities: Sequence[dict[str, Any]] = (),
        seq: int | None = None,
        flow: str | None = None,
        mood: str = "calm",
        priority: int | None = None,
    ) -> Said:
        """Runs an action for a message of the customer that was understood so."""
        if seq is None:
            seq = await self.write(text)
        parsed = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [*entities, {"entity": "decision", "value": "answer"}],
            "language": language,
            "priority": priority_of(intent) if priority is None else priority,
            "skill": skill_of(intent),
            "topics": [{"topic": topic, "score": score} for topic, score in topics],
            "decision": "answer",
            "confidence": 0.9,
            "flow": flow,
            "mood": {"name": mood, "confidence": 0.9},
            "urgency": {"intent": None, "score": 0.0, "rule": rule},
        }
        return await self._run(action, parsed, seq, language)

    async def press(
        self,
        action: type[DeskAction] | DeskAction,
        intent: str,
        *,
        language: str = "en",
        topic: str | None = None,
        seq: int | None = None,
        **entities: str,
    ) -> Said:
        """Runs an action for a pressed button; Rasa knows no more of it than its payload."""
        seq = await self.write(f"/{intent}") if seq is None else seq
        if topic is not None:
            self.slots["topic"] = topic
        given = [{"entity": name, "value": value} for name, value in entities.items()]
        parsed = {"text": f"/{intent}", "intent": {"name": intent, "confidence": 1.0}, "entities": given}
        return await self._run(action, parsed, seq, language)

    async def _run(
        self, action: type[DeskAction] | DeskAction, parsed: dict[str, Any], seq: int, language: str
    ) -> Said:
        metadata = {
            "owner": self.owner,
            "locale": None,
            "language": language,
            "conversation_id": self.conversation_id,
            "seq": seq,
            "channel": "web",
        }
        tracker = Tracker.from_dict(
            {
                "sender_id": self.conversation_id,
                "slots": self.slots,
                "latest_message": {**parsed, "metadata": metadata},
                "events": [{"event": "user"}, {"event": "action", "name": self.form}] if self.form else [],
                "active_loop": {"name": self.form} if self.form else {},
            }
        )
        dispatcher = CollectingDispatcher()
        made = action if isinstance(action, DeskAction) else action(self.library, self.handover)
        events = await made.run(dispatcher, tracker, {})
        slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        then = next((event["name"] for event in events if event["event"] == "followup"), None)
        said = Said([m["custom"] for m in dispatcher.messages], slots, then)
        self.slots.update(said.slots)
        self.owner = (await self.conversations.get(self.conversation_id)).owner.value
        return said


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(ArticleSettings(), tmp_path_factory.mktemp("faq"))


@pytest.fixture
async def office(
    database_url: str, redis_url: str, library: Library, tmp_path: Path, clock: Callable[[], Any]
) -> AsyncIterator[Office]:
    settings = ActionsSettings(database_url=database_url, redis_url=redis_url, data_dir=tmp_path)
    database, redis = Database(database_url), connect(redis_url)
    await database.create()
    conversations = Conversations(database, clock)
    desk = Desk(database, redis, conversations, settings, clock)
    conversation = await conversations.open("web", "visitor", locale="en-GB", language="en")
    yield Office(conversations, desk, Handover(desk, conversations, settings, error_codes), library, conversation.id)
    await redis.aclose()
    await database.close()
