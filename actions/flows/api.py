"""An error of the trading API (playbook D6): the code against its venue, or the facts that a person needs."""

from __future__ import annotations

from dataclasses import dataclass

from actions.flows.case import Case
from actions.flows.fields import CODE, VENUE, by_name
from actions.flows.plan import Codes, Field, Finding, Kind, Message, Plan, ask, collect


@dataclass(frozen=True)
class Api:
    """Never asks for a key or a secret."""

    name = "api"
    skill = "api"
    family = "api"
    fields = by_name(
        CODE,
        VENUE,
        Field("response", Kind.TEXT),
        Field("request", Kind.TEXT),
        Field("timestamp", Kind.TEXT),
        Field("program", Kind.TEXT),
    )

    def begin(self, case: Case, message: Message) -> Case:  # noqa: ARG002
        """Nothing besides the entities."""
        return case

    def plan(self, case: Case, codes: Codes) -> Plan:
        """Explains a known code; asks whose it is when two venues have it."""
        if not case.settled("code"):
            return ask("code")
        if explained := explanation(case, codes):
            return explained
        findings = (Finding("code_unknown", {"code": case.get("code")}),) if case.knows("code") else ()
        return collect(case, "venue", "response", "request", "timestamp", "program", findings=findings)


def explanation(case: Case, codes: Codes) -> Plan | None:
    """The plan for a code that is known at some venue; None for any other. The trade flow uses it too."""
    code, venue = case.get("code"), case.get("venue")
    venues = codes.venues(code) if code else ()
    if not venues:
        return None
    if venue and venue not in venues:
        return None  # the venue was named, and it has no such code
    if not venue and len(venues) > 1:
        if not case.settled("venue"):
            return ask("venue", Finding("code_of_several", {"code": code, "venues": ", ".join(venues)}))
        return Plan(end="answered", explain=(code, None))
    return Plan(end="answered", explain=(code, venue or venues[0]))
