"""The shared words of all flows: a field, a message, a finding, and what a flow wants to do next."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from actions.flows.case import Case
from kb_index.error_codes import Explanation


class Kind(enum.StrEnum):
    """What the answer to a question looks like; ``reading`` knows how to find it in a message."""

    CHOICE = "choice"
    TEXT = "text"
    COIN = "coin"
    NETWORK = "network"
    AMOUNT = "amount"
    ADDRESS = "address"
    TX_HASH = "tx_hash"
    TRACE = "trace"  # an address or a transaction hash
    CODE = "error_code"
    NOTICE = "notice"  # an error code, or the words on the screen
    VENUE = "venue"
    ORDER = "order_id"
    INSTRUMENT = "instrument"
    UID = "uid"


@dataclass(frozen=True)
class Field:
    """Something that a flow may ask for. ``choices`` are offered as buttons; a choice's id is unique in all flows."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A customer's message as a flow sees it.

    Attributes:
        text: as written; empty for a pressed button.
        language: BCP 47.
        intent: name of the intent, also of a pressed button.
        decision: what the decision maker said; empty for a button.
        choice: the value of a pressed answer.
        topics: topic ids, best first.
        entities: as Rasa gives them.
        flow: the flow that this message alone would start.
    """

    text: str
    language: str = "en"
    intent: str = ""
    decision: str = ""
    choice: str = ""
    topics: Sequence[str] = ()
    entities: Sequence[Mapping[str, Any]] = ()
    flow: str | None = None

    def first(self, *labels: str) -> str:
        """The value of the first entity with one of these labels, or an empty text."""
        return next((str(e["value"]) for e in self.entities if e.get("entity") in labels and e.get("value")), "")


@dataclass(frozen=True)
class Finding:
    """A conclusion. Customers read ``flow_found_<key>``, agents ``finding_<key>``, both with ``values`` filled in."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What comes next.

    Attributes:
        ask: the field to ask for; None when the flow is at its end.
        end: ``answered``, ``handover`` or ``noted``, when nothing is to be asked.
        findings: what follows from the facts so far.
        topic: the article that belongs to the answer.
        explain: (code, venue) whose explanation is the answer.
        priority: of the handover, when it is not the intent's.
    """

    ask: str | None = None
    end: str | None = None
    findings: tuple[Finding, ...] = ()
    topic: str | None = None
    explain: tuple[str, str | None] | None = None
    priority: int | None = None


def ask(name: str, *findings: Finding) -> Plan:
    """Goes on with a question."""
    return Plan(ask=name, findings=findings)


def answered(*findings: Finding, topic: str | None = None) -> Plan:
    """The facts suffice."""
    return Plan(end="answered", findings=findings, topic=topic)


def handover(*findings: Finding, priority: int | None = None) -> Plan:
    """A person has to look at the case."""
    return Plan(end="handover", findings=findings, priority=priority)


def first_open(case: Case, *names: str) -> str | None:
    """The first of the fields that was not settled yet."""
    return next((name for name in names if not case.settled(name)), None)


def collect(case: Case, *names: str, findings: tuple[Finding, ...] = (), priority: int | None = None) -> Plan:
    """Asks for what is missing of these fields, then hands over."""
    missing = first_open(case, *names)
    return ask(missing, *findings) if missing else handover(*findings, priority=priority)


class Codes(Protocol):
    """The table of error codes."""

    def venues(self, code: str) -> tuple[str, ...]:
        """The venues that have this code."""

    def explain(self, code: str, venue: str | None, language: str) -> Sequence[Explanation]:
        """What the code means there, in this language or the nearest; empty when it is unknown."""


class Flow(Protocol):
    """One guided flow."""

    name: str
    skill: str
    family: str
    fields: Mapping[str, Field]

    def begin(self, case: Case, message: Message) -> Case:
        """Takes over what the first message says besides its entities, such as the kind of trouble by its topic."""

    def plan(self, case: Case, codes: Codes) -> Plan:
        """What comes next."""
