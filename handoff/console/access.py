"""Who may read which conversation."""

from __future__ import annotations

from sqlalchemy import func, select

from handoff import schema
from handoff.database import Database
from handoff.records import Agent, Conversation, Owner, Role

_OVERSEERS = (Role.SUPERVISOR, Role.ADMIN)


def may_oversee(agent: Agent) -> bool:
    """Whether the agent sees the figures, and every conversation."""
    return agent.role in _OVERSEERS


def may_administer(agent: Agent) -> bool:
    """Whether the agent may change the accounts of others."""
    return agent.role is Role.ADMIN


async def may_read(db: Database, agent: Agent, conversation: Conversation) -> bool:
    """Whether the agent may read the conversation and its files.

    What waits in the line is open to every agent, who has to choose from it. Otherwise it is for whoever has
    it or closed a handoff of it, and for supervisors.

    Raises:
        StoreUnavailable: the database did not answer.
    """
    if conversation.owner is Owner.QUEUE or conversation.agent_id == agent.id or may_oversee(agent):
        return True
    table = schema.handoffs
    query = (
        select(func.count())
        .select_from(table)
        .where(table.c.conversation_id == conversation.id, table.c.agent_id == agent.id)
    )
    async with db.read() as tx:
        return bool(await tx.scalar(query))
