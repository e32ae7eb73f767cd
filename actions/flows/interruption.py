"""Whether a message answers the open question, or is about something else that has to be answered first."""

from __future__ import annotations

import enum

from actions.flows.plan import Field, Flow, Kind, Message
from actions.flows.reading import read
from actions.flows.words import means
from kb_index.flows import AFTER_EMERGENCY, guides
from kb_index.taxonomy import taxonomy

_CRITICAL = {"account_theft", "scam_victim"}
_FOR_PEOPLE = {"human_request", "complaint", "ticket_status"}
_QUESTION_MARKS = ("?", "？", "؟")
_OWN_BUTTONS = {"flow_reply": "ANSWER", "flow_skip": "SKIP", "flow_cancel": "CANCEL"}
#: A refusal of fewer characters than this is no sentence about something else.
_SENTENCE = 12


class Act(enum.Enum):
    """What a message does to the flow."""

    ANSWER = "answer"
    SKIP = "skip"
    CANCEL = "cancel"
    INTERRUPT = "interrupt"


def act(flow: Flow, asked: Field, message: Message) -> Act:
    """Tells what the message does. An interruption is answered by Rasa's other rules."""
    if not message.decision:  # a pressed button
        return Act[_OWN_BUTTONS.get(message.intent, "INTERRUPT")]
    if _is_plain_answer(asked, message):
        return Act.ANSWER
    if message.decision == "handoff":
        is_known = message.intent in _CRITICAL and flow.name == AFTER_EMERGENCY
        return Act.ANSWER if is_known else Act.INTERRUPT
    if means(message.text, "cancel"):
        return Act.CANCEL
    yes_or_no = asked.kind is Kind.CHOICE and any(c.endswith("_no") for c in asked.choices)
    unknown = means(message.text, "unknown") and not (yes_or_no and means(message.text, "no"))
    if unknown or (message.intent == "deny" and message.decision == "smalltalk" and not yes_or_no):
        return Act.SKIP
    expected = asked.kind not in (Kind.TEXT, Kind.NOTICE) and read(asked, message).problem is None
    return Act.INTERRUPT if not expected and _elsewhere(flow, asked, message) else Act.ANSWER


def _is_plain_answer(asked: Field, message: Message) -> bool:
    """Whether a message is hardly more than a fact ("500 USDT", "the hash is 0x...") or a choice in its own words.

    After a question that is an answer, whatever such a message alone would be taken for.
    """
    facts = sum(int(entity["end"]) - int(entity["start"]) for entity in message.entities if "end" in entity)
    if facts and len(message.text) - facts < _SENTENCE:
        return message.intent not in _FOR_PEOPLE
    return asked.kind is Kind.CHOICE and len(message.text) < _SENTENCE and read(asked, message).problem is None


def _elsewhere(flow: Flow, asked: Field, message: Message) -> bool:
    """Whether a message without the expected answer is about another matter."""
    free = asked.kind in (Kind.TEXT, Kind.NOTICE)
    asks = message.text.rstrip().endswith(_QUESTION_MARKS)
    long = len(message.text) >= _SENTENCE
    if message.decision == "smalltalk":
        # "Yesterday evening" may pass for a greeting, "last night at ten" for a farewell; to a question that takes any
        # words they are answers.
        answers = {"affirm", "deny"} | ({"greet"} if free else set()) | ({"goodbye"} if free and long else set())
        return message.intent not in answers
    if message.decision == "decline":
        # "There is only 12345" is what the customer has to give, in a wrong form.
        return not free and long and (asks or not any(character.isdigit() for character in message.text))
    if message.decision == "flow":
        return message.flow != flow.name
    if message.decision != "answer" or not message.topics:
        return False
    topic = message.topics[0]
    if topic in guides()[flow.name].topics:
        return False
    # Free words are of the flow's own family more often than not; a question mark tells a question.
    return asks or not free or taxonomy().family_of(topic) != flow.family
