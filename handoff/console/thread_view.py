"""The conversation in the middle: its messages, who has it, and the reply box."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from handoff.console import message_view
from handoff.console.visit import Visit
from handoff.console.widgets.composer import Composer, Outgoing
from handoff.console.widgets.elements import Text, attributes, box, button, icon, show
from handoff.console.widgets.transcript import Transcript
from handoff.records import Conversation, Handoff, HandoffState, Message, Owner

_CHANNEL_NAMES = {"web": "channel_web", "telegram": "channel_telegram"}


@dataclass(frozen=True)
class Actions:
    """What can be done with the open conversation."""

    claim: Callable[[], Awaitable[None]]
    release: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    send: Callable[[Outgoing], Awaitable[None]]
    typing: Callable[[], Awaitable[None]]
    earlier: Callable[[], Awaitable[None]]


class ThreadView:
    """The middle column.

    Args:
        visit: the page.
        actions: what its buttons do.
    """

    def __init__(self, visit: Visit, actions: Actions) -> None:
        self._visit = visit
        self._actions = actions
        self._shown: list[Message] = []
        self._conversation_id: str | None = None
        self.composer: Composer | None = None
        say = visit.say
        with attributes(box("pane thread", tag="section"), aria_label=say("conversation")):
            with box("nothing") as self._nothing:
                icon("forum")
                Text(say("nothing_open"), "nothing-title")
                Text(say("nothing_open_hint"), "hint")
            with box("thread-inner") as self._inner:
                self._head()
                self._transcript = Transcript(label=say("conversation"), newest=say("to_newest"))
                with self._transcript:
                    self._earlier = button(say("earlier"), actions.earlier, classes="quiet small earlier")
                    self._messages = box("messages")
                with attributes(box("typing"), role="status") as self._typing:
                    for _ in range(3):
                        box("typing-dot")
                    Text(say("customer_types"))
                self._standing = attributes(box("standing"), role="status")
                self._reply = box("reply")
        show(self._typing, False)
        self.clear()

    def clear(self) -> None:
        """Shows no conversation."""
        self._conversation_id = None
        self.composer = None
        self._reply.clear()
        show(self._nothing, True)
        show(self._inner, False)

    def show(
        self, conversation: Conversation, handoff: Handoff | None, messages: Sequence[Message], owner_name: str
    ) -> None:
        """Shows a conversation as it is now.

        Args:
            conversation: the conversation.
            handoff: its open handoff, if there is one.
            messages: the messages to show, in order; without gaps.
            owner_name: the agent who has it, if one has.
        """
        show(self._nothing, False)
        show(self._inner, True)
        another = conversation.id != self._conversation_id
        if another:
            self._conversation_id = conversation.id
            self.composer = None
            self._reply.clear()
        self._show_head(conversation, handoff)
        self._show_messages(messages, another)
        self._show_standing(conversation, handoff, owner_name)
        if another:
            self._transcript.to_end()

    def show_typing(self, typing: bool) -> None:
        """Shows whether the customer is typing."""
        show(self._typing, typing)

    def hold(self) -> None:
        """Earlier messages are about to be shown: keeps what is being read in its place."""
        self._transcript.hold()

    def _head(self) -> None:
        say, actions = self._visit.say, self._actions
        with box("pane-head thread-head"):
            with box("thread-about"):
                self._title = Text("", "pane-title", tag="h1")
                self._facts = Text("", "hint")
            box("spacer")
            self._release = button(say("release"), actions.release, classes="small release", symbol="undo")
            self._close = button(say("close"), actions.close, classes="small close", symbol="task_alt")

    def _show_head(self, conversation: Conversation, handoff: Handoff | None) -> None:
        say = self._visit.say
        named = (handoff.intent or handoff.skill) if handoff else None
        self._title.show(say.name_of("intent", named) if named else say("conversation"))
        channel = _CHANNEL_NAMES.get(conversation.channel)
        language = handoff.language if handoff else conversation.language
        self._facts.show(" · ".join([say(channel) if channel else conversation.channel, say.language_name(language)]))
        mine = self._is_mine(conversation, handoff)
        show(self._release, mine)
        show(self._close, mine)

    def _show_messages(self, messages: Sequence[Message], another: bool) -> None:
        """Adds what is new; builds everything again when the beginning is another one."""
        same_start = bool(messages and self._shown) and messages[0].seq == self._shown[0].seq
        if another or not same_start:
            self._messages.clear()
            self._shown = []
        last = self._shown[-1].seq if self._shown else 0
        before = self._shown[-1] if self._shown else None
        with self._messages:
            for message in messages:
                if message.seq > last:
                    message_view.render(self._visit, message, before)
                    self._shown.append(message)
                    before = message
        show(self._earlier, bool(messages) and messages[0].seq > 1)

    def _show_standing(self, conversation: Conversation, handoff: Handoff | None, owner_name: str) -> None:
        """Says who has the conversation; only whoever has it can write."""
        say = self._visit.say
        mine = self._is_mine(conversation, handoff)
        self._standing.clear()
        show(self._standing, not mine)
        with self._standing:
            if handoff is not None and handoff.state in (HandoffState.WAITING, HandoffState.OFFERED):
                icon("hourglass_top")
                Text(say("standing_waiting"))
                box("spacer")
                button(say("claim"), self._actions.claim, classes="primary claim", symbol="front_hand")
            elif conversation.owner is Owner.AGENT and not mine:
                icon("lock")
                Text(say("standing_taken", name=owner_name or say("unknown")))
            elif not mine:
                icon("smart_toy")
                Text(say("standing_assistant"))
        if not mine:
            self.composer = None
            self._reply.clear()
        elif self.composer is None:
            with self._reply:
                self.composer = self._new_composer(conversation.id)
            self.composer.focus()

    def _is_mine(self, conversation: Conversation, handoff: Handoff | None) -> bool:
        return handoff is not None and conversation.agent_id == self._visit.agent.id

    def _new_composer(self, conversation_id: str) -> Composer:
        say, settings = self._visit.say, self._visit.services.settings
        names = ("label", "placeholder", "send", "sending", "attach", "hint", "uploading", "remove")
        return Composer(
            conversation_id=conversation_id,
            texts={name: say(f"compose_{name}") for name in names},
            refusals={code: say(f"refused_{code}") for code in ("file_too_large", "file_type", "other")},
            limit=settings.max_text_chars,
            max_bytes=settings.max_file_bytes,
            on_send=self._actions.send,
            on_typing=self._actions.typing,
        )
