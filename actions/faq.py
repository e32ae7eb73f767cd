"""Answers from the FAQ, and the question which topic is meant."""

from __future__ import annotations

from actions.base import DeskAction
from actions.codes import ExplainedCodes
from actions.library import Page
from actions.replies import Outcome, button
from actions.turn import Turn
from handoff import texts
from handoff.records import Button, Draft, HandoffReason

#: So many turns without understanding bring a person.
UNSURE_TWICE = 2
#: A clarifying question offers at most this many topics; one that is this much less likely than the first is left out.
_CANDIDATES = 3
_FAR_BEHIND = 0.08


class Answer(DeskAction):
    """Shows the article of the best topic."""

    action_name = "action_answer"

    async def act(self, turn: Turn) -> Outcome:
        """Answers; a topic that lost its article meanwhile is treated as not understood."""
        for topic, _ in turn.topics:
            page = await self.library.page(topic, turn.language)
            if page is not None:
                return await answered(self, turn, page)
        return await unsure(self, turn)


class AnswerTopic(Answer):
    """Shows the article of the topic whose button was pressed."""

    action_name = "action_answer_topic"

    async def act(self, turn: Turn) -> Outcome:
        """Answers with the chosen topic."""
        page = await self.library.page(str(turn.slots.get("topic") or ""), turn.language)
        return await answered(self, turn, page) if page is not None else await unsure(self, turn)


class Clarify(DeskAction):
    """Asks one question; the second time in a row it asks for a person. An exact error code needs no question."""

    action_name = "action_clarify"

    async def act(self, turn: Turn) -> Outcome:
        """Answers with the topic of the code, or asks."""
        for topic in ExplainedCodes(turn).topics(turn.topics):
            page = await self.library.page(topic, turn.language)
            if page is not None:
                return await answered(self, turn, page)
        return await unsure(self, turn)


class Rephrase(DeskAction):
    """None of the offered topics was meant: the customer may say it in other words."""

    action_name = "action_rephrase"

    async def act(self, turn: Turn) -> Outcome:
        """Asks for other words."""
        return Outcome([_other_words(turn), *await self.handover.place(turn)])


class Solved(DeskAction):
    """The answer helped."""

    action_name = "action_solved"

    async def act(self, turn: Turn) -> Outcome:
        """Is glad."""
        thanks = Draft(texts.text("solved_thanks", turn.language), kind="solved_thanks")
        return Outcome([thanks, *await self.handover.place(turn)], {"unsure_turns": 0.0, "tried": []})


async def answered(action: DeskAction, turn: Turn, page: Page) -> Outcome:
    """The article, below what the message's error codes mean."""
    say = turn.language
    buttons = (
        button(texts.text("solved", say), "solved", topic=page.topic),
        button(texts.text("not_solved", say), "not_solved", topic=page.topic),
        button(texts.text("human", say), "human"),
    )
    text = "\n\n".join(part for part in (ExplainedCodes(turn).text, page.title, page.body) if part)
    answer = Draft(text, kind="answer", buttons=buttons, meta={"topic": page.topic})
    tried = [topic for topic in turn.tried if topic != page.topic]
    slots = {"unsure_turns": 0.0, "tried": [*tried, page.topic]}
    return Outcome([answer, *await action.handover.place(turn)], slots)


async def unsure(action: DeskAction, turn: Turn) -> Outcome:
    """What an action does when it cannot tell what is meant."""
    if turn.waiting:
        return await action.handover.still_waiting(turn)
    turns = float(turn.slots.get("unsure_turns") or 0.0) + 1.0
    if turns >= UNSURE_TWICE:
        text = Draft(texts.text("unsure_handoff", turn.language), kind="unsure_handoff")
        return await action.handover.to_person(turn, HandoffReason.UNSURE, text)
    offered = await _candidates(action, turn)
    if not offered:
        return Outcome([_other_words(turn)], {"unsure_turns": turns})
    buttons = (*offered, button(texts.text("none_of_these", turn.language), "none_of_these"))
    question = Draft(texts.text("clarify", turn.language), kind="clarify", buttons=buttons)
    return Outcome([question], {"unsure_turns": turns})


async def _candidates(action: DeskAction, turn: Turn) -> list[Button]:
    """Two or three topics to choose from; none when there are not even two."""
    best = turn.topics[0][1] if turn.topics else 0.0
    offered: list[Button] = []
    for topic, score in turn.topics[:_CANDIDATES]:
        page = await action.library.page(topic, turn.language)
        if page is not None and (len(offered) < 2 or score >= best * _FAR_BEHIND):
            offered.append(button(page.title, "topic", topic=topic))
    return offered if len(offered) > 1 else []


def _other_words(turn: Turn) -> Draft:
    person = button(texts.text("human", turn.language), "human")
    return Draft(texts.text("clarify_again", turn.language), kind="clarify_again", buttons=(person,))
