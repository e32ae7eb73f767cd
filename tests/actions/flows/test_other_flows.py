"""Verification, API, trades and theft, branch by branch of playbooks D5, D6, D7 and D1."""

from __future__ import annotations

import pytest

from actions.flows.report import report
from kb_index import error_codes
from tests.actions.flows.customers import TRON, Customer, entity


@pytest.mark.parametrize(
    ("reason", "finding", "topic"),
    [
        ("reason_mismatch", "fix_mismatch", "kyc-name-mismatch"),
        ("reason_face", "fix_face", "kyc-face-liveness"),
        ("reason_duplicate", "fix_duplicate", "kyc-duplicate-identity"),
    ],
)
def test_a_rejection_is_answered_by_its_reason(reason: str, finding: str, topic: str) -> None:
    customer = Customer("kyc", intent="kyc")
    assert customer.asked == "reason"

    assert customer.presses(reason).result == ("answered", [finding], topic)


@pytest.mark.parametrize(("document", "finding"), [("passport", "fix_one_page"), ("id", "fix_both_sides")])
def test_a_rejected_document_depends_on_which_it_is(document: str, finding: str) -> None:
    customer = Customer("kyc").presses("reason_documents", f"document_{document}")

    assert customer.result == ("answered", ["fix_documents", finding], "kyc-photo-quality")


def test_the_topic_of_the_first_message_names_the_reason() -> None:
    assert Customer("kyc", topic="kyc-face-liveness", intent="kyc").found == ["fix_face"]


def test_another_reason_is_a_case_without_photos() -> None:
    customer = Customer("kyc").presses("reason_other").writes("Rejected, code R7").presses("document_id")
    customer.writes("Portugal").skips()

    assert customer.case.end == "handover"
    assert customer.case.get("country") == "Portugal"


def test_a_final_decision_names_the_appeal_and_no_detail() -> None:
    customer = Customer("kyc").presses("reason_other")

    customer.writes("your country is not supported", decision="answer", topics=["kyc-region"], intent="kyc")

    assert customer.result == ("answered", ["final_decision"], "kyc-region")


def test_a_known_code_is_explained_at_once() -> None:
    customer = Customer("api", entity("error_code", "50113", venues=["OKX"]), intent="api")

    assert (customer.case.end, customer.plan.explain) == ("answered", ("50113", "OKX"))


def test_a_code_of_two_venues_is_explained_for_the_one_that_is_meant() -> None:
    customer = Customer("api", intent="api").writes("4007", entity("error_code", "4007"))
    assert (customer.asked, customer.found) == ("venue", ["code_of_several"])

    assert customer.presses("HTX").plan.explain == ("4007", "HTX")


def test_a_code_of_two_venues_is_explained_for_both_when_nobody_knows() -> None:
    customer = Customer("api", entity("error_code", "4007"), intent="api").skips()

    assert (customer.case.end, customer.plan.explain) == ("answered", ("4007", None))


def test_a_code_that_the_named_venue_does_not_have_is_a_case() -> None:
    customer = Customer("api", entity("error_code", "50113"), entity("venue", "HTX"), intent="api")

    assert (customer.asked, customer.found) == ("response", ["code_unknown"])


def test_an_unknown_code_collects_what_a_person_needs() -> None:
    customer = Customer("api", intent="api").writes("77777").presses("OKX")
    customer.writes('{"code": 77777}').writes("GET /api/v5/account/balance").skips().writes("Python, ccxt")

    assert customer.result == ("handover", ["code_unknown"], None)
    assert customer.case.get("program") == "Python, ccxt"


def test_what_is_no_code_is_explained_once_then_taken_as_it_is() -> None:
    customer = Customer("api", intent="api").writes("bad signature")
    assert (customer.asked, customer.remark and customer.remark.key) == ("code", "error_code")

    assert customer.writes("bad signature").case.unchecked == ("code",)


def test_a_failed_order_is_explained_by_its_code() -> None:
    customer = Customer("trade", entity("error_code", "51008", venues=["OKX"]), intent="trading")

    assert (customer.case.end, customer.plan.explain) == ("answered", ("51008", "OKX"))


