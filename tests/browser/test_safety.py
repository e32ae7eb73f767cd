"""What others write is text; what leads away from the exchange is no link."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.slow

HOSTILE = [
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "</div></template><style>*{display:none}</style>",
    "<a href=\"javascript:document.title='owned'\">点我</a>",
    "&lt;b&gt; &amp; &#x3c;svg onload=alert(1)&#x3e;",
    "javascript:alert(1) data:text/html,<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
]


async def test_markup_is_shown_as_text_wherever_it_comes_from(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()
    title = await chat.page.title()
    for text in HOSTILE:
        await chat.write(text)
        await chat.expect_state(text, "sent")
        await gateway.say(text, author="agent", agent_name=text, kind="answer")
    await gateway.say(HOSTILE[0], author="system", kind="agent_joined", agent_name=HOSTILE[0])
    files = [gateway.add_file(HOSTILE[0], "application/pdf", b"%PDF-")]
    await gateway.say(HOSTILE[1], buttons=[(HOSTILE[0], "/human")], attachments=files)
    await expect(chat.mine).to_have_text(HOSTILE)
    await expect(chat.theirs).to_have_text([*HOSTILE, HOSTILE[1]])
    await expect(chat.notices).to_have_text([HOSTILE[0]])
    await expect(chat.replies).to_have_text([HOSTILE[0]])
    await expect(chat.panel.locator(".document-name")).to_have_text(HOSTILE[0])
    for tag in ("script", "style", "template", "svg[onload]", ".message img", ".message a"):
        await expect(chat.panel.locator(tag)).to_have_count(0)
    assert await chat.page.title() == title


async def test_only_https_addresses_of_official_hosts_become_links(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.element.evaluate("it => it.setAttribute('official-hosts', 'status.example.com')")
    await chat.open()
    await chat.expect_online()
    official = "https://www.example.com/security/freeze?lang=zh"
    await gateway.say(
        f"请打开 {official}，或 https://status.example.com。\n"
        "http://www.example.com https://www.example.com.evil.io https://evil.io/www.example.com "
        "https://www.example.com@evil.io https://evil.www.example.com https://www.example.com:8443 "
        "https://ｗｗｗ.example.com javascript:alert(1) www.example.com"
    )
    links = chat.panel.locator(".message a")
    await expect(links).to_have_text([official, "https://status.example.com"])
    await expect(links.first).to_have_attribute("href", official)
    await expect(links.first).to_have_attribute("rel", "noopener noreferrer")
    await expect(links.first).to_have_attribute("target", "_blank")


async def test_customers_own_addresses_are_no_links(chat: Chat) -> None:
    await chat.open()
    await chat.write("https://www.example.com/ 是官方网站吗")
    await chat.expect_state("是官方网站吗", "sent")
    await expect(chat.panel.locator(".message a")).to_have_count(0)


async def test_what_the_gateway_redacted_is_shown_redacted(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()

    async def redact(message: dict[str, object]) -> None:
        message["text"] = "我的助记词是 [redacted: seed phrase]"

    gateway.hold()
    gateway.reply = redact
    await chat.write("我的助记词是 abandon ability able")
    await chat.expect_state("我的助记词是", "sent")
    await gateway.release()
    await chat.expect_texts(["我的助记词是 [redacted: seed phrase]"])
    stored = await chat.page.evaluate("JSON.stringify(localStorage)")
    assert "abandon" not in stored


async def test_the_page_cannot_style_the_widget_by_accident(chat: Chat) -> None:
    await chat.page.evaluate(
        "() => { const sheet = new CSSStyleSheet();"
        "sheet.replaceSync('* { color: red !important; font-size: 40px !important } .panel { display: none }');"
        "document.adoptedStyleSheets = [sheet] }"
    )
    await chat.open()
    await expect(chat.input).to_have_css("font-size", "15px")
    await expect(chat.who).not_to_have_css("color", "rgb(255, 0, 0)")
