"""How many WebSockets are open, and the codes with which the gateway closes them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

UNAUTHORIZED = 4401
FORBIDDEN = 4403
AUTH_TIMEOUT = 4408
TOO_MANY = 4429
TOO_BIG = 1009
TRY_LATER = 1013


class Connections:
    """Counts the open connections of this process, by conversation and by address."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @property
    def any(self) -> bool:
        """Whether a connection is open."""
        return bool(self._open)

    @contextlib.contextmanager
    def one(self, key: str, most: int) -> Iterator[bool]:
        """Counts one connection during the block; yields whether it is within ``most``."""
        self._open[key] += 1
        try:
            yield self._open[key] <= most
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


class Closed(Exception):
    """Ends a connection with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
