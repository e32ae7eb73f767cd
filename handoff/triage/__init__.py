"""Recognises thefts and frauds by their words alone, in twelve languages, with no model.

Runs in the platform's and in the assistant's Python (3.10): standard library and PyYAML only.
"""

from handoff.triage.rules import Urgency, preload, urgency

__all__ = ["Urgency", "preload", "urgency"]
