"""Whether a message that would be answered from the FAQ starts a guided flow instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kb_index.flows import started_by


def chosen_flow(
    decision: str, topics: Sequence[tuple[str, float]], entities: Iterable[Mapping[str, Any]]
) -> str | None:
    """The name of the flow, or None.

    Args:
        decision: what was decided so far; only an ``answer`` can become a flow, so the topic is sure enough.
        topics: (topic id, score), best first.
        entities: of the message; one of them has to be a concrete fact of the flow.
    """
    if decision != "answer" or not topics:
        return None
    return started_by(topics[0][0], entities)
