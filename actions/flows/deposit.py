"""A deposit that has not arrived (playbook D3, and D2 where the network or the memo was wrong)."""

from __future__ import annotations

from dataclasses import dataclass

from actions.flows import networks
from actions.flows.case import Case
from actions.flows.engine import mismatch
from actions.flows.fields import ADDRESS, AMOUNT, COIN, EXPLORER, NETWORK, TX_HASH, UID, by_name
from actions.flows.plan import Codes, Field, Finding, Kind, Message, Plan, answered, ask, collect

#: What the sender's page says about a transfer without a hash.
_SENT = {
    "sent_completed": ("not_sent_yet", "how-to-find-txid"),
    "sent_pending": ("sender_works", "how-to-find-txid"),
    "sent_failed": ("sender_failed", None),
}
_EXPLORER = {
    "chain_missing": ("not_on_chain", "how-to-find-txid"),
    "chain_pending": ("unconfirmed", "deposit-confirmations"),
    "chain_failed": ("reverted", None),
}
_RECORD = {
    "record_waiting": ("awaits_confirmations", "deposit-confirmations"),
    "record_credited": ("in_funding_account", "transfer-between-accounts"),
    "record_suspended": ("deposits_suspended", "deposit-suspended"),
    "record_verification": ("needs_verification", "deposit-frozen-kyc-limit"),
}


@dataclass(frozen=True)
class Deposit:
    """First whether it was sent, then whether it arrived on the right network, then what the desk's records say."""

    name = "deposit"
    skill = "deposit_withdrawal"
    family = "deposit_withdrawal"
    fields = by_name(
        TX_HASH,
        Field("sent", Kind.CHOICE, tuple(_SENT)),
        NETWORK,
        EXPLORER,
        COIN,
        Field("memo", Kind.CHOICE, ("memo_yes", "memo_no")),
        Field("record", Kind.CHOICE, (*_RECORD, "record_none")),
        ADDRESS,
        AMOUNT,
        Field("minimum", Kind.CHOICE, ("minimum_yes", "minimum_no")),
        UID,
    )

    def begin(self, case: Case, message: Message) -> Case:  # noqa: ARG002
        """Nothing besides the entities."""
        return case

    def plan(self, case: Case, codes: Codes) -> Plan:  # noqa: ARG002, PLR0911  one line a branch of D3
        """Follows D3 step by step."""
        if wrong := mismatch(case.values):
            return answered(wrong, Finding("recovery"), topic="deposit-wrong-network")
        if not case.settled("tx_hash"):
            return ask("tx_hash")
        if not case.knows("tx_hash"):
            if not case.settled("sent"):
                return ask("sent")
            if found := _SENT.get(case.get("sent")):
                return answered(Finding(found[0]), topic=found[1])
        if not case.settled("network"):
            return ask("network")
        if case.knows("tx_hash"):
            if not case.settled("explorer"):
                return ask("explorer")
            if found := _EXPLORER.get(case.get("explorer")):
                return answered(Finding(found[0]), topic=found[1])
        return self._at_the_desk(case)

    def _at_the_desk(self, case: Case) -> Plan:  # noqa: PLR0911  one line a branch of D3
        """The transfer reached the chain, or nobody knows: what the customer sees here decides."""
        if not case.settled("coin"):
            return ask("coin")
        if networks.needs_memo(case.get("coin"), case.get("network")):
            if not case.settled("memo"):
                return ask("memo")
            if case.get("memo") == "memo_no":
                return answered(Finding("memo_missing"), topic="deposit-missing-memo")
        if not case.settled("record"):
            return ask("record")
        if found := _RECORD.get(case.get("record")):
            return answered(Finding(found[0]), topic=found[1])
        if case.get("minimum") == "minimum_no":
            return answered(Finding("below_minimum"), topic="deposit-below-minimum")
        confirmed = (Finding("on_chain_not_credited"),) if case.get("explorer") == "chain_success" else ()
        return collect(case, "amount", "minimum", "address", "uid", findings=confirmed)
