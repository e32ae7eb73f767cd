"""Account theft and fraud (playbook D1). The customer is in the line already; the answers go to the open handoff."""

from __future__ import annotations

from dataclasses import dataclass

from actions.flows.case import Case
from actions.flows.fields import TIME, by_name
from actions.flows.plan import Codes, Field, Finding, Kind, Message, Plan, ask, first_open

_SCAM = "scam_victim"


@dataclass(frozen=True)
class Theft:
    """Asks what D1 allows, and nothing that has to be kept secret: only whether something was given away."""

    name = "theft"
    skill = "account_security"
    family = "account_security"
    fields = by_name(
        Field("login", Kind.CHOICE, ("login_yes", "login_no")),
        Field("loss", Kind.AMOUNT),
        TIME,
        Field("trace", Kind.TRACE),
        Field("given", Kind.CHOICE, ("given_yes", "given_no")),
    )

    def begin(self, case: Case, message: Message) -> Case:  # noqa: ARG002
        """A fraud victim can log in: that is how the money was sent."""
        return case.with_values(login="login_yes") if case.intent == _SCAM else case

    def plan(self, case: Case, codes: Codes) -> Plan:  # noqa: ARG002
        """Asks for everything once; there is nothing to answer here."""
        findings = []
        if case.get("login") == "login_no":
            findings.append(Finding("locked_out"))
        if case.get("given") == "given_yes":
            findings.append(Finding("secrets_given"))
        missing = first_open(case, "login", "loss", "time", "trace", "given")
        return ask(missing, *findings) if missing else Plan(end="noted", findings=tuple(findings))
