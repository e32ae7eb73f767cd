"""The workspace in a browser, on the real desk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from handoff.conversations import Conversations
from handoff.database import Database, Tx
from handoff.desk import Desk
from handoff.records import Author, Conversation, Draft, Handoff, HandoffState, Owner
from handoff.redis_link import connect
from handoff.settings import DeskSettings
from tests.console.conftest import Backdoor, Console, Desks

pytestmark = pytest.mark.slow
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005"
    "00010001dd8db0e50000000049454e44ae426082"
)


def row(page: Page, handoff: Handoff) -> Locator:
    """A line of the queue."""
    return page.locator(f'[data-handoff="{handoff.id}"]')


def bubble(page: Page, text: str) -> Locator:
    """What somebody said."""
    return page.locator(".bubble", has_text=text)


async def has_claimed(page: Page, backdoor: Backdoor, text: str = "my deposit") -> tuple[Conversation, Handoff]:
    """A customer waits, and the agent of this page has claimed them."""
    conversation, handoff = await backdoor.waits(text)
    await row(page, handoff).get_by_role("button", name="Claim").click()
    await expect(page.locator(".composer textarea")).to_be_focused()
    return conversation, handoff


async def test_a_critical_conversation_arrives_on_top_without_a_reload(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    await page.evaluate("window.notReloaded = true")
    _, first = await backdoor.waits("where is my deposit")
    await expect(row(page, first)).to_be_visible()
    _, critical = await backdoor.waits("it was not me, my coins are gone", intent="account_theft")
    _, third = await backdoor.waits("KYC rejected", intent="kyc")
    await expect(page.locator(".pane.queue .row")).to_have_count(3)
    order = await page.locator(".pane.queue .row").evaluate_all("rows => rows.map(row => row.dataset.handoff)")
    assert order == [critical.id, first.id, third.id]
    await expect(row(page, critical)).to_have_class("row priority-0")
    await expect(page.locator(".bar .critical")).to_have_text("1 critical")
    await page.wait_for_function("document.title.startsWith('●')")  # the title pulses
    await page.wait_for_function("!document.title.startsWith('●')")
    await page.wait_for_function("document.querySelector(\"link[rel~='icon']\").href.startsWith('data:image/png')")
    assert await page.evaluate("window.notReloaded")


async def test_two_agents_claim_at_once_and_one_is_told_kindly(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    await backdoor.agent("jo")
    pages = [await desks.workspace("mei"), await desks.workspace("jo")]
    conversation, handoff = await backdoor.waits("my deposit")
    claims = [row(page, handoff).get_by_role("button", name="Claim") for page in pages]
    for claim in claims:
        await expect(claim).to_be_enabled()
    await asyncio.gather(*(claim.dispatch_event("click") for claim in claims))
    async with asyncio.timeout(20):
        while not (taken := await backdoor.desk.get(handoff.id)).agent_id:
            await asyncio.sleep(0.02)
    winner, loser = pages if (await backdoor.agents.get(taken.agent_id)).username == "mei" else reversed(pages)
    await expect(winner.locator(".composer")).to_be_visible()
    await expect(loser.get_by_text("A colleague was faster. This conversation is already taken.")).to_be_visible()
    await expect(loser.locator(".composer")).to_have_count(0)
    await expect(loser.get_by_text("Nobody is waiting.")).to_be_visible()
    joined = [m for m in await backdoor.conversations.messages(conversation.id) if m.kind == "agent_joined"]
    assert len(joined) == 1


async def test_an_agent_replies_and_reads_the_answer_live(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei", name="Mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    box = page.locator(".composer textarea")
    await box.fill("Hello,\nwhat is the transaction hash?")
    await box.press("Control+Enter")
    await expect(bubble(page, "what is the transaction hash?")).to_be_visible()
    await expect(box).to_have_value("")
    await backdoor.writes(conversation, "it is 0xabc")
    await expect(bubble(page, "it is 0xabc")).to_be_visible()
    said = await backdoor.conversations.messages(conversation.id)
    assert [(m.author, m.text, m.agent_name) for m in said[-2:]] == [
        (Author.AGENT, "Hello,\nwhat is the transaction hash?", "Mei"),
        (Author.CUSTOMER, "it is 0xabc", None),
    ]


async def test_enter_alone_begins_a_line_and_an_input_method_is_not_disturbed(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    box = page.locator(".composer textarea")
    await box.press_sequentially("one")
    await box.press("Enter")
    await box.press_sequentially("two")
    await expect(box).to_have_value("one\ntwo")
    before = len(await backdoor.texts(conversation))
    composing = "e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, isComposing: true}))"
    await box.evaluate(composing)
    await expect(page.get_by_role("button", name="Send")).to_be_enabled()  # and not "Sending…"
    await page.get_by_role("button", name="Send").click()
    await expect(bubble(page, "two")).to_be_visible()
    assert len(await backdoor.texts(conversation)) == before + 1


async def test_what_is_typed_survives_live_updates_and_a_reload(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    box = page.locator(".composer textarea")
    await box.fill("half a sente")
    await backdoor.writes(conversation, "hello?")
    await backdoor.waits("another customer")
    await expect(bubble(page, "hello?")).to_be_visible()
    await expect(page.locator(".pane.queue .row")).to_have_count(1)
    await expect(box).to_have_value("half a sente")
    await page.reload()
    await expect(box).to_have_value("half a sente")
    await expect(bubble(page, "hello?")).to_be_visible()  # the same conversation is open


async def test_a_conversation_is_closed_with_a_disposition_and_the_customer_is_asked(
    desks: Desks, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, handoff = await has_claimed(page, backdoor)
    await page.locator(".thread-head .close").click()
    dialog = page.locator(".dialog")
    await expect(dialog.get_by_role("button", name="Close")).to_be_disabled()
    await dialog.get_by_text("Workaround given").click()
    await dialog.locator("textarea").fill("sent the recovery form")
    await dialog.get_by_role("button", name="Close").click()
    await expect(page.get_by_text("Closed. The customer has been asked for a rating.")).to_be_visible()
    await expect(page.get_by_text("No conversation open")).to_be_visible()
    await expect(page.get_by_text("You have no open conversation.")).to_be_visible()
    closed = await backdoor.desk.get(handoff.id)
    assert (closed.state, closed.disposition, closed.note) == (
        HandoffState.CLOSED,
        "workaround",
        "sent the recovery form",
    )
    assert (await backdoor.conversations.get(conversation.id)).owner is Owner.ASSISTANT
    assert [m.kind for m in (await backdoor.conversations.messages(conversation.id))[-2:]] == ["closed", "rating"]


async def test_a_conversation_goes_back_to_the_queue(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    _, handoff = await has_claimed(page, backdoor)
    await page.locator(".thread-head .release").click()
    await page.locator(".dialog .confirm").click()
    await expect(row(page, handoff)).to_be_visible()
    returned = await backdoor.desk.get(handoff.id)
    assert (returned.state, returned.due_at) == (HandoffState.WAITING, handoff.due_at)


async def test_what_customers_write_is_shown_as_text_and_nothing_runs(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    evil = (
        "<img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }} ${alert(3)} `x` </script> javascript:alert(4)"
    )
    meta = {"understanding": {"language": evil, "entities": [{"entity": evil, "value": evil}]}, "redacted": [evil]}
    conversation, handoff = await backdoor.waits(evil, tried=[evil])
    file = await backdoor.attachments.save(conversation.id, f"{evil}.png", PNG)
    await backdoor.writes(conversation, evil, meta=meta, attachments=(file,))
    await expect(row(page, handoff).locator(".row-preview")).to_contain_text("<img src=x onerror=alert(1)>")
    await row(page, handoff).locator(".row-open").click()
    await expect(bubble(page, evil)).to_have_count(2)
    await expect(page.locator(".case .quote").first).to_have_text(evil)
    await expect(page.locator(".case .entities dt")).to_have_text(evil)
    assert await page.locator("img[src='x'], .bubble script, .case script, .row script").count() == 0
    assert await page.locator(".message img").get_attribute("src") == f"/files/{file.id}"
    await page.wait_for_function("document.querySelector('.message img').naturalWidth === 1")
    assert dialogs == []


async def test_a_file_is_attached_sent_and_shown(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    files: list[FilePayload] = [
        {"name": "截图.png", "mimeType": "image/png", "buffer": PNG},
        {"name": "page.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"},
    ]
    await page.set_input_files(".composer input[type=file]", files)
    await expect(page.locator(".composer-files .failed")).to_contain_text("only images and PDF")
    await page.locator(".composer-files .failed button").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".message.agent .picture img")).to_be_visible()
    await expect(page.locator(".composer-files")).to_have_count(0)
    last = (await backdoor.conversations.messages(conversation.id))[-1]
    assert ([file.name for file in last.attachments], last.text) == (["截图.png"], "")


async def test_an_article_is_read_in_ones_own_language_and_inserted_in_the_customers(
    desks: Desks, backdoor: Backdoor
) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    topics = {"topics": [["account-stolen-emergency", 0.9], ["no-such-topic", 0.5]]}
    _, handoff = await backdoor.waits("我的账户被盗了", intent="account_theft", language="zh-Hans", **topics)
    await row(page, handoff).locator(".row-open").click()
    article = page.locator('[data-topic="account-stolen-emergency"]')
    await expect(page.locator(".article")).to_have_count(1)
    await article.locator("summary").click()
    await expect(article.locator(".article-title")).to_have_text("My account was hacked or my coins are gone")
    await expect(article.locator(".article-body")).to_contain_text("Freeze your account now")
    await article.get_by_role("button", name="Chinese (Simplified)", exact=True).click()
    await expect(article.locator(".article-body")).to_contain_text("请马上冻结账户")
    await expect(article.locator(".insert")).to_be_hidden()  # there is no reply yet to insert it into
    await page.locator(".standing .claim").click()
    await article.get_by_role("button", name="Insert in Chinese (Simplified)").click()
    await expect(page.locator(".composer textarea")).to_have_value(re.compile("^请马上冻结账户"))
    await expect(page.locator(".composer textarea")).to_be_focused()


async def test_a_link_to_elsewhere_needs_a_second_look(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    box = page.locator(".composer textarea")
    await box.fill("please open https://exarnple.test/freeze")
    await box.press("Control+Enter")
    dialog = page.locator(".dialog.concerns")
    await expect(dialog).to_contain_text("exarnple.test")
    await dialog.get_by_role("button", name="Edit").click()
    await expect(box).to_have_value("please open https://exarnple.test/freeze")
    assert "exarnple" not in " ".join(await backdoor.texts(conversation))
    await box.press("Control+Enter")
    await dialog.get_by_role("button", name="Send it all the same").click()
    await expect(bubble(page, "exarnple.test")).to_be_visible()


async def test_whoever_loses_a_conversation_is_told(desks: Desks, backdoor: Backdoor) -> None:
    mei, jo = await backdoor.agent("mei"), await backdoor.agent("jo")
    page = await desks.workspace("mei")
    conversation, handoff = await has_claimed(page, backdoor)
    await page.locator(".composer textarea").fill("too late")
    await backdoor.desk.release(handoff.id, mei)
    await backdoor.desk.claim(handoff.id, jo)
    await expect(page.locator(".notice.warning")).to_contain_text(re.compile("no longer have|already taken"))
    await expect(page.locator(".composer")).to_have_count(0)
    assert "too late" not in await backdoor.texts(conversation)


class HeldBack(Database):
    """A database whose writers have done everything but commit until they are let."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.written, self.may_commit = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        async with super().write() as tx:
            yield tx
            self.written.set()
            await self.may_commit.wait()


