from __future__ import annotations

from handoff.console import inbox
from handoff.console.inbox import Said
from tests.console.conftest import Backdoor
from tests.console.test_case import HANDOFF


def said(*lines: tuple[int, str, str]) -> list[Said]:
    return [Said("c", seq, author, text) for seq, author, text in lines]


def test_what_the_customer_wrote_after_the_last_answer_is_unread() -> None:
    entry = inbox.entry(
        HANDOFF, said((1, "customer", "a"), (2, "agent", "b"), (3, "customer", "c"), (4, "customer", "d")), 0
    )
    assert (entry.unread, entry.preview) == (2, "d")


def test_what_was_on_screen_is_read() -> None:
    lines = said((1, "customer", "a"), (2, "customer", "b"))
    assert [inbox.entry(HANDOFF, lines, seen).unread for seen in (0, 1, 2)] == [2, 1, 0]


def test_a_long_message_is_cut_and_a_silent_conversation_has_no_preview() -> None:
    assert len(inbox.entry(HANDOFF, said((1, "customer", "长" * 500)), 0).preview) == 90
    assert inbox.entry(HANDOFF, [], 0).preview == ""


async def test_only_the_agents_own_conversations_are_read(backdoor: Backdoor) -> None:
    mei, jo = await backdoor.agent("mei"), await backdoor.agent("jo")
    first, first_handoff = await backdoor.waits("my deposit")
    _, second_handoff = await backdoor.waits("my withdrawal")
    await backdoor.desk.claim(first_handoff.id, mei)
    await backdoor.desk.claim(second_handoff.id, jo)
    await backdoor.writes(first, "are you\nthere?")
    entries = await inbox.read(backdoor.db, await backdoor.desk.mine(mei), {})
    assert [(entry.handoff.id, entry.preview, entry.unread) for entry in entries] == [
        (first_handoff.id, "are you there?", 2)
    ]
    assert await inbox.read(backdoor.db, [], {}) == []
