"""How many sign-ins may fail from one address, whatever the usernames.

`handoff.agents` limits the attempts on one username; this keeps one address from trying one password on
all of them. The count is this process's own: it is a brake, not a record.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

_ADDRESSES = 10_000


class FailedSignIns:
    """Counts failures by address in a sliding window.

    Args:
        limit: failures after which an address has to wait.
        window_seconds: how long a failure counts.
    """

    def __init__(self, limit: int, window_seconds: float) -> None:
        self._limit = limit
        self._window = timedelta(seconds=window_seconds)
        self._failures: dict[str, deque[datetime]] = {}

    def retry_after_seconds(self, address: str, now: datetime) -> int | None:
        """Seconds until the address may try again; None when it may now."""
        failures = self._failures.get(address)
        if failures is None:
            return None
        while failures and failures[0] <= now - self._window:
            failures.popleft()
        if not failures:
            del self._failures[address]
            return None
        if len(failures) < self._limit:
            return None
        return max(1, round((failures[-self._limit] + self._window - now).total_seconds()))

    def failed(self, address: str, now: datetime) -> None:
        """Notes a failure."""
        if address not in self._failures and len(self._failures) >= _ADDRESSES:
            del self._failures[next(iter(self._failures))]  # the one that began first
        self._failures.setdefault(address, deque(maxlen=self._limit)).append(now)
