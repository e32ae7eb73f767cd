"""Finds the answer to an open question in a message, and says what is wrong with it when there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from actions.flows.plan import Field, Kind, Message
from actions.flows.words import begins, means, typed_choice
from handoff.formats import address_chains, hash_chains

LONGEST = 500
_TOKEN = re.compile(r"[0-9A-Za-z_:-]{20,}")
_CODE = re.compile(r"(?<![0-9A-Za-z.])(-?\d{4,6}|[a-z]+(?:-[a-z]+){2,})(?![0-9A-Za-z])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ORDER = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z-]*\d)[0-9A-Za-z-]{6,36}(?![0-9A-Za-z])")
_UID = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z]*\d)[0-9A-Za-z]{4,20}(?![0-9A-Za-z])")
_TICKER = re.compile(r"(?<![0-9A-Za-z])[A-Z0-9]{2,10}(?![0-9A-Za-z])")
_PAIR = re.compile(r"(?<![0-9A-Za-z])[A-Za-z0-9]{2,12}[-/_]?[A-Za-z]{3,5}(?:-[A-Z0-9]+)*(?![0-9A-Za-z])")


@dataclass(frozen=True)
class Reading:
    """What a message says to a question.

    Attributes:
        value: the answer; empty when it is not known to the customer.
        problem: why the message is no answer: customers read ``flow_wrong_<problem>``. None when it is one.
        values: for the text of the problem.
    """

    value: str = ""
    problem: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def read(asked: Field, message: Message) -> Reading:
    """Reads the answer to a question."""
    if asked.kind is Kind.CHOICE:
        return _choice(asked, message)
    if message.choice:  # an offered value, such as a network
        return Reading(message.choice)
    value = _FINDERS[asked.kind](message)
    return Reading(value[:LONGEST]) if value else _problem(asked.kind, message)


def known(fields: Mapping[str, Field], message: Message) -> Iterator[tuple[str, str]]:
    """(field, value) of everything that the message names by itself, as entities."""
    for name, asked in fields.items():
        labels = _LABELS.get(asked.kind, ())
        if labels and (value := _entity(message, *labels)):
            yield name, value


def _choice(asked: Field, message: Message) -> Reading:
    if message.choice in asked.choices:
        return Reading(message.choice)
    yes_or_no = {choice.rpartition("_")[2]: choice for choice in asked.choices}
    if "yes" in yes_or_no and "no" in yes_or_no:
        # Words first: what the classifier takes a single short word for is less sure.
        said = next((said for check in (means, begins) for said in ("no", "yes") if check(message.text, said)), None)
        said = said or {"affirm": "yes", "deny": "no"}.get(message.intent)
        if said:
            return Reading(yes_or_no[said])
    typed = typed_choice(message.text, asked.choices, message.language)
    return Reading(typed) if typed else Reading(problem="choice")


def _problem(kind: Kind, message: Message) -> Reading:
    """The other thing that it looks like, or else only that it is not what was asked for."""
    looks = next((text for text in _TOKEN.findall(message.text) if hash_chains(text) or address_chains(text)), "")
    if kind is Kind.TX_HASH and address_chains(looks):
        return Reading(problem="address_for_hash", values={"chain": address_chains(looks)[0]})
    if kind is Kind.ADDRESS and hash_chains(looks):
        return Reading(problem="hash_for_address")
    return Reading(problem=kind.value)


def _entity(message: Message, *labels: str) -> str:
    for entity in message.entities:
        if entity.get("entity") in labels and entity.get("value"):
            return f"{entity['value']} {entity.get('unit') or ''}".strip()
    return ""


def _matching(pattern: re.Pattern[str]) -> Callable[[Message], str]:
    def find(message: Message) -> str:
        found = pattern.search(message.text)
        return found[0] if found else ""

    return find


def _token(test: Callable[[str], object]) -> Callable[[Message], str]:
    def find(message: Message) -> str:
        return next((text for text in _TOKEN.findall(message.text) if test(text)), "")

    return find


def _either(*finders: Callable[[Message], str]) -> Callable[[Message], str]:
    return lambda message: next((value for find in finders if (value := find(message))), "")


def _named(*labels: str) -> Callable[[Message], str]:
    return lambda message: _entity(message, *labels)


_LABELS: Mapping[Kind, tuple[str, ...]] = {
    Kind.COIN: ("coin",),
    Kind.NETWORK: ("network",),
    Kind.AMOUNT: ("amount",),
    Kind.ADDRESS: ("address",),
    Kind.TX_HASH: ("tx_hash",),
    Kind.TRACE: ("tx_hash", "address"),
    Kind.CODE: ("error_code",),
    Kind.NOTICE: ("error_code",),
    Kind.VENUE: ("venue",),
    Kind.ORDER: ("order_id",),
    Kind.INSTRUMENT: ("instrument",),
}
_text = _either(lambda message: message.text.strip())
_hash = _either(_named("tx_hash"), _token(hash_chains))
_address = _either(_named("address"), _token(lambda text: address_chains(text) and not hash_chains(text)))
_FINDERS: Mapping[Kind, Callable[[Message], str]] = {
    Kind.TEXT: _text,
    Kind.COIN: _either(_named("coin"), _matching(_TICKER)),
    # a coin's own network goes by the coin's name: "BTC", "Solana"
    Kind.NETWORK: _named("network", "coin"),
    Kind.AMOUNT: _either(_named("amount"), _matching(_NUMBER)),
    Kind.ADDRESS: _address,
    Kind.TX_HASH: _hash,
    Kind.TRACE: _either(_hash, _address),
    Kind.CODE: _either(_named("error_code"), _matching(_CODE)),
    Kind.NOTICE: _either(_named("error_code"), _matching(_CODE), _text),
    Kind.VENUE: _named("venue"),
    Kind.ORDER: _either(_named("order_id"), _matching(_ORDER)),
    Kind.INSTRUMENT: _either(_named("instrument"), _matching(_PAIR), _named("coin")),
    Kind.UID: _either(_named("uid"), _matching(_UID)),
}
