"""A missing deposit, branch by branch of playbook D3."""

from __future__ import annotations

import pytest

from tests.actions.flows.customers import EVM_HASH, TRON, TRON_HASH, Customer, entity

USDT = entity("coin", "USDT")
ON_TRON = entity("network", "TRC20")


def sent(**more: str) -> Customer:
    """A customer whose transfer has a hash, on TRON."""
    return Customer("deposit", USDT, ON_TRON, entity("tx_hash", TRON_HASH), *(entity(k, v) for k, v in more.items()))


def test_nothing_that_was_said_already_is_asked_again() -> None:
    customer = sent(amount="500")

    assert customer.asked == "explorer"
    assert customer.presses("chain_success", "record_none").asked == "minimum"


@pytest.mark.parametrize(
    ("status", "finding"),
    [("sent_completed", "not_sent_yet"), ("sent_pending", "sender_works"), ("sent_failed", "sender_failed")],
)
def test_without_a_hash_the_senders_record_decides(status: str, finding: str) -> None:
    customer = Customer("deposit")
    assert customer.asked == "tx_hash"

    end, found, _ = customer.skips().presses(status).result

    assert (end, found) == ("answered", [finding])


@pytest.mark.parametrize(
    ("seen", "finding"),
    [("chain_missing", "not_on_chain"), ("chain_pending", "unconfirmed"), ("chain_failed", "reverted")],
)
def test_with_a_hash_the_explorer_decides(seen: str, finding: str) -> None:
    end, found, _ = sent().presses(seen).result

    assert (end, found) == ("answered", [finding])


@pytest.mark.parametrize(
    ("record", "finding", "topic"),
    [
        ("record_waiting", "awaits_confirmations", "deposit-confirmations"),
        ("record_credited", "in_funding_account", "transfer-between-accounts"),
        ("record_suspended", "deposits_suspended", "deposit-suspended"),
        ("record_verification", "needs_verification", "deposit-frozen-kyc-limit"),
    ],
)
def test_the_deposit_record_explains_what_it_waits_for(record: str, finding: str, topic: str) -> None:
    assert sent().presses("chain_success", record).result == ("answered", [finding], topic)


def test_a_deposit_of_the_wrong_network_is_answered_at_once_with_the_way_to_ask_for_it() -> None:
    customer = Customer("deposit", USDT, entity("network", "ERC20"), entity("address", TRON))

    assert customer.result == ("answered", ["address_of_other_chain", "recovery"], "deposit-wrong-network")
    assert customer.plan.findings[0].values == {"chain": "TRON", "network": "ERC20"}


def test_an_address_of_another_chain_is_explained_once_then_believed() -> None:
    customer = Customer("deposit", USDT, entity("tx_hash", EVM_HASH))

    customer.writes("TRC20", ON_TRON)
    assert (customer.asked, customer.remark and customer.remark.key) == ("network", "tx_hash_of_other_chain")
    customer.presses("keep")

    assert customer.result == ("answered", ["tx_hash_of_other_chain", "recovery"], "deposit-wrong-network")


def test_another_network_after_the_explanation_settles_it() -> None:
    customer = Customer("deposit", USDT, entity("tx_hash", EVM_HASH)).writes("TRC20", ON_TRON)

    customer.writes("sorry, ERC20", entity("network", "ERC20"))

    assert (customer.asked, customer.case.get("network")) == ("explorer", "ERC20")


def test_the_network_may_be_corrected_where_the_hash_was_questioned() -> None:
    customer = Customer("deposit", USDT, ON_TRON).writes(EVM_HASH, entity("tx_hash", EVM_HASH))
    assert (customer.asked, customer.remark and customer.remark.key) == ("tx_hash", "tx_hash_of_other_chain")

    customer.writes("it was BEP20", entity("network", "BEP20"))

    assert (customer.asked, customer.case.get("tx_hash")) == ("explorer", EVM_HASH)


def test_a_memo_is_asked_for_only_where_one_is_needed() -> None:
    xrp = Customer("deposit", entity("coin", "XRP"), entity("network", "XRP Ledger"), entity("tx_hash", "AB" * 32))

    assert xrp.presses("chain_success").asked == "memo"
    assert xrp.presses("memo_no").result == ("answered", ["memo_missing"], "deposit-missing-memo")
    assert sent().presses("chain_success").asked == "record"


def test_less_than_the_minimum_is_answered() -> None:
    customer = sent(amount="1").presses("chain_success", "record_none", "minimum_no")

    assert customer.result == ("answered", ["below_minimum"], "deposit-below-minimum")


def test_what_succeeded_and_is_in_no_record_goes_to_a_person_with_everything() -> None:
    customer = sent().presses("chain_success", "record_none").writes("500 USDT").presses("minimum_yes")
    customer.writes(TRON).writes("UID 12345678")

    assert customer.result == ("handover", ["on_chain_not_credited"], None)
    assert customer.case.get("address") == TRON
    assert customer.case.get("uid") == "12345678"


def test_everything_may_be_skipped() -> None:
    customer = Customer("deposit")
    while customer.asked:
        customer.skips()

    assert customer.case.end == "handover"
    assert not any(customer.case.values.values())


def test_what_is_no_hash_is_explained_once_then_taken_as_it_is() -> None:
    customer = Customer("deposit", USDT, ON_TRON).writes("12345")
    assert (customer.asked, customer.remark and customer.remark.key) == ("tx_hash", "tx_hash")

    customer.writes("12345")

    assert (customer.asked, customer.case.unchecked) == ("explorer", ("tx_hash",))
    assert customer.case.get("tx_hash") == "12345"


def test_an_address_instead_of_a_hash_is_recognised_as_one() -> None:
    customer = Customer("deposit", USDT, ON_TRON).writes(TRON, entity("address", TRON))

    assert customer.remark is not None
    assert (customer.remark.key, customer.remark.values) == ("address_for_hash", {"chain": "TRON"})
    assert customer.case.get("address") == TRON
