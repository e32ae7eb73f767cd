"""The console's style sheet, and its address: it carries a digest, so that a new release is fetched at once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def stylesheet() -> str:
    """The style sheet's address."""
    return f"/assets/console.css?{hashlib.sha256((FOLDER / 'console.css').read_bytes()).hexdigest()[:12]}"
