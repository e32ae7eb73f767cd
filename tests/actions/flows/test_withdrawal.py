"""A withdrawal that is stuck, branch by branch of playbooks D4 and D2."""

from __future__ import annotations

import pytest

from tests.actions.flows.customers import EVM, EVM_HASH, TRON_HASH, Customer, entity

ON_TRON = entity("network", "TRC20")


def broadcast(*entities: dict[str, object]) -> Customer:
    """A customer whose withdrawal has a hash, on TRON."""
    return Customer("withdrawal", ON_TRON, entity("tx_hash", TRON_HASH), *entities)


@pytest.mark.parametrize(
    ("code", "finding", "topic"),
    [
        ("58219", "withdrawal_hold", "withdrawal-24h-hold"),
        ("58201", "withdrawal_quota", "withdrawal-limit"),
        ("58232", "withdrawal_quota", "withdrawal-limit"),
        ("58258", "withdrawal_quota", "withdrawal-limit"),
        ("58214", "chain_maintenance", "system-maintenance"),
        ("58237", "travel_rule", "travel-rule"),
        ("51024", "judicial", "judicial-freeze"),
        ("58222", "address_invalid", "withdrawal-address-invalid"),
        ("58206", "fee_or_minimum", "withdrawal-fee-minimum"),
        ("58209", "sub_account", "sub-account-withdraw"),
        ("58220", "already_cancelled", "withdrawal-cancel"),
    ],
)
def test_a_shown_code_is_answered_at_once(code: str, finding: str, topic: str) -> None:
    customer = Customer("withdrawal", entity("error_code", code))

    assert customer.result == ("answered", [finding], topic)


def test_the_words_on_the_screen_are_as_good_as_their_code() -> None:
    customer = Customer("withdrawal")
    assert customer.asked == "shown"

    customer.writes(
        "withdrawals pause for 24 hours after changing your phone",
        decision="answer",
        topics=["withdrawal-24h-hold"],
    )

    assert customer.result == ("answered", ["withdrawal_hold"], "withdrawal-24h-hold")


@pytest.mark.parametrize(("code", "finding"), [("58204", "account_risk"), ("58217", "address_risk")])
def test_a_risk_stop_is_explained_after_the_question_who_wanted_the_withdrawal(code: str, finding: str) -> None:
    customer = Customer("withdrawal", entity("error_code", code))
    assert customer.asked == "told"

    assert customer.presses("told_no").result == ("answered", [finding], "withdrawal-risk-control")


def test_somebody_who_was_told_to_withdraw_gets_a_person_sooner() -> None:
    customer = Customer("withdrawal", entity("error_code", "58217")).presses("told_yes").skips()

    assert (customer.case.end, customer.found) == ("handover", ["address_risk", "told_by_others"])
    assert customer.plan.priority == 1


@pytest.mark.parametrize(
    ("status", "finding"), [("status_pending", "can_be_cancelled"), ("status_failed", "returned_to_balance")]
)
def test_without_a_message_the_status_decides(status: str, finding: str) -> None:
    customer = Customer("withdrawal").presses("no_message", status)

    assert customer.result == ("answered", [finding], "withdrawal-status")


def test_completed_without_a_hash_is_still_inside() -> None:
    customer = Customer("withdrawal").presses("no_message", "status_completed").skips()

    assert customer.result == ("answered", ["no_hash_yet"], "withdrawal-status")


@pytest.mark.parametrize(
    ("owner", "finding", "topic"),
    [
        ("owner_exchange", "ask_receiver", "withdrawal-not-arrived"),
        ("owner_other", "irreversible", "withdrawal-wrong-address"),
    ],
)
def test_a_broadcast_withdrawal_depends_on_whose_the_address_is(owner: str, finding: str, topic: str) -> None:
    assert broadcast().presses(owner).result == ("answered", [finding], topic)


@pytest.mark.parametrize(
    ("seen", "finding", "topic"),
    [
        ("chain_success", "look_in_wallet", "withdrawal-wrong-network"),
        ("chain_pending", "unconfirmed", "withdrawal-status"),
    ],
)
def test_for_the_customers_own_wallet_the_explorer_decides(seen: str, finding: str, topic: str) -> None:
    assert broadcast().presses("owner_mine", seen).result == ("answered", [finding], topic)


def test_a_hash_of_another_chain_is_told_with_the_answer() -> None:
    customer = Customer("withdrawal", ON_TRON, entity("tx_hash", EVM_HASH)).presses("owner_exchange")

    assert customer.found == ["tx_hash_of_other_chain", "ask_receiver"]


def test_what_is_not_on_the_chain_goes_to_a_person() -> None:
    customer = broadcast(entity("coin", "USDT")).presses("owner_mine", "chain_missing")
    customer.writes("0x12").writes(EVM, entity("address", EVM)).skips(2)

    assert customer.case.end == "handover"
    assert customer.case.get("address") == EVM


def test_an_unknown_status_collects_the_case() -> None:
    customer = Customer("withdrawal").presses("no_message").skips()
    while customer.asked:
        customer.skips()

    assert customer.case.end == "handover"
