"""Signing in and out, in a browser."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from handoff.console.sessions import Sessions
from handoff.console.staff import Staff
from tests.console.conftest import PASSWORD, Backdoor, Console, Desks, fill_sign_in

pytestmark = pytest.mark.slow


async def test_an_agent_signs_in_and_out(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei", name="林美", ui_language="zh-Hans")
    page = await desks.workspace("mei", locale="en-GB")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.locator(".pane.queue .pane-title")).to_have_text("等待中")
    await page.click(".account > summary")
    await page.get_by_role("button", name="退出登录").click()
    await expect(page).to_have_url(re.compile("/sign-in"))
    await page.goto("/")
    await expect(page.locator("#username")).to_be_visible()


async def test_the_first_sign_in_forces_a_new_password(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei", forced=True)
    page = await desks.sign_in("mei")
    await expect(page).to_have_url(re.compile("/password"))
    await page.goto("/")
    await expect(page).to_have_url(re.compile("/password"))
    await page.fill("#current", PASSWORD)
    await page.fill("#new", "entirely new words")
    await page.fill("#again", "entirely new words")
    await page.get_by_role("button", name="Save the new password").click()
    await expect(page.locator(".pane.queue")).to_be_visible()
    again = await desks.sign_in("mei")
    await expect(again.locator("[role=alert]")).to_have_text("The username or the password is wrong.")
    await fill_sign_in(again, "mei", "entirely new words")
    await expect(again.locator(".pane.queue")).to_be_visible()


async def test_wrong_passwords_are_limited_and_the_form_says_so(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.page(locale="zh-CN")
    await page.goto("/")
    for _ in range(5):
        await fill_sign_in(page, "mei", "wrong")
        await expect(page.locator("[role=alert]")).to_have_text("用户名或密码不对。")
    await fill_sign_in(page, "mei", PASSWORD)
    await expect(page.locator("[role=alert]")).to_contain_text("尝试次数过多")
    await page.click("text=English")
    await expect(page.locator("h1")).to_have_text("Sign in to the support desk")


async def test_a_deactivated_agent_is_thrown_out_of_an_open_page(desks: Desks, backdoor: Backdoor) -> None:
    agent = await backdoor.agent("mei")
    page = await desks.workspace("mei")
    staff = Staff(backdoor.db, backdoor.agents, backdoor.desk, Sessions(backdoor.db, "", 1), backdoor.wakeups)
    await staff.deactivate(agent.id)
    await expect(page).to_have_url(re.compile("/sign-in"))
    await fill_sign_in(page, "mei", PASSWORD)
    await expect(page.locator("[role=alert]")).to_have_text("The username or the password is wrong.")


async def test_signing_out_in_one_tab_closes_the_other(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    other = await page.context.new_page()
    await other.goto("/")
    await expect(other.locator(".pane.queue")).to_be_visible()
    await other.click(".account > summary")
    await other.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(re.compile("/sign-in"))


async def test_the_language_is_switched_and_kept(desks: Desks, backdoor: Backdoor) -> None:
    agent = await backdoor.agent("mei", ui_language="en")
    page = await desks.workspace("mei")
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator(".pane.queue .pane-title")).to_have_text("等待中")
    assert (await backdoor.agents.get(agent.id)).ui_language == "zh-Hans"


async def test_the_theme_is_switched_and_survives_a_reload(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    theme = page.get_by_role("button", name="Theme")
    await expect(theme).to_have_attribute("title", "Theme: as the system")
    await theme.click()
    await expect(theme).to_have_attribute("title", "Theme: light")
    await theme.click()
    await expect(page.locator("body.body--dark")).to_be_visible()
    await page.reload()
    await expect(page.locator("body.body--dark")).to_be_visible()
    await expect(theme).to_have_attribute("title", "Theme: dark")


async def test_an_agent_whose_session_ended_while_the_console_was_down_is_asked_to_sign_in(
    desks: Desks, backdoor: Backdoor, console: Console
) -> None:
    agent = await backdoor.agent("mei")
    page = await desks.workspace("mei")
    await asyncio.to_thread(console.stop)
    await Sessions(backdoor.db, "", 1).end_all_of(agent.id)
    await asyncio.to_thread(console.start)
    await expect(page).to_have_url(re.compile("/sign-in"))
