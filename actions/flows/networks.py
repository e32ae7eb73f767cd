"""Which chain's formats a network uses, and whether an address or a hash can belong to it."""

from __future__ import annotations

from handoff.formats import address_chains, hash_chains

_ROLLUPS = ("Arbitrum", "Optimism", "Base", "zkSync", "Linea")
_SIDE_CHAINS = ("Polygon", "Avalanche C-Chain", "HECO", "OKTC", "Fantom", "Cronos")
#: Networks as the lexicon names them, by the chain whose address form they use (domain facts, B1 and B2).
_NETWORKS = {
    "EVM": (*_ROLLUPS, *_SIDE_CHAINS, "ERC20", "BEP20", "Ethereum"),
    "TRON": ("TRC20", "TRC10", "TRON"),
    "BTC": ("Bitcoin", "SegWit", "BRC20", "Omni"),
    "Solana": ("Solana",),
    "TON": ("TON",),
    "XRP": ("XRP Ledger",),
}
_CHAINS = {network.casefold(): chain for chain, networks in _NETWORKS.items() for network in networks}
#: Names that customers know.
_NAMES = {"EVM": "Ethereum/EVM (0x…)", "BTC": "Bitcoin", "XRP": "XRP Ledger", "XLM": "Stellar"}
#: Networks and coins whose deposits need a memo, tag or comment.
_MEMO = {"xrp", "xrp ledger", "xlm", "stellar", "eos", "ton", "atom", "kava", "sei", "hbar", "stx"}

#: Offered as quick replies when a network is asked for.
COMMON = ("TRC20", "ERC20", "BEP20", "Solana", "Bitcoin")


def needs_memo(coin: str, network: str) -> bool:
    """Whether a deposit needs a memo: a coin's own, not that of a token such as USDT on another network."""
    if network:
        return network.casefold() in _MEMO
    return coin.casefold() in _MEMO


def other_chain(network: str, value: str) -> str | None:
    """The chain's name when an address or hash cannot belong to the network; None when it can, or nobody can tell."""
    wanted = _CHAINS.get(network.casefold())
    chains = hash_chains(value) or address_chains(value)
    if wanted is None or not chains or wanted in chains:
        return None
    return _NAMES.get(chains[0], chains[0]) if len(chains) == 1 else " / ".join(_NAMES.get(c, c) for c in chains[:3])
