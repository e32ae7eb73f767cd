from __future__ import annotations

from tests.handoff.conftest import Office


async def test_an_agent_is_online_from_the_first_beat_until_three_are_missed(office: Office) -> None:
    mei, bo = await office.agent("mei"), await office.agent("bo")
    assert await office.presence.online() == []
    await office.presence.beat(mei)
    office.clock.advance(30)
    await office.presence.beat(bo)
    assert set(await office.presence.online()) == {mei.id, bo.id}
    office.clock.advance(15)
    assert await office.presence.online() == [bo.id]


async def test_an_agent_who_leaves_is_away_at_once(office: Office) -> None:
    mei = await office.agent("mei")
    await office.presence.beat(mei)
    await office.presence.leave(mei)
    assert await office.presence.online() == []
