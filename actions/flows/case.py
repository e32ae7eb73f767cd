"""What a guided flow has asked and learned so far. It travels in the tracker's slot ``flow_case`` as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Case:
    """One customer's case.

    Attributes:
        flow: the flow's name.
        values: answers by field; an empty one was asked for and is not known.
        asked: the field whose question is open.
        again: this field's answer was questioned, and is asked for once more.
        warned: fields whose expected form was explained; the next answer is taken as it is.
        unchecked: fields whose answer was taken although it does not have the expected form.
        intent: what brought the flow about.
        seq: the customer's message that was taken into account last.
        end: ``answered``, ``handover``, ``noted`` or ``cancelled`` once there is nothing more to ask.
    """

    flow: str
    values: Mapping[str, str] = field(default_factory=dict)
    asked: str | None = None
    again: str | None = None
    warned: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    intent: str = ""
    seq: int = 0
    end: str | None = None

    @classmethod
    def read(cls, slot: object) -> Case | None:
        """From the slot's value; None when there is no case."""
        if not isinstance(slot, Mapping) or not isinstance(slot.get("flow"), str):
            return None
        known = {name: slot[name] for name in cls.__dataclass_fields__ if name in slot}
        known |= {name: tuple(known.get(name) or ()) for name in ("warned", "unchecked")}
        return cls(**known)

    def json(self) -> dict[str, Any]:
        """The slot's value."""
        plain = asdict(self)
        return plain | {"values": dict(self.values), "warned": list(self.warned), "unchecked": list(self.unchecked)}

    def knows(self, name: str) -> bool:
        """Whether there is an answer, so that there is something to conclude from."""
        return bool(self.values.get(name))

    def settled(self, name: str) -> bool:
        """Whether the field was answered, or is known to be unknown."""
        return name in self.values

    def get(self, name: str) -> str:
        """The answer, or an empty text."""
        return self.values.get(name, "")

    def with_values(self, **values: str) -> Case:
        """The case with more answers."""
        return replace(self, values={**self.values, **values})
