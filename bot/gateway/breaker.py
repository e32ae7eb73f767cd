"""A circuit breaker: after repeated failures nobody waits for the same timeout again."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Counts failures in a row.

    Closed, everyone may try. After ``failures`` failures in a row it opens: nobody may, for ``pause_seconds``.
    Then one caller may try (half open); its success closes the breaker, its failure opens it again.
    Every `allow` that returned True must be followed by exactly one `succeeded`, `failed` or `abandoned`.

    Args:
        now: a monotonic clock in seconds.
    """

    def __init__(self, failures: int, pause_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._pause = pause_seconds
        self._now = now
        self._failures = 0
        self._retry_at = 0.0
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether callers are being turned away."""
        return self._failures >= self._limit

    def allow(self) -> bool:
        """Whether the caller may try now."""
        if not self.open:
            return True
        if self._probing or self._now() < self._retry_at:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The other side answered."""
        self._failures, self._probing = 0, False

    def failed(self) -> None:
        """The other side did not answer, or with an error."""
        self._failures += 1
        self._retry_at = self._now() + self._pause
        self._probing = False

    def abandoned(self) -> None:
        """The try ended without an outcome (it was cancelled)."""
        self._probing = False
