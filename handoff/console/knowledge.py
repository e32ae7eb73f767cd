"""What the console knows of the FAQ: articles, the search for suggestions, and the hosts it may link to.

The search needs the trained encoder and an index. They are loaded in the background; until then, and where
they were never made, there are no suggestions, and everything else works.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import structlog

from handoff.console.settings import ConsoleSettings
from kb_index import articles, render
from kb_index.articles import Articles
from kb_index.encoding import Encoder
from kb_index.errors import KnowledgeBaseError
from kb_index.search import FaqSearch
from kb_index.settings import ArticleSettings

SUGGESTIONS = 5
_RETRY_SECONDS = 30.0
# A whole conversation would blur what is asked now.
_QUERY_CHARS = 600
_log = structlog.get_logger("handoff.console")


@dataclass(frozen=True)
class ShownArticle:
    """An article with the operator's values filled in."""

    topic: str
    language: str
    title: str
    body: str
    updated: date


class Knowledge:
    """The articles, and the search when it is there.

    Args:
        settings: ``models_dir`` and ``freeze_url``.
        article_settings: values of the articles' variables; read from the environment when not given.
    """

    def __init__(self, settings: ConsoleSettings, article_settings: ArticleSettings | None = None) -> None:
        article_settings = article_settings or ArticleSettings()
        self._models = settings.models_dir
        self._variables = article_settings.variables()
        self._articles = Articles(())
        self._search: FaqSearch | None = None
        freeze_host = urlsplit(settings.freeze_url).hostname
        self.allowed_hosts = article_settings.official_hosts() | ({freeze_host} if freeze_host else set())

    @property
    def searchable(self) -> bool:
        """Whether suggestions can be made now."""
        return self._search is not None

    async def load(self) -> None:
        """Loads articles and search, off the event loop; looks again for models that are not there yet."""
        try:
            self._articles = await asyncio.to_thread(articles.load)
        except KnowledgeBaseError as error:
            _log.error("articles_not_loaded", error=str(error))
        told = False
        while self._search is None:
            try:
                self._search = await asyncio.to_thread(self._open_search)
            except KnowledgeBaseError as error:
                if not told:
                    _log.warning("suggestions_off", error=str(error))
                    told = True
                await asyncio.sleep(_RETRY_SECONDS)

    async def suggest(self, text: str, language: str | None) -> Sequence[str]:
        """The topics whose articles most likely answer a text, best first; none when nothing can be searched."""
        search = self._search
        query = text.strip()[-_QUERY_CHARS:]
        if search is None or not query:
            return ()
        try:
            hits = await asyncio.to_thread(search.search, query, language, None, SUGGESTIONS)
        except KnowledgeBaseError as error:
            _log.error("search_failed", error=str(error))
            return ()
        return [hit.topic for hit in hits]

    def article(self, topic: str, language: str | None) -> ShownArticle | None:
        """A topic's article in a language, or in the nearest that there is; None for a topic without any."""
        article = self._articles.nearest(topic, language)
        if article is None:
            return None
        return ShownArticle(
            topic=topic,
            language=article.language,
            title=render.render_title(article, self._variables),
            body=render.render(article, self._variables),
            updated=article.updated,
        )

    def languages_of(self, topic: str) -> tuple[str, ...]:
        """The languages in which a topic has an article."""
        return tuple(self._articles.of(topic))

    def _open_search(self) -> FaqSearch:
        return FaqSearch(self._models / "faq", Encoder(self._models / "encoder"))
