"""The web channel's JSON: what clients send and get over REST and WebSocket, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.channels import InboundMessage, Receipt
from handoff.records import Attachment, Message

CHANNEL = "web"

#: BCP 47, roughly: letters, digits and hyphens.
Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$", max_length=35)]
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
FileId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]

_EXAMPLE_TIME = "2026-11-22T08:00:00.000Z"
_EXAMPLE_MESSAGE = {
    "seq": 2,
    "author": "assistant",
    "text": "Withdrawals are paused for 24 hours after a password change.",
    "kind": "text",
    "created_at": _EXAMPLE_TIME,
    "buttons": [{"title": "Talk to a person", "payload": "/human"}],
    "attachments": [],
}


def _example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


def instant(value: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and ``Z``."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SessionRequest(BaseModel):
    """What a page knows about its customer."""

    model_config = _example({"locale": "zh-CN"})

    locale: Locale | None = Field(None, description="The page's or the browser's language (BCP 47).")
    language: Locale | None = Field(None, description="The language to speak, when the page knows it better.")


class SessionAnswer(BaseModel):
    """A new session. The token goes into ``Authorization: Bearer``, never into a URL."""

    model_config = _example(
        {
            "token": "eyJhbGciOi...",
            "conversation_id": "5f0c1f3d9a",
            "expires_at": "2026-12-22T08:00:00.000Z",
            "official_hosts": ["www.example.com"],
        }
    )

    token: str
    conversation_id: str
    expires_at: str = Field(
        description="When the token ends. A fresh one comes before that: see the API's description."
    )
    official_hosts: list[str] = Field(description="Hosts whose addresses in messages may be shown as links.")


class MessageRequest(BaseModel):
    """One message: text and files, or the payload of a button that this conversation offered."""

    model_config = _example({"client_id": "0b1d7c1e-7f6a-4c2e-9d43-1f3c5a0b9e11", "text": "Where is my deposit?"})

    client_id: ClientId = Field(description="Chosen by the client; the same one twice is one message.")
    text: str = ""
    payload: str | None = Field(None, max_length=512, description="A button's payload, verbatim.")
    attachment_ids: list[FileId] = Field(default_factory=list, max_length=5, description="From POST /api/v1/files.")

    def inbound(self, conversation_id: str, address: str | None) -> InboundMessage:
        """The message in the shape that all channels share."""
        return InboundMessage(
            channel=CHANNEL,
            external_id="",
            conversation_id=conversation_id,
            client_id=self.client_id,
            text=self.text,
            payload=self.payload,
            attachment_ids=tuple(self.attachment_ids),
            address=address,
        )


class MessageAccepted(BaseModel):
    """The message is stored and will be answered."""

    model_config = _example({"seq": 1, "duplicate": False, "redacted": []})

    seq: int = Field(description="Its number in the conversation.")
    duplicate: bool = Field(description="True when this client_id had been stored before.")
    redacted: list[str] = Field(description="Kinds of secrets that were removed before it was stored.")

    @classmethod
    def of(cls, receipt: Receipt) -> MessageAccepted:
        """The answer for a receipt."""
        kinds = dict.fromkeys(finding.kind for finding in receipt.findings)
        return cls(seq=receipt.seq, duplicate=receipt.duplicate, redacted=list(kinds))


class ButtonView(BaseModel):
    """A quick reply: show the title, send the payload."""

    title: str
    payload: str


class FileView(BaseModel):
    """A file of a message; its bytes are at GET /api/v1/files/{id}."""

    id: str
    name: str
    content_type: str
    size: int = Field(description="Bytes.")

    @classmethod
    def of(cls, attachment: Attachment) -> FileView:
        """The view of a stored file."""
        return cls(
            id=attachment.id,
            name=attachment.name,
            content_type=attachment.content_type,
            size=attachment.size_bytes,
        )


class MessageView(BaseModel):
    """One message of the conversation. ``seq`` counts from 1 without gaps."""

    model_config = _example(_EXAMPLE_MESSAGE)

    seq: int
    author: str = Field(description="customer, assistant, agent or system.")
    text: str = Field(description="Plain text; never HTML.")
    kind: str = Field(
        description="`text`, or what the product says by itself: `handoff_waiting`, `closed`, `rating` ..."
    )
    created_at: str
    client_id: str | None = None
    agent_name: str | None = None
    buttons: list[ButtonView] = Field(default_factory=list)
    attachments: list[FileView] = Field(default_factory=list)

    @classmethod
    def of(cls, message: Message) -> MessageView:
        """What the customer may see of a stored message: not its ``meta``, which is for agents."""
        return cls(
            seq=message.seq,
            author=message.author.value,
            text=message.text,
            kind=message.kind,
            created_at=instant(message.created_at),
            client_id=message.client_id,
            agent_name=message.agent_name,
            buttons=[ButtonView(title=button.title, payload=button.payload) for button in message.buttons],
            attachments=[FileView.of(attachment) for attachment in message.attachments],
        )


class MessagePage(BaseModel):
    """Messages after the number that was asked for, at most 200; ask again from the last one for more."""

    model_config = _example({"messages": [_EXAMPLE_MESSAGE], "owner": "assistant", "typing": []})

    messages: list[MessageView]
    owner: str = Field(description="Who answers now: assistant, queue or agent.")
    typing: list[str] = Field(description="Who is typing: assistant, agent.")


class UploadAnswer(BaseModel):
    """A stored file, ready to be sent with a message."""

    model_config = _example({"attachment_id": "8d2f", "name": "screen.png", "content_type": "image/png", "size": 20480})

    attachment_id: str
    name: str
    content_type: str
    size: int = Field(description="Bytes.")
