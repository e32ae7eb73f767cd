"""A customer's case in one look: what the assistant understood and tried, from what was committed.

Everything here was written by customers or by the model, so nothing is trusted to have a shape: what does
not fit is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from handoff import ledger, schema
from handoff.database import Database
from handoff.records import Author, Conversation, Handoff, HandoffState, Message

_LONGEST_VALUE = 120
_LONGEST_ANSWER = 500
_EARLIER = 5
_OUTCOMES = {"/solved": "helped", "/not_solved": "did_not_help"}


@dataclass(frozen=True)
class Tried:
    """An article that the assistant gave. ``outcome``: ``helped``, ``did_not_help``, or None when nothing was said."""

    topic: str
    outcome: str | None


@dataclass(frozen=True)
class Checked:
    """What a guided flow asked and found.

    Attributes:
        flow: the flow's name.
        fields: (field, answer), in the order of the questions.
        unknown: fields that the customer could not answer.
        unchecked: fields whose answer does not have the usual form.
        findings: what follows, in the agent's language.
        paragraph: the case in one paragraph, in the agent's language.
    """

    flow: str
    fields: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    unchecked: tuple[str, ...]
    findings: tuple[str, ...]
    paragraph: str


@dataclass(frozen=True)
class Case:
    """What an agent should know before answering.

    ``confidence`` is 0 to 1; ``topics`` are those that the assistant took for the likeliest, best first.
    """

    language: str
    channel: str
    locale: str | None
    first_message: str
    problem: str
    intent: str | None
    confidence: float | None
    entities: tuple[tuple[str, str], ...]
    tried: tuple[Tried, ...]
    topics: tuple[str, ...]
    redacted: tuple[str, ...]
    checked: Checked | None = None


def case_of(
    conversation: Conversation, handoff: Handoff | None, messages: Sequence[Message], language: str = "en"
) -> Case:
    """The case of a conversation; pure.

    Args:
        conversation: the conversation.
        handoff: its open handoff, if there is one.
        messages: its messages, in order.
        language: the agent's.
    """
    summary: Mapping[str, Any] = handoff.summary if handoff else {}
    customers = [message for message in messages if message.author is Author.CUSTOMER]
    understood = [_mapping(message.meta.get("understanding")) for message in customers]
    written = [message.text for message in customers if message.text and "payload" not in message.meta]
    intent = handoff.intent if handoff else None
    return Case(
        language=handoff.language if handoff else conversation.language,
        channel=conversation.channel,
        locale=conversation.locale,
        first_message=_text(summary.get("first_message")) or (written[0] if written else ""),
        problem=_text(summary.get("problem")) or (written[-1] if written else ""),
        intent=intent,
        confidence=_confidence(understood, intent, summary),
        entities=_entities([summary, *understood]),
        tried=_tried(messages, summary),
        topics=_topics(summary),
        redacted=tuple(dict.fromkeys(kind for message in customers for kind in _texts(message.meta.get("redacted")))),
        checked=_checked(summary, language),
    )


async def earlier_handoffs(db: Database, conversation_id: str) -> list[Handoff]:
    """The conversation's last closed handoffs, latest first.

    Raises:
        StoreUnavailable: the database did not answer.
    """
    table = schema.handoffs
    query = (
        select(table)
        .where(table.c.conversation_id == conversation_id, table.c.state == HandoffState.CLOSED)
        .order_by(table.c.closed_at.desc())
        .limit(_EARLIER)
    )
    async with db.read() as tx:
        return [ledger.handoff_of(row) for row in (await tx.execute(query)).mappings()]


def _confidence(
    understood: Iterable[Mapping[str, Any]], intent: str | None, summary: Mapping[str, Any]
) -> float | None:
    """How sure the assistant was of the handoff's intent, the last time that it was understood."""
    best: float | None = None
    for understanding in (*understood, summary):
        named = understanding.get("intent")
        name = named.get("name") if isinstance(named, Mapping) else named
        if name not in (intent, None):
            continue
        value = understanding.get("confidence")
        if value is None and isinstance(named, Mapping):
            value = named.get("confidence")
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            best = float(value)
    return best


def _entities(sources: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Each thing that was named, once, in the order of the sources: coin, amount, address, transaction ..."""
    found: dict[tuple[str, str], None] = {}
    for source in sources:
        named = source.get("entities")
        pairs: list[tuple[Any, Any]] = []
        if isinstance(named, Mapping):
            for kind, values in named.items():
                pairs += [(kind, value) for value in (values if isinstance(values, list) else [values])]
        elif isinstance(named, list):
            pairs = [(item.get("entity"), _value(item)) for item in named if isinstance(item, Mapping)]
        for kind, value in pairs:
            text = _text(value)
            if isinstance(kind, str) and text:
                found.setdefault((kind, text[:_LONGEST_VALUE]))
    return tuple(found)


def _tried(messages: Sequence[Message], summary: Mapping[str, Any]) -> tuple[Tried, ...]:
    outcomes: dict[str, str | None] = {}
    last: str | None = None
    for message in messages:
        if message.author is Author.ASSISTANT and isinstance(topic := message.meta.get("topic"), str):
            outcomes.setdefault(topic, None)
            last = topic
        elif message.author is Author.CUSTOMER and last is not None:
            pressed = _text(message.meta.get("payload")).partition("{")[0]
            if pressed in _OUTCOMES:
                outcomes[last] = _OUTCOMES[pressed]
    for topic in _texts(summary.get("tried")):
        outcomes.setdefault(topic, None)
    return tuple(Tried(topic, outcome) for topic, outcome in outcomes.items())


def _checked(summary: Mapping[str, Any], language: str) -> Checked | None:
    """What a guided flow left in the summary; None when there was none."""
    flow = summary.get("flow")
    if not isinstance(flow, str):
        return None
    fields = ((name, _text(value)[:_LONGEST_ANSWER]) for name, value in _mapping(summary.get("fields")).items())
    findings = summary.get("findings")
    texts = [_mapping(item).get("text") for item in (findings if isinstance(findings, list) else ())]
    return Checked(
        flow=flow,
        fields=tuple((name, value) for name, value in fields if value),
        unknown=tuple(_texts(summary.get("unknown"))),
        unchecked=tuple(_texts(summary.get("unchecked"))),
        findings=tuple(text for one in texts if (text := _in_language(one, language))),
        paragraph=_in_language(summary.get("paragraph"), language),
    )


def _in_language(texts: object, language: str) -> str:
    by_language = _mapping(texts)
    return _text(by_language.get(language)) or _text(by_language.get("en"))


def _value(entity: Mapping[str, Any]) -> str:
    """An entity's value, with its unit where it has one: 3200 USDT."""
    return f"{_text(entity.get('value'))} {_text(entity.get('unit'))}".strip()


def _topics(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """The topics' ids, whether they came with their scores or without."""
    named = summary.get("topics")
    firsts = (
        item[0] if isinstance(item, list) and item else item for item in (named if isinstance(named, list) else ())
    )
    return tuple(topic for topic in firsts if isinstance(topic, str))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()
