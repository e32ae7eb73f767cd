"""A withdrawal that is stuck or has not arrived (playbook D4, and D2 where the destination was wrong)."""

from __future__ import annotations

from dataclasses import dataclass

from actions.flows.case import Case
from actions.flows.engine import mismatch
from actions.flows.fields import ADDRESS, AMOUNT, COIN, EXPLORER, NETWORK, TX_HASH, UID, by_name
from actions.flows.plan import Codes, Field, Finding, Kind, Message, Plan, answered, ask, collect

_HIGH = 1
#: OKX's codes of refused withdrawals (domain facts A3, D4), by what they mean for the customer.
_CODES = {
    "withdrawal_hold": ("58219",),
    "account_risk": ("58204", "50029", "58210"),
    "address_risk": ("58217",),
    "withdrawal_quota": ("58201", "58232", "58256", "58257", "58258"),
    "chain_maintenance": ("58214",),
    "travel_rule": ("58237", "58238", "58239"),
    "judicial": ("51024",),
    "address_invalid": ("58221", "58222", "58224", "58226"),
    "fee_or_minimum": ("58205", "58206", "58223", "58229"),
    "sub_account": ("58209",),
    "already_cancelled": ("58220",),
}
_TOPICS = {
    "withdrawal_hold": "withdrawal-24h-hold",
    "account_risk": "withdrawal-risk-control",
    "address_risk": "withdrawal-risk-control",
    "withdrawal_quota": "withdrawal-limit",
    "chain_maintenance": "system-maintenance",
    "travel_rule": "travel-rule",
    "judicial": "judicial-freeze",
    "address_invalid": "withdrawal-address-invalid",
    "fee_or_minimum": "withdrawal-fee-minimum",
    "sub_account": "sub-account-withdraw",
    "already_cancelled": "withdrawal-cancel",
}
_BY_CODE = {code: key for key, codes in _CODES.items() for code in codes}
#: The words on the screen are understood as a topic; only where a topic means one thing does it stand for a code.
_BY_TOPIC = {topic: key for key, topic in _TOPICS.items() if key != "address_risk"}
_RISKS = {"account_risk", "address_risk"}
_OWNER = {
    "owner_exchange": ("ask_receiver", "withdrawal-not-arrived"),
    "owner_other": ("irreversible", "withdrawal-wrong-address"),
}
_EXPLORER = {
    "chain_success": ("look_in_wallet", "withdrawal-wrong-network"),
    "chain_pending": ("unconfirmed", "withdrawal-status"),
}


@dataclass(frozen=True)
class Withdrawal:
    """First the code or the words on the screen, then the status, then whose the destination is."""

    name = "withdrawal"
    skill = "deposit_withdrawal"
    family = "deposit_withdrawal"
    fields = by_name(
        Field("shown", Kind.NOTICE, ("no_message",)),
        Field("told", Kind.CHOICE, ("told_yes", "told_no")),
        Field("status", Kind.CHOICE, ("status_pending", "status_completed", "status_failed")),
        TX_HASH,
        NETWORK,
        ADDRESS,
        Field("owner", Kind.CHOICE, ("owner_exchange", "owner_mine", "owner_other")),
        EXPLORER,
        COIN,
        AMOUNT,
        UID,
    )

    def begin(self, case: Case, message: Message) -> Case:  # noqa: ARG002
        """A withdrawal that has a hash was not refused: no message is asked for, it is on its way."""
        if case.knows("tx_hash"):
            return case.with_values(**{"shown": "no_message", "status": "status_completed", **case.values})
        return case

    def plan(self, case: Case, codes: Codes) -> Plan:  # noqa: ARG002, PLR0911  one line a branch of D4
        """Follows D4, then D2."""
        if not case.settled("shown"):
            return ask("shown")
        reason = _BY_CODE.get(case.get("shown")) or _BY_TOPIC.get(case.get("shown_topic"))
        if reason in _RISKS:
            return self._risk(case, reason)
        if reason is not None:
            return answered(Finding(reason), topic=_TOPICS[reason])
        if not case.settled("status"):
            return ask("status")
        if case.get("status") == "status_pending":
            return answered(Finding("can_be_cancelled"), topic="withdrawal-status")
        if case.get("status") == "status_failed":
            return answered(Finding("returned_to_balance"), topic="withdrawal-status")
        if case.get("status") == "status_completed":
            return self._broadcast(case)
        return collect(case, "tx_hash", "coin", "network", "address", "amount", "uid")

    def _risk(self, case: Case, reason: str) -> Plan:
        """Somebody who was told to withdraw may be a victim; nothing is said about how risk is judged."""
        if not case.settled("told"):
            return ask("told", Finding(reason))
        if case.get("told") == "told_yes":
            return collect(case, "uid", findings=(Finding(reason), Finding("told_by_others")), priority=_HIGH)
        return answered(Finding(reason), topic=_TOPICS[reason])

    def _broadcast(self, case: Case) -> Plan:  # noqa: PLR0911  one line a branch of D2
        if not case.settled("tx_hash"):
            return ask("tx_hash")
        if not case.knows("tx_hash"):
            return answered(Finding("no_hash_yet"), topic="withdrawal-status")
        if not case.settled("network"):
            return ask("network")
        if not case.settled("owner"):
            return ask("owner")
        wrong = mismatch(case.values)
        findings = (wrong,) if wrong else ()
        if found := _OWNER.get(case.get("owner")):
            return answered(*findings, Finding(found[0]), topic=found[1])
        if case.get("owner") == "owner_mine":
            if not case.settled("explorer"):
                return ask("explorer", *findings)
            if found := _EXPLORER.get(case.get("explorer")):
                return answered(*findings, Finding(found[0]), topic=found[1])
        return collect(case, "coin", "address", "amount", "uid", findings=findings)
