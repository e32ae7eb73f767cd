"""The conversation in the middle of the workspace, read as a whole, and the reply that is added to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.console import access
from handoff.console.case import Case, case_of, earlier_handoffs
from handoff.console.services import Services
from handoff.console.widgets.composer import Outgoing
from handoff.console.wording import supported
from handoff.errors import AgentMissing, ConversationMissing
from handoff.records import Agent, Author, Conversation, Draft, Handoff, Message

WINDOW = 100
"""Messages shown at first, and added each time that earlier ones are asked for."""


@dataclass(frozen=True)
class Opened:
    """A conversation as it was read. ``messages`` has no gaps; ``owner_name`` is empty when no agent has it."""

    conversation: Conversation
    handoff: Handoff | None
    messages: Sequence[Message]
    case: Case
    owner_name: str
    earlier: Sequence[Handoff]

    def is_of(self, agent: Agent) -> bool:
        """Whether this agent has it."""
        return self.handoff is not None and self.conversation.agent_id == agent.id

    @property
    def asked(self) -> str:
        """What articles are looked for: the problem, and what the customer wrote last, which alone is often little."""
        written = (m.text for m in reversed(self.messages) if m.author is Author.CUSTOMER and "payload" not in m.meta)
        last = next((text for text in written if text), "")
        return "\n".join(dict.fromkeys(part for part in (self.case.problem, last) if part))


async def read(services: Services, agent: Agent, conversation_id: str, first_seq: int | None) -> Opened | None:
    """Reads a conversation; None when there is none that this agent may read.

    Args:
        services: the desk.
        agent: who wants to read it.
        conversation_id: the conversation.
        first_seq: the first message to show; None for the last `WINDOW` messages.

    Raises:
        StoreUnavailable: the database did not answer.
    """
    try:
        conversation = await services.conversations.get(conversation_id)
    except ConversationMissing:
        return None
    if not await access.may_read(services.db, agent, conversation):
        return None
    handoff = await services.desk.open_handoff(conversation_id)
    begin = first_seq if first_seq is not None else max(1, conversation.last_seq - WINDOW + 1)
    messages = await _messages(services, conversation_id, begin)
    first = [] if begin == 1 else await services.conversations.messages(conversation_id, limit=1)
    return Opened(
        conversation=conversation,
        handoff=handoff,
        messages=messages,
        case=case_of(conversation, handoff, [*first, *messages], supported(agent.ui_language)),
        owner_name=await _name_of(services, conversation.agent_id),
        earlier=await earlier_handoffs(services.db, conversation_id),
    )


async def commit(services: Services, agent: Agent, outgoing: Outgoing) -> None:
    """Commits an agent's reply, once: one that is sent again because the connection broke is already there.

    Raises:
        NotYourConversation: the agent does not own the conversation (any more).
        AgentInactive: the agent was deactivated.
        FileMissing: a file that this conversation may not send.
        StoreUnavailable: the database did not answer.
    """
    conversation = await services.conversations.get(outgoing.conversation_id)
    after = max(0, conversation.last_seq - WINDOW)
    recent = await services.conversations.messages(conversation.id, after=after)
    if any(m.author is Author.AGENT and m.meta.get("send_id") == outgoing.send_id for m in recent):
        return
    files = [await services.attachments.get(file_id) for file_id in outgoing.attachment_ids]
    draft = Draft(outgoing.text, attachments=tuple(files), meta={"send_id": outgoing.send_id})
    await services.desk.reply(conversation.id, agent, draft)


async def _messages(services: Services, conversation_id: str, first_seq: int) -> list[Message]:
    messages: list[Message] = []
    while True:
        after = messages[-1].seq if messages else first_seq - 1
        more = await services.conversations.messages(conversation_id, after=after, limit=2 * WINDOW)
        messages += more
        if len(more) < 2 * WINDOW:
            return messages


async def _name_of(services: Services, agent_id: str | None) -> str:
    if agent_id is None:
        return ""
    try:
        return (await services.agents.get(agent_id)).name
    except AgentMissing:
        return ""
