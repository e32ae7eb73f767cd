"""Prints the settings of every process as the table in README.md: ``python -m bot.launch.reference``."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot.gateway.settings import GatewaySettings
from bot.launch.settings import LaunchSettings
from handoff.console.settings import ConsoleSettings
from handoff.settings import DeskSettings
from kb_index.settings import ArticleSettings

#: In the order of the table; a field that several share is listed with the first.
CLASSES: tuple[type[BaseSettings], ...] = (
    DeskSettings,
    LaunchSettings,
    GatewaySettings,
    ConsoleSettings,
    ArticleSettings,
)


def settings() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting once: the name of its environment variable, and its field."""
    seen = set()
    for cls in CLASSES:
        for name, field in cls.model_fields.items():
            variable = f"{cls.model_config.get('env_prefix', '')}{name}".upper()
            if variable not in seen:
                seen.add(variable)
                yield variable, field


def table() -> str:
    """The settings as a Markdown table."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for variable, field in settings():
        rows.append(f"| `{variable}` | {_shown(field.default)} | {' '.join((field.description or '').split())} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    if default is None or default == "" or isinstance(default, SecretStr):
        return "-"
    if isinstance(default, tuple):
        return "`" + ",".join(str(part) for part in default) + "`"
    return f"`{default}`"


if __name__ == "__main__":
    print(table())
