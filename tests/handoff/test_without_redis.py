"""Redis is stopped, flushed, slow: nothing is lost, and the line comes back."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handoff.queue import Queue
from handoff.reconciler import Reconciler
from handoff.records import Draft, HandoffState, Owner
from handoff.redis_link import UNREACHABLE
from handoff.wakeups import QUEUE, conversation_topic
from tests.conftest import Clock, RedisServer
from tests.handoff.conftest import Office, request, tells


@pytest.fixture
async def lonely(
    any_database_url: str, redis_server: RedisServer, tmp_path: Path, clock: Clock
) -> AsyncIterator[Office]:
    """A desk with a Redis of its own."""
    office = Office.build(any_database_url, redis_server.url, tmp_path, clock)
    await office.db.create()
    yield office
    await office.close()


async def test_the_whole_story_goes_on_while_redis_is_stopped(lonely: Office, redis_server: RedisServer) -> None:
    ann, bob = await lonely.customer("ann"), await lonely.customer("bob")
    mei = await lonely.agent()
    await lonely.presence.beat(mei)
    first = await lonely.ask(ann)
    redis_server.stop()

    lonely.clock.advance(1)
    second = await lonely.desk.request_handoff(bob.id, request(), tells("number {position}"))
    assert await lonely.said(bob) == ["number 2"]
    await lonely.presence.beat(mei)
    assert await lonely.presence.online() == []
    wait = await lonely.desk.wait_of(bob.id)
    assert wait is not None
    assert wait.position == 2
    assert [waiting.handoff.id for waiting in await lonely.desk.waiting()] == [first.id, second.id]
    claimed = await lonely.desk.claim_next(mei)
    assert claimed is not None
    assert claimed.id == first.id
    await lonely.conversations.add_customer_message(ann.id, Draft("hello"), client_id="c")
    await lonely.desk.reply(ann.id, mei, Draft("hello"))
    await lonely.desk.claim(second.id, mei)
    released = await lonely.desk.release(second.id, mei)
    await lonely.desk.close(first.id, mei, "solved")
    await lonely.desk.rate(ann.id, 5)

    redis_server.start()
    await Reconciler(lonely.db, lonely.redis, lonely.settings).rebuild()
    assert released.state is HandoffState.WAITING
    assert await Queue(lonely.redis).position(second.id) == 1
    assert await Queue(lonely.redis).position(first.id) is None
    assert (await lonely.conversations.get(ann.id)).owner is Owner.ASSISTANT


async def test_without_redis_agents_in_a_conversation_are_counted_on(lonely: Office, redis_server: RedisServer) -> None:
    ann, bob, mei = await lonely.customer("ann"), await lonely.customer("bob"), await lonely.agent()
    await lonely.desk.claim((await lonely.ask(ann)).id, mei)
    redis_server.stop()
    await lonely.ask(bob)
    wait = await lonely.desk.wait_of(bob.id)
    assert wait is not None
    assert wait.agents_online == 1


async def test_a_flushed_line_is_rebuilt_from_sql_with_the_same_order(lonely: Office) -> None:
    for i in range(12):
        await lonely.ask(await lonely.customer(f"c{i}"), priority=i % 4)
        lonely.clock.advance(50)
    by_sql = [waiting.handoff.id for waiting in await lonely.desk.waiting()]
    await lonely.redis.flushall()
    queue = Queue(lonely.redis)
    assert await queue.position(by_sql[0]) is None
    reconciler = Reconciler(lonely.db, lonely.redis, lonely.settings)
    assert await reconciler.rebuild() == 12
    assert [await queue.position(handoff_id) for handoff_id in by_sql] == list(range(1, 13))
    assert await reconciler.rebuild() == 0


async def test_claims_in_a_flushed_line_go_on_from_sql(lonely: Office) -> None:
    mei = await lonely.agent()
    handoff = await lonely.ask(await lonely.customer())
    await lonely.redis.flushall()
    claimed = await lonely.desk.claim_next(mei)
    assert claimed is not None
    assert claimed.id == handoff.id


async def test_the_reconciler_removes_what_no_longer_waits_and_corrects_what_stands_wrong(lonely: Office) -> None:
    handoff = await lonely.ask(await lonely.customer(), skill="trading")
    await lonely.redis.zadd("lifeline:queue:trading", {"gone": 1, handoff.id: 2})
    await lonely.redis.zadd("lifeline:queue:kyc", {handoff.id: 3})
    assert await Reconciler(lonely.db, lonely.redis, lonely.settings).rebuild() == 3
    depths = await Queue(lonely.redis).depths()
    assert (depths["trading"], depths["kyc"]) == (1, 0)


async def test_the_running_reconciler_survives_the_loss_of_redis_and_repairs_the_line(
    lonely: Office, redis_server: RedisServer
) -> None:
    settings = lonely.settings.model_copy(update={"reconcile_seconds": 0.05})
    handoff = await lonely.ask(await lonely.customer())
    redis_server.stop()
    running = asyncio.create_task(Reconciler(lonely.db, lonely.redis, settings).run())
    await asyncio.wait([running], timeout=0.3)
    assert not running.done()
    redis_server.start()
    await lonely.redis.flushall()
    async with asyncio.timeout(20):
        while await _position(lonely, handoff.id) != 1:
            await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def _position(office: Office, handoff_id: str) -> int | None:
    try:
        return await Queue(office.redis).position(handoff_id)
    except UNREACHABLE:
        return None


async def test_a_redis_that_accepts_and_never_answers_costs_moments_and_no_result(
    any_database_url: str, tmp_path: Path, clock: Clock
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        office = Office.build(any_database_url, f"redis://127.0.0.1:{silent.getsockname()[1]}/0", tmp_path, clock)
        await office.db.create()
        ann, mei = await office.customer(), await office.agent()
        started = time.monotonic()
        handoff = await office.ask(ann)
        claimed = await office.desk.claim(handoff.id, mei)
        assert claimed.agent_id == mei.id
        assert time.monotonic() - started < 8
        await office.close()


async def test_listeners_wake_across_processes_and_only_for_their_topics(
    lonely: Office, redis_server: RedisServer, tmp_path: Path
) -> None:
    other = Office.build(str(lonely.settings.database_url), redis_server.url, tmp_path, lonely.clock)
    ann, bob = await lonely.customer("ann"), await lonely.customer("bob")
    async with (
        other.wakeups.listen(conversation_topic(ann.id)) as anns,
        other.wakeups.listen(conversation_topic(bob.id), QUEUE) as bobs,
    ):
        await anns.wait(0)  # the subscription itself wakes everybody once
        await bobs.wait(0)
        await lonely.conversations.add_customer_message(ann.id, Draft("hi"), client_id=None)
        assert await anns.wait(20)
        assert not await bobs.wait(0)
        await lonely.ask(ann)
        assert await bobs.wait(20)
    await other.close()


async def test_listeners_of_the_same_process_wake_without_redis(lonely: Office, redis_server: RedisServer) -> None:
    redis_server.stop()
    ann = await lonely.customer()
    async with lonely.wakeups.listen(conversation_topic(ann.id)) as events:
        waiting = asyncio.create_task(events.wait(1))
        await lonely.conversations.say_as_system(ann.id, Draft("note"))
        assert await waiting


async def test_without_redis_a_long_wait_ends_within_about_a_second(lonely: Office, redis_server: RedisServer) -> None:
    redis_server.stop()
    async with lonely.wakeups.listen(QUEUE) as events:
        async with asyncio.timeout(5):
            assert not await events.wait(60)


async def test_losing_redis_wakes_who_waits_and_its_return_wakes_them_again(
    lonely: Office, redis_server: RedisServer, tmp_path: Path
) -> None:
    async with lonely.wakeups.listen(QUEUE) as events:
        await events.wait(0)
        redis_server.stop()
        assert await events.wait(20), "the end of the subscription must wake"
        redis_server.start()
        other = Office.build(str(lonely.settings.database_url), redis_server.url, tmp_path, lonely.clock)
        async with asyncio.timeout(20):
            while not await events.wait(60):
                pass
        await other.wakeups.publish(QUEUE)
        assert await events.wait(20)
        await other.close()
