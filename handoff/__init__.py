"""The desk: conversations, the waiting line, the people who answer. `handoff.records` has the vocabulary."""
