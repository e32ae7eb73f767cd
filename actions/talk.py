"""Small talk, and what is nothing for this desk."""

from __future__ import annotations

from actions.base import DeskAction
from actions.faq import follow_up, unsure
from actions.replies import Outcome, button
from actions.turn import Turn
from handoff import texts
from handoff.records import Draft

_TEXTS = {
    "greet": "greet",
    "thanks": "thanks",
    "goodbye": "goodbye",
    "bot_challenge": "bot_challenge",
    "suggestion": "suggestion_thanks",
}


class SmallTalk(DeskAction):
    """Answers a greeting and the like. A suggestion is kept with its intent, for the reports."""

    action_name = "action_smalltalk"

    async def act(self, turn: Turn) -> Outcome:
        """Answers politely. A no after an answer ("还是不行") says that it did not help."""
        if turn.intent == "deny" and turn.tried and not turn.waiting and turn.form is None:
            return await follow_up(self, turn) or await unsure(self, turn)
        key = _TEXTS.get(turn.intent, "acknowledged")
        name = self.handover.settings.exchange_name
        return Outcome(
            [Draft(texts.text(key, turn.language, exchange_name=name), kind=key), *await self.handover.place(turn)]
        )


class Decline(DeskAction):
    """Says what this desk is for, and offers a person."""

    action_name = "action_decline"

    async def act(self, turn: Turn) -> Outcome:
        """Declines."""
        person = button(texts.text("human", turn.language), "human")
        words = Draft(texts.text("out_of_scope", turn.language), kind="out_of_scope", buttons=(person,))
        return Outcome([words, *await self.handover.place(turn)])
