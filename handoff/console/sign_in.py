"""Signing in and out, and changing the password: plain forms, without scripts, outside of NiceGUI.

So nobody who has not signed in gets a live page, and the cookie is set by an HTTP response.
"""

from __future__ import annotations

from pathlib import Path

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader

from handoff.console.assets import stylesheet
from handoff.console.attempts import FailedSignIns
from handoff.console.door import PASSWORD, SIGN_IN, SIGN_OUT, cookie_name, is_secure, signed_in
from handoff.console.preferences import theme_of
from handoff.console.services import Services
from handoff.console.staff import AGENTS
from handoff.console.wording import LANGUAGES, Wording, from_accept_language
from handoff.errors import HandoffError, StoreUnavailable, TooManyAttempts, WeakPassword, WrongCredentials
from handoff.records import Agent

_log = structlog.get_logger("handoff.console")
_LANGUAGE_COOKIE = "lifeline_language"
_YEAR_SECONDS = 365 * 86400


class Forms:
    """The forms and what they do."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self._services = services
        self._templates = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True)
        self._failures = FailedSignIns(settings.console_failures_per_address, settings.console_failures_window_seconds)

    def routes(self) -> APIRouter:
        """Their routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route(SIGN_IN, self.sign_in_form, methods=["GET"])
        router.add_api_route(SIGN_IN, self.sign_in, methods=["POST"])
        router.add_api_route(PASSWORD, self.password_form, methods=["GET"])
        router.add_api_route(PASSWORD, self.change_password, methods=["POST"])
        router.add_api_route(SIGN_OUT, self.sign_out, methods=["POST"])
        return router

    async def sign_in_form(self, request: Request, next: str = "/", language: str = "") -> Response:
        """Shows the form, in the language asked for."""
        wording = Wording(language or _language_of(request))
        response = self._page(request, "sign_in.html", wording, next=_local(next))
        if language:
            response.set_cookie(
                _LANGUAGE_COOKIE, wording.language, max_age=_YEAR_SECONDS, httponly=True, samesite="strict"
            )
        return response

    async def sign_in(self, request: Request) -> Response:
        """Checks the credentials and begins a session."""
        form = await _fields(request)
        wording = Wording(_language_of(request))
        address = request.client.host if request.client else ""
        username, target = form.get("username", ""), _local(form.get("next", "/"))
        try:
            retry_after = self._failures.retry_after_seconds(address, self._services.clock())
            if retry_after is not None:
                raise TooManyAttempts("too many failures from this address", retry_after)
            agent = await self._services.agents.verify(username, form.get("password", ""))
            return await self._open_session(request, agent, PASSWORD if agent.must_change_password else target)
        except HandoffError as error:
            if isinstance(error, WrongCredentials):
                self._failures.failed(address, self._services.clock())
            _log.info("sign_in_refused", code=error.code)
            status, message = _explain(error, wording)
            response = self._page(
                request, "sign_in.html", wording, status, next=target, error=message, username=username
            )
            if isinstance(error, TooManyAttempts):
                response.headers["retry-after"] = str(error.retry_after_seconds)
            return response

    async def password_form(self, request: Request) -> Response:
        """Shows the form for a new password."""
        agent = signed_in(request).agent
        return self._page(request, "password.html", Wording(agent.ui_language), agent=agent)

    async def change_password(self, request: Request) -> Response:
        """Sets the agent's own password, and signs out every other place."""
        agent = signed_in(request).agent
        wording = Wording(agent.ui_language)
        form = await _fields(request)
        if form.get("new") != form.get("again"):
            return self._page(request, "password.html", wording, 422, agent=agent, error=wording("password_differs"))
        try:
            await self._services.agents.change_password(agent.id, form.get("current", ""), form.get("new", ""))
            await self._services.sessions.end_all_of(agent.id)
            response = await self._open_session(request, agent, "/")
        except HandoffError as error:
            status, message = _explain(error, wording)
            if isinstance(error, WrongCredentials):
                message = wording("wrong_password")
            return self._page(request, "password.html", wording, status, agent=agent, error=message)
        await self._services.wakeups.publish(AGENTS)
        return response

    async def sign_out(self, request: Request) -> Response:
        """Ends the session; its open pages notice."""
        await self._services.sessions.end(signed_in(request).session_id)
        await self._services.wakeups.publish(AGENTS)
        response = RedirectResponse(SIGN_IN, 303)
        secure = is_secure(request.scope)
        response.delete_cookie(cookie_name(secure), secure=secure, httponly=True, samesite="strict")
        # Drafts wait in the tab's storage until they are sent; the next person must not find them.
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response

    def _page(
        self, request: Request, template: str, wording: Wording, status: int = 200, **values: object
    ) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            t=wording,
            languages=LANGUAGES,
            exchange=self._services.settings.exchange_name,
            stylesheet=stylesheet(),
            theme=theme_of(request),
            **values,
        )
        return HTMLResponse(html, status)

    async def _open_session(self, request: Request, agent: Agent, target: str) -> Response:
        token = await self._services.sessions.begin(agent.id)
        response = RedirectResponse(target, 303)
        secure = is_secure(request.scope)
        response.set_cookie(
            cookie_name(secure),
            token,
            max_age=self._services.settings.console_session_seconds,
            path="/",
            secure=secure,
            httponly=True,
            samesite="strict",
        )
        return response


async def _fields(request: Request) -> dict[str, str]:
    """The text fields of a form; its size was bounded at the door."""
    async with request.form(max_files=0, max_fields=8) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _local(target: str) -> str:
    """Where to go after signing in: a page of this console, whatever the address says."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _language_of(request: Request) -> str:
    return request.cookies.get(_LANGUAGE_COOKIE) or from_accept_language(request.headers.get("accept-language"))


def _explain(error: HandoffError, wording: Wording) -> tuple[int, str]:
    match error:
        case TooManyAttempts():
            return 429, wording("too_many_attempts", wait=wording.span(error.retry_after_seconds))
        case StoreUnavailable():
            return 503, wording("error_store_unavailable")
        case WrongCredentials():
            return 401, wording("wrong_credentials")
        case WeakPassword():
            return 422, wording("weak_password")
        case _:
            raise error
