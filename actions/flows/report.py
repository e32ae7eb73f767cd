"""The case as an agent reads it: fields, findings, and a paragraph in both languages of the console."""

from __future__ import annotations

from functools import reduce
from typing import Any

from actions.flows.case import Case
from actions.flows.plan import Codes, Finding, Flow
from handoff.console.wording import LANGUAGES, Wording

#: What was written instead of one of the choices.
_WORDS = "_words"


def report(flow: Flow, case: Case, codes: Codes) -> dict[str, Any]:
    """What goes into a handoff's summary; plain JSON values."""
    findings = flow.plan(case, codes).findings
    names = [part for name in flow.fields for part in (name, f"{name}{_WORDS}") if case.settled(part)]
    shown = {name: case.get(name) for name in names if case.knows(name)}
    unknown = [name for name in names if not case.knows(name) and f"{name}{_WORDS}" not in names]
    return {
        "flow": flow.name,
        "fields": {name.removesuffix(_WORDS): value for name, value in shown.items()},
        "unknown": unknown,
        "unchecked": list(case.unchecked),
        "findings": [
            {
                "key": finding.key,
                "values": dict(finding.values),
                "text": {tongue: _finding(finding, Wording(tongue)) for tongue in LANGUAGES},
            }
            for finding in findings
        ],
        "paragraph": {
            tongue: _paragraph(flow, case, shown, unknown, findings, Wording(tongue)) for tongue in LANGUAGES
        },
    }


def _finding(finding: Finding, say: Wording) -> str:
    return say(f"finding_{finding.key}", **finding.values)


def _paragraph(
    flow: Flow,
    case: Case,
    shown: dict[str, str],
    unknown: list[str],
    findings: tuple[Finding, ...],
    say: Wording,
) -> str:
    """One paragraph: the kind of case, what was said, what nobody knows, what follows."""

    def label(name: str) -> str:
        return say.name_of("field", name.removesuffix(_WORDS))

    said = [say("case_pair", label=label(name), value=say.name_of("choice", value)) for name, value in shown.items()]
    lead = say.name_of("flow", flow.name)
    sentences = [
        say("case_said", lead=lead, list=say("case_separator").join(said))
        if said
        else say("case_nothing_said", lead=lead)
    ]
    for key, names in (("case_unknown", unknown), ("case_unchecked", list(case.unchecked))):
        if names:
            sentences.append(say(key, list=say("case_separator").join(label(name) for name in names)))
    sentences += [_finding(finding, say) for finding in findings]
    return reduce(lambda first, following: say("case_together", first=first, next=following), sentences)
