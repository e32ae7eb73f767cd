"""What customers read in a guided flow: its questions with their buttons, its remarks and its findings."""

from __future__ import annotations

from actions.flows.case import Case
from actions.flows.catalogue import FLOWS
from actions.flows.engine import KEEP
from actions.flows.plan import Finding
from actions.flows.words import title
from actions.replies import button
from handoff import texts
from handoff.records import Button, Draft
from kb_index.error_codes import Explanation


def question(case: Case, language: str) -> Draft:
    """The open question, with its choices and the two ways around it."""
    flow = FLOWS[case.flow]
    asked = flow.fields[case.asked or ""]
    questioned = case.again == asked.name and case.knows(asked.name)
    choices = [choice for choice in asked.choices if not questioned or choice != case.get(asked.name)]
    buttons = [button(title(choice, language), "flow_reply", choice=choice) for choice in choices]
    if questioned:
        buttons.insert(0, button(texts.text("flow_keep", language), "flow_reply", choice=KEEP))
    buttons += [
        button(texts.text("flow_skip", language), "flow_skip"),
        button(texts.text("flow_cancel", language), "flow_cancel"),
    ]
    text = texts.text(_key(flow.name, asked.name), language)
    return Draft(text, kind="flow_question", buttons=tuple(buttons), meta={"flow": flow.name, "field": asked.name})


def remark_text(remark: Finding, language: str) -> str:
    """What is wrong with an answer, and what the right one looks like."""
    return texts.text(f"flow_wrong_{remark.key}", language, **remark.values)


def found_text(finding: Finding, language: str) -> str:
    """What was found."""
    return texts.text(f"flow_found_{finding.key}", language, **finding.values)


def explained_text(explained: Explanation, language: str) -> str:
    """What an error code means."""
    names = ("venue", "code", "meaning", "cause", "fix")
    return texts.text("flow_explained", language, **{name: getattr(explained, name) for name in names})


def result_buttons(language: str, topic: str | None) -> tuple[Button, ...]:
    """Whether it helped. Without an article "it did not help" is a wish for a person."""
    solved = button(texts.text("solved", language), "solved", **({"topic": topic} if topic else {}))
    person = button(texts.text("human", language), "human")
    if topic is None:
        return (solved, person)
    return (solved, button(texts.text("not_solved", language), "not_solved", topic=topic), person)


def _key(flow: str, name: str) -> str:
    """A flow may ask for a shared field in words of its own."""
    own = f"flow_ask_{flow}_{name}"
    return own if own in texts.entries("en") else f"flow_ask_{name}"
