"""What a browser remembers of how the console looks and sounds: cookies that hold no secret."""

from __future__ import annotations

from starlette.requests import Request

THEMES = ("auto", "light", "dark")
_THEME_COOKIE = "lifeline_theme"
_SOUND_COOKIE = "lifeline_sound"
_YEAR_SECONDS = 365 * 86400


def theme_of(request: Request) -> str:
    """Light, dark, or as the system has it."""
    theme = request.cookies.get(_THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


def sound_of(request: Request) -> bool:
    """Whether a new critical conversation also rings."""
    return request.cookies.get(_SOUND_COOKIE, "on") == "on"


def dark_of(theme: str) -> bool | None:
    """A theme as NiceGUI takes it."""
    return {"dark": True, "light": False}.get(theme)


def remember_theme(theme: str) -> str:
    """The script that keeps the theme."""
    return _remember(_THEME_COOKIE, theme)


def remember_sound(on: bool) -> str:
    """The script that keeps the sound."""
    return _remember(_SOUND_COOKIE, "on" if on else "off")


def _remember(name: str, value: str) -> str:
    return f'document.cookie = "{name}={value}; path=/; max-age={_YEAR_SECONDS}; samesite=strict"'
