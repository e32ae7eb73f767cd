"""One suggested article: read in the agent's language, inserted in the customer's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from handoff.console.knowledge import ShownArticle
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, button, icon


class ArticleCard:
    """A card that opens to the whole article.

    Args:
        visit: the page.
        topic: a topic that has an article.
        language: the customer's.
        on_insert: puts an article into the reply.

    Attributes:
        root: the card.
        insert: the button that inserts.
    """

    def __init__(
        self, visit: Visit, topic: str, language: str, on_insert: Callable[[ShownArticle], Awaitable[None]]
    ) -> None:
        say, knowledge = visit.say, visit.services.knowledge
        read, sent = knowledge.article(topic, say.language), knowledge.article(topic, language)
        if read is None or sent is None:
            raise ValueError(f"topic {topic!r} has no article")
        with attributes(box("article", tag="details"), data_topic=topic) as self.root:
            with box("article-head", tag="summary"):
                icon("article")
                self._title = Text(read.title, "article-title")
            self._body = Text(read.body, "article-body", tag="p")
            with box("article-foot"):
                for article in (read,) if read == sent else (read, sent):
                    name, hint = say.language_name(article.language), f"{say('updated')} {article.updated.isoformat()}"
                    button(name, partial(self._preview, article), classes="quiet small", hint=hint)
                box("spacer")
                text = say("insert") if read == sent else say("insert_in", language=say.language_name(sent.language))
                self.insert = button(text, lambda: on_insert(sent), classes="small insert")

    def _preview(self, article: ShownArticle) -> None:
        self._title.show(article.title)
        self._body.show(article.body)