def test_a_failed_order_without_a_code_is_a_case() -> None:
    customer = Customer("trade", entity("order_id", "312269865356374016"), topic="order-not-filled", intent="trading")
    assert customer.asked == "code"

    customer.skips().writes("BTC-USDT", entity("instrument", "BTC-USDT")).writes("today 10:05 UTC").skips()

    assert customer.case.end == "handover"


@pytest.mark.parametrize("price", ["last", "mark", "index"])
def test_a_trigger_is_explained_by_its_price(price: str) -> None:
    customer = Customer("trade", intent="trading").presses("trouble_tpsl", f"trigger_{price}")

    assert customer.result == ("answered", [f"triggers_on_{price}"], "tp-sl-not-triggered")


@pytest.mark.parametrize(
    ("trouble", "finding", "questions"),
    [("liquidation", "liquidation_by_mark_price", 6), ("wick", "wick_is_checked", 4)],
)
def test_a_dispute_is_a_case_for_people(trouble: str, finding: str, questions: int) -> None:
    customer = Customer("trade", intent="trading").presses(f"trouble_{trouble}").skips(questions)

    assert customer.result == ("handover", [finding], None)


def test_any_other_trouble_is_a_case_too() -> None:
    assert Customer("trade", intent="trading").presses("trouble_other").skips(4).case.end == "handover"
    assert Customer("trade", intent="trading").skips(5).case.end == "handover"


def test_a_theft_asks_five_short_questions_and_never_for_a_secret() -> None:
    customer = Customer("theft", intent="account_theft")
    assert customer.asked == "login"

    customer.presses("login_no").writes("3200 USDT", entity("amount", "3200", unit="USDT")).writes("last night")
    customer.writes(TRON).presses("given_yes")

    assert customer.result == ("noted", ["locked_out", "secrets_given"], None)
    assert customer.case.get("loss") == "3200 USDT"


def test_a_fraud_victim_is_not_asked_about_logging_in() -> None:
    amount = entity("amount", "500", unit="USDT")

    assert Customer("theft", amount, entity("address", TRON), intent="scam_victim").asked == "time"


def test_what_the_customer_tells_instead_of_an_answer_is_kept_each_time() -> None:
    customer = Customer("theft", intent="account_theft").writes("hm")
    amount = entity("amount", "3200 USDT", coin="USDT", number="3200")
    customer.writes("3200 USDT", amount)
    assert customer.case.get("loss") == "3200 USDT"
    assert customer.asked == "time"


def test_yes_and_no_are_understood_in_words() -> None:
    customer = Customer("theft", intent="account_theft")

    assert customer.writes("не знаю").case.get("login") == ""
    assert Customer("theft").writes("いいえ", intent="affirm").case.get("login") == "login_no"
    assert Customer("theft").writes("能").case.get("login") == "login_yes"
    assert Customer("theft").writes("sí", intent="affirm", decision="smalltalk").case.get("login") == "login_yes"


def test_words_instead_of_a_choice_are_asked_for_once_more_then_kept_for_the_agent() -> None:
    customer = Customer("kyc").writes("it was somehow refused").writes("it was somehow refused")

    summary = report(customer.flow, customer.case, error_codes)

    assert summary["fields"] == {"reason": "it was somehow refused"}
    assert summary["unchecked"] == ["reason"]
    assert "reason" not in summary["unknown"]


def test_the_paragraph_tells_an_agent_everything_in_both_languages() -> None:
    customer = Customer("deposit", entity("coin", "USDT"), entity("network", "ERC20"), entity("address", TRON))

    paragraph = report(customer.flow, customer.case, error_codes)["paragraph"]

    assert paragraph["en"] == (
        f"Deposit not credited. Network: ERC20; Coin: USDT; Address: {TRON}. The address is one of TRON, the network "
        "named is ERC20. The customer was shown how to ask for a recovery."
    )
    assert paragraph["zh-Hans"] == (
        f"充值未到账。网络：ERC20；币种：USDT；地址：{TRON}。"
        "地址属于 TRON，而客户说的网络是 ERC20。已告知客户如何申请找回。"
    )
