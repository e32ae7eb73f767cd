"""What every page has: the bar on top, the alarm, and the watch over the session."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from handoff.console import access, preferences
from handoff.console.assets import stylesheet
from handoff.console.door import PASSWORD, SIGN_OUT
from handoff.console.visit import Visit
from handoff.console.widgets.alarm import Alarm
from handoff.console.widgets.elements import Text, attributes, box, button, icon, show
from handoff.console.wording import LANGUAGES

_THEME_ICONS = {"auto": "brightness_auto", "light": "light_mode", "dark": "dark_mode"}


class Shell:
    """Builds the frame; the page's content goes into `main`.

    Args:
        visit: the page.
        here: which page it is: ``workspace``, ``supervisor`` or ``team``.
    """

    def __init__(self, visit: Visit, here: str) -> None:
        self._visit = visit
        self._here = here
        say = visit.say
        ui.add_head_html(f'<link rel="stylesheet" href="{stylesheet()}">')
        self._dark = ui.dark_mode(preferences.dark_of(visit.theme))
        with box("shell"):
            attributes(Text(say("skip_to_content"), "skip", tag="a"), href="#main")
            with box("bar", tag="header"):
                self._brand()
                self._pages()
                box("spacer")
                self._state()
                self._preferences()
                self._account()
            self.main = attributes(box(f"main {here}", tag="main"), id="main", tabindex="-1")
        self.alarm = Alarm(
            title=f"{say(f'page_{here}')} · Lifeline",
            critical_title=say("critical_title"),
            sound=visit.sound,
            now=visit.now,
            on_look=self._looked,
        )
        visit.spawn(visit.watch())
        visit.spawn(self._follow_board())

    def _brand(self) -> None:
        with box("brand"):
            box("brand-mark")
            Text("Lifeline", "brand-name")
            Text(self._visit.services.settings.exchange_name, "brand-exchange")

    def _pages(self) -> None:
        agent, say = self._visit.agent, self._visit.say
        pages = [("workspace", "/")]
        if access.may_oversee(agent):
            pages.append(("supervisor", "/supervisor"))
        if access.may_administer(agent):
            pages.append(("team", "/team"))
        with attributes(box("pages", tag="nav"), aria_label=say("pages")):
            for name, address in pages:
                link = attributes(Text(say(f"page_{name}"), "page", tag="a"), href=address)
                attributes(link, aria_current="page" if name == self._here else None)

    def _state(self) -> None:
        say = self._visit.say
        self._critical = Text("", "chip critical pulse")
        attributes(self._critical, role="status")
        show(self._critical, False)
        self._old = attributes(Text(say("database_silent"), "chip late"), role="alert")
        show(self._old, False)
        with attributes(box("live"), role="status"):
            box("live-dot")
            Text(say("live"), "live-on")
            Text(say("reconnecting"), "live-off")

    def _preferences(self) -> None:
        visit, say = self._visit, self._visit.say
        other = next(language for language in LANGUAGES if language != say.language)
        self._sound = button("", self._switch_sound, classes="quiet", symbol="notifications", hint=say("sound_off"))
        self._theme = button("", self._switch_theme, classes="quiet", symbol="brightness_auto", hint=say("theme"))
        self._show_preferences()

        async def switch_language() -> None:
            await visit.services.staff.set_ui_language(visit.agent.id, other)
            await visit.allowed()

        button(say("other_language"), visit.guarded(switch_language), classes="quiet", hint=say("switch_language"))

    def _account(self) -> None:
        say, agent = self._visit.say, self._visit.agent
        with box("account", tag="details"):
            with box("button quiet", tag="summary"):
                Text(_initial(agent.name), "avatar")
                Text(agent.name, "account-name")
                icon("expand_more")
            with box("account-menu"):
                Text(f"{agent.username} · {say.name_of('role', agent.role)}", "hint")
                attributes(Text(say("change_password"), "button quiet", tag="a"), href=PASSWORD)
                with (
                    attributes(box(tag="form"), method="post", action=SIGN_OUT),
                    attributes(box("button quiet", tag="button"), type="submit"),
                ):
                    icon("logout")
                    Text(say("sign_out"))

    def _show_preferences(self) -> None:
        visit, say = self._visit, self._visit.say
        for element, symbol, hint in (
            (
                self._sound,
                "notifications_active" if visit.sound else "notifications_off",
                say("sound_on" if visit.sound else "sound_off"),
            ),
            (self._theme, _THEME_ICONS[visit.theme], f"{say('theme')}: {say(f'theme_{visit.theme}')}"),
        ):
            attributes(element, title=hint, aria_label=hint)
            mark = next(iter(element))
            if isinstance(mark, Text):
                mark.show(symbol)

    def _switch_sound(self) -> None:
        self._visit.sound = not self._visit.sound
        self.alarm.set_sound(self._visit.sound)
        self._visit.client.run_javascript(preferences.remember_sound(self._visit.sound))
        self._show_preferences()

    def _switch_theme(self) -> None:
        themes = preferences.THEMES
        self._visit.theme = themes[(themes.index(self._visit.theme) + 1) % len(themes)]
        self._dark.value = preferences.dark_of(self._visit.theme)
        self._visit.client.run_javascript(preferences.remember_theme(self._visit.theme))
        self._show_preferences()

    async def _looked(self, told: dict[str, Any]) -> None:
        self._visit.looked(told)

    async def _follow_board(self) -> None:
        board, version = self._visit.services.board, 0
        while True:
            version = await board.changed(version)
            critical = [line.handoff.id for line in board.lines if line.handoff.priority == 0]
            self.alarm.set_critical(critical)
            self._critical.show(self._visit.say("critical_waiting", count=len(critical)))
            show(self._critical, bool(critical))
            show(self._old, not board.answering)


def _initial(name: str) -> str:
    return name.strip()[:1].upper() or "?"
