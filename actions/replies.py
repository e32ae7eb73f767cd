"""Replies on their way to the gateway: Rasa passes them on in ``custom``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff.records import Button, Draft

#: The kind of a reply without text: what the customer reads was committed by the action itself.
COMMITTED = "committed"


@dataclass(frozen=True)
class Outcome:
    """What an action says, and what the tracker remembers.

    ``committed`` means that the replies were written by the desk already, in the transaction of a handoff. ``form``
    names a guided flow's form that goes on from here; ``leaves`` ends the one that is active.
    """

    replies: Sequence[Draft] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    committed: bool = False
    form: str | None = None
    leaves: bool = False


def outgoing(draft: Draft) -> dict[str, Any]:
    """The JSON of one reply."""
    buttons = [{"title": button.title, "payload": button.payload} for button in draft.buttons]
    return {"text": draft.text, "kind": draft.kind, "buttons": buttons, "meta": dict(draft.meta)}


def button(title: str, intent: str, **entities: str) -> Button:
    """A quick reply whose payload Rasa reads as an intent, with entities if it has some."""
    given = ", ".join(f'"{name}": "{value}"' for name, value in entities.items())
    return Button(title, f"/{intent}{{{given}}}" if given else f"/{intent}")