async def test_a_reply_that_is_refused_is_explained_and_kept_as_a_draft(
    desks: Desks, backdoor: Backdoor, settings: DeskSettings
) -> None:
    mei = await backdoor.agent("mei", skills=("general",))
    page = await desks.workspace("mei")
    conversation, handoff = await has_claimed(page, backdoor)
    _, other = await backdoor.waits("KYC", intent="kyc")
    box = page.locator(".composer textarea")
    await box.fill("too late")
    nowhere, database = connect("redis://127.0.0.1:1/0"), HeldBack(settings.database_url)
    release = asyncio.create_task(Desk(database, nowhere, Conversations(database), settings).release(handoff.id, mei))
    await database.written.wait()
    await box.press("Control+Enter")  # the page still sees its own conversation, and the reply waits for the writer
    await page.get_by_label("Show by skill").select_option("mine")
    await expect(row(page, other)).to_have_count(0)  # so the console has begun what came before
    database.may_commit.set()
    await release
    await expect(page.get_by_text("You no longer have this conversation, so nothing was sent.").last).to_be_visible()
    assert "too late" not in await backdoor.texts(conversation)
    await expect(page.locator(".standing")).to_contain_text("waiting for a person")
    await page.locator(".standing .claim").click()
    await expect(box).to_have_value("too late")
    await database.close()
    await nowhere.aclose()


