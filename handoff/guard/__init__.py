"""What may be stored and what may be said: secrets are redacted on the way in, answers checked on the way out."""

from handoff.guard.findings import KINDS, Finding, Redaction, TurnRedaction, Violation
from handoff.guard.outbound import check_outbound
from handoff.guard.redaction import redact, redact_turn

__all__ = ["KINDS", "Finding", "Redaction", "TurnRedaction", "Violation", "check_outbound", "redact", "redact_turn"]
