"""The FAQ's articles as customers read them, in the language of the conversation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from kb_index import builds
from kb_index.articles import ARTICLES, Articles, load
from kb_index.errors import KnowledgeBaseError
from kb_index.render import render, render_title
from kb_index.settings import ArticleSettings

_log = structlog.get_logger("actions.library")


@dataclass(frozen=True)
class Page:
    """An article with its variables filled in."""

    topic: str
    language: str
    title: str
    body: str


class Library:
    """Reads the articles once, and again whenever the index is rebuilt: then editors have changed them."""

    def __init__(self, settings: ArticleSettings, index: Path, articles: Path = ARTICLES) -> None:
        """``index`` is the folder of index builds, ``articles`` that of the articles.

        Raises:
            ArticleInvalid: an article cannot be read; ``python -m kb_index.validate`` says which ones.
        """
        self._variables = settings.variables()
        self._index, self._root = index, articles
        self._seen = builds.stamp(index)
        self._articles: Articles = load(articles)

    async def page(self, topic: str, language: str) -> Page | None:
        """The topic's article in this language or the nearest that exists; None when it has none at all."""
        await self._refresh()
        article = self._articles.nearest(topic, language)
        if article is None:
            return None
        title, body = render_title(article, self._variables), render(article, self._variables)
        return Page(topic, article.language, title, body)

    async def _refresh(self) -> None:
        stamp = builds.stamp(self._index)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._articles = await asyncio.to_thread(load, self._root)
        except KnowledgeBaseError as exc:
            _log.error("articles_unreadable", error=exc.code, hint="run python -m kb_index.validate")
