from __future__ import annotations

import zlib

import pytest

from handoff.attachments import Attachments, shown_name
from handoff.errors import ConversationMissing, FileMissing, FileRefused
from handoff.records import Draft
from tests.handoff.conftest import Office

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + bytes(8)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"
ACCEPTED = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(32),
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(32),
    "image/gif": b"GIF89a" + bytes(32),
    "application/pdf": PDF,
}


@pytest.fixture
def attachments(office: Office) -> Attachments:
    settings = office.settings.model_copy(update={"max_file_bytes": 4096})
    return Attachments(office.db, settings, office.clock)


@pytest.mark.parametrize("content_type", ACCEPTED)
async def test_a_file_is_kept_under_a_name_of_our_own_and_comes_back(
    office: Office, attachments: Attachments, content_type: str
) -> None:
    ann = await office.customer()
    data = ACCEPTED[content_type]
    saved = await attachments.save(ann.id, "../../../etc/passwd", data)
    assert (saved.content_type, saved.size_bytes) == (content_type, len(data))
    assert saved.name.startswith("passwd.")
    assert await attachments.open(saved.id) == (saved, data)
    files = [path for path in (office.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert files == [office.settings.data_dir / "files" / saved.id[:2] / saved.id]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ\x90\x00" + bytes(64),
        b"PK\x03\x04" + bytes(64),
        b"\x7fELF" + bytes(64),
        zlib.compress(b"x" * 100),
        "只是文字".encode(),
    ],
)
async def test_other_files_are_refused_whatever_they_are_called(
    office: Office, attachments: Attachments, data: bytes
) -> None:
    ann = await office.customer()
    with pytest.raises(FileRefused) as caught:
        await attachments.save(ann.id, "photo.png", data)
    assert caught.value.code == "file_type"
    assert not (office.settings.data_dir / "files").exists()


async def test_a_file_that_is_too_large_is_refused(office: Office, attachments: Attachments) -> None:
    ann = await office.customer()
    await attachments.save(ann.id, "a.png", PNG + bytes(4096 - len(PNG)))
    with pytest.raises(FileRefused) as caught:
        await attachments.save(ann.id, "a.png", PNG + bytes(4097 - len(PNG)))
    assert caught.value.code == "file_too_large"


async def test_a_file_of_nobody_is_not_kept(office: Office, attachments: Attachments) -> None:
    with pytest.raises(ConversationMissing):
        await attachments.save("nobody", "a.png", PNG)
    assert not (office.settings.data_dir / "files").exists()


async def test_unknown_ids_and_lost_files_are_reported(office: Office, attachments: Attachments) -> None:
    for unknown in ("0" * 32, "../../secret_key", ""):
        with pytest.raises(FileMissing):
            await attachments.open(unknown)
    saved = await attachments.save((await office.customer()).id, "a.png", PNG)
    (office.settings.data_dir / "files" / saved.id[:2] / saved.id).unlink()
    with pytest.raises(FileMissing, match="LIFELINE_DATA_DIR"):
        await attachments.open(saved.id)


async def test_a_message_carries_its_files_in_order(office: Office, attachments: Attachments) -> None:
    ann = await office.customer()
    files = tuple([await attachments.save(ann.id, f"{name}.png", PNG) for name in "cab"])
    sent, _ = await office.conversations.add_customer_message(ann.id, Draft("see", attachments=files), client_id=None)
    await office.conversations.add_customer_message(ann.id, Draft("no file"), client_id=None)
    with_files, without = await office.conversations.messages(ann.id)
    assert with_files.attachments == sent.attachments == files
    assert without.attachments == ()


async def test_a_file_of_another_conversation_or_message_cannot_be_sent(
    office: Office, attachments: Attachments
) -> None:
    ann, bob = await office.customer("ann"), await office.customer("bob")
    file = await attachments.save(ann.id, "a.png", PNG)
    with pytest.raises(FileMissing):
        await office.conversations.add_customer_message(bob.id, Draft("x", attachments=(file,)), client_id=None)
    await office.conversations.add_customer_message(ann.id, Draft("x", attachments=(file,)), client_id=None)
    with pytest.raises(FileMissing):
        await office.conversations.add_customer_message(ann.id, Draft("again", attachments=(file,)), client_id=None)
    assert await office.said(bob) == []
    assert await office.said(ann) == ["x"]


@pytest.mark.parametrize(
    ("name", "content_type", "shown"),
    [
        ("截图 1.PNG", "image/png", "截图 1.png"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("C:\\Users\\me\\a.pdf", "application/pdf", "a.pdf"),
        ("bill.pdf.exe", "application/pdf", "bill.pdf.exe.pdf"),
        ("gpj\u202eexe.png", "image/png", "gpjexe.png"),
        ('a"b<c>\r\nd.png', "image/png", "a_b_c_d.png"),
        ("..", "image/png", "file.png"),
        ("", "application/pdf", "file.pdf"),
        (".png", "image/png", "file.png"),
        ("x" * 500, "image/gif", "x" * 100 + ".gif"),
    ],
)
def test_names_are_safe_to_show(name: str, content_type: str, shown: str) -> None:
    assert shown_name(name, content_type) == shown
