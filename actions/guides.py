"""The guided flows as Rasa sees them: one action begins a flow, one asks, one a form checks, one says how it ended.

A form waits for the slot ``flow_end`` only. Which question is open, and what an answer is worth, is decided in
``actions.flows``; the case travels in the slot ``flow_case``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import DeskAction
from actions.faq import Answer, unsure
from actions.flows import engine
from actions.flows.case import Case
from actions.flows.catalogue import FLOWS, form_of
from actions.flows.interruption import Act, act
from actions.flows.plan import Plan
from actions.handover import CRITICAL, Handover
from actions.library import Library
from actions.questions import explained_text, found_text, question, remark_text, result_buttons
from actions.replies import Outcome
from actions.turn import Turn
from handoff import taxonomy, texts
from handoff.records import Draft, HandoffReason
from kb_index.flows import AFTER_EMERGENCY


class StartFlow(Answer):
    """Begins the flow that a button or the message itself names."""

    action_name = "action_start_flow"

    async def act(self, turn: Turn) -> Outcome:
        """Takes over what was said already. Another flow's facts do not end a flow: their article is shown."""
        pressed = turn.steering("flow")
        name = pressed or turn.message.flow or ""
        if name not in FLOWS or name == AFTER_EMERGENCY:
            return await unsure(self, turn)
        if turn.form is not None and not pressed:
            return await super().act(turn)
        # A button carries no facts, but the message that its article answered does.
        message = turn.message if not pressed else await self.handover.last_understood(turn)
        case = engine.begin(FLOWS[name], message, self.handover.codes, seq=turn.seq or 0)
        if case.end is not None:  # what was said suffices
            return replace(await finished(self, turn, case), leaves=turn.form is not None)
        begun = Draft(texts.text("flow_begun", turn.language), kind="flow_begun")
        slots = {"flow_case": case.json(), "flow_end": None, "unsure_turns": 0.0}
        return Outcome([begun], slots, form=form_of(name))


class CheckAnswer(DeskAction):
    """Checks the answer to a form's open question; Rasa calls it as the form's validation."""

    def __init__(self, library: Library, handover: Handover, flow: str) -> None:
        super().__init__(library, handover)
        self.flow = FLOWS[flow]
        self.action_name = f"validate_{form_of(flow)}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Rasa also calls it when the form begins and when it comes back: then there is nothing to check."""
        return await super().run(dispatcher, tracker, domain) if _is_fresh(tracker) else []

    async def act(self, turn: Turn) -> Outcome:
        """Without slots Rasa takes the message for none of the form's business, and its other rules answer it."""
        case = turn.case
        if case is None or case.flow != self.flow.name or case.asked is None or await self.handover.overtaken(turn):
            return Outcome()
        if turn.seq is not None and turn.seq <= case.seq:  # sent again after a crash: it was taken into account
            return _kept(case)
        seq, codes = turn.seq or case.seq, self.handover.codes
        does = act(self.flow, self.flow.fields[case.asked], turn.message)
        if does is Act.INTERRUPT:
            return Outcome()
        if does is Act.CANCEL:
            return _kept(replace(case, end="cancelled", seq=seq))
        if does is Act.SKIP:
            step = engine.Step(engine.skip(self.flow, case, codes, seq=seq))
        else:
            step = engine.answer(self.flow, case, turn.message, codes, seq=seq)
        if self.flow.name == AFTER_EMERGENCY:
            await self.handover.add_case(turn, step.case)
        remarks = [Draft(remark_text(step.remark, turn.language), kind="flow_remark")] if step.remark else []
        return _kept(step.case, remarks)

    async def aftermath(self, turn: Turn, outcome: Outcome) -> list[dict[str, Any]]:  # noqa: ARG002
        """The form itself goes on."""
        return []


class AskOpenQuestion(DeskAction):
    """Asks the question that is open, in the language of the last message."""

    action_name = "action_ask_flow_end"

    async def act(self, turn: Turn) -> Outcome:
        """Asks, with what can be chosen."""
        if turn.case is None or turn.case.asked is None:
            return await unsure(self, turn)
        return Outcome([question(turn.case, turn.language)])

    async def aftermath(self, turn: Turn, outcome: Outcome) -> list[dict[str, Any]]:  # noqa: ARG002
        """The form itself goes on."""
        return []


