"""The waiting line as SQL has it: its order, a customer's place, and how long it will honestly take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from handoff import ledger, schema
from handoff.database import Tx
from handoff.records import Author, Handoff, Wait, WaitingHandoff

_RECENT = timedelta(hours=24)
_SAMPLES = 20
_ENOUGH = 3
_PREVIEW_CHARS = 120


@dataclass(frozen=True)
class Staff:
    """Who can take a handoff now.

    ``online`` counts the agents who are here and may take it, ``free`` those of them who have no
    conversation, ``in_progress`` the conversations that they have.
    """

    online: int
    free: int
    in_progress: int


def expected_seconds(
    position: int, staff: Staff, pickup_seconds: Sequence[float], handling_seconds: Sequence[float]
) -> float | None:
    """How long the customer at `position` (from 1) will wait for a person, or None when nobody can tell.

    `position` counts everybody whom the same agents will serve before. While somebody is free for this
    customer, it is what picking up took lately. Otherwise so many conversations must end first, and they
    end at the rate of the recent ones: `in_progress` of them (at least one an agent) every median handling
    time. Fewer than three recent samples tell nothing.
    """
    if staff.online == 0:
        return None
    if position <= staff.free:
        return median(pickup_seconds) if len(pickup_seconds) >= _ENOUGH else None
    if len(handling_seconds) < _ENOUGH:
        return None
    return (position - staff.free) * median(handling_seconds) / max(staff.in_progress, staff.online)


async def line(tx: Tx, skills: Collection[str] | None = None, limit: int | None = None) -> list[Handoff]:
    """The waiting handoffs (of some skills) in the order in which they are to be served."""
    table = schema.handoffs
    query = select(table).where(schema.WAITING).order_by(*_order()).limit(limit)
    if skills is not None:
        query = query.where(table.c.skill.in_(skills))
    return [ledger.handoff_of(row) for row in (await tx.execute(query)).mappings()]


async def shown(tx: Tx, now: datetime) -> list[WaitingHandoff]:
    """The whole line with what an agent needs to choose from it."""
    conversations, messages = schema.conversations, schema.messages
    handoffs = await line(tx)
    ids = [handoff.conversation_id for handoff in handoffs]
    # The last thing that the customer wrote; its number is on the conversation's row.
    query = (
        select(conversations.c.id, conversations.c.channel, messages.c.text)
        .join(
            messages,
            and_(
                messages.c.conversation_id == conversations.c.id,
                messages.c.seq == conversations.c.last_customer_seq,
                messages.c.author == Author.CUSTOMER,
            ),
            isouter=True,
        )
        .where(conversations.c.id.in_(ids))
    )
    about = {row.id: row for row in await tx.execute(query)}
    return [
        WaitingHandoff(
            handoff=handoff,
            channel=about[handoff.conversation_id].channel,
            preview=_preview(about[handoff.conversation_id].text or ""),
            waiting_seconds=max(0.0, (now - handoff.requested_at).total_seconds()),
        )
        for handoff in handoffs
    ]


async def position(tx: Tx, handoff: Handoff) -> int:
    """The handoff's place in its skill's line, from 1."""
    return await _count_before(tx, handoff, [handoff.skill]) + 1


async def wait(tx: Tx, handoff: Handoff, place: int, online: Collection[str] | None, now: datetime) -> Wait:
    """What the customer of a waiting handoff may be told.

    Args:
        tx: the transaction.
        handoff: the waiting handoff.
        place: its position.
        online: the ids of the agents who are here; None when Redis cannot tell, and then only those who
            are in a conversation are counted on.
        now: the present.
    """
    staff, skills = await _staff(tx, handoff.skill, online)
    # Those agents serve other lines as well, in one common order: that is what the customer waits for.
    ahead = await _count_before(tx, handoff, skills)
    pickup = await _recent(tx, schema.handoffs.c.requested_at, schema.handoffs.c.accepted_at, handoff.skill, now)
    handling = await _recent(tx, schema.handoffs.c.accepted_at, schema.handoffs.c.closed_at, handoff.skill, now)
    return Wait(place, staff.online, expected_seconds(ahead + 1, staff, pickup, handling))


async def skills_served(tx: Tx, own: Iterable[str], online: Collection[str]) -> set[str]:
    """The skills whose line an agent may serve: the agent's `own`, and those that nobody online has."""
    table = schema.agents
    rows = await tx.execute(select(table.c.skills).where(table.c.active.is_(True), table.c.id.in_(online)))
    staffed = {skill for row in rows for skill in row.skills}
    waiting_for = await tx.execute(select(schema.handoffs.c.skill).where(schema.WAITING).distinct())
    return set(own) | {row.skill for row in waiting_for if row.skill not in staffed}


async def _count_before(tx: Tx, handoff: Handoff, skills: Collection[str]) -> int:
    table = schema.handoffs
    query = select(func.count()).select_from(table).where(schema.WAITING, table.c.skill.in_(skills), _before(handoff))
    return int(await tx.scalar(query) or 0)


async def _staff(tx: Tx, skill: str, online: Collection[str] | None) -> tuple[Staff, set[str]]:
    """Who can take a handoff that needs `skill`, and all the skills that those agents serve."""
    agents, handoffs = schema.agents, schema.handoffs
    busy = {
        row.agent_id: int(row.held)
        for row in await tx.execute(
            select(handoffs.c.agent_id, func.count().label("held")).where(schema.ACCEPTED).group_by(handoffs.c.agent_id)
        )
    }
    here = busy.keys() if online is None else online
    rows = (
        await tx.execute(select(agents.c.id, agents.c.skills).where(agents.c.active.is_(True), agents.c.id.in_(here)))
    ).all()
    able = {row.id: row.skills for row in rows if skill in row.skills} or {row.id: row.skills for row in rows}
    staff = Staff(
        online=len(able),
        free=len(able.keys() - busy.keys()),
        in_progress=sum(busy.get(agent_id, 0) for agent_id in able),
    )
    own = {skill, *(name for names in able.values() for name in names)}
    return staff, await skills_served(tx, own, here)


async def _recent(
    tx: Tx, begin: ColumnElement[datetime], end: ColumnElement[datetime], skill: str, now: datetime
) -> list[float]:
    """Seconds between two columns of the last handoffs of a skill, or of all skills if that has too few."""
    table = schema.handoffs
    query = select(begin, end).where(begin.is_not(None), end > now - _RECENT).order_by(end.desc()).limit(_SAMPLES)
    for narrowed in (query.where(table.c.skill == skill), query):
        samples = [(ended - began).total_seconds() for began, ended in (await tx.execute(narrowed)).tuples()]
        if len(samples) >= _ENOUGH:
            break
    return samples


def _order() -> tuple[ColumnElement[object], ...]:
    table = schema.handoffs
    critical = table.c.priority == 0
    return (
        case((critical, 0), else_=1),
        case((critical, table.c.requested_at), else_=table.c.due_at),
        table.c.id,
    )


def _before(handoff: Handoff) -> ColumnElement[bool]:
    """What is served before `handoff`; the same order as `_order`."""
    table = schema.handoffs
    critical = table.c.priority == 0
    if handoff.priority == 0:
        key, at, same = table.c.requested_at, handoff.requested_at, critical
        first: ColumnElement[bool] | None = None
    else:
        key, at, same = table.c.due_at, handoff.due_at, ~critical
        first = critical
    earlier = and_(same, or_(key < at, and_(key == at, table.c.id < handoff.id)))
    return earlier if first is None else or_(first, earlier)


def _preview(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= _PREVIEW_CHARS else short[: _PREVIEW_CHARS - 1] + "…"
