"""Files of conversations: checked by content, kept under names of our own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import unicodedata
from pathlib import Path

import filetype
from sqlalchemy import insert, select

from handoff import ledger, schema
from handoff.clock import Clock, utc_now
from handoff.database import Database
from handoff.errors import ConversationMissing, FileMissing, FileRefused
from handoff.records import Attachment
from handoff.settings import DeskSettings

_EXTENSIONS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "application/pdf": (".pdf",),
}
_LONGEST_NAME = 100
_ID = re.compile(r"[0-9a-f]{32}")


class Attachments:
    """Stores files under ``data_dir/files/<2 hex>/<id>`` and what they are in SQL.

    The name that a file came with is only shown; it never becomes part of a path.

    Args:
        db: the database.
        settings: ``data_dir`` and ``max_file_bytes``.
        clock: gives the time of what is written.
    """

    def __init__(self, db: Database, settings: DeskSettings, clock: Clock = utc_now) -> None:
        self._db = db
        self._folder = settings.data_dir / "files"
        self._max_bytes = settings.max_file_bytes
        self._clock = clock

    async def save(self, conversation_id: str, name: str, data: bytes) -> Attachment:
        """Keeps a file for one message of this conversation. PNG, JPEG, WebP, GIF and PDF are accepted.

        Raises:
            FileRefused: ``file_too_large``, or ``file_type`` by its content (an empty file too).
            ConversationMissing: no such conversation.
        """
        if len(data) > self._max_bytes:
            raise FileRefused(
                f"the file has {len(data)} bytes, at most {self._max_bytes} are accepted", "file_too_large"
            )
        content_type = filetype.guess_mime(data)
        if content_type not in _EXTENSIONS:
            raise FileRefused("only PNG, JPEG, WebP, GIF and PDF files are accepted", "file_type")
        attachment = Attachment(
            id=ledger.new_id(),
            conversation_id=conversation_id,
            name=shown_name(name, content_type),
            content_type=content_type,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        conversations = schema.conversations
        async with self._db.read() as tx:
            if await tx.scalar(select(conversations.c.id).where(conversations.c.id == conversation_id)) is None:
                raise ConversationMissing(f"there is no conversation {conversation_id}")
        path = self._path(attachment.id)
        await asyncio.to_thread(_write, path, data)
        try:
            async with self._db.write() as tx:
                await tx.execute(
                    insert(schema.attachments).values(
                        id=attachment.id,
                        conversation_id=conversation_id,
                        name=attachment.name,
                        content_type=content_type,
                        size_bytes=attachment.size_bytes,
                        sha256=attachment.sha256,
                        created_at=self._clock(),
                    )
                )
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return attachment

    async def get(self, attachment_id: str) -> Attachment:
        """What is known of a file; whoever serves it compares ``conversation_id`` first.

        Raises:
            FileMissing: there is none with this id.
        """
        table = schema.attachments
        async with self._db.read() as tx:
            row = (await tx.execute(select(table).where(table.c.id == attachment_id))).mappings().first()
        if row is None:
            raise FileMissing(f"there is no file {attachment_id!r}")
        return ledger.attachment_of(row)

    async def open(self, attachment_id: str) -> tuple[Attachment, bytes]:
        """A file and its bytes.

        Raises:
            FileMissing: there is none with this id, or its bytes are gone from ``data_dir``.
        """
        attachment = await self.get(attachment_id)
        path = self._path(attachment.id)
        try:
            return attachment, await asyncio.to_thread(path.read_bytes)
        except OSError as exc:
            raise FileMissing(f"{path} cannot be read: is LIFELINE_DATA_DIR the one it was stored in?") from exc

    def _path(self, attachment_id: str) -> Path:
        if _ID.fullmatch(attachment_id) is None:
            raise FileMissing(f"there is no file {attachment_id!r}")
        return self._folder / attachment_id[:2] / attachment_id


def shown_name(name: str, content_type: str) -> str:
    """A name that is safe to show and to suggest for saving: one line, no path, an extension that is true.

    Control and formatting characters go, those that reverse the direction of text among them: they make
    ``exe.png`` of ``gnp.exe``.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", schema.storable(name)))[-1]
    visible = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    stem = " ".join(re.sub(r'[<>:"|?*;]', "_", visible).split())
    extensions = _EXTENSIONS[content_type]
    given = next((ext for ext in extensions if stem.lower().endswith(ext)), "")
    stem = stem[: len(stem) - len(given)].strip(". ") or "file"
    return stem[:_LONGEST_NAME] + (given or extensions[0])


def _write(path: Path, data: bytes) -> None:
    """Writes the whole file or none of it, and returns when it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too
    finally:
        os.close(folder)
