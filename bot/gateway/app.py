"""The FastAPI application: routes, middleware, and what lives as long as it does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware

from bot.gateway import api, auth, errors, files, live, static
from bot.gateway.health import HealthReport
from bot.gateway.http import BodyLimit, RequestFrame
from bot.gateway.services import Services
from bot.gateway.settings import GatewaySettings
from handoff.clock import Clock, utc_now
from handoff.settings import DeskSettings


def create_app(
    settings: GatewaySettings,
    desk_settings: DeskSettings,
    clock: Clock = utc_now,
    *,
    official_hosts: Collection[str] = (),
) -> FastAPI:
    """Builds the application; nothing is connected before its lifespan begins.

    Args:
        settings: the gateway's own.
        desk_settings: those that all processes share.
        clock: gives the time of everything that is written, signed or limited.
        official_hosts: hosts that widgets may show as links, besides the freeze page's.

    Raises:
        SecretMissing: there is no key to sign session tokens with.
    """
    services = Services(settings, desk_settings, clock, official_hosts)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await services.start()
        try:
            yield
        finally:
            await services.stop()

    app = FastAPI(
        title="Lifeline gateway",
        version="1",
        description=api.DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        # Their pages load scripts from elsewhere, which the content security policy refuses.
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    errors.install(app)
    app.include_router(api.router)
    app.include_router(files.router)
    app.include_router(live.router)
    if services.telegram is not None:
        app.include_router(services.telegram.router)

    @app.get("/healthz", tags=["operation"], responses={503: {"model": HealthReport}})
    async def healthz(response: Response) -> HealthReport:
        """The state of every component; 200 when all that is needed is up, else 503 with the reasons."""
        report = await services.health.report()
        response.status_code = 200 if report.status == "ok" else 503
        response.headers["Cache-Control"] = "no-store"
        return report

    @app.get("/livez", tags=["operation"])
    async def livez() -> dict[str, str]:
        """Answers as long as this process serves: people can be reached through it even while Rasa is down."""
        return {"status": "ok"}

    static.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, max_body_bytes=settings.max_body_bytes, max_file_bytes=desk_settings.max_file_bytes)
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=services.origins.pattern,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
        expose_headers=["Retry-After", "X-Request-ID", auth.RENEWED_TOKEN, auth.RENEWED_EXPIRY],
        max_age=600,
    )
    app.add_middleware(RequestFrame)
    return app
