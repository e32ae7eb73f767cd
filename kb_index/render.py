"""Fills an article's variables in: ``{name|fallback}`` becomes the operator's value, or the fallback if it is unset."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb_index.articles import Article

#: ``{freeze_url|Security settings > Freeze account}``; the fallback may hold anything but braces and bars.
VARIABLE = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)\|(?P<fallback>[^{}|]*)\}")


def render(article: Article, variables: Mapping[str, str | None]) -> str:
    """The article's body as the customer reads it.

    Args:
        article: as loaded.
        variables: values by name (``ArticleSettings.variables()``); None, empty or absent means the fallback.
    """
    return fill(article.body, variables)


def render_title(article: Article, variables: Mapping[str, str | None]) -> str:
    """The article's title as the customer reads it."""
    return fill(article.title, variables)


def fill(text: str, variables: Mapping[str, str | None]) -> str:
    """Replaces each variable of a text. A value is never searched for variables again."""

    def value_of(match: re.Match[str]) -> str:
        value = variables.get(match["name"])
        if not value:
            return match["fallback"]
        return _apart(text, match, value) if value.startswith(("https://", "http://")) else value

    return VARIABLE.sub(value_of, text)


def _apart(text: str, match: re.Match[str], url: str) -> str:
    """A link needs a space around it where a letter or full-width punctuation follows, or chat apps link that too."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    left = " " if before and (before.isalnum() or not before.isascii()) and not before.isspace() else ""
    right = " " if after and (after.isalnum() or not after.isascii()) and not after.isspace() else ""
    return f"{left}{url}{right}"
