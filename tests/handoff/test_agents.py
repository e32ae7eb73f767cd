from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from handoff import schema
from handoff.agents import Agents
from handoff.errors import AgentMissing, TooManyAttempts, UsernameTaken, WeakPassword, WrongCredentials
from handoff.records import Role
from tests.handoff.conftest import PASSWORD, Office


async def _hash_of(office: Office, agent_id: str) -> str:
    async with office.db.read() as tx:
        return str(await tx.scalar(select(schema.agents.c.password_hash).where(schema.agents.c.id == agent_id)))


async def test_an_agent_signs_in_whatever_the_case_and_width_of_the_username(office: Office) -> None:
    mei = await office.agent("Mei")
    assert mei.username == "mei"
    assert await office.agents.verify(" ＭEI ", PASSWORD) == mei
    assert await office.agents.get(mei.id) == mei


async def test_only_an_argon2id_hash_is_kept(office: Office) -> None:
    mei = await office.agent()
    assert (await _hash_of(office, mei.id)).startswith("$argon2id$")


async def test_a_wrong_password_an_unknown_name_and_an_inactive_agent_look_the_same(office: Office) -> None:
    mei = await office.agent("mei")
    messages = set()
    for username, password in [("mei", "wrong password"), ("nobody", PASSWORD), ("", "")]:
        with pytest.raises(WrongCredentials) as caught:
            await office.agents.verify(username, password)
        messages.add(str(caught.value))
    async with office.db.write() as tx:
        await tx.execute(update(schema.agents).where(schema.agents.c.id == mei.id).values(active=False))
    with pytest.raises(WrongCredentials) as caught:
        await office.agents.verify("mei", PASSWORD)
    assert messages == {str(caught.value)}


async def test_a_name_that_nobody_has_is_compared_with_a_hash_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    matches = office.agents._matches

    async def note(password_hash: str, password: str) -> bool:
        compared.append(password_hash)
        return await matches(password_hash, password)

    monkeypatch.setattr(office.agents, "_matches", note)
    with pytest.raises(WrongCredentials):
        await office.agents.verify("nobody", PASSWORD)
    assert compared[0].startswith("$argon2id$")


@pytest.mark.parametrize("username", ["mei", "nobody"])
async def test_after_five_wrong_attempts_even_the_right_password_must_wait(office: Office, username: str) -> None:
    await office.agent("mei")
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            await office.agents.verify(username, "wrong password")
    office.clock.advance(60)
    with pytest.raises(TooManyAttempts) as caught:
        await office.agents.verify(username, PASSWORD)
    assert caught.value.retry_after_seconds == 14 * 60
    office.clock.advance(14 * 60)
    if username == "mei":
        assert (await office.agents.verify("mei", PASSWORD)).username == "mei"


async def test_guesses_in_parallel_do_not_get_round_the_limit(office: Office) -> None:
    await office.agent("mei")
    outcomes = await asyncio.gather(
        *(office.agents.verify("mei", f"wrong password {i}") for i in range(20)), return_exceptions=True
    )
    assert sum(isinstance(outcome, WrongCredentials) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 15


async def test_a_success_forgets_the_failures_and_old_attempts_are_not_kept(office: Office) -> None:
    await office.agent("mei")
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongCredentials):
                await office.agents.verify("mei", "wrong password")
        await office.agents.verify("mei", PASSWORD)
    for i in range(5):
        with pytest.raises(WrongCredentials):
            await office.agents.verify(f"invented{i}", "wrong password")
    office.clock.advance(901)
    await office.agents.verify("mei", PASSWORD)
    async with office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(schema.sign_in_attempts)) == 0


async def test_two_people_cannot_have_one_username(office: Office) -> None:
    await office.agent("mei")
    with pytest.raises(UsernameTaken):
        await office.agent("MEI")


async def test_weak_passwords_are_refused(office: Office) -> None:
    for password in ("short", "x" * 300, "meimeimeimei"):
        with pytest.raises(WeakPassword):
            await office.agents.create(username="meimeimeimei", name="Mei", role=Role.AGENT, password=password)


async def test_changing_the_password_needs_the_old_one_and_ends_the_obligation(office: Office) -> None:
    mei = await office.agent("mei")
    assert mei.must_change_password
    with pytest.raises(WrongCredentials):
        await office.agents.change_password(mei.id, "wrong password", "another password")
    for weak in (PASSWORD, "short"):
        with pytest.raises(WeakPassword):
            await office.agents.change_password(mei.id, PASSWORD, weak)
    changed = await office.agents.change_password(mei.id, PASSWORD, "another password 密码")
    assert not changed.must_change_password
    assert await office.agents.verify("mei", "another password 密码") == changed
    with pytest.raises(WrongCredentials):
        await office.agents.verify("mei", PASSWORD)


async def test_a_reset_gives_a_one_time_password_and_lifts_the_limit(office: Office) -> None:
    mei = await office.agent("mei")
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            await office.agents.verify("mei", "wrong password")
    password = await office.agents.reset_password(mei.id)
    assert (await office.agents.verify("mei", password)).must_change_password
    with pytest.raises(AgentMissing):
        await office.agents.reset_password("nobody")


async def test_cheap_hashes_are_renewed_at_the_next_sign_in(office: Office) -> None:
    mei = await office.agent("mei")
    before = await _hash_of(office, mei.id)
    dear = Agents(office.db, office.clock)
    await dear.verify("mei", PASSWORD)
    after = await _hash_of(office, mei.id)
    assert after != before
    await dear.verify("mei", PASSWORD)
    assert await _hash_of(office, mei.id) == after


async def test_the_first_administrator_is_made_once_however_many_processes_start(office: Office) -> None:
    passwords = await asyncio.gather(*(office.agents.ensure_first_admin() for _ in range(5)))
    [password] = [password for password in passwords if password is not None]
    admin = await office.agents.verify("admin", password)
    assert (admin.role, admin.must_change_password) == (Role.ADMIN, True)
    assert "account_security" in admin.skills
    assert await office.agents.ensure_first_admin() is None
    assert await office.agents.list() == (admin,)


async def test_a_database_with_agents_gets_no_administrator(office: Office) -> None:
    await office.agent("mei")
    assert await office.agents.ensure_first_admin() is None
