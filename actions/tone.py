"""How a reply begins for a customer who is angry or afraid. The facts that follow stay the same."""

from __future__ import annotations

from dataclasses import replace

from actions.turn import Turn
from handoff import texts
from handoff.records import Draft

_OPENINGS = {"angry": "tone_angry", "panic": "tone_panic"}


def in_tone(turn: Turn, draft: Draft) -> Draft:
    """The draft, opened with a sentence that answers the customer's mood; as it is for a calm one."""
    mood = turn.parsed.get("mood") or {}
    opening = _OPENINGS.get(str(mood.get("name")))
    return draft if opening is None else replace(draft, text=f"{texts.text(opening, turn.language)}\n\n{draft.text}")
