"""Answers from the FAQ, and the question which topic is meant."""

from __future__ import annotations

from typing import Any

from actions.base import DeskAction
from actions.codes import ExplainedCodes
from actions.library import Page
from actions.replies import Outcome, button
from actions.tone import in_tone
from actions.turn import Turn
from handoff import texts
from handoff.records import Button, Draft, HandoffReason
from kb_index.flows import AFTER_EMERGENCY, flow_of

#: So many turns without understanding bring a person.
UNSURE_TWICE = 2
#: A clarifying question offers at most this many topics; one that is this much less likely than the first is left out.
_CANDIDATES = 3
_FAR_BEHIND = 0.08
#: A message of so many words, or of so many characters where words are not spaced, says little by itself.
_FEW_WORDS = 6
_FEW_CHARACTERS = 12


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
    """Asks one question; the second time in a row it asks for a person.

    An exact error code needs no question, and a few words after an answer are about that answer.
    """

    action_name = "action_clarify"

    async def act(self, turn: Turn) -> Outcome:
        """Answers with the topic of the code, or asks."""
        for topic in ExplainedCodes(turn).topics(turn.topics):
            page = await self.library.page(topic, turn.language)
            if page is not None:
                return await answered(self, turn, page)
        return await follow_up(self, turn) or await unsure(self, turn)


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
        slots: dict[str, Any] = {"unsure_turns": 0.0, "tried": []}
        over = {} if turn.form else {"flow_case": None}
        return Outcome([thanks, *await self.handover.place(turn)], slots | over)


async def answered(action: DeskAction, turn: Turn, page: Page) -> Outcome:
    """The article, below what the message's error codes mean."""
    say = turn.language
    # The article offers to check the customer's own case; not while one is being checked.
    flow = flow_of(page.topic) if turn.form is None else None
    check = (
        (button(texts.text("flow_start", say), "start_flow", flow=flow),) if flow not in (None, AFTER_EMERGENCY) else ()
    )
    buttons = (
        button(texts.text("solved", say), "solved", topic=page.topic),
        button(texts.text("not_solved", say), "not_solved", topic=page.topic),
        *check,
        button(texts.text("human", say), "human"),
    )
    text = "\n\n".join(part for part in (ExplainedCodes(turn).text, page.title, page.body) if part)
    answer = in_tone(turn, Draft(text, kind="answer", buttons=buttons, meta={"topic": page.topic}))
    tried = [topic for topic in turn.tried if topic != page.topic]
    # An answer to another matter ends what the last flow has found; an interruption does not.
    over: dict[str, Any] = {} if turn.form else {"flow_case": None}
    slots = {"unsure_turns": 0.0, "tried": [*tried, page.topic], **over}
    return Outcome([answer, *await action.handover.place(turn)], slots)


async def follow_up(action: DeskAction, turn: Turn) -> Outcome | None:
    """For a few words that say little by themselves ("and on TRC20?", "still not"): they are about the last answer.

    Asked once; whoever is not understood again gets what everybody gets.
    """
    words = str(turn.parsed.get("text") or "")
    if turn.waiting or not turn.tried or turn.slots.get("unsure_turns") or _says_enough(words):
        return None
    page = await action.library.page(turn.tried[-1], turn.language)
    if page is None:
        return None
    say = turn.language
    offered = [one for one in await _candidates(action, turn) if page.topic not in str(one.payload)]
    buttons = (
        *offered[: _CANDIDATES - 1],
        button(texts.text("not_solved", say), "not_solved", topic=page.topic),
        button(texts.text("human", say), "human"),
    )
    question = Draft(texts.text("follow_up", say, title=page.title), kind="clarify", buttons=buttons)
    return Outcome([in_tone(turn, question)], {"unsure_turns": 1.0})


def _says_enough(words: str) -> bool:
    wide = sum(1 for character in words if ord(character) > 0x2E80)
    return wide > _FEW_CHARACTERS or len(words.split()) > _FEW_WORDS


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
    question = in_tone(turn, Draft(texts.text("clarify", turn.language), kind="clarify", buttons=buttons))
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
