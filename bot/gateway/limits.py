"""Rate limits: a count for a window, refilled evenly (the generic cell rate algorithm).

For each key one number is kept: the moment at which its allowance is full again. Redis keeps it, so that all
gateways count together; while Redis is down each process counts for itself, which limits less, never more.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis

from bot.gateway.errors import RateLimited
from handoff.clock import Clock
from handoff.redis_link import UNREACHABLE

_log = structlog.get_logger("gateway.limits")
_PREFIX = "lifeline:limit:"
#: After a failure Redis is left alone for so long, or every request would wait for its timeout.
_REDIS_PAUSE_SECONDS = 1.0
_LOCAL_KEYS = 20_000

# KEYS: one for each limit. ARGV: now in ms, then for each key the ms that one unit costs and the window in ms.
# Answers how many ms the caller is early; 0 means that all keys were charged, anything else that none was.
_SPEND = """
local now, wait, full = tonumber(ARGV[1]), 0, {}
for i, key in ipairs(KEYS) do
  local cost, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  full[i] = math.max(tonumber(redis.call('GET', key) or '0'), now) + cost
  wait = math.max(wait, full[i] - now - window)
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.3f', full[i]), 'PX', math.max(1, math.ceil(full[i] - now)))
end
return 0
"""


@dataclass(frozen=True)
class Limit:
    """``count`` in ``window_seconds``, for one ``key`` (what is limited, and whose)."""

    key: str
    count: int
    window_seconds: float


class Limits:
    """Charges limits, in Redis or, while that is down, in this process."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._script: Any = redis.register_script(_SPEND)
        self._clock = clock
        self._local = LocalLimits(clock)
        self._redis_after = 0.0

    async def spend(self, *limits: Limit) -> None:
        """Charges one unit to each of ``limits``, or none to any.

        Raises:
            RateLimited: one of them is used up.
        """
        if time.monotonic() >= self._redis_after:
            try:
                wait_ms = await self._script(
                    keys=[_PREFIX + limit.key for limit in limits],
                    args=[_now_ms(self._clock), *_costs(limits)],
                )
            except UNREACHABLE as exc:
                _log.warning("limits_are_local", error=type(exc).__name__)
                self._redis_after = time.monotonic() + _REDIS_PAUSE_SECONDS
            else:
                if int(wait_ms) > 0:
                    raise RateLimited(int(wait_ms) / 1000)
                return
        self._local.spend(*limits)


class LocalLimits:
    """The same limits, counted in this process alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._full_at_ms: dict[str, float] = {}

    def spend(self, *limits: Limit) -> None:
        """As `Limits.spend`."""
        now = _now_ms(self._clock)
        if len(self._full_at_ms) > _LOCAL_KEYS:
            self._full_at_ms = {key: at for key, at in self._full_at_ms.items() if at > now}
        costs = _costs(limits)
        full = {
            limit.key: max(self._full_at_ms.get(limit.key, 0.0), now) + cost
            for limit, cost in zip(limits, costs[::2], strict=True)
        }
        wait = max(full[limit.key] - now - window for limit, window in zip(limits, costs[1::2], strict=True))
        if wait > 0:
            raise RateLimited(wait / 1000)
        self._full_at_ms.update(full)


def _now_ms(clock: Clock) -> float:
    return clock().timestamp() * 1000


def _costs(limits: Sequence[Limit]) -> list[float]:
    """For each limit the milliseconds that one unit costs, and its window in milliseconds."""
    pairs = [(limit.window_seconds * 1000 / limit.count, limit.window_seconds * 1000) for limit in limits]
    return [value for pair in pairs for value in pair]


def address_key(address: str | None) -> str | None:
    """What an address is limited by: itself, or the /64 of an IPv6 address, which one customer owns as a whole."""
    if address is None:
        return None
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.split("%")[0], 64), strict=False))
    except ValueError:
        return address
