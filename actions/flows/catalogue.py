"""All guided flows by name. Each has a Rasa form of the name ``<flow>_form``."""

from __future__ import annotations

from collections.abc import Mapping

from actions.flows.api import Api
from actions.flows.deposit import Deposit
from actions.flows.kyc import Kyc
from actions.flows.plan import Flow
from actions.flows.theft import Theft
from actions.flows.trade import Trade
from actions.flows.withdrawal import Withdrawal

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in (Theft(), Deposit(), Withdrawal(), Kyc(), Api(), Trade())}


def form_of(flow: str) -> str:
    """The name of a flow's form."""
    return f"{flow}_form"
