from __future__ import annotations

from handoff.console.attempts import FailedSignIns
from tests.conftest import Clock


def test_an_address_waits_after_too_many_failures_and_may_try_again_later(clock: Clock) -> None:
    failures = FailedSignIns(limit=3, window_seconds=60)
    for _ in range(3):
        assert failures.retry_after_seconds("10.0.0.1", clock()) is None
        failures.failed("10.0.0.1", clock())
        clock.advance(10)
    assert failures.retry_after_seconds("10.0.0.1", clock()) == 30
    clock.advance(30)
    assert failures.retry_after_seconds("10.0.0.1", clock()) is None


def test_one_address_does_not_block_another(clock: Clock) -> None:
    failures = FailedSignIns(limit=1, window_seconds=60)
    failures.failed("10.0.0.1", clock())
    assert failures.retry_after_seconds("10.0.0.1", clock()) == 60
    assert failures.retry_after_seconds("10.0.0.2", clock()) is None


def test_failures_of_ever_new_addresses_do_not_fill_the_memory(clock: Clock) -> None:
    failures = FailedSignIns(limit=1, window_seconds=60)
    for number in range(10_050):
        failures.failed(f"address {number}", clock())
    assert len(failures._failures) == 10_000
    assert failures.retry_after_seconds("address 10049", clock()) == 60