class FinishFlow(DeskAction):
    """Says what was found: the answer, or that a person takes the filled case over."""

    action_name = "action_finish_flow"

    async def act(self, turn: Turn) -> Outcome:
        """Ends the flow as its plan says."""
        return await unsure(self, turn) if turn.case is None else await finished(self, turn, turn.case)

    async def aftermath(self, turn: Turn, outcome: Outcome) -> list[dict[str, Any]]:  # noqa: ARG002
        """The form has ended already."""
        return []


class NoFlow(DeskAction):
    """A button of a question that is no longer open."""

    action_name = "action_no_flow"

    async def act(self, turn: Turn) -> Outcome:
        """Says so."""
        text = Draft(texts.text("button_expired", turn.language), kind="button_expired")
        return Outcome([text, *await self.handover.place(turn)])


async def finished(action: DeskAction, turn: Turn, case: Case) -> Outcome:
    """What the customer reads at a flow's end, and what becomes of the case."""
    plan = engine.planned(FLOWS[case.flow], case, action.handover.codes)
    if case.end == "answered":
        return await _answer(action, turn, case, plan)
    over = {"flow_end": None, "flow_case": None, "unsure_turns": 0.0}
    if case.end == "cancelled" or (case.end == "noted" and await action.handover.add_case(turn, case)):
        key = f"flow_{case.end}"
        text = Draft(texts.text(key, turn.language), kind=key)
        return Outcome([text, *await action.handover.place(turn)], over)
    outcome = await _hand_over(action, turn, case, plan)
    return replace(outcome, slots={**outcome.slots, **over})


async def _answer(action: DeskAction, turn: Turn, case: Case, plan: Plan) -> Outcome:
    """The findings, then the article that says more. The case stays until it is known whether that helped."""
    say = turn.language
    explained = action.handover.codes.explain(*plan.explain, say) if plan.explain else ()
    topic = plan.topic or next((one.topic for one in explained if one.topic), None)
    found = [*(found_text(finding, say) for finding in plan.findings), *(explained_text(one, say) for one in explained)]
    tried = [known for known in turn.tried if known != topic]
    slots = {
        "flow_end": None,
        "flow_case": case.json(),
        "unsure_turns": 0.0,
        "tried": [*tried, topic] if topic else tried,
    }
    page = await action.library.page(topic, say) if topic else None
    meta, buttons = {"topic": topic} if topic else {}, result_buttons(say, topic)
    if page is None:
        drafts = [Draft("\n\n".join(found), kind="flow_answer", buttons=buttons, meta=meta)]
    else:
        article = Draft(f"{page.title}\n\n{page.body}", kind="answer", buttons=buttons, meta=meta)
        drafts = [Draft("\n\n".join(found), kind="flow_answer", meta=meta), article]
    return Outcome([*drafts, *await action.handover.place(turn)], slots)


async def _hand_over(action: DeskAction, turn: Turn, case: Case, plan: Plan) -> Outcome:
    """One message holds what was found and that a person comes, so that they are committed together."""
    said = [found_text(finding, turn.language) for finding in plan.findings]
    words = Draft("\n\n".join([*said, texts.text("flow_handoff", turn.language)]), kind="flow_handoff")
    flow, stolen = FLOWS[case.flow], case.flow == AFTER_EMERGENCY
    priority = CRITICAL if stolen else plan.priority
    outcome = await action.handover.to_person(
        replace(turn, slots={**turn.slots, "flow_case": case.json()}),
        HandoffReason.THEFT if stolen else HandoffReason.CASE,
        words,
        priority=taxonomy.priority_of(flow.family) if priority is None else priority,
        skill=flow.skill,
        intent=case.intent if stolen else flow.family,
    )
    return outcome if outcome.committed else replace(outcome, replies=[words, *outcome.replies])


def _kept(case: Case, replies: list[Draft] | None = None) -> Outcome:
    return Outcome(replies or [], {"flow_case": case.json(), "flow_end": case.end})


def _is_fresh(tracker: Tracker) -> bool:
    """Whether nothing but this form has dealt with the customer's last message so far."""
    form = (tracker.active_loop or {}).get("name")
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return True
        if event.get("event") == "action" and event.get("name") not in (form, "action_extract_slots"):
            return False
    return False
