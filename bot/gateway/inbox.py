"""The door: every customer message, from every channel, passes here before anything else sees it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.channels import InboundMessage, Receipt
from bot.gateway import language
from bot.gateway.dispatch import Dispatcher
from bot.gateway.errors import MessageRefused
from bot.gateway.limits import Limit, Limits, address_key
from bot.gateway.settings import GatewaySettings
from handoff import guard, texts
from handoff.attachments import Attachments
from handoff.conversations import Conversations
from handoff.records import Attachment, Author, Conversation, Draft, Message
from handoff.settings import DeskSettings

__all__ = ["InboundMessage", "Inbox", "Receipt"]

_log = structlog.get_logger("gateway.inbox")

#: Asking for a person needs no offer: a channel may have a command for it.
HUMAN = "/human"
_CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_MAX_FILES = 5
#: A button can be pressed while no more messages than this came after it.
_BUTTONS_LAST = 200
#: A seed phrase that is sent in pieces is recognised over so many messages, answers included.
_SEED_SPREADS = 24


@dataclass(frozen=True)
class Cleaned:
    """A message that may be stored, the secrets that it no longer holds, and earlier ones to take back (by number)."""

    draft: Draft
    findings: tuple[guard.Finding, ...] = ()
    earlier: Mapping[int, str] = field(default_factory=dict)


class Inbox:
    """Checks, cleans and commits messages, and only then acknowledges them."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        attachments: Attachments,
        limits: Limits,
        dispatcher: Dispatcher,
        settings: GatewaySettings,
        desk_settings: DeskSettings,
    ) -> None:
        self._conversations = conversations
        self._attachments = attachments
        self._limits = limits
        self._dispatcher = dispatcher
        self._settings = settings
        self._max_chars = desk_settings.max_text_chars

    async def receive(self, message: InboundMessage) -> Receipt:
        """Takes one message: once this returns, it is on disk, without its secrets, and will be answered.

        Raises:
            RateLimited: too many messages of this conversation or from this address.
            MessageRefused: empty, too long, or a payload that was not offered.
            ConversationMissing, FileMissing, FileRefused, StoreUnavailable: as the desk raises them.
        """
        text = self._checked(message)
        await self._limits.spend(*self._limits_of(message))
        conversation = await self._conversation(message)
        if message.payload is not None:
            earlier = await self._last(conversation, _BUTTONS_LAST)
            cleaned = Cleaned(_pressed(message.payload, conversation, earlier))
        else:
            cleaned = self._clean(text, message, await self._last(conversation, _SEED_SPREADS))
            cleaned = replace(
                cleaned, draft=replace(cleaned.draft, attachments=await self._files(conversation.id, message))
            )
        committed, new = await self._conversations.add_customer_message(
            conversation.id, cleaned.draft, client_id=message.client_id
        )
        _log.info("message_in", conversation=conversation.id, seq=committed.seq, channel=message.channel, new=new)
        if new and cleaned.findings:
            if cleaned.earlier:
                await self._conversations.replace_texts(conversation.id, cleaned.earlier)
            notice = Draft(texts.text("redacted_notice", conversation.language), kind="redacted_notice")
            await self._conversations.say_as_system(conversation.id, notice)
        self._dispatcher.wake(conversation.id)
        return Receipt(conversation.id, committed.seq, duplicate=not new, findings=cleaned.findings)

    async def upload(self, conversation_id: str, name: str, data: bytes) -> Attachment:
        """Stores a file that a later message will carry. What its name gives away is redacted too.

        Raises:
            FileRefused: too large, or not of a type that is accepted, whatever its name says.
        """
        return await self._attachments.save(conversation_id, guard.redact(_printable(name)).text, data)

    def _checked(self, message: InboundMessage) -> str:
        """The cleaned text of a message whose shape is sound."""
        if not _CLIENT_ID.fullmatch(message.client_id):
            raise MessageRefused("invalid_request", "client_id: 1 to 64 letters, digits and . _ : -")
        if len(message.text) > self._max_chars:
            raise MessageRefused("text_too_long", f"a message has at most {self._max_chars} characters", 413)
        text = _printable(message.text)
        files = len(message.attachments) + len(message.attachment_ids)
        if files > _MAX_FILES:
            raise MessageRefused("too_many_files", f"a message has at most {_MAX_FILES} files")
        if message.payload is not None and (text or files):
            raise MessageRefused("invalid_request", "a payload comes alone, without text or files")
        if message.payload is None and not text and not files:
            raise MessageRefused("empty_message", "a message needs text, a file or a payload")
        return text

    async def _conversation(self, message: InboundMessage) -> Conversation:
        if message.conversation_id is not None:
            return await self._conversations.get(message.conversation_id)
        return await self._conversations.open(
            message.channel,
            message.external_id,
            locale=message.locale,
            language=language.of_locale(message.locale),
        )

    def _limits_of(self, message: InboundMessage) -> list[Limit]:
        settings = self._settings
        window = settings.rate_window_seconds
        whose = message.conversation_id or f"{message.channel}:{message.external_id}"
        limits = [Limit(f"messages:{whose}", settings.rate_messages_per_session, window)]
        if key := address_key(message.address):
            limits.append(Limit(f"messages-from:{key}", settings.rate_messages_per_address, window))
        return limits

    def _clean(self, text: str, message: InboundMessage, earlier: Sequence[Message]) -> Cleaned:
        """The text without its secrets, read together with what the customer wrote before."""
        own = [m for m in earlier if m.author is Author.CUSTOMER and m.client_id != message.client_id]
        asked = next((m.text for m in reversed(earlier) if m.author is not Author.CUSTOMER), "")
        redaction = guard.redact_turn(text, [m.text for m in own], asked=asked)
        before = zip(own, redaction.earlier, strict=True)
        kinds = sorted({finding.kind for finding in redaction.findings})
        return Cleaned(
            Draft(redaction.text, meta={"redacted": kinds} if kinds else {}),
            redaction.findings,
            {said.seq: redacted.text for said, redacted in before if redacted.findings},
        )

    async def _last(self, conversation: Conversation, count: int) -> list[Message]:
        after = max(0, conversation.last_seq - count)
        return await self._conversations.messages(conversation.id, after=after, limit=count)

    async def _files(self, conversation_id: str, message: InboundMessage) -> tuple[Attachment, ...]:
        known = [await self._attachments.get(file_id) for file_id in message.attachment_ids]
        new = [await self.upload(conversation_id, name, data) for name, data in message.attachments]
        return (*known, *new)


def _printable(text: str) -> str:
    """Text without control characters and lone surrogates, which neither databases nor screens can take."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def _pressed(payload: str, conversation: Conversation, earlier: Sequence[Message]) -> Draft:
    """The message that a pressed button stands for: its title, as it was offered."""
    for said in reversed(earlier):
        for button in said.buttons if said.author is not Author.CUSTOMER else ():
            if button.payload == payload:
                return Draft(button.title, meta={"payload": payload})
    if payload == HUMAN:
        return Draft(texts.text("human", conversation.language), meta={"payload": payload})
    raise MessageRefused("payload_not_offered", "this conversation did not offer that button")
