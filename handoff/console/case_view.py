"""The customer's case on the right: what is known, what was tried, and articles that may help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handoff.console.article_card import ArticleCard
from handoff.console.case import Case, Checked
from handoff.console.knowledge import ShownArticle
from handoff.console.visit import Visit
from handoff.console.widgets.elements import Text, attributes, box, button, chip, icon, show
from handoff.console.widgets.fields import TextField
from handoff.console.widgets.ticker import Ticker
from handoff.records import Conversation, Handoff, HandoffState

_SEARCH_CHARS = 200


class CaseView:
    """The right column.

    Args:
        visit: the page.
        on_search: looks for articles.
        on_insert: puts an article into the reply.
    """

    def __init__(
        self,
        visit: Visit,
        *,
        on_search: Callable[[str], Awaitable[None]],
        on_insert: Callable[[ShownArticle], Awaitable[None]],
    ) -> None:
        self._visit = visit
        self._on_insert = on_insert
        self._known: object = None
        self._cards: dict[tuple[str, str], ArticleCard] = {}
        say = visit.say
        with attributes(box("pane case", tag="section"), aria_label=say("case")):
            with box("pane-head"):
                Text(say("case"), "pane-title", tag="h2")
            with box("case-scroller"):
                self._about = box("case-about")
                with box("case-part") as self._help:
                    Text(say("suggestions"), "part-title", tag="h3")
                    with attributes(box("search", tag="form"), role="search") as form:
                        field = TextField(say("search_articles"), limit=_SEARCH_CHARS)
                        attributes(field.input, type="search", placeholder=say("search_articles"))
                        button("", symbol="search", classes="quiet", hint=say("search_articles")).props("type=submit")
                    form.on("submit.prevent", lambda _: on_search(field.value), args=[])
                    self._no_articles = Text("", "hint")
                    self._articles = box("articles")
        self.clear()

    def clear(self) -> None:
        """Shows no case."""
        self._known = None
        self._cards.clear()
        self._about.clear()
        self._articles.clear()
        show(self._help, False)
        with self._about:
            Text(self._visit.say("case_empty"), "empty slim")

    def show(self, conversation: Conversation, handoff: Handoff | None, case: Case, earlier: Sequence[Handoff]) -> None:
        """Shows what is known now; nothing happens when it was shown already."""
        known = (conversation.id, conversation.owner, handoff, case, earlier)
        if self._known == known:
            return
        self._known = known
        show(self._help, True)
        self._about.clear()
        with self._about:
            if handoff is not None:
                self._urgency(handoff)
            self._facts(case, handoff)
            self._checked(case.checked)
            self._words(case)
            self._entities(case)
            self._tried(case)
            self._earlier(earlier)

    def suggest(self, topics: Sequence[str], language: str, *, can_insert: bool) -> None:
        """Shows the articles of some topics, to read in the agent's language and to insert in the customer's.

        An article that is shown already stays as it is, so that one that is being read does not close.
        """
        wanted = [(topic, language) for topic in topics if self._visit.services.knowledge.languages_of(topic)]
        for key in [key for key in self._cards if key not in wanted]:
            self._cards.pop(key).root.delete()
        for place, key in enumerate(wanted):
            if key not in self._cards:
                with self._articles:
                    self._cards[key] = ArticleCard(self._visit, *key, self._on_insert)
            card = self._cards[key]
            card.root.move(target_index=place)
            show(card.insert, can_insert)
        searchable = self._visit.services.knowledge.searchable
        self._no_articles.show("" if wanted else self._visit.say("no_suggestions" if searchable else "suggestions_off"))

    def _urgency(self, handoff: Handoff) -> None:
        say = self._visit.say
        with box("case-urgency"):
            chip(say.name_of("priority", str(handoff.priority)), f"level-{handoff.priority}")
            chip(say.name_of("reason", handoff.reason))
            if handoff.state in (HandoffState.WAITING, HandoffState.OFFERED):
                Ticker(handoff.requested_at, pattern=say("waits_for"))
            if handoff.first_reply_at is None:
                Ticker(handoff.due_at, down=True, pattern=say("due_in"), over=say("overdue_by"))

    def _facts(self, case: Case, handoff: Handoff | None) -> None:
        say = self._visit.say
        confidence = "" if case.confidence is None else f" · {case.confidence:.0%}"
        facts = [
            ("fact_intent", say.name_of("intent", case.intent) + confidence if case.intent else None),
            ("fact_skill", say.name_of("skill", handoff.skill) if handoff else None),
            ("fact_language", say.language_name(case.language)),
            ("fact_channel", say(f"channel_{case.channel}") if say.knows(f"channel_{case.channel}") else case.channel),
            ("fact_locale", case.locale),
        ]
        with box("facts", tag="dl"):
            for key, value in facts:
                if value:
                    Text(say(key), tag="dt")
                    Text(value, tag="dd")

    def _checked(self, checked: Checked | None) -> None:
        """What a guided flow asked and found: first in one paragraph, then field by field."""
        if checked is None:
            return
        say = self._visit.say
        self._part("checked")
        chip(say.name_of("flow", checked.flow))
        if checked.paragraph:
            Text(checked.paragraph, "quote", tag="blockquote")
        with box("facts entities", tag="dl"):
            for name, value in checked.fields:
                Text(say.name_of("field", name), tag="dt")
                unusual = f" ({say('checked_unusual')})" if name in checked.unchecked else ""
                Text(say.name_of("choice", value) + unusual, tag="dd")
            for name in checked.unknown:
                Text(say.name_of("field", name), tag="dt")
                Text(say("checked_unknown"), tag="dd")
        with box("tried", tag="ul"):
            for finding in checked.findings:
                Text(finding, tag="li")

    def _words(self, case: Case) -> None:
        say = self._visit.say
        if case.problem:
            self._part("problem")
            Text(case.problem, "quote", tag="blockquote")
        if case.first_message and case.first_message != case.problem:
            self._part("first_message")
            Text(case.first_message, "quote", tag="blockquote")
        if case.redacted:
            kinds = ", ".join(say.name_of("secret", kind) for kind in case.redacted)
            with box("warning"):
                icon("shield")
                Text(say("customer_sent_secret", kinds=kinds))

    def _entities(self, case: Case) -> None:
        if not case.entities:
            return
        self._part("entities")
        with box("facts entities", tag="dl"):
            for kind, value in case.entities:
                Text(self._visit.say.name_of("entity", kind), tag="dt")
                Text(value, tag="dd")

    def _tried(self, case: Case) -> None:
        say = self._visit.say
        self._part("tried")
        if not case.tried:
            Text(say("tried_nothing"), "hint")
        with box("tried", tag="ul"):
            for tried in case.tried:
                article = self._visit.services.knowledge.article(tried.topic, say.language)
                with box(tag="li"):
                    Text(article.title if article else tried.topic)
                    if tried.outcome:
                        chip(say(f"outcome_{tried.outcome}"), tried.outcome)

    def _earlier(self, earlier: Sequence[Handoff]) -> None:
        if not earlier:
            return
        say = self._visit.say
        self._part("earlier_handoffs")
        with box("tried", tag="ul"):
            for handoff in earlier:
                with box(tag="li"):
                    when = handoff.closed_at or handoff.requested_at
                    Text(say.date(when.astimezone(self._visit.zone).date()), "hint")
                    Text(say.name_of("intent", handoff.intent or handoff.skill))
                    chip(say.name_of("disposition", handoff.disposition))
                    if handoff.note:
                        Text(handoff.note, "hint")

    def _part(self, key: str) -> None:
        Text(self._visit.say(key), "part-title", tag="h3")
