from __future__ import annotations

import pytest

from handoff.console.sessions import Sessions
from handoff.console.staff import AGENTS, LastAdministrator, Profile, Staff
from handoff.errors import AgentInactive, AgentMissing, UsernameTaken, WrongCredentials
from handoff.records import HandoffState, Role
from tests.console.conftest import PASSWORD, Backdoor

PROFILE = Profile("Mei Lin", Role.AGENT, ("kyc",), ("zh-Hans",), "zh-Hans")


@pytest.fixture
async def sessions(backdoor: Backdoor) -> Sessions:
    sessions = Sessions(backdoor.db, "secret", 3600)
    await sessions.create_table()
    return sessions


@pytest.fixture
def staff(backdoor: Backdoor, sessions: Sessions) -> Staff:
    return Staff(backdoor.db, backdoor.agents, backdoor.desk, sessions, backdoor.wakeups)


async def test_a_new_person_signs_in_with_the_one_time_password_and_must_change_it(
    staff: Staff, backdoor: Backdoor
) -> None:
    agent, password = await staff.create("Mei", PROFILE)
    signed_in = await backdoor.agents.verify("mei", password)
    assert signed_in.must_change_password
    assert (signed_in.id, signed_in.name, signed_in.skills) == (agent.id, "Mei Lin", ("kyc",))
    with pytest.raises(UsernameTaken):
        await staff.create("mei", PROFILE)


async def test_a_profile_is_changed_as_a_whole(staff: Staff, backdoor: Backdoor) -> None:
    agent = await backdoor.agent("jo")
    await staff.change(agent.id, Profile("Jo W.", Role.SUPERVISOR, (), ("en",), "en"))
    changed = await backdoor.agents.get(agent.id)
    assert (changed.name, changed.role, changed.skills, changed.languages) == ("Jo W.", Role.SUPERVISOR, (), ("en",))
    with pytest.raises(AgentMissing):
        await staff.change("nobody", PROFILE)


async def test_a_reset_password_signs_the_person_out_everywhere(
    staff: Staff, backdoor: Backdoor, sessions: Sessions
) -> None:
    agent = await backdoor.agent("jo")
    token = await sessions.begin(agent.id)
    password = await staff.reset_password(agent.id)
    assert await sessions.read(token) is None
    with pytest.raises(WrongCredentials):
        await backdoor.agents.verify("jo", PASSWORD)
    assert (await backdoor.agents.verify("jo", password)).must_change_password


async def test_a_deactivated_agent_is_out_and_their_conversations_wait_again(
    staff: Staff, backdoor: Backdoor, sessions: Sessions
) -> None:
    agent = await backdoor.agent("jo")
    token = await sessions.begin(agent.id)
    _, handoff = await backdoor.waits("my deposit")
    _, untouched = await backdoor.waits("my withdrawal")
    await backdoor.desk.claim(handoff.id, agent)
    assert await staff.deactivate(agent.id) == 1
    assert await sessions.read(token) is None
    returned = await backdoor.desk.get(handoff.id)
    assert (returned.state, returned.due_at) == (HandoffState.WAITING, handoff.due_at)
    with pytest.raises(AgentInactive):
        await backdoor.desk.claim(untouched.id, agent)
    await staff.activate(agent.id)
    assert (await backdoor.agents.verify("jo", PASSWORD)).active


async def test_the_last_administrator_can_neither_leave_nor_step_down(staff: Staff, backdoor: Backdoor) -> None:
    admin = await backdoor.agent("root", role=Role.ADMIN)
    for attempt in (staff.deactivate(admin.id), staff.change(admin.id, PROFILE)):
        with pytest.raises(LastAdministrator):
            await attempt
    assert (await backdoor.agents.get(admin.id)).role is Role.ADMIN
    await backdoor.agent("second", role=Role.ADMIN)
    await staff.change(admin.id, PROFILE)
    assert (await backdoor.agents.get(admin.id)).role is Role.AGENT


async def test_open_pages_are_woken_by_every_change(staff: Staff, backdoor: Backdoor) -> None:
    agent = await backdoor.agent("jo")
    async with backdoor.wakeups.listen(AGENTS) as events:
        await events.wait(0.2)  # the subscription itself
        await staff.set_ui_language(agent.id, "en")
        assert await events.wait(5)