async def test_whose_conversation_goes_back_to_the_queue_is_told_and_keeps_the_draft(
    desks: Desks, backdoor: Backdoor
) -> None:
    mei = await backdoor.agent("mei")
    page = await desks.workspace("mei")
    _, handoff = await has_claimed(page, backdoor)
    await page.locator(".composer textarea").fill("half a reply")
    await backdoor.desk.release(handoff.id, mei)
    await expect(page.locator(".notice.warning")).to_contain_text("You no longer have this conversation.")
    await page.locator(".standing .claim").click()
    await expect(page.locator(".composer textarea")).to_have_value("half a reply")


async def test_unread_messages_are_marked_until_they_are_seen(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    first, _ = await has_claimed(page, backdoor, "my deposit")
    await has_claimed(page, backdoor, "my withdrawal")
    await backdoor.writes(first, "hello?")
    await backdoor.writes(first, "anybody?")
    mine = page.locator(f'[data-conversation="{first.id}"]')
    await expect(mine.locator(".unread")).to_have_text("2")
    await page.wait_for_function("document.title.startsWith('(2)')")
    await mine.locator(".row-open").click()
    await expect(mine.locator(".unread")).to_be_hidden()
    await page.wait_for_function("!document.title.startsWith('(')")


async def test_the_filters_hide_what_is_not_mine_but_never_what_is_critical(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei", skills=("kyc",), languages=("en",))
    page = await desks.workspace("mei")
    _, deposit = await backdoor.waits("my deposit")
    _, kyc = await backdoor.waits("KYC", intent="kyc")
    _, chinese = await backdoor.waits("认证", intent="kyc", language="zh-Hans")
    _, theft = await backdoor.waits("被盗了", intent="account_theft", language="zh-Hans")
    await expect(page.locator(".pane.queue .row")).to_have_count(4)
    await page.get_by_label("Show by skill").select_option("mine")
    await expect(row(page, deposit)).to_have_count(0)
    await expect(row(page, chinese)).to_be_visible()
    await page.get_by_label("Show by language").select_option("mine")
    await expect(row(page, chinese)).to_have_count(0)
    await expect(row(page, kyc)).to_be_visible()
    await expect(row(page, theft)).to_be_visible()
    await expect(page.get_by_text("2 more hidden by the filters")).to_be_visible()


async def test_claim_next_takes_the_most_urgent_one(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    await page.get_by_role("button", name="Claim next").click()
    await expect(page.get_by_text("Nothing is waiting for your skills.")).to_be_visible()
    await backdoor.waits("my deposit")
    theft, _ = await backdoor.waits("stolen", intent="account_theft")
    await expect(page.locator(".pane.queue .row")).to_have_count(2)
    await page.get_by_role("button", name="Claim next").click()
    await expect(page.locator(".composer")).to_be_visible()
    assert (await backdoor.conversations.get(theft.id)).owner is Owner.AGENT


async def test_a_long_conversation_shows_its_end_and_its_beginning_on_demand(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    conversation, handoff = await backdoor.waits("the very first")
    for number in range(3, 131):
        await backdoor.conversations.say_as_system(conversation.id, Draft(f"notice {number}"))
    page = await desks.workspace("mei")
    await row(page, handoff).locator(".row-open").click()
    await expect(page.get_by_text("notice 130", exact=True)).to_be_in_viewport()
    await expect(page.locator(".message")).to_have_count(100)
    await expect(page.locator(".case .quote").first).to_have_text("the very first")
    await page.get_by_role("button", name="Show earlier messages").click()
    await expect(page.locator(".message")).to_have_count(130)
    await expect(bubble(page, "the very first")).to_have_count(1)
    await expect(page.get_by_role("button", name="Show earlier messages")).to_be_hidden()


async def test_who_types_is_seen_on_both_sides(desks: Desks, backdoor: Backdoor, settings: DeskSettings) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    redis = connect(settings.redis_url)
    await redis.set(f"lifeline:typing:{conversation.id}:customer", "1", px=6000)
    await expect(page.get_by_text("The customer is typing")).to_be_visible()
    await redis.delete(f"lifeline:typing:{conversation.id}:customer")
    await expect(page.get_by_text("The customer is typing")).to_be_hidden()
    await page.locator(".composer textarea").press_sequentially("Hel")
    async with asyncio.timeout(20):
        while not await redis.exists(f"lifeline:typing:{conversation.id}:agent"):
            await asyncio.sleep(0.02)
    await page.get_by_role("button", name="Send").click()
    await expect(bubble(page, "Hel")).to_be_visible()
    async with asyncio.timeout(20):
        while await redis.exists(f"lifeline:typing:{conversation.id}:agent"):
            await asyncio.sleep(0.02)
    await redis.aclose()


async def test_a_lost_connection_is_shown_and_recovers_by_itself(
    desks: Desks, backdoor: Backdoor, console: Console
) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    await page.locator(".composer textarea").fill("a draft")
    await asyncio.to_thread(console.stop)
    await expect(page.get_by_text("Reconnecting…")).to_be_visible()
    await backdoor.writes(conversation, "written meanwhile")
    await asyncio.to_thread(console.start)
    await expect(bubble(page, "written meanwhile")).to_be_visible(timeout=60_000)
    await expect(page.locator(".composer textarea")).to_have_value("a draft")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_an_agent_is_present_while_the_page_is_open(
    desks: Desks, backdoor: Backdoor, settings: DeskSettings
) -> None:
    agent = await backdoor.agent("mei")
    redis = connect(settings.redis_url)
    page = await desks.workspace("mei")
    async with asyncio.timeout(20):
        while await redis.zscore("lifeline:presence", agent.id) is None:
            await asyncio.sleep(0.02)
    await page.goto("about:blank")
    async with asyncio.timeout(30):
        while await redis.zscore("lifeline:presence", agent.id) is not None:
            await asyncio.sleep(0.05)
    await redis.aclose()


async def test_the_queue_is_worked_with_the_keyboard_alone(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    conversation, handoff = await backdoor.waits("my deposit")
    page = await desks.workspace("mei")
    opener = row(page, handoff).locator(".row-open")
    await expect(opener).to_be_visible()
    await page.get_by_label("Show by language").focus()
    await page.keyboard.press("Tab")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # claim
    await expect(page.locator(".composer textarea")).to_be_focused()
    await page.keyboard.type("hello")
    await page.keyboard.press("Control+Enter")
    await expect(bubble(page, "hello")).to_be_visible()
    assert "hello" in await backdoor.texts(conversation)


async def test_on_a_narrow_screen_one_column_is_shown_at_a_time(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei", viewport={"width": 420, "height": 800})
    await has_claimed(page, backdoor)
    await expect(page.locator(".pane.queue")).to_be_hidden()
    await page.get_by_role("button", name="Case").click()
    await expect(page.locator(".pane.case")).to_be_visible()
    await expect(page.locator(".pane.thread")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth <= 420")


async def test_what_a_guided_flow_filled_in_is_shown_and_follows_the_customer(desks: Desks, backdoor: Backdoor) -> None:
    await backdoor.agent("mei")
    page = await desks.workspace("mei")
    conversation, _ = await has_claimed(page, backdoor)
    filled = {
        "flow": "deposit",
        "fields": {"network": "ERC20", "explorer": "chain_success"},
        "unknown": ["tx_hash"],
        "unchecked": ["network"],
        "findings": [{"key": "x", "text": {"en": "It is not in the records.", "zh-Hans": "记录里没有。"}}],
        "paragraph": {"en": "Deposit not credited. Network: ERC20.", "zh-Hans": "充值未到账。"},
    }

    await backdoor.desk.add_to_summary(conversation.id, filled)

    case = page.locator(".pane.case")
    for shown in ("Checked by the assistant", "Deposit not credited. Network: ERC20.", "It is not in the records."):
        await expect(case.get_by_text(shown, exact=True)).to_be_visible()
    await expect(case.locator("dd", has_text="success")).to_be_visible()
    await expect(case.locator("dd", has_text="ERC20 (unusual form)")).to_be_visible()
    await expect(case.locator("dd", has_text="not known")).to_be_visible()
