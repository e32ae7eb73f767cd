"""A failed or disputed trade (playbook D7): a failed order by its code, a dispute as a case for people."""

from __future__ import annotations

from dataclasses import dataclass

from actions.flows.api import explanation
from actions.flows.case import Case
from actions.flows.fields import CODE, INSTRUMENT, ORDER, TIME, UID, VENUE, by_name
from actions.flows.plan import Codes, Field, Finding, Kind, Message, Plan, answered, ask, collect

_TROUBLE_OF_TOPIC = {
    "liquidation-dispute": "trouble_liquidation",
    "tp-sl-not-triggered": "trouble_tpsl",
    "wick-complaint": "trouble_wick",
    "cancel-order-failed": "trouble_order",
    "order-not-filled": "trouble_order",
    "price-limit-rejected": "trouble_order",
    "reduce-only-rejected": "trouble_order",
}
_TRIGGERS = ("trigger_last", "trigger_mark", "trigger_index")


@dataclass(frozen=True)
class Trade:
    """What an article answers is answered; whether somebody is compensated is never decided here."""

    name = "trade"
    skill = "trading"
    family = "trading"
    fields = by_name(
        Field(
            "trouble",
            Kind.CHOICE,
            ("trouble_liquidation", "trouble_tpsl", "trouble_wick", "trouble_order", "trouble_other"),
        ),
        CODE,
        VENUE,
        Field("trigger", Kind.CHOICE, _TRIGGERS),
        INSTRUMENT,
        Field("margin", Kind.CHOICE, ("margin_cross", "margin_isolated")),
        Field("side", Kind.CHOICE, ("side_long", "side_short")),
        TIME,
        ORDER,
        UID,
    )

    def begin(self, case: Case, message: Message) -> Case:
        """The topic of the first message may name the trouble; an error code means a failed order."""
        if case.knows("code"):
            return case.with_values(trouble="trouble_order")
        trouble = _TROUBLE_OF_TOPIC.get(message.topics[0]) if message.topics and message.decision else None
        return case.with_values(trouble=trouble) if trouble else case

    def plan(self, case: Case, codes: Codes) -> Plan:  # noqa: PLR0911  one line a branch of D7
        """Follows D7."""
        if not case.settled("trouble"):
            return ask("trouble")
        trouble = case.get("trouble")
        if trouble == "trouble_order":
            if not case.settled("code"):
                return ask("code")
            if explained := explanation(case, codes):
                return explained
        if trouble == "trouble_tpsl":
            if not case.settled("trigger"):
                return ask("trigger")
            if case.get("trigger") in _TRIGGERS:
                return answered(
                    Finding(case.get("trigger").replace("trigger_", "triggers_on_")), topic="tp-sl-not-triggered"
                )
        if trouble == "trouble_liquidation":
            asked = ("instrument", "margin", "side", "time", "order_id", "uid")
            return collect(case, *asked, findings=(Finding("liquidation_by_mark_price"),))
        findings = (Finding("wick_is_checked"),) if trouble == "trouble_wick" else ()
        return collect(case, "order_id", "instrument", "time", "uid", findings=findings)
