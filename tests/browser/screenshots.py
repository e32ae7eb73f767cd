"""Pictures of the widget in the states worth looking at: `python -m tests.browser.screenshots FOLDER [NAME...]`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.chat import Chat
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.pictures import pdf_file, png_file
from tests.browser.scripted_gateway import ScriptedGateway

HASH = "0x9f2c4e7a1b3d5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd"

EMERGENCY = """您的会话已作为最高优先级转给人工客服。请现在按顺序做：
1. 立即冻结账户：https://www.example.com/security/freeze
   无法登录？请直接在这里告诉我们。
2. 不要再与主动联系您、声称能“帮忙”的人来往，也不要向任何人付款。
3. 不要把密码、验证码、助记词、私钥告诉任何人，也不要发到这里。我们绝不会索要。
4. 请在这里回复：还能登录吗？什么时间、哪个币种、多少数量？"""

ANSWER = f"""提币长时间未到账

提币分为三个阶段：平台审核、链上确认、对方平台入账。请先在提币记录中查看当前状态。

1. 状态为“审核中”：大额或新地址提币需要人工复核，通常在 24 小时内完成。
2. 状态为“已完成”：复制交易哈希，在区块浏览器中查询确认数，例如 {HASH}。
3. 链上确认已足够，但对方平台仍未入账：请把交易哈希发给对方平台的客服，由对方处理。

如果网络拥堵，确认时间会比平时长。请不要重复提交提币。"""

ENGLISH = """Your withdrawal has not arrived

Open the withdrawal history and look at its state.

1. Under review: larger amounts and new addresses are checked by hand.
2. Completed: copy the transaction hash and look it up in the block explorer.
3. Enough confirmations, but nothing credited: send the hash to the receiving platform's support."""

FEEDBACK = [("已解决", "/solved{}"), ("没有解决", "/not_solved{}"), ("转人工客服", "/human")]
FEEDBACK_ENGLISH = [
    ("This solved it", "/solved{}"),
    ("It did not help", "/not_solved{}"),
    ("Talk to a person", "/human"),
]
RATES = ["非常不满意", "不满意", "一般", "满意", "非常满意"]
RATING = [(title, f'/rate{{"value":{value}}}') for value, title in enumerate(RATES, 1)]

#: Animations that never end (typing) are not waited for.
SETTLED = """() => Promise.all(document.querySelector("support-chat").shadowRoot.getAnimations()
  .filter((it) => it.effect.getComputedTiming().iterations !== Infinity)
  .map((it) => it.finished.catch(() => {})))"""

Play = Callable[[Chat, ScriptedGateway], Awaitable[None]]


@dataclass
class Scene:
    """One picture: what happens before it is taken, and on what device."""

    play: Play
    lang: str = "zh-CN"
    size: tuple[int, int] = (1280, 860)
    dark: bool = False
    full_page: bool = False


async def closed(chat: Chat, gateway: ScriptedGateway) -> None:
    await expect(chat.launcher).to_be_visible()


async def empty(chat: Chat, gateway: ScriptedGateway) -> None:
    await chat.open()
    await chat.expect_online()


async def story(chat: Chat, gateway: ScriptedGateway) -> None:
    """A theft, from the first words to the agent."""
    await empty(chat, gateway)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await gateway.say("您好，我是智能助手，请问有什么可以帮您？", created_at=yesterday)
    await chat.write("我的账户被盗了，刚刚有 3.2 ETH 被转走，不是我操作的")
    await chat.expect_state("我的账户被盗了", "sent")
    await gateway.say(EMERGENCY, kind="emergency_theft")
    await gateway.set_owner("queue")
    await gateway.say("客服 李雯 已接入，将继续为您服务。", author="system", kind="agent_joined")
    reply = "您好，我是账户安全组的李雯。账户已经为您冻结，请把您收到的登录提醒截图发给我。"
    await gateway.say(reply, author="agent", agent_name="李雯")
    await gateway.set_owner("agent")
    await chat.pick(png_file("登录提醒.png", 480, 360))
    await chat.write("这是昨晚 2 点多收到的提醒")
    await chat.expect_state("这是昨晚", "sent")
    await expect(chat.panel.locator(".picture.loading")).to_have_count(0)
    await gateway.type("agent")
    await expect(chat.typing).to_be_visible()


async def story_top(chat: Chat, gateway: ScriptedGateway) -> None:
    await story(chat, gateway)
    await chat.panel.locator(".scroller").evaluate("it => { it.scrollTop = 40 }")


