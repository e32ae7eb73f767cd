"""The console's texts, from ``texts/<language>.yml``, and how it writes times, languages and sizes.

Times are shown in the time zone of the browser; a page learns it when it connects.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

LANGUAGES = ("zh-Hans", "en")
"""What the console itself speaks; the first is the default."""

_KIB = 1024


@cache
def _texts(language: str) -> Mapping[str, str]:
    path = Path(__file__).with_name("texts") / f"{language}.yml"
    loaded: Mapping[str, str] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def supported(wanted: str | None) -> str:
    """The console's language for a wish: itself, a Chinese one for any Chinese, English for the rest."""
    if not wanted:
        return LANGUAGES[0]
    if wanted in LANGUAGES:
        return wanted
    return "zh-Hans" if wanted.lower().startswith("zh") else "en"


def from_accept_language(header: str | None) -> str:
    """The console's language for a browser's Accept-Language, before anybody has signed in."""
    first = (header or "").split(",")[0].split(";")[0].strip()
    return supported(first or None)


class Wording:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = supported(language)
        self._texts = _texts(self.language)
        self._locale = Locale.parse(self.language.replace("-", "_"))

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled in. An unknown key is an error of the program."""
        return self._texts[key].format(**values) if values else self._texts[key]

    def knows(self, key: str) -> bool:
        """Whether there is a text for a key."""
        return key in self._texts

    def name_of(self, kind: str, value: str | None) -> str:
        """The name of one value of a vocabulary, such as ``name_of("skill", "kyc")``; the value itself if it is new."""
        if value is None:
            return self._texts["unknown"]
        return self._texts.get(f"{kind}_{value}", value)

    @property
    def page_language(self) -> Literal["zh-CN", "en-US"]:
        """The value of the page's ``lang``: it decides which glyphs Chinese characters get."""
        return "zh-CN" if self.language == "zh-Hans" else "en-US"

    def language_name(self, tag: str | None) -> str:
        """A language's name, such as "Japanese" for ``ja``."""
        if not tag:
            return self._texts["unknown"]
        try:
            return Locale.parse(tag.replace("-", "_")).get_display_name(self._locale) or tag
        except (UnknownLocaleError, ValueError):
            return tag

    def clock_time(self, moment: datetime, zone: tzinfo) -> str:
        """Hours and minutes: 14:05."""
        return str(format_skeleton("Hm", moment, tzinfo=zone, locale=self._locale))

    def day(self, moment: datetime, zone: tzinfo, now: datetime) -> str:
        """The day of a moment, as a heading: "Today", or the date with its weekday."""
        day = moment.astimezone(zone).date()
        today = now.astimezone(zone).date()
        if day == today:
            return self._texts["today"]
        return self.date(day)

    def date(self, day: date) -> str:
        """A date with its weekday."""
        return str(format_date(day, "full" if self.language == "zh-Hans" else "EEE, d MMM y", locale=self._locale))

    def size(self, size_bytes: int) -> str:
        """The size of a file."""
        if size_bytes < _KIB * _KIB:
            return f"{max(1, round(size_bytes / _KIB))} KB"
        return f"{size_bytes / _KIB / _KIB:.1f} MB"

    def span(self, seconds: float | None) -> str:
        """A duration as minutes and seconds, or hours and minutes; a dash for none."""
        if seconds is None:
            return "–"
        whole = round(max(0.0, seconds))
        if whole >= 3600:
            return self._texts["span_hours"].format(hours=whole // 3600, minutes=whole % 3600 // 60)
        if whole >= 60:
            return self._texts["span_minutes"].format(minutes=whole // 60, seconds=whole % 60)
        return self._texts["span_seconds"].format(seconds=whole)
