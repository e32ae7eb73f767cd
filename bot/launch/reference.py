"""Every process's settings as the README's table: ``python -m bot.launch.reference`` (``--write`` puts it there)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from actions.settings import ActionsSettings
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
    ActionsSettings,
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


def write(readme: Path) -> None:
    """Replaces the table between the two marks of the README."""
    text = readme.read_text("utf-8")
    marks = r"(<!-- settings: [^\n]*-->\n).*?(<!-- end of settings -->)"
    replaced = re.sub(marks, lambda m: f"{m[1]}\n{table()}\n\n{m[2]}", text, count=1, flags=re.DOTALL)
    readme.write_text(replaced, "utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write(Path("README.md"))
    else:
        print(table())
