"""A rejected identity verification (playbook D5). Never a photo, never a way around a rule."""

from __future__ import annotations

from dataclasses import dataclass

from actions.flows.case import Case
from actions.flows.fields import DOCUMENT, UID, by_name
from actions.flows.plan import Codes, Field, Finding, Kind, Message, Plan, answered, ask, collect

_TOPIC_OF_REASON = {
    "reason_documents": "kyc-photo-quality",
    "reason_mismatch": "kyc-name-mismatch",
    "reason_face": "kyc-face-liveness",
    "reason_duplicate": "kyc-duplicate-identity",
}
_REASON_OF_TOPIC = {topic: reason for reason, topic in _TOPIC_OF_REASON.items()}
#: Rejections that trying again does not change; no detail is given, only the way to appeal.
_FINAL = ("kyc-region", "kyc-age", "region-restriction")


@dataclass(frozen=True)
class Kyc:
    """By the shown reason: at most four things to change, or the case for a person."""

    name = "kyc"
    skill = "kyc"
    family = "kyc"
    fields = by_name(
        Field("reason", Kind.CHOICE, (*_TOPIC_OF_REASON, "reason_other")),
        DOCUMENT,
        Field("shown", Kind.NOTICE),
        Field("country", Kind.TEXT),
        UID,
    )

    def begin(self, case: Case, message: Message) -> Case:
        """The topic of the first message may name the reason already."""
        reason = _REASON_OF_TOPIC.get(message.topics[0]) if message.topics and message.decision else None
        return case.with_values(reason=reason) if reason else case

    def plan(self, case: Case, codes: Codes) -> Plan:  # noqa: ARG002, PLR0911  one line a branch of D5
        """Follows D5."""
        if not case.settled("reason"):
            return ask("reason")
        reason = case.get("reason")
        if reason == "reason_documents":
            if not case.settled("document"):
                return ask("document")
            sides = "fix_one_page" if case.get("document") == "document_passport" else "fix_both_sides"
            return answered(Finding("fix_documents"), Finding(sides), topic=_TOPIC_OF_REASON[reason])
        if reason == "reason_duplicate":
            return answered(Finding("fix_duplicate"), topic=_TOPIC_OF_REASON[reason])
        if reason in _TOPIC_OF_REASON:
            return answered(Finding(reason.replace("reason_", "fix_")), topic=_TOPIC_OF_REASON[reason])
        if case.get("shown_topic") in _FINAL:
            return answered(Finding("final_decision"), topic=case.get("shown_topic"))
        return collect(case, "shown", "document", "country", "uid")
