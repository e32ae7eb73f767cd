"""Whether every component is ready, for the operator, the supervisor and the load balancer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field

from handoff.errors import HandoffError
from handoff.redis_link import UNREACHABLE

Probe = Callable[[], Awaitable[str | None]]
"""Returns None when the component is ready, else why it is not."""

_CACHE_SECONDS = 1.0
_PROBE_SECONDS = 1.5


class ComponentState(BaseModel):
    """One component."""

    state: Literal["up", "down"]
    reason: str | None = Field(None, description="Why it is down.")


class HealthReport(BaseModel):
    """``status`` is ``ok`` when every required component is up."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ok", "components": {"gateway": {"state": "up"}}}]}
    )

    status: Literal["ok", "unavailable"]
    components: dict[str, ComponentState]


class Health:
    """Asks all components side by side, at most once a second.

    Args:
        required: a component that is down makes the whole unavailable.
        optional: is reported, and changes nothing: the web works on while Telegram cannot be reached.
    """

    def __init__(self, required: dict[str, Probe], optional: dict[str, Probe] | None = None) -> None:
        self._required = required
        self._optional = optional or {}
        self._turn = asyncio.Lock()
        self._report: HealthReport | None = None
        self._fresh_until = 0.0

    async def report(self) -> HealthReport:
        """The state of everything, not older than a second."""
        async with self._turn:
            if self._report is None or time.monotonic() >= self._fresh_until:
                self._report = await self._ask()
                self._fresh_until = time.monotonic() + _CACHE_SECONDS
            return self._report

    async def _ask(self) -> HealthReport:
        probes = self._required | self._optional
        reasons = await asyncio.gather(*(_ask_one(probe) for probe in probes.values()))
        components = {
            name: ComponentState(state="down" if reason else "up", reason=reason)
            for name, reason in zip(probes, reasons, strict=True)
        }
        ok = all(components[name].state == "up" for name in self._required)
        return HealthReport(status="ok" if ok else "unavailable", components=components)


async def _ask_one(probe: Probe) -> str | None:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            return await probe()
    except TimeoutError:
        return f"no answer within {_PROBE_SECONDS} s"
    except HandoffError as exc:
        return str(exc)
    except (*UNREACHABLE, httpx.HTTPError) as exc:
        return f"cannot be reached ({type(exc).__name__})"


def http_probe(client: httpx.AsyncClient, url: str, explain: dict[int, str] | None = None) -> Probe:
    """A probe that GETs ``url``; below 400 is ready. ``explain`` names known refusals by their status."""

    async def probe() -> str | None:
        status = (await client.get(url)).status_code
        return None if status < 400 else (explain or {}).get(status, f"answers with HTTP status {status}")

    return probe
