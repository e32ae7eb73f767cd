"""What every action shares: it reads the turn, acts, and turns the outcome or a failure into replies."""

from __future__ import annotations

import abc
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handover import Handover
from actions.library import Library
from actions.replies import COMMITTED, Outcome, outgoing
from actions.turn import Turn
from handoff.errors import AssistantMuted, HandoffError
from handoff.records import Draft

_log = structlog.get_logger("actions")


class DeskAction(Action, abc.ABC):  # type: ignore[misc]  # rasa-sdk has no types
    """An action of the desk.

    An action that fails says nothing: the gateway then asks for a person itself. What failed is logged without the
    customer's text, and is never sent back to Rasa.
    """

    action_name: str

    def __init__(self, library: Library, handover: Handover) -> None:
        self.library = library
        self.handover = handover

    def name(self) -> str:
        """The name that the rules use."""
        return self.action_name

    @abc.abstractmethod
    async def act(self, turn: Turn) -> Outcome:
        """Does the action's work for one turn."""

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002  rasa-sdk gives three
    ) -> list[dict[str, Any]]:
        """Called by rasa-sdk."""
        try:
            turn = Turn.read(tracker)
            outcome = await self._acted(turn)
        except HandoffError as exc:
            _log.warning("action_failed", action=self.action_name, conversation=tracker.sender_id, error=exc.code)
            return []
        except Exception:
            _log.exception("action_failed", action=self.action_name, conversation=tracker.sender_id)
            return []
        remarks = {"understanding": turn.understanding, "language": turn.language if turn.understanding else None}
        replies = [Draft("", kind=COMMITTED)] if outcome.committed else outcome.replies
        for place, draft in enumerate(replies):
            message = outgoing(draft)
            if place == 0:
                message["meta"] = {**message["meta"], **{key: value for key, value in remarks.items() if value}}
            dispatcher.utter_message(json_message=message)
        return [
            *(SlotSet(slot, value) for slot, value in outcome.slots.items()),
            *await self.aftermath(turn, outcome),
        ]

    async def aftermath(self, turn: Turn, outcome: Outcome) -> list[dict[str, Any]]:
        """What becomes of a guided flow: it begins, it ends, or it asks its open question again."""
        if outcome.form:
            return [FollowupAction(outcome.form)]
        if turn.form is None:
            return []
        if outcome.leaves or await self.handover.overtaken(turn):
            # after a wish for a person, say; what the flow had learned went with it
            kept = [] if "flow_case" in outcome.slots else [SlotSet("flow_case", None)]
            return [*kept, SlotSet("requested_slot", None), ActiveLoop(None)]
        return [FollowupAction(turn.form)]

    async def _acted(self, turn: Turn) -> Outcome:
        try:
            return await self.act(turn)
        except AssistantMuted:  # an agent took the conversation meanwhile: the turn is theirs
            return Outcome(committed=True)
