"""Actions that bring a person."""

from __future__ import annotations

from dataclasses import replace

from actions.base import DeskAction
from actions.flows.catalogue import FLOWS, form_of
from actions.flows.engine import begin
from actions.handover import CRITICAL
from actions.replies import Outcome, button
from actions.turn import Turn
from handoff import taxonomy, texts
from handoff.records import Draft, HandoffReason
from kb_index.flows import AFTER_EMERGENCY
from kb_index.taxonomy import taxonomy as faq

#: Text, and reason, by intent; any other intent was a wish for a person.
_WORDS = {
    "complaint": ("complaint_handoff", HandoffReason.POLICY),
    "ticket_status": ("ticket_status_handoff", HandoffReason.POLICY),
}
_THEFT = "account_theft"
#: Lexical rules (handoff.triage) that see a loss and nobody who caused it: a question goes with the freeze link.
_UNEXPLAINED = ("gone", "missing")


class BringPerson(DeskAction):
    """A person was asked for, or the message is one that people answer."""

    action_name = "action_handoff"

    async def act(self, turn: Turn) -> Outcome:
        """Hands over."""
        key, reason = _WORDS.get(turn.intent, ("human_handoff", HandoffReason.REQUESTED))
        words = Draft(texts.text(key, turn.language), kind=key)
        return leaving(turn, await self.handover.to_person(turn, reason, words, skill=_skill_of_flow(turn)))


class NotSolved(DeskAction):
    """An answer did not help."""

    action_name = "action_not_solved"

    async def act(self, turn: Turn) -> Outcome:
        """Hands over to the team of the answered topic."""
        key = "not_solved_handoff"
        family = faq().family_of(str(turn.slots.get("topic") or ""))
        words = Draft(texts.text(key, turn.language), kind=key)
        skill = taxonomy.skill_of(family) if family else _skill_of_flow(turn)
        return leaving(turn, await self.handover.to_person(turn, HandoffReason.ANSWER_FAILED, words, skill=skill))


class Emergency(DeskAction):
    """Money or the account is being lost, or may be: the first reply holds the steps and the freeze link."""

    action_name = "action_emergency"

    async def act(self, turn: Turn) -> Outcome:
        """Hands over first in the line, with the emergency steps in the same transaction."""
        rule = str((turn.parsed.get("urgency") or {}).get("rule") or "").rpartition("/")[2]
        unexplained = turn.intent == _THEFT and rule in _UNEXPLAINED
        words = self._question(turn) if unexplained else self._steps(turn)
        outcome = await self.handover.to_person(
            turn, HandoffReason.THEFT, words, priority=CRITICAL, skill=taxonomy.skill_of(_THEFT)
        )
        # What was asked before no longer matters, and before the customer has said who did it nothing else is asked.
        return replace(outcome, leaves=turn.form is not None) if unexplained else self._with_questions(turn, outcome)

    def _steps(self, turn: Turn) -> Draft:
        key = "emergency_scam" if turn.intent == "scam_victim" else "emergency_theft"
        return Draft(texts.text(key, turn.language, freeze_url=self.handover.settings.freeze_url), kind=key)

    def _with_questions(self, turn: Turn, outcome: Outcome) -> Outcome:
        """Goes on with the few questions that help the agent, unless they were asked before."""
        if not outcome.committed and turn.form == form_of(AFTER_EMERGENCY):
            return outcome
        if not outcome.committed and turn.intent in taxonomy.intents():
            return replace(outcome, leaves=turn.form is not None)
        case = begin(FLOWS[AFTER_EMERGENCY], turn.message, self.handover.codes, seq=turn.seq or 0)
        slots = {**outcome.slots, "flow_case": case.json(), "flow_end": None}
        return replace(outcome, slots=slots, form=form_of(AFTER_EMERGENCY))

    def _question(self, turn: Turn) -> Draft:
        say = turn.language
        buttons = tuple(button(texts.text(key, say), key) for key in ("loss_mine", "loss_not_mine", "loss_unsure"))
        text = texts.text("clarify_loss", say, freeze_url=self.handover.settings.freeze_url)
        return Draft(text, kind="clarify_loss", buttons=buttons)


class LossUnexplained(Emergency):
    """The customer did not cause the loss, or cannot tell."""

    action_name = "action_loss_unexplained"

    async def act(self, turn: Turn) -> Outcome:
        """Gives the emergency steps; the conversation is first in the line already, unless it was closed meanwhile."""
        waiting = await self.handover.open(turn)
        if waiting is not None and waiting.priority == CRITICAL:
            return self._with_questions(turn, Outcome([self._steps(turn), *await self.handover.place(turn)]))
        outcome = await self.handover.to_person(
            turn, HandoffReason.THEFT, self._steps(turn), priority=CRITICAL, skill=taxonomy.skill_of(_THEFT)
        )
        return self._with_questions(turn, outcome)


def leaving(turn: Turn, outcome: Outcome) -> Outcome:
    """A person takes over what a flow has asked so far; the emergency's questions go on for that person."""
    return replace(outcome, leaves=turn.form is not None and turn.form != form_of(AFTER_EMERGENCY))


def _skill_of_flow(turn: Turn) -> str | None:
    """The team of the flow that is interrupted, or of the case that was just answered."""
    return FLOWS[turn.case.flow].skill if turn.case is not None and turn.case.flow in FLOWS else None


class LossExplained(DeskAction):
    """The loss was the customer's own doing. The place in the line stays: a priority is never lowered by a machine."""

    action_name = "action_loss_explained"

    async def act(self, turn: Turn) -> Outcome:
        """Notes it for the agent."""
        if turn.waiting:
            return await self.handover.still_waiting(turn)
        return Outcome([Draft(texts.text("acknowledged", turn.language), kind="acknowledged")])
