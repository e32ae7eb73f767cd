"""The administrator's page: who works here, with which skills and languages, and who may do what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from handoff import taxonomy
from handoff.console import dialogs
from handoff.console.shell import Shell
from handoff.console.staff import AGENTS, Profile
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, button, chip
from handoff.console.widgets.fields import Checks, Choice, TextField
from handoff.console.wording import LANGUAGES
from handoff.errors import StoreUnavailable
from handoff.records import Agent, Role

_log = structlog.get_logger("handoff.console")
_NAME_CHARS = 60
_USERNAME_CHARS = 64


class TeamPage:
    """The list of people, and the forms to change them."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shown: object = None
        shell = Shell(visit, "team")
        with shell.main, box("sheet"):
            with box("sheet-head"):
                Text(visit.say("page_team"), "sheet-title", tag="h1")
                box("spacer")
                button(visit.say("add_agent"), self._guarded(self._add), classes="primary add-agent", symbol="add")
            self._content = box("people")
        visit.spawn(self._follow())

    def _guarded(self, action: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Checks besides the session that the person is still an administrator."""

        async def run() -> None:
            if self._visit.agent.role is Role.ADMIN:
                await action()

        return self._visit.guarded(run)

    async def _follow(self) -> None:
        services = self._visit.services
        async with services.wakeups.listen(AGENTS) as events:
            while True:
                try:
                    await self._read()
                except StoreUnavailable:
                    _log.warning("agents_not_read")
                await events.wait(services.settings.console_refresh_seconds)

    async def _read(self) -> None:
        agents = await self._visit.services.agents.list()
        online = frozenset(await self._visit.services.presence.online())
        if self._shown == (agents, online):
            return
        self._shown = (agents, online)
        self._content.clear()
        with self._content:
            for agent in sorted(agents, key=lambda agent: (not agent.active, agent.name)):
                self._person(agent, agent.id in online)

    def _person(self, agent: Agent, online: bool) -> None:
        say = self._visit.say
        card = box(f"person {'' if agent.active else 'inactive'}", tag="article")
        with attributes(card, data_username=agent.username):
            with box("person-head"):
                with box("person-name"):
                    Text(agent.name, "name", tag="h2")
                    Text(agent.username, "hint")
                chip(say.name_of("role", agent.role))
                if not agent.active:
                    chip(say("inactive"), "state-off")
                elif agent.must_change_password:
                    chip(say("must_change_password"), "late")
                else:
                    chip(say("online" if online else "offline"), "state-on" if online else "state-off")
            with box("person-facts"):
                Text(say("skills"), "hint")
                Text(", ".join(say.name_of("skill", skill) for skill in agent.skills) or "–")
                Text(say("languages"), "hint")
                Text(", ".join(say.language_name(tag) for tag in agent.languages) or "–")
            with box("person-foot"):
                button(say("edit"), self._guarded(lambda: self._change(agent)), classes="small edit", symbol="edit")
                button(say("reset_password"), self._guarded(lambda: self._reset(agent)), classes="small reset")
                if agent.active and agent.id != self._visit.agent.id:
                    button(
                        say("deactivate"), self._guarded(lambda: self._deactivate(agent)), classes="small deactivate"
                    )
                elif not agent.active:
                    button(say("activate"), self._guarded(lambda: self._activate(agent)), classes="small activate")

    async def _add(self) -> None:
        answer = await self._ask(None)
        if answer is not None and await self._visit.allowed():
            username, profile = answer
            agent, password = await self._visit.services.staff.create(username, profile)
            await dialogs.show_password(self._visit, agent.username, password)

    async def _change(self, agent: Agent) -> None:
        answer = await self._ask(agent)
        if answer is not None and await self._visit.allowed():
            await self._visit.services.staff.change(agent.id, answer[1])
            self._visit.tell(self._visit.say("saved"), "good")

    async def _reset(self, agent: Agent) -> None:
        say = self._visit.say
        text = say("reset_password_text", name=agent.name)
        sure = await dialogs.confirm(self._visit, say("reset_password"), text, say("reset_password"))
        if sure and await self._visit.allowed():
            password = await self._visit.services.staff.reset_password(agent.id)
            await dialogs.show_password(self._visit, agent.username, password)

    async def _deactivate(self, agent: Agent) -> None:
        say = self._visit.say
        text = say("deactivate_text", name=agent.name)
        sure = await dialogs.confirm(self._visit, say("deactivate"), text, say("deactivate"), classes="danger")
        if sure and await self._visit.allowed():
            returned = await self._visit.services.staff.deactivate(agent.id)
            self._visit.tell(say("deactivated", name=agent.name, count=returned), "good")

    async def _activate(self, agent: Agent) -> None:
        await self._visit.services.staff.activate(agent.id)

    async def _ask(self, agent: Agent | None) -> tuple[str, Profile] | None:
        """The form of a person: username and profile, or None when it was left."""
        say = self._visit.say
        title = say("edit_agent", name=agent.name) if agent else say("add_agent")
        with dialogs.dialog(self._visit, title, "wide") as asked:
            with box("form-grid"):
                username = (
                    None if agent else TextField(say("username"), limit=_USERNAME_CHARS, hint=say("username_hint"))
                )
                name = TextField(
                    say("display_name"), agent.name if agent else "", limit=_NAME_CHARS, hint=say("name_hint")
                )
                role = Choice(
                    say("role"),
                    {role.value: say.name_of("role", role) for role in Role},
                    agent.role if agent else Role.AGENT,
                )
                ui_language = Choice(
                    say("ui_language"),
                    {language: say.language_name(language) for language in LANGUAGES},
                    agent.ui_language if agent else say.language,
                )
            skills = Checks(
                say("skills"),
                {skill: say.name_of("skill", skill) for skill in taxonomy.skills()},
                agent.skills if agent else (),
            )
            languages = Checks(
                say("languages"),
                {tag: say.language_name(tag) for tag in taxonomy.languages()},
                agent.languages if agent else (),
            )
            missing = Text("", "form-error")
            attributes(missing, role="alert")

            def submit() -> None:
                if not name.value.strip() or (username is not None and not username.value.strip()):
                    missing.show(say("form_incomplete"))
                else:
                    asked.submit(True)

            with box("dialog-foot"):
                button(say("cancel"), lambda: asked.submit(None), classes="quiet")
                button(say("save"), submit, classes="primary confirm")
        if await dialogs.answer_of(asked) is not True:
            return None
        profile = Profile(name.value.strip(), Role(role.value), skills.values, languages.values, ui_language.value)
        return username.value if username else "", profile
