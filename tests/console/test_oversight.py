"""The supervisor's and the administrator's pages, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import LocatorAssertions, expect

from handoff.records import Draft, Role
from tests.console.conftest import Backdoor, Desks, fill_sign_in

pytestmark = pytest.mark.slow


async def test_the_supervisors_figures_follow_the_desk(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("sue", role=Role.SUPERVISOR)
    mei = await backdoor.agent("mei")
    await desks.workspace("mei")
    page = await desks.sign_in("sue")
    await page.get_by_role("link", name="Supervisor").click()

    def figure(name: str) -> LocatorAssertions:
        return expect(page.locator(f'[data-figure="{name}"] .tile-value'))

    await figure("waiting_now").to_have_text("0")
    _, theft = await backdoor.waits("stolen", intent="account_theft")
    await figure("waiting_now").to_have_text("1")
    await figure("critical_now").to_have_text("1")
    await figure("oldest_wait").to_have_text(re.compile(r"0:\d\d"))
    await expect(page.locator("tr", has_text="Mei")).to_contain_text("online")
    await backdoor.desk.claim(theft.id, mei)
    await backdoor.desk.reply(theft.conversation_id, mei, Draft("hello"))
    await backdoor.desk.close(theft.id, mei, "resolved")
    await figure("handled_today").to_have_text("1")
    await figure("waiting_now").to_have_text("0")


async def test_an_administrator_adds_a_person_who_then_signs_in(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("root", role=Role.ADMIN)
    page = await desks.sign_in("root")
    await page.get_by_role("link", name="Team").click()
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".form-error")).to_have_text("A name and a username are needed.")
    await page.get_by_label("Username").fill("mei")
    await page.get_by_label("Name", exact=True).fill("林美")
    await page.locator(".check", has_text="Verification").click()
    await page.locator(".check", has_text="Japanese").click()
    await page.get_by_label("Language of the console").select_option("zh-Hans")
    await page.get_by_role("button", name="Save").click()
    password = await page.locator(".secret").inner_text()
    await page.get_by_role("button", name="I have noted it").click()
    await expect(page.locator('[data-username="mei"]')).to_contain_text("must set a password")
    await expect(page.locator(".secret")).to_have_count(0)
    created = next(agent for agent in await backdoor.agents.list() if agent.username == "mei")
    assert (created.name, created.skills, created.languages, created.role) == ("林美", ("kyc",), ("ja",), Role.AGENT)
    other = await desks.sign_in("mei", password)
    await expect(other.locator("h1")).to_have_text("修改密码")


async def test_an_administrator_changes_resets_and_deactivates(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("root", role=Role.ADMIN)
    mei = await backdoor.agent("mei", name="Mei", skills=("kyc",))
    _, handoff = await backdoor.waits("KYC", intent="kyc")
    await backdoor.desk.claim(handoff.id, mei)
    theirs = await desks.workspace("mei")
    page = await desks.sign_in("root")
    await page.get_by_role("link", name="Team").click()
    card = page.locator('[data-username="mei"]')
    await card.get_by_role("button", name="Edit").click()
    await page.get_by_label("Name", exact=True).fill("Mei Lin")
    await page.locator(".check", has_text="API").click()
    await page.get_by_role("button", name="Save").click()
    await expect(card.locator(".name")).to_have_text("Mei Lin")
    assert (await backdoor.agents.get(mei.id)).skills == ("kyc", "api")
    await card.get_by_role("button", name="Reset password").click()
    await page.locator(".dialog .confirm").click()
    password = await page.locator(".secret").inner_text()
    await page.get_by_role("button", name="I have noted it").click()
    await expect(theirs).to_have_url(re.compile("/sign-in"))
    await fill_sign_in(theirs, "mei", password)
    await expect(theirs).to_have_url(re.compile("/password"))
    await card.get_by_role("button", name="Deactivate").click()
    await page.locator(".dialog .confirm").click()
    await expect(page.get_by_text("Mei Lin is deactivated. 1 conversations went back to the queue.")).to_be_visible()
    await expect(card.locator(".chip", has_text="deactivated")).to_be_visible()
    assert (await backdoor.desk.get(handoff.id)).agent_id is None
    await card.get_by_role("button", name="Activate").click()
    await expect(card.get_by_role("button", name="Deactivate")).to_be_visible()


async def test_the_only_administrator_cannot_give_the_role_away(desks: Desks, backdoor: Backdoor) -> None:
    root = await backdoor.agent("root", role=Role.ADMIN)
    page = await desks.sign_in("root")
    await page.get_by_role("link", name="Team").click()
    card = page.locator('[data-username="root"]')
    await expect(card.get_by_role("button", name="Deactivate")).to_have_count(0)
    await card.get_by_role("button", name="Edit").click()
    await page.get_by_label("Role").select_option("agent")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("This is the last active administrator.")).to_be_visible()
    assert (await backdoor.agents.get(root.id)).role is Role.ADMIN