async def answer(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await chat.write("提币一直没到账")
    await chat.expect_state("提币一直没到账", "sent")
    await gateway.say(ANSWER, kind="answer", buttons=FEEDBACK)
    await expect(chat.replies).to_have_count(3)


async def answer_english(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await chat.write("my withdrawal has not arrived, it is 6 hours now")
    await chat.expect_state("my withdrawal", "sent")
    await gateway.say(ENGLISH, kind="answer", buttons=FEEDBACK_ENGLISH)
    await expect(chat.replies).to_have_count(3)


async def rating(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await gateway.say("账户已恢复，新的防钓鱼码也设好了。祝您生活愉快！", author="agent", agent_name="李雯")
    await gateway.say("本次人工服务已结束。如果还有问题，请直接在这里继续提问。", author="system", kind="closed")
    await gateway.say("请为本次人工服务评分：", author="system", kind="rating", buttons=RATING)
    await gateway.set_owner("assistant")
    await expect(chat.rates).to_have_count(5)


async def rated(chat: Chat, gateway: ScriptedGateway) -> None:
    await rating(chat, gateway)
    await chat.rates.nth(4).click()
    await chat.expect_state("非常满意", "sent")
    await gateway.say("感谢您的评价。", author="system", kind="rating_thanks")


async def hashes(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await chat.write(f"哈希是{HASH * 3}，请查一下")
    await chat.expect_state("哈希是", "sent")
    await gateway.say(f"查到了：{HASH * 3}")
    await gateway.say("没有空格的长单词 " + "Donaudampfschifffahrtsgesellschaft" * 5)


async def offline(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await gateway.say("请把交易哈希发给我。")
    await chat.page.context.set_offline(True)
    await chat.write("好的，我找一下")
    await expect(chat.banner).to_be_visible()


async def failed(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    gateway.refuse("/messages", 413, code="text_too_long")
    await chat.write("这条没有发出去")
    await chat.expect_state("这条没有发出去", "failed")


async def files(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    pdf = pdf_file("银行流水 2026-10.pdf", 200_000)
    await chat.pick(pdf)
    await chat.input.press("Enter")
    await expect(chat.panel.locator(".message.mine")).to_have_attribute("data-state", "sent")
    await chat.pick(pdf, png_file("photo.png", 200, 300), {"name": "a.exe", "mimeType": "image/png", "buffer": b"MZ"})
    await expect(chat.problem).not_to_be_empty()


async def question(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await gateway.say("请把交易哈希发给我。")
    await chat.panel.get_by_role("button", name="开始新对话").click()


async def unread(chat: Chat, gateway: ScriptedGateway) -> None:
    await empty(chat, gateway)
    await chat.launcher.click()
    for _ in range(3):
        await gateway.say("您好")
    await expect(chat.badge).to_have_text("3")


PHONE = (360, 720)
SCENES = {
    "demo": Scene(closed, full_page=True),
    "demo-dark": Scene(closed, dark=True),
    "demo-english": Scene(closed, lang="en-US", full_page=True),
    "demo-phone": Scene(closed, size=PHONE, full_page=True),
    "empty": Scene(empty),
    "empty-dark": Scene(empty, dark=True),
    "empty-phone": Scene(empty, size=(360, 640)),
    "story": Scene(story),
    "story-dark": Scene(story, dark=True),
    "story-phone": Scene(story, size=PHONE),
    "story-phone-dark": Scene(story, size=PHONE, dark=True),
    "story-top": Scene(story_top),
    "story-top-dark": Scene(story_top, dark=True),
    "answer": Scene(answer),
    "answer-dark": Scene(answer, dark=True),
    "answer-english": Scene(answer_english, lang="en-US"),
    "rating": Scene(rating),
    "rated-dark": Scene(rated, dark=True),
    "hashes": Scene(hashes),
    "hashes-phone": Scene(hashes, size=PHONE),
    "offline": Scene(offline),
    "failed": Scene(failed),
    "files": Scene(files),
    "question": Scene(question),
    "unread": Scene(unread),
}


async def take(browser: Browser, gateway: ScriptedGateway, scene: Scene, path: Path) -> None:
    """Plays one scene on a new device and saves its picture."""
    width, height = scene.size
    is_phone = width < 480
    context = await browser.new_context(
        locale=scene.lang,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scene.dark else "light",
        has_touch=is_phone,
        is_mobile=is_phone,
        device_scale_factor=2,
        timezone_id="Asia/Shanghai",
    )
    page: Page = await context.new_page()
    await page.goto(f"{gateway.origin}/")
    await scene.play(Chat(page), gateway)
    await page.evaluate(SETTLED)
    await page.screenshot(path=path, full_page=scene.full_page)
    await context.close()


async def main(folder: Path, names: list[str]) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    gateway = ScriptedGateway()
    await gateway.serving.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        for name in names or SCENES:
            await take(browser, gateway, SCENES[name], folder / f"{name}.png")
        await browser.close()
    await gateway.serving.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
