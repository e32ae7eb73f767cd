"""The supervisor's figures, straight from SQL: nothing is counted on the side, so nothing can drift."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median

from sqlalchemy import or_, select

from handoff import schema
from handoff.database import Database
from handoff.records import HandoffState, Role

_TAKEN = (HandoffState.ACCEPTED, HandoffState.WRAP_UP)


@dataclass(frozen=True)
class SkillFigures:
    """One line of the queue: how many wait, how many of them are critical or late, and since when the first waits."""

    skill: str
    waiting: int
    critical: int
    overdue: int
    oldest_at: datetime


@dataclass(frozen=True)
class AgentFigures:
    """One person: what they have now, what they closed today, and how fast they first replied (median)."""

    agent_id: str
    name: str
    role: Role
    online: bool
    in_progress: int
    handled_today: int
    first_reply_seconds: float | None
    satisfaction: float | None


@dataclass(frozen=True)
class Figures:
    """The desk now and today; None where there is nothing to tell yet.

    Attributes:
        oldest_at: when the longest waiting customer asked for a person.
        first_reply_seconds: median from the request to the first human reply, of today's requests.
        in_time: the share of those (0 to 1) that was answered by its deadline.
        satisfaction: mean of today's ratings, 1 to 5.
    """

    waiting: int
    critical: int
    overdue: int
    oldest_at: datetime | None
    in_progress: int
    online: int
    handled_today: int
    abandoned_today: int
    first_reply_seconds: float | None
    in_time: float | None
    satisfaction: float | None
    ratings: int
    skills: tuple[SkillFigures, ...]
    agents: tuple[AgentFigures, ...]


@dataclass(frozen=True)
class _Row:
    """The columns of a handoff that the figures need."""

    state: str
    skill: str
    priority: int
    agent_id: str | None
    requested_at: datetime
    due_at: datetime
    first_reply_at: datetime | None
    closed_at: datetime | None
    rating: int | None


async def read(db: Database, online: Collection[str], now: datetime, day_began_at: datetime) -> Figures:
    """Reads the open handoffs and today's.

    Args:
        db: the database.
        online: the ids of the agents who are here (`Presence.online`).
        now: the present.
        day_began_at: midnight where the supervisor is.

    Raises:
        StoreUnavailable: the database did not answer.
    """
    table, agents = schema.handoffs, schema.agents
    columns = [table.c[name] for name in _Row.__dataclass_fields__]
    query = select(*columns).where(
        or_(
            table.c.state.not_in((HandoffState.CLOSED, HandoffState.ABANDONED)),
            table.c.closed_at >= day_began_at,
        )
    )
    people = select(agents.c.id, agents.c.name, agents.c.role).where(agents.c.active.is_(True)).order_by(agents.c.name)
    async with db.read() as tx:
        rows = [_Row(**row) for row in (await tx.execute(query)).mappings()]
        names = [(row.id, row.name, Role(row.role)) for row in await tx.execute(people)]
    return compute(rows, names, online, now, day_began_at)


def compute(
    rows: Iterable[_Row],
    people: Iterable[tuple[str, str, Role]],
    online: Collection[str],
    now: datetime,
    day_began_at: datetime,
) -> Figures:
    """The figures of some rows; pure."""
    rows = list(rows)
    waiting = [row for row in rows if row.state in (HandoffState.WAITING, HandoffState.OFFERED)]
    taken = [row for row in rows if row.state in _TAKEN]
    closed = [row for row in rows if row.state == HandoffState.CLOSED]
    requested_today = [row for row in rows if row.requested_at >= day_began_at and row.first_reply_at is not None]
    active = list(people)
    return Figures(
        waiting=len(waiting),
        critical=sum(row.priority == 0 for row in waiting),
        overdue=sum(row.due_at <= now for row in waiting),
        oldest_at=min((row.requested_at for row in waiting), default=None),
        in_progress=len(taken),
        online=sum(agent_id in online for agent_id, _, _ in active),
        handled_today=len(closed),
        abandoned_today=sum(row.state == HandoffState.ABANDONED for row in rows),
        first_reply_seconds=_first_reply(requested_today),
        in_time=_share_in_time(requested_today),
        satisfaction=_satisfaction(closed),
        ratings=sum(row.rating is not None for row in closed),
        skills=tuple(_of_skill(skill, waiting, now) for skill in sorted({row.skill for row in waiting})),
        agents=tuple(
            AgentFigures(
                agent_id=agent_id,
                name=name,
                role=role,
                online=agent_id in online,
                in_progress=sum(row.agent_id == agent_id for row in taken),
                handled_today=sum(row.agent_id == agent_id for row in closed),
                first_reply_seconds=_first_reply([row for row in requested_today if row.agent_id == agent_id]),
                satisfaction=_satisfaction([row for row in closed if row.agent_id == agent_id]),
            )
            for agent_id, name, role in active
        ),
    )


def _of_skill(skill: str, waiting: Iterable[_Row], now: datetime) -> SkillFigures:
    line = [row for row in waiting if row.skill == skill]
    return SkillFigures(
        skill=skill,
        waiting=len(line),
        critical=sum(row.priority == 0 for row in line),
        overdue=sum(row.due_at <= now for row in line),
        oldest_at=min(row.requested_at for row in line),
    )


def _first_reply(rows: Iterable[_Row]) -> float | None:
    waits = [(row.first_reply_at - row.requested_at).total_seconds() for row in rows if row.first_reply_at]
    return median(waits) if waits else None


def _share_in_time(rows: Iterable[_Row]) -> float | None:
    answered = [row.first_reply_at <= row.due_at for row in rows if row.first_reply_at]
    return sum(answered) / len(answered) if answered else None


def _satisfaction(rows: Iterable[_Row]) -> float | None:
    ratings = [row.rating for row in rows if row.rating is not None]
    return fmean(ratings) if ratings else None
