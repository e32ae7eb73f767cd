"""The workspace: the queue, the open conversation, the customer's case, kept up to date together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from nicegui import ui

from handoff.console import dialogs, inbox, opened, typing
from handoff.console.case_view import CaseView
from handoff.console.knowledge import ShownArticle
from handoff.console.mine_view import MineView
from handoff.console.opened import WINDOW, Opened
from handoff.console.outbound import concerns
from handoff.console.queue_view import QueueView
from handoff.console.shell import Shell
from handoff.console.thread_view import Actions, ThreadView
from handoff.console.visit import Visit
from handoff.console.widgets.composer import Outgoing
from handoff.console.widgets.elements import attributes, box, button
from handoff.errors import HandoffError, NotYourConversation, StoreUnavailable
from handoff.records import WaitingHandoff
from handoff.wakeups import QUEUE, Events, conversation_topic

_VIEWS = {"queue": "list", "thread": "forum", "case": "badge"}
_TYPING_CHECK_SECONDS = 2.0
_BREATH_SECONDS = 0.1
_log = structlog.get_logger("handoff.console")


class Workspace:
    """One agent's open workspace. `conversation_id` is opened at first, if it may be read."""

    def __init__(self, visit: Visit, conversation_id: str | None) -> None:
        self._visit = visit
        self._services = visit.services
        self._open_id = conversation_id
        self._open: Opened | None = None
        self._first_seq: int | None = None
        self._suggested_for: tuple[object, ...] | None = None
        self._entries: Sequence[inbox.Entry] = ()
        self._events: Events | None = None
        self._reading = asyncio.Lock()
        self._shell = Shell(visit, "workspace")
        guarded = visit.guarded
        with self._shell.main, box("columns view-queue") as self._columns:
            self._tabs()
            with box("column left"):
                self._mine = MineView(visit, guarded(self._show_conversation))
                self._queue = QueueView(
                    visit,
                    on_open=guarded(self._show_waiting),
                    on_claim=guarded(self._claim),
                    on_claim_next=guarded(self._claim_next),
                )
            actions = Actions(
                claim=guarded(self._claim_open),
                release=guarded(self._release),
                close=guarded(self._close),
                send=self._send,
                typing=guarded(self._tell_typing),
                earlier=guarded(self._show_earlier),
            )
            self._thread = ThreadView(visit, actions)
            self._case = CaseView(visit, on_search=guarded(self._search), on_insert=guarded(self._insert))
        if conversation_id is not None:
            self._queue.select(conversation_id)
            self._look_at("thread")
        for work in (self._follow_queue, self._follow_conversations, self._follow_typing, self._be_present):
            visit.spawn(work())

    def _tabs(self) -> None:
        """On narrow screens one column is shown at a time."""
        say = self._visit.say
        with attributes(box("column-tabs", tag="nav"), aria_label=say("columns")):
            for view, symbol in _VIEWS.items():
                tab = button(say(f"column_{view}"), classes=f"quiet tab-{view}", symbol=symbol)
                tab.on("click", lambda _, view=view: self._look_at(view), args=[])

    def _look_at(self, view: str) -> None:
        others = " ".join(f"view-{other}" for other in _VIEWS if other != view)
        self._columns.classes(add=f"view-{view}", remove=others)

    # --- following ------------------------------------------------------------------------------

    async def _follow_queue(self) -> None:
        version = 0
        while True:
            version = await self._services.board.changed(version)
            self._queue.show(self._services.board.lines)

    async def _follow_conversations(self) -> None:
        """Rereads my conversations and the open one at each wake-up, and every few seconds."""
        while True:
            topics = self._topics()
            async with self._services.wakeups.listen(*topics) as events:
                self._events = events
                while True:
                    await self._refresh()
                    if self._topics() != topics:
                        break
                    await events.wait(self._services.settings.console_refresh_seconds)
                    await asyncio.sleep(_BREATH_SECONDS)  # what happens at once is read once

    def _topics(self) -> set[str]:
        conversations = {entry.handoff.conversation_id for entry in self._entries}
        if self._open_id is not None:
            conversations.add(self._open_id)
        return {QUEUE, *map(conversation_topic, conversations)}

    async def _follow_typing(self) -> None:
        """The customer's mark goes away by itself, without a wake-up."""
        while True:
            await asyncio.sleep(_TYPING_CHECK_SECONDS)
            await self._read_typing()

    async def _be_present(self) -> None:
        """Heartbeats while the page is open; the last page of an agent that closes says goodbye."""
        agent, pages = self._visit.agent, self._services.pages
        pages[agent.id] += 1
        try:
            while True:
                await self._services.presence.beat(agent)
                await asyncio.sleep(self._services.settings.heartbeat_seconds)
        finally:
            pages[agent.id] -= 1
            if pages[agent.id] <= 0:
                del pages[agent.id]
                await self._services.presence.leave(agent)

    # --- reading --------------------------------------------------------------------------------

    async def _refresh(self) -> None:
        try:
            await self._read_open()
            await self._read_mine()
            await self._read_typing()
        except StoreUnavailable:
            _log.warning("workspace_not_read")

    async def _read_mine(self) -> None:
        agent = self._visit.agent
        seen = {conversation: seq for (owner, conversation), seq in self._services.seen.items() if owner == agent.id}
        self._entries = await inbox.read(self._services.db, await self._services.desk.mine(agent), seen)
        self._mine.show(self._entries, self._open_id)
        self._shell.alarm.set_unread(sum(entry.unread for entry in self._entries))

    async def _read_open(self) -> None:
        """Reads the open conversation and shows what has changed; one reading at a time, so none shows older things."""
        async with self._reading:
            conversation_id = self._open_id
            if conversation_id is None:
                return
            read = await opened.read(self._services, self._visit.agent, conversation_id, self._first_seq)
            if conversation_id != self._open_id:
                return  # the agent has opened another one meanwhile
            if read is None:
                self._lose()
                return
            if self._had_it() and not read.is_of(self._visit.agent):
                self._visit.tell(self._visit.say("no_longer_yours"), "warning")
            self._open = read
            if read.messages:
                if self._first_seq is None:  # earlier ones may have been asked for while this was read
                    self._first_seq = read.messages[0].seq
                if self._visit.visible:
                    self._services.seen[(self._visit.agent.id, conversation_id)] = read.messages[-1].seq
            self._thread.show(read.conversation, read.handoff, read.messages, read.owner_name)
            self._case.show(read.conversation, read.handoff, read.case, read.earlier)
        await self._suggest(read)

    async def _read_typing(self) -> None:
        read = self._open
        if read is not None:
            mine = read.is_of(self._visit.agent)
            self._thread.show_typing(
                mine and await typing.customer_is_typing(self._services.redis, read.conversation.id)
            )

    async def _suggest(self, read: Opened) -> None:
        """Looks for articles once for each thing that the customer writes."""
        can_insert = read.is_of(self._visit.agent)
        key = (read.conversation.id, read.asked, can_insert, self._services.knowledge.searchable)
        if key != self._suggested_for:
            self._suggested_for = key
            found = await self._services.knowledge.suggest(read.asked, read.case.language) or read.case.topics
            if self._suggested_for == key:
                self._case.suggest(found, read.case.language, can_insert=can_insert)

    # --- opening --------------------------------------------------------------------------------

    async def _show_waiting(self, line: WaitingHandoff) -> None:
        await self._show_conversation(line.handoff.conversation_id)

    async def _show_conversation(self, conversation_id: str) -> None:
        if conversation_id != self._open_id:
            self._open_id, self._open, self._first_seq = conversation_id, None, None
            self._suggested_for = None
            self._case.clear()
            self._thread.show_typing(False)
        self._queue.select(conversation_id)
        self._look_at("thread")  # at once: what is hidden cannot take the cursor
        await self._read_open()
        await self._read_mine()
        if self._open_id is not None:
            ui.navigate.history.replace(f"/?c={self._open_id}")
        self._wake()

    async def _show_earlier(self) -> None:
        if self._first_seq is not None and self._first_seq > 1:
            self._first_seq = max(1, self._first_seq - WINDOW)
            self._thread.hold()
            await self._read_open()

    def _lose(self) -> None:
        """The open conversation may no longer be read: a colleague has it now."""
        if self._open is not None:
            text = "lost_conversation" if self._had_it() else "error_handoff_taken"
            self._visit.tell(self._visit.say(text), "warning")
        self._leave()

    def _had_it(self) -> bool:
        """Whether the open conversation was the agent's own when it was last read."""
        return self._open is not None and self._open.is_of(self._visit.agent)

    def _leave(self) -> None:
        """Shows no conversation."""
        self._open_id, self._open, self._first_seq, self._suggested_for = None, None, None, None
        self._thread.clear()
        self._case.clear()
        self._queue.select(None)
        self._look_at("queue")
        ui.navigate.history.replace("/")

    def _wake(self) -> None:
        """Lets the follower take up other topics."""
        if self._events is not None:
            self._events.wake()

    # --- what the agent does --------------------------------------------------------------------

    async def _claim(self, line: WaitingHandoff) -> None:
        await self._services.desk.claim(line.handoff.id, self._visit.agent)
        await self._show_conversation(line.handoff.conversation_id)

    async def _claim_open(self) -> None:
        if self._open is not None and self._open.handoff is not None:
            await self._services.desk.claim(self._open.handoff.id, self._visit.agent)
            await self._show_conversation(self._open.conversation.id)

    async def _claim_next(self) -> None:
        handoff = await self._services.desk.claim_next(self._visit.agent)
        if handoff is None:
            self._visit.tell(self._visit.say("nothing_to_claim"))
        else:
            await self._show_conversation(handoff.conversation_id)

    async def _release(self) -> None:
        read, say = self._open, self._visit.say
        if read is None or read.handoff is None:
            return
        sure = await dialogs.confirm(self._visit, say("release_title"), say("release_text"), say("release"))
        if sure and await self._visit.allowed():
            self._open = None  # the agent need not be told of the agent's own doing
            await self._services.desk.release(read.handoff.id, self._visit.agent)
            self._leave()
            await self._read_mine()

    async def _close(self) -> None:
        read = self._open
        if read is None or read.handoff is None:
            return
        closing = await dialogs.ask_closing(self._visit)
        if closing is not None and await self._visit.allowed():
            self._open = None
            await self._services.desk.close(read.handoff.id, self._visit.agent, closing.disposition, closing.note)
            self._services.seen.pop((self._visit.agent.id, read.conversation.id), None)
            self._visit.tell(self._visit.say("closed_notice"), "good")
            self._leave()
            await self._read_mine()

    async def _send(self, outgoing: Outgoing) -> None:
        """Sends a reply. Whatever goes wrong, the reply box keeps the text and says why."""
        composer = self._thread.composer
        if composer is None:
            return
        with self._visit.client:
            try:
                if not await self._visit.allowed():
                    return
                found = concerns(outgoing.text, self._services.knowledge.allowed_hosts)
                if found and not (await dialogs.confirm_concerns(self._visit, found) and await self._visit.allowed()):
                    composer.failed("")
                    return
                await opened.commit(self._services, self._visit.agent, outgoing)
            except HandoffError as error:
                composer.failed(self._visit.explain(error))
                if isinstance(error, NotYourConversation):  # the box goes away, the draft does not
                    self._visit.refuse(error)
                    self._open = None  # what is read next tells the loss no second time
                    self._wake()
                return
            composer.sent()
            await typing.end(self._services.redis, outgoing.conversation_id)
            await self._refresh()

    async def _tell_typing(self) -> None:
        if self._open is not None and self._open.is_of(self._visit.agent):
            await typing.begin(self._services.redis, self._services.wakeups, self._open.conversation.id)

    async def _search(self, text: str) -> None:
        read = self._open
        if read is not None and text.strip():
            found = await self._services.knowledge.suggest(text, read.case.language)
            self._case.suggest(found, read.case.language, can_insert=read.is_of(self._visit.agent))

    async def _insert(self, article: ShownArticle) -> None:
        if self._thread.composer is not None:
            self._thread.composer.insert(article.body)
            self._look_at("thread")
