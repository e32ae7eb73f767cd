"""Sending and receiving files."""

from __future__ import annotations

import base64

import pytest
from playwright.async_api import Request, expect

from tests.browser.chat import Chat
from tests.browser.pictures import pdf_file, png, png_file
from tests.browser.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.slow

GIVE = """(target, [name, type, data, event]) => {
  const bytes = Uint8Array.from(atob(data), (it) => it.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const options = { bubbles: true, cancelable: true, composed: true };
  target.dispatchEvent(event === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
    : new DragEvent(event, { ...options, dataTransfer: transfer }));
}"""


async def test_a_picture_and_a_pdf_are_sent_with_their_text(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.pick(png_file("登录提醒.png"), pdf_file("银行流水.pdf"))
    await expect(chat.panel.locator(".chip")).to_have_count(2)
    await chat.write("请看附件")
    await chat.expect_state("请看附件", "sent")
    await expect(chat.panel.locator(".chip")).to_have_count(0)
    stored = gateway.conversation.messages[0]["attachments"]
    assert [it["name"] for it in stored] == ["登录提醒.png", "银行流水.pdf"]
    assert gateway.files[stored[0]["id"]][2] == png()
    await expect(chat.message("请看附件").locator(".picture:not(.loading) img")).to_be_visible()
    await expect(chat.message("请看附件").locator(".document-name")).to_have_text("银行流水.pdf")


async def test_a_file_can_be_sent_without_text_and_taken_back_before(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.pick(png_file("a.png"), png_file("b.png"))
    await chat.panel.get_by_role("button", name="移除 a.png").click()
    await chat.send_button.click()
    await expect(chat.panel.locator(".message.mine")).to_have_attribute("data-state", "sent")
    message = gateway.conversation.messages[0]
    assert message["text"] == ""
    assert [it["name"] for it in message["attachments"]] == ["b.png"]


async def test_pictures_are_fetched_with_the_token_and_open_large(chat: Chat, gateway: ScriptedGateway) -> None:
    requests: list[Request] = []
    chat.page.on("request", lambda it: requests.append(it))  # noqa: PLW0108  Playwright marks what it is given
    await chat.open()
    await chat.expect_online()
    stored = gateway.add_file("攻略.png", "image/png", png(400, 300))
    await gateway.say("请看图", author="agent", agent_name="李雯", attachments=[stored])
    picture = chat.message("请看图").get_by_role("button", name="查看图片 攻略.png")
    await expect(picture.locator("img")).to_be_visible()
    fetched = [it for it in requests if "/files/" in it.url]
    assert len(fetched) == 1
    assert (await fetched[0].all_headers())["authorization"] == f"Bearer {gateway.conversation.token}"
    assert not any(gateway.conversation.token in it.url for it in requests)
    await picture.click()
    large = chat.page.locator("support-chat .lightbox")
    await expect(large).to_be_visible()
    await chat.page.keyboard.press("Escape")
    await expect(large).to_be_hidden()
    await expect(chat.panel).to_be_visible()
    await expect(picture).to_be_focused()


async def test_a_received_document_is_saved_under_its_name(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    stored = gateway.add_file("对账单.pdf", "application/pdf", b"%PDF-1.7 statement")
    await gateway.say("这是对账单", author="agent", attachments=[stored])
    async with chat.page.expect_download() as saved:
        await chat.panel.get_by_role("button", name="下载 对账单.pdf").click()
    download = await saved.value
    assert download.suggested_filename == "对账单.pdf"


async def test_files_that_the_gateway_would_refuse_are_refused_before_they_are_uploaded(
    chat: Chat, gateway: ScriptedGateway
) -> None:
    await chat.open()
    await chat.expect_online()
    await chat.pick(
        pdf_file("大.pdf", 11 * 1024 * 1024),
        {"name": "程序.png", "mimeType": "image/png", "buffer": b"MZ\x90\x00 this is no picture"},
        {"name": "空.png", "mimeType": "image/png", "buffer": b""},
        png_file("好.png"),
    )
    await expect(chat.problem).to_contain_text("“大.pdf” 超过 10 MB")
    await expect(chat.problem).to_contain_text("“程序.png” 不是支持的类型")
    await expect(chat.problem).to_contain_text("“空.png” 是空文件")
    await expect(chat.panel.locator(".chip .document-name")).to_have_text(["好.png"])
    await chat.pick(*[png_file(f"{i}.png") for i in range(5)])
    await expect(chat.problem).to_contain_text("一次最多发送 5 个文件")
    await expect(chat.panel.locator(".chip")).to_have_count(5)
    assert gateway.files == {}


@pytest.mark.parametrize("events", [["paste"], ["dragenter", "dragover", "drop"]], ids=["pasted", "dropped"])
async def test_files_can_be_pasted_and_dropped(chat: Chat, gateway: ScriptedGateway, events: list[str]) -> None:
    await chat.open()
    data = base64.b64encode(png()).decode()
    for event in events:
        await chat.input.evaluate(GIVE, ["粘贴.png", "image/png", data, event])
        if event == "dragenter":
            await expect(chat.panel.locator(".drop")).to_be_visible()
    await expect(chat.panel.locator(".drop")).to_be_hidden()
    await expect(chat.panel.locator(".chip .document-name")).to_have_text(["粘贴.png"])
    await chat.send_button.click()
    await expect(chat.panel.locator(".message.mine")).to_have_attribute("data-state", "sent")
    assert len(gateway.files) == 1


async def test_a_failed_upload_can_be_tried_again(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    gateway.refuse("/files", 415, code="file_type")
    await chat.pick(png_file())
    await chat.write("附件")
    await chat.expect_state("附件", "failed")
    await expect(chat.message("附件").locator(".failure")).to_contain_text("不支持该文件类型")
    await chat.message("附件").get_by_role("button", name="重试").click()
    await chat.expect_state("附件", "sent")
    assert len(gateway.conversation.messages[0]["attachments"]) == 1
