"""Files: what they are is decided by their content, and only their own customer can read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels import InboundMessage
from handoff.settings import DeskSettings
from tests.gateway.conftest import Gateway, Start

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.7\n" + b"\0" * 64


async def test_a_file_is_sent_with_a_message_and_read_back(gateway: Gateway) -> None:
    customer = await gateway.customer()
    response = await customer.upload("截图 1.png", PNG)
    assert response.status_code == 201
    upload = response.json()
    assert upload == {**upload, "name": "截图 1.png", "content_type": "image/png", "size": len(PNG)}
    await customer.send("see here", attachment_ids=[upload["attachment_id"]])
    message = (await customer.read())[0]
    assert message["attachments"] == [
        {"id": upload["attachment_id"], "name": "截图 1.png", "content_type": "image/png", "size": len(PNG)}
    ]
    file = await gateway.http.get(f"/api/v1/files/{upload['attachment_id']}", headers=customer.headers)
    assert file.content == PNG
    assert file.headers["Content-Type"] == "image/png"
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%88%AA%E5%9B%BE%201.png"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.png", b"<html><script>alert(1)</script></html>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("program.pdf", b"MZ" + b"\0" * 64),
        ("empty.png", b""),
        ("words.txt", b"words"),
    ],
)
async def test_the_content_decides_not_the_name(gateway: Gateway, name: str, data: bytes) -> None:
    customer = await gateway.customer()
    response = await customer.upload(name, data)
    assert (response.status_code, response.json()["error"]["code"]) == (415, "file_type")


async def test_a_file_that_is_too_large_is_refused_while_it_comes(
    start: Start, desk_settings: DeskSettings, tmp_path: Path
) -> None:
    desk = desk_settings.model_copy(update={"max_file_bytes": 1000})
    async with start(desk) as gateway:
        customer = await gateway.customer()
        just = await customer.upload("a.png", PNG + b"\0" * (1000 - len(PNG)))
        assert just.status_code == 201
        more = await customer.upload("a.png", PNG + b"\0" * 1000)
        assert (more.status_code, more.json()["error"]["code"]) == (413, "file_too_large")
        much = await customer.upload("a.png", PNG + b"\0" * 100_000)
        assert (much.status_code, much.json()["error"]["code"]) == (413, "too_large")

        async def endless():  # type: ignore[no-untyped-def]
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
            for _ in range(1000):
                yield b"\0" * 10_000

        headers = {**customer.headers, "Content-Type": "multipart/form-data; boundary=x"}
        response = await gateway.http.post("/api/v1/files", content=endless(), headers=headers)
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"data", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_a_body_that_is_no_form_with_a_file_is_refused(
    gateway: Gateway, content: bytes, content_type: str
) -> None:
    customer = await gateway.customer()
    headers = {**customer.headers, "Content-Type": content_type}
    response = await gateway.http.post("/api/v1/files", content=content, headers=headers)
    assert response.status_code in {400, 422}
    assert response.json()["error"]["code"] in {"invalid_request", "bad_request"}


async def test_nobody_else_can_read_or_send_a_file(gateway: Gateway) -> None:
    mine, theirs = await gateway.customer(), await gateway.customer()
    file_id = (await mine.upload("a.pdf", PDF)).json()["attachment_id"]
    foreign = await gateway.http.get(f"/api/v1/files/{file_id}", headers=theirs.headers)
    unknown = await gateway.http.get(f"/api/v1/files/{'0' * 32}", headers=theirs.headers)
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()
    sent = await theirs.post("mine now", attachment_ids=[file_id])
    assert (sent.status_code, sent.json()["error"]["code"]) == (404, "file_missing")
    assert (await mine.post("really mine", attachment_ids=[file_id])).status_code == 200


async def test_a_message_with_a_file_twice_is_one_message(gateway: Gateway) -> None:
    customer = await gateway.customer()
    file_id = (await customer.upload("a.pdf", PDF)).json()["attachment_id"]
    for duplicate in (False, True):
        response = await customer.post("look", "same", attachment_ids=[file_id])
        assert response.json()["duplicate"] is duplicate


async def test_a_file_that_comes_with_its_message_is_stored_with_it(gateway: Gateway) -> None:
    message = InboundMessage("telegram", "42", "telegram:1", text="look", attachments=(("a.pdf", PDF),), locale="zh")
    receipt = await gateway.services.inbox.receive(message)
    stored = (await gateway.services.conversations.messages(receipt.conversation_id))[0]
    assert [file.name for file in stored.attachments] == ["a.pdf"]
    assert (await gateway.services.conversations.get(receipt.conversation_id)).language == "zh-Hans"


async def test_uploads_are_limited(start: Start) -> None:
    async with start(rate_files_per_session=2) as gateway:
        customer = await gateway.customer()
        statuses = [(await customer.upload("a.png", PNG)).status_code for _ in range(3)]
        assert statuses == [201, 201, 429]
