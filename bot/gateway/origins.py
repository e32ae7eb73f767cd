"""Which pages may talk to the gateway: the CORS rules and the WebSocket's origin check use the same answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers


class Origins:
    """The allowed origins.

    Args:
        allowed: origins such as ``https://www.example.com``; the port may be ``*``, a lone ``*`` allows all.
        public_url: the gateway's own address, whose pages are always allowed.
    """

    def __init__(self, allowed: Sequence[str], public_url: str | None = None) -> None:
        own = [_origin_of(public_url)] if public_url else []
        self.everyone = "*" in allowed
        parts = [_pattern(origin) for origin in (*allowed, *own) if origin != "*"]
        #: A regular expression over a whole origin; it matches nothing when nothing is allowed.
        self.pattern = ".*" if self.everyone else "|".join(parts) or r"(?!)"
        self._match = re.compile(self.pattern).fullmatch

    def allow(self, headers: Headers) -> bool:
        """Whether a request with these headers may come from the page that sent it.

        Programs that are not browsers send no Origin; they are held to their token alone.
        """
        origin = headers.get("origin")
        if origin is None or self._match(origin):
            return True
        parts = urlsplit(origin)
        return bool(parts.netloc) and parts.scheme in {"http", "https"} and parts.netloc == headers.get("host")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pattern(origin: str) -> str:
    escaped = re.escape(origin)
    return re.sub(r":\\\*$", r"(:[0-9]{1,5})?", escaped)
