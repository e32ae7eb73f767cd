"""The console as one ASGI application: the door around the forms, the files and NiceGUI's pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.staticfiles import StaticFiles

from handoff.console import access, assets, routes
from handoff.console.door import Door
from handoff.console.services import Services
from handoff.console.sign_in import Forms
from handoff.console.supervisor_view import SupervisorPage
from handoff.console.team_view import TeamPage
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, box
from handoff.console.workspace import Workspace

_RECONNECT_SECONDS = 10.0
"""How long an open page waits for its browser after the connection broke; later the browser loads it again."""
_SMALLEST_GZIP_BYTES = 1000


def create(services: Services) -> FastAPI:
    """Builds the application. NiceGUI has one application a process, so there is one console a process."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with services.running():
            yield

    app = FastAPI(title="Lifeline console", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(routes.routes(services))
    app.include_router(Forms(services).routes())
    app.mount("/assets", StaticFiles(directory=assets.FOLDER), name="assets")
    _pages(services)
    app.add_middleware(Door, sessions=services.sessions, max_file_bytes=services.settings.max_file_bytes)
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_GZIP_BYTES)
    ui.run_with(
        app,
        title="Lifeline",
        reconnect_timeout=_RECONNECT_SECONDS,
        tailwind=False,
        gzip_middleware_factory=None,  # the door rewrites pages, so they are compressed outside of it
        show_welcome_message=False,
    )
    nicegui_app.on_page_exception(_page_failed)
    return app


def _pages(services: Services) -> None:
    @ui.page("/")
    def workspace(c: str | None = None) -> None:
        Workspace(Visit(services), c)

    @ui.page("/supervisor")
    def supervisor() -> Response | None:
        visit = Visit(services)
        if not access.may_oversee(visit.agent):
            return RedirectResponse("/", 303)
        SupervisorPage(visit)
        return None

    @ui.page("/team")
    def team() -> Response | None:
        visit = Visit(services)
        if not access.may_administer(visit.agent):
            return RedirectResponse("/", 303)
        TeamPage(visit)
        return None


def _page_failed() -> None:
    """What is shown when a page cannot be built: nothing of the error, which is in the log."""
    with box("sheet"):
        Text("Lifeline", "sheet-title", tag="h1")
        Text("This page could not be built. Reload it; if that does not help, see the console's log.", tag="p")
