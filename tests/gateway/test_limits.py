"""Rate limits: together in Redis, alone without it, never charged for what was refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from bot.gateway.errors import RateLimited
from bot.gateway.limits import Limit, Limits, LocalLimits, address_key
from handoff.redis_link import connect
from tests.conftest import Clock
from tests.gateway.conftest import Start


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def nowhere(free_port: Callable[[], int]) -> AsyncIterator[Redis]:
    client = connect(f"redis://127.0.0.1:{free_port()}/0")
    yield client
    await client.aclose()


@pytest.fixture(params=["redis", "nowhere"])
def limits(request: pytest.FixtureRequest, clock: Clock) -> Limits:
    return Limits(request.getfixturevalue(request.param), clock)


async def spent(limits: Limits, *asked: Limit) -> int:
    """How often these limits can be charged now."""
    count = 0
    while count < 1000:
        try:
            await limits.spend(*asked)
        except RateLimited:
            return count
        count += 1
    return count


async def test_the_whole_count_may_come_at_once_and_then_refills_evenly(limits: Limits, clock: Clock) -> None:
    limit = Limit("a", count=6, window_seconds=60)
    assert await spent(limits, limit) == 6
    clock.advance(10)
    assert await spent(limits, limit) == 1
    clock.advance(25)
    assert await spent(limits, limit) == 2
    clock.advance(600)
    assert await spent(limits, limit) == 6


async def test_a_refusal_says_when_to_come_back(limits: Limits, clock: Clock) -> None:
    limit = Limit("a", count=2, window_seconds=60)
    assert await spent(limits, limit) == 2
    with pytest.raises(RateLimited) as refused:
        await limits.spend(limit)
    assert refused.value.retry_after_seconds == 30
    clock.advance(30)
    await limits.spend(limit)


async def test_one_used_up_limit_charges_none_of_the_others(limits: Limits) -> None:
    small, large = Limit("small", 1, 60), Limit("large", 5, 60)
    assert await spent(limits, small, large) == 1
    assert await spent(limits, small, large) == 0
    assert await spent(limits, large) == 4


async def test_keys_do_not_share_an_allowance(limits: Limits) -> None:
    assert await spent(limits, Limit("a", 3, 60)) == 3
    assert await spent(limits, Limit("b", 3, 60)) == 3


async def test_gateways_count_together(redis: Redis, clock: Clock) -> None:
    one, other = Limits(redis, clock), Limits(redis, clock)
    limit = Limit("a", 4, 60)
    await one.spend(limit)
    assert await spent(other, limit) == 3
    assert await spent(one, limit) == 0


async def test_what_is_kept_in_redis_goes_away(redis: Redis, clock: Clock) -> None:
    await Limits(redis, clock).spend(Limit("a", 4, 60))
    assert 0 < await redis.pttl("lifeline:limit:a") <= 15_000


def test_what_is_kept_without_redis_does_not_grow_for_ever(clock: Clock) -> None:
    limits = LocalLimits(clock)
    for number in range(30_000):
        limits.spend(Limit(f"key-{number}", 60, 60))
        if number == 20_000:
            clock.advance(5)
    assert len(limits._full_at_ms) < 20_000


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    assert address_key("2001:db8:1:2::5") == address_key("2001:db8:1:2:ffff::1")
    assert address_key("2001:db8:1:3::5") != address_key("2001:db8:1:2::5")
    assert address_key("192.0.2.7") == "192.0.2.7"
    assert address_key(None) is None
    assert address_key("not:an:address") == "not:an:address"


async def test_too_many_messages_get_429_with_retry_after(start: Start) -> None:
    async with start(rate_messages_per_session=3) as gateway:
        customer, other = await gateway.customer(), await gateway.customer()
        for number in range(3):
            await customer.send(f"{number}")
        response = await customer.post("one too many")
        assert (response.status_code, response.json()["error"]["code"]) == (429, "rate_limited")
        assert 1 <= int(response.headers["Retry-After"]) <= 20
        await other.send("not mine")
        assert "one too many" not in str(await customer.says("assistant", 3))


async def test_many_sessions_of_one_address_share_its_limit(start: Start) -> None:
    async with start(rate_messages_per_address=3) as gateway:
        statuses = [(await (await gateway.customer()).post("hello")).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]


async def test_an_address_can_begin_only_so_many_sessions(start: Start) -> None:
    async with start(rate_sessions_per_address=2) as gateway:
        statuses = [(await gateway.http.post("/api/v1/sessions", json={})).status_code for _ in range(3)]
        assert statuses == [201, 201, 429]


async def test_limits_count_what_a_trusted_proxy_reports(start: Start) -> None:
    async with start(rate_sessions_per_address=1) as gateway:
        statuses = [
            (await gateway.http.post("/api/v1/sessions", json={}, headers={"X-Forwarded-For": address})).status_code
            for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
        ]
        assert statuses == [201, 201, 429]


async def test_limits_ignore_what_a_stranger_reports(start: Start) -> None:
    async with start(rate_sessions_per_address=1, trusted_proxies="192.0.2.99") as gateway:
        statuses = [
            (await gateway.http.post("/api/v1/sessions", json={}, headers={"X-Forwarded-For": address})).status_code
            for address in ("192.0.2.1", "192.0.2.2")
        ]
        assert statuses == [201, 429]
