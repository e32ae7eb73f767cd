"""When a message starts a guided flow by itself."""

from __future__ import annotations

import pytest

from bot.assistant.components.flows import chosen_flow

HASH = {"entity": "tx_hash", "value": "ab" * 32, "chains": ["TRON"]}
CODE = {"entity": "error_code", "value": "50113", "venues": ["OKX"]}


@pytest.mark.parametrize(
    ("decision", "topic", "entity", "flow"),
    [
        ("answer", "deposit-not-credited", HASH, "deposit"),
        ("answer", "withdrawal-not-arrived", HASH, "withdrawal"),
        ("answer", "api-signature-invalid", CODE, "api"),
        ("answer", "liquidation-dispute", {"entity": "order_id", "value": "312269865356374016"}, "trade"),
        ("answer", "deposit-not-credited", CODE, None),
        ("answer", "how-to-find-txid", HASH, None),
        ("answer", "api-signature-invalid", {**CODE, "venues": []}, None),
        ("clarify", "deposit-not-credited", HASH, None),
        ("handoff", "account-stolen-emergency", HASH, None),
    ],
)
def test_only_a_sure_topic_with_a_fact_of_its_flow_starts_it(
    decision: str, topic: str, entity: dict[str, object], flow: str | None
) -> None:
    assert chosen_flow(decision, [(topic, 0.9), ("adl", 0.2)], [{"entity": "coin", "value": "BTC"}, entity]) == flow


def test_without_a_topic_there_is_no_flow() -> None:
    assert chosen_flow("answer", [], [HASH]) is None
