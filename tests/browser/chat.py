"""The widget as a customer uses it, for tests that drive a page."""

from __future__ import annotations

from playwright.async_api import FilePayload, Locator, Page, expect

expect.set_options(timeout=10_000)


class Chat:
    """The `<support-chat>` of a page. Playwright's selectors see through its shadow root."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("support-chat")
        self.launcher = page.locator("support-chat .launcher")
        self.badge = page.locator("support-chat .badge")
        self.panel = page.locator("support-chat .panel")
        self.input = self.panel.locator("textarea")
        self.send_button = self.panel.locator(".send")
        self.who = self.panel.locator(".who")
        self.banner = self.panel.locator(".banner")
        self.problem = self.panel.locator(".problem")
        self.typing = self.panel.locator(".typing")
        self.mine = self.panel.locator(".message.mine .text")
        self.theirs = self.panel.locator(".message.theirs .text")
        self.notices = self.panel.locator(".message.notice .text")
        self.replies = self.panel.locator(".reply")
        self.rates = self.panel.locator(".rate")

    async def open(self) -> None:
        await self.launcher.click()
        await expect(self.panel).to_be_visible()

    async def settled(self) -> None:
        """Waits until the panel has finished moving: only then does it have its place and size."""
        await self.panel.evaluate("panel => Promise.all(panel.getAnimations().map(animation => animation.finished))")

    async def write(self, text: str) -> None:
        """Types a message and sends it with Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def pick(self, *files: FilePayload) -> None:
        await self.panel.locator("input[type=file]").set_input_files(list(files))

    def message(self, text: str) -> Locator:
        """The whole row of the message that says `text`."""
        return self.panel.locator(".message").filter(has=self.page.locator(".text", has_text=text))

    async def expect_online(self) -> None:
        await expect(self.panel).to_have_attribute("data-connection", "online")

    async def expect_state(self, text: str, state: str) -> None:
        """Waits until the customer's message is sending, queued, sent or failed."""
        mine = self.panel.locator(".message.mine").filter(has=self.page.locator(".text", has_text=text))
        await expect(mine).to_have_attribute("data-state", state)

    async def expect_texts(self, texts: list[str]) -> None:
        """Waits until the list holds exactly these messages of customer, assistant and agents, in this order."""
        await expect(self.panel.locator(".message:not(.notice) .text")).to_have_text(texts)
