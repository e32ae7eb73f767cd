"""The actions server with a small table of error codes."""

from __future__ import annotations

from actions import server
from tests.actions.known_codes import KnownCodes

if __name__ == "__main__":
    server.code_table = lambda: KnownCodes({"50113": ("OKX",), "1003": ("HTX", "Binance"), "51008": ("OKX",)})
    server.serve()
