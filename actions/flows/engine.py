"""One step of a guided flow: a message goes in; the case, and what is to be explained about it, come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from actions.flows.case import Case
from actions.flows.networks import other_chain
from actions.flows.plan import Codes, Finding, Flow, Kind, Message, Plan
from actions.flows.reading import LONGEST, known, read

#: The button that confirms a questioned answer.
KEEP = "keep"


@dataclass(frozen=True)
class Step:
    """The case after a message. ``remark`` is said before the next question, as ``flow_wrong_<key>``."""

    case: Case
    remark: Finding | None = None


def begin(flow: Flow, message: Message, codes: Codes, *, seq: int) -> Case:
    """A new case with everything that the first message says already."""
    values = dict(known(flow.fields, message))
    case = flow.begin(Case(flow.name, values, intent=message.intent, seq=seq), message)
    return arranged(flow, case, codes)


def answer(flow: Flow, case: Case, message: Message, codes: Codes, *, seq: int) -> Step:
    """Takes an answer to the open question.

    What has not the expected form is explained once; the second time it is taken as it is and marked as unchecked.
    So is an address or a hash that cannot belong to the network.
    """
    case = _mentioned(flow, replace(case, seq=seq), message)
    asked = flow.fields[case.asked or ""]
    if case.again == asked.name and case.knows(asked.name) and _confirms(case, asked.name, message):
        return Step(arranged(flow, replace(case, again=None), codes))
    reading = read(asked, message)
    if reading.problem and asked.name not in case.warned:
        case = replace(case, warned=(*case.warned, asked.name), again=asked.name)
        return Step(arranged(flow, case, codes), Finding(reading.problem, reading.values))
    if reading.problem:
        taken = message.text.strip()[:LONGEST]
        # Words instead of one of the choices lead nowhere by themselves: an agent reads them, the flow goes on.
        extra = {f"{asked.name}_words": taken, asked.name: ""} if asked.kind is Kind.CHOICE else {asked.name: taken}
        case = replace(case.with_values(**extra), unchecked=(*case.unchecked, asked.name), again=None)
        return Step(arranged(flow, case, codes))
    told: dict[str, str] = {asked.name: reading.value}
    if asked.kind is Kind.NOTICE and message.decision == "answer" and message.topics:
        told[f"{asked.name}_topic"] = message.topics[0]  # what the words on the screen are about
    case = replace(case.with_values(**told), again=None)
    conflict = mismatch(case.values)
    questioned = conflict is not None and asked.kind in (Kind.NETWORK, Kind.ADDRESS, Kind.TX_HASH)
    if questioned and asked.name not in case.warned:
        case = replace(case, warned=(*case.warned, asked.name), again=asked.name)
        return Step(arranged(flow, case, codes), conflict)
    return Step(arranged(flow, case, codes))


def skip(flow: Flow, case: Case, codes: Codes, *, seq: int) -> Case:
    """The customer does not know, or would rather not say."""
    name = case.asked or ""
    value = case.get(name) if case.again == name else ""
    return arranged(flow, replace(case.with_values(**{name: value}), again=None, seq=seq), codes)


def arranged(flow: Flow, case: Case, codes: Codes) -> Case:
    """The case with its next question, or its end."""
    if case.again is not None:
        return replace(case, asked=case.again)
    plan = flow.plan(case, codes)
    return replace(case, asked=plan.ask, end=plan.end)


def planned(flow: Flow, case: Case, codes: Codes) -> Plan:
    """What follows from the case as it stands, also in the middle of a flow."""
    return flow.plan(case, codes)


def mismatch(values: Mapping[str, str]) -> Finding | None:
    """An address or a hash that cannot belong to the network; the hash tells more, so it comes first."""
    for name in ("tx_hash", "address"):
        chain = other_chain(values.get("network", ""), values.get(name, ""))
        if chain:
            return Finding(f"{name}_of_other_chain", {"chain": chain, "network": values["network"]})
    return None


def _confirms(case: Case, name: str, message: Message) -> bool:
    """Whether a questioned answer stands: it is confirmed, or the other side of the contradiction is corrected."""
    if message.choice == KEEP or message.text.strip() == case.get(name):
        return True
    return name != "network" and bool(message.first("network")) and not message.first("tx_hash", "address")


def _mentioned(flow: Flow, case: Case, message: Message) -> Case:
    """The case with what else the message names. A network is corrected, other facts only added."""
    found = {
        name: value
        for name, value in known(flow.fields, message)
        if name != case.asked and (not case.settled(name) or name == "network")
    }
    return case.with_values(**found)
