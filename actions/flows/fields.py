"""Fields that several flows ask for."""

from __future__ import annotations

from collections.abc import Mapping

from actions.flows import networks
from actions.flows.plan import Field, Kind

COIN = Field("coin", Kind.COIN, ("USDT", "BTC", "ETH", "USDC"))
NETWORK = Field("network", Kind.NETWORK, networks.COMMON)
AMOUNT = Field("amount", Kind.AMOUNT)
ADDRESS = Field("address", Kind.ADDRESS)
TX_HASH = Field("tx_hash", Kind.TX_HASH)
EXPLORER = Field("explorer", Kind.CHOICE, ("chain_success", "chain_pending", "chain_failed", "chain_missing"))
UID = Field("uid", Kind.UID)
CODE = Field("code", Kind.CODE)
VENUE = Field("venue", Kind.VENUE, ("OKX", "HTX", "Binance"))
ORDER = Field("order_id", Kind.ORDER)
INSTRUMENT = Field("instrument", Kind.INSTRUMENT)
TIME = Field("time", Kind.TEXT)
DOCUMENT = Field(
    "document", Kind.CHOICE, ("document_passport", "document_id", "document_licence", "document_residence")
)


def by_name(*fields: Field) -> Mapping[str, Field]:
    """A flow's fields by their names."""
    return {field.name: field for field in fields}
