"""What is wrong with an article that can be read: the rules of README's "Writing articles", one by one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from kb_index.articles import Article
from kb_index.render import VARIABLE, fill
from kb_index.segmentation import normalised
from kb_index.taxonomy import Taxonomy

MIN_QUESTIONS = 8
MAX_TITLE_CHARACTERS = 120
#: With title and a long link or two it still fits one Telegram message (4,096 characters) and a phone's screen or two.
MAX_BODY_CHARACTERS = 2400
MIN_STEPS, MAX_STEPS = 2, 9

_STEP = re.compile(r"^(\d+)\. ", re.MULTILINE)
_NOT_A_LETTER = re.compile(r"[\W_]+")

_OUTSIDE = "only the operator's own, by a variable like {status_url|the status page}"
# ASCII, because Chinese characters would count as \w: a link need not stand apart from them.
_FLAGS = re.ASCII | re.IGNORECASE | re.MULTILINE
# What a text may not hold, and what to do instead.
_FORBIDDEN: tuple[tuple[str, str], ...] = (
    (r"https?://\S+|(?<![\w.])www\.\S+", f"a link; {_OUTSIDE}"),
    (r"[\w.+-]+@[\w-]+\.[a-z]\w+", "an e-mail address; the chat is the channel"),
    (
        r"(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|me|info|app|xyz|cn|de|fr|ru|jp|kr|vn|br|es|pt|tr|hk|tw|cc|top"
        r"|site)(?!\w)",
        f"the name of a site; {_OUTSIDE}",
    ),
    (r"(?<![\w/])@[a-z]\w{2,}", "a handle; the chat is the channel"),
    (
        r"(?<![\w.+])\+\d[\d ()-]{7,}\d|(?<![\w.-])(?:\d{3,4}[ -]){2}\d{4}(?!\w)|(?<!\d)1[3-9]\d{9}(?!\d)",
        "a phone number; the chat is the channel",
    ),
    (r"</?[a-z][^<>]*>|<!--|&(?:[a-z]+|#\d+);", "HTML; customers would see it as it is"),
    (r"\*\*|__|`|~~", "markdown; customers would see it as it is"),
    (r"\[[^\]\n]*\]\([^)\n]*\)", f"a markdown link; {_OUTSIDE}"),
    (r"^#{1,6} |^\|.*\|$|^ *[-*•] |^> |^(?:---+|\*\*\*+)$", "markdown; write sentences and steps"),
)
_QUOTES = frozenset("\"'")
_PATTERNS = tuple((re.compile(pattern, _FLAGS), problem) for pattern, problem in _FORBIDDEN)


@dataclass(frozen=True)
class Problem:
    """One thing to correct, at a line of an article's file."""

    article: Article
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.article.path}:{self.line}: {self.text}"


def check(article: Article, taxonomy: Taxonomy, variables: Collection[str]) -> Iterator[Problem]:
    """Everything that is wrong with one article; ``variables`` are the names that the operator can set."""
    at = partial(Problem, article)
    if article.topic not in taxonomy.topics:
        yield at(
            article.title_line,
            f"the topic {article.topic!r} is not in taxonomy.yml{_like(article.topic, taxonomy.topics)}",
        )
    if article.language not in taxonomy.languages:
        yield at(article.title_line, f"the language {article.language!r} is not in taxonomy.yml")
    if "\n" in article.title or len(article.title) > MAX_TITLE_CHARACTERS:
        yield at(article.title_line, f"the title must be one line of at most {MAX_TITLE_CHARACTERS} characters")
    if article.title[:1] in _QUOTES and article.title[-1:] in _QUOTES:
        yield at(article.title_line, "the title is quoted twice; customers would see the quotes")
    if len(article.questions) < MIN_QUESTIONS:
        yield at(article.title_line, f"{len(article.questions)} questions; at least {MIN_QUESTIONS} are needed")
    seen: dict[str, int] = {}
    for question, line in zip(article.questions, article.question_lines, strict=True):
        first = seen.setdefault(same(question), line)
        if first != line:
            yield at(line, f"the question stands in line {first} already")
    for text, line in ((article.title, article.title_line), (article.body, article.body_line)):
        for offset, problem in (*_variables(text, variables), *content(text)):
            yield at(line + text.count("\n", 0, offset), problem)
    yield from (at(article.body_line + line, problem) for line, problem in _shape(article.body))


def duplicates(articles: Iterable[Article]) -> Iterator[Problem]:
    """Questions that two topics claim: a customer who asks so would get either."""
    seen: dict[str, tuple[Article, int]] = {}
    for article in articles:
        for question, line in zip(article.questions, article.question_lines, strict=True):
            other, other_line = seen.setdefault(same(question), (article, line))
            if other.topic != article.topic:
                yield Problem(article, line, f"{question!r} is a question of {other.path}:{other_line} too; keep one")


def same(question: str) -> str:
    """Equal for questions that differ only in case, accents, spaces, punctuation or width."""
    return _NOT_A_LETTER.sub("", normalised(question)) or question


def _variables(text: str, known: Collection[str]) -> Iterator[tuple[int, str]]:
    rest = list(text)
    for match in VARIABLE.finditer(text):
        rest[match.start() : match.end()] = " " * (match.end() - match.start())
        name = match["name"]
        if name not in known:
            yield match.start(), f"the variable {name!r} is not in kb_index/settings.py{_like(name, known)}"
        if not match["fallback"].strip():
            yield match.start(), f"the variable {name!r} needs a fallback that reads well when it is unset"
    for offset, character in enumerate(rest):
        if character in "{}":
            yield offset, f"a lone {character!r}; a variable is written {{name|fallback}}"


def content(text: str) -> Iterator[tuple[int, str]]:
    """What a text that customers read may not hold (links, contacts, markup), with the offset of its line."""
    # Variables become their fallbacks, which customers read, too, and full-width characters plain ones; line ends stay.
    shown = unicodedata.normalize("NFKC", fill(text, {}))
    for pattern, problem in _PATTERNS:
        for match in pattern.finditer(shown):
            line = shown.count("\n", 0, match.start())
            yield _start_of(text, line), f"{match.group().strip()!r} is {problem}"
    for offset, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn") and character != "\n":
            yield offset, f"an invisible character, U+{ord(character):04X}"


def _shape(body: str) -> Iterator[tuple[int, str]]:
    if not body:
        yield 0, "the body is empty"
        return
    length = len(fill(body, {}))
    if length > MAX_BODY_CHARACTERS:
        yield 0, f"the body has {length} characters; at most {MAX_BODY_CHARACTERS} fit a chat"
    steps = list(_STEP.finditer(body))
    if not MIN_STEPS <= len(steps) <= MAX_STEPS:
        yield 0, f'{len(steps)} numbered steps ("1. ..."); write {MIN_STEPS} to {MAX_STEPS}'
    for expected, step in enumerate(steps, start=1):
        if int(step[1]) != expected:
            yield body.count("\n", 0, step.start()), f"step {step[1]} should be {expected}"
            return


def _start_of(text: str, line: int) -> int:
    offset = 0
    for _ in range(line):
        offset = text.find("\n", offset) + 1
    return offset


def _like(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
