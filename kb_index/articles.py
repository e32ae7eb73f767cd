"""The FAQ's articles: ``articles/<topic>/<language>.md``, front matter in YAML and a plain-text body.

::

    ---
    topic: withdrawal-24h-hold
    language: en
    title: Why withdrawals are paused after a security change
    questions:
      - cant withdraw, says 24 hours after i changed my number
    updated: 2026-11-22
    sources: [OKX-FUND]
    ---
    After a change of phone number ... {security_hold_hours|24} hours ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from kb_index.errors import ArticleInvalid
from kb_index.taxonomy import nearest_language

#: Where the articles of this repository are.
ARTICLES = Path(__file__).with_name("articles")

_SHAPE = re.compile(r"\A---\n(?P<head>.*?)^---\n(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
_TEXTS = ("topic", "language", "title", "updated")
_LISTS = ("questions", "sources")

# libyaml where the wheel carries it (ten times faster), the pure Python parser elsewhere
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Article:
    """One topic in one language.

    Attributes:
        topic: id of taxonomy.yml.
        language: BCP 47.
        title: one line; may hold ``{variable|fallback}`` like the body.
        questions: how customers ask for it; search material, never shown.
        updated: the day on which the facts were last checked.
        sources: tags of the sources that the facts come from.
        body: plain text with numbered steps, as written: ``render.render`` fills the variables in.
        path: the file; ``title_line``, ``question_lines`` and ``body_line`` say where in it, counted from 1.
    """

    topic: str
    language: str
    title: str
    questions: tuple[str, ...]
    updated: date
    sources: tuple[str, ...]
    body: str
    path: Path = field(compare=False)
    title_line: int = field(default=1, compare=False, repr=False)
    question_lines: tuple[int, ...] = field(default=(), compare=False, repr=False)
    body_line: int = field(default=1, compare=False, repr=False)


class Articles:
    """All articles, by topic and language."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._by_topic: dict[str, dict[str, Article]] = {}
        for article in articles:
            self._by_topic.setdefault(article.topic, {})[article.language] = article

    def __iter__(self) -> Iterator[Article]:
        return (article for languages in self._by_topic.values() for article in languages.values())

    def __len__(self) -> int:
        return sum(len(languages) for languages in self._by_topic.values())

    def topics(self) -> tuple[str, ...]:
        """The ids of the topics that have an article."""
        return tuple(self._by_topic)

    def of(self, topic: str) -> Mapping[str, Article]:
        """The topic's articles by language; empty for a topic that has none."""
        return self._by_topic.get(topic, {})

    def get(self, topic: str, language: str) -> Article | None:
        """The article in exactly this language, or None."""
        return self.of(topic).get(language)

    def nearest(self, topic: str, language: str | None) -> Article | None:
        """The article in this language, or in the one that serves its readers best (``taxonomy.nearest_language``)."""
        chosen = nearest_language(language, self.of(topic))
        return None if chosen is None else self.of(topic)[chosen]


def load(root: Path = ARTICLES) -> Articles:
    """Reads every article below ``root``.

    Raises:
        ArticleInvalid: for the first file that cannot be read; ``python -m kb_index.validate`` lists all of them.
    """
    return Articles(parse(path) for path in article_files(root))


def article_files(root: Path) -> list[Path]:
    """The files that should be articles, in a stable order."""
    return sorted(root.glob("*/*.md"))


def parse(path: Path) -> Article:
    """Reads one article. Raises ArticleInvalid when its shape, a field or its place in the tree is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise ArticleInvalid(path, 1, "is not UTF-8 text") from exc
    shape = _SHAPE.match(text)
    if shape is None:
        raise ArticleInvalid(path, 1, "must begin with a line `---`, the fields and another line `---` (line ends: LF)")
    texts, lists = _fields(path, shape["head"])
    for name, expected in (("topic", path.parent.name), ("language", path.stem)):
        if texts[name][0] != expected:
            raise ArticleInvalid(path, texts[name][1], f"{name} is {texts[name][0]!r}, the path says {expected!r}")
    updated, updated_line = texts["updated"]
    try:
        day = date.fromisoformat(updated)
    except ValueError as exc:
        raise ArticleInvalid(path, updated_line, f"updated must be a date like 2026-11-22, not {updated!r}") from exc
    lead = len(shape["body"]) - len(shape["body"].lstrip("\n"))
    return Article(
        topic=texts["topic"][0],
        language=texts["language"][0],
        title=texts["title"][0],
        questions=tuple(value for value, _ in lists["questions"]),
        updated=day,
        sources=tuple(value for value, _ in lists["sources"]),
        body=shape["body"].strip(),
        path=path,
        title_line=texts["title"][1],
        question_lines=tuple(line for _, line in lists["questions"]),
        body_line=text.count("\n", 0, shape.start("body") + lead) + 1,
    )


_Scalar = tuple[str, int]


def _fields(path: Path, head: str) -> tuple[dict[str, _Scalar], dict[str, list[_Scalar]]]:
    """The fields with their lines. Every scalar is the text it was written as, so ``- 50001`` is a question."""
    try:
        root = yaml.compose(head, Loader=_Loader)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 2
        problem = getattr(exc, "problem", None) or exc
        raise ArticleInvalid(path, line, f"the front matter is no YAML ({problem}); put the text in quotes") from exc
    if not isinstance(root, yaml.MappingNode):
        raise ArticleInvalid(path, 2, "the front matter must be a list of `field: value`")
    texts: dict[str, _Scalar] = {}
    lists: dict[str, list[_Scalar]] = {}
    for key, value in root.value:
        name, line = key.value, key.start_mark.line + 2
        if name in texts or name in lists:
            raise ArticleInvalid(path, line, f"{name} stands here a second time")
        if name in _TEXTS:
            texts[name] = _scalar(path, name, value)
        elif name in _LISTS:
            if not isinstance(value, yaml.SequenceNode):
                raise ArticleInvalid(path, line, f"{name} must be a list")
            lists[name] = [_scalar(path, name, item) for item in value.value]
        else:
            raise ArticleInvalid(path, line, f"unknown field {name!r}; known are {', '.join((*_TEXTS, *_LISTS))}")
    missing = [name for name in (*_TEXTS, *_LISTS) if name not in texts and name not in lists]
    if missing:
        raise ArticleInvalid(path, 2, f"missing: {', '.join(missing)}")
    return texts, lists


def _scalar(path: Path, name: str, node: yaml.Node) -> _Scalar:
    line = node.start_mark.line + 2
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise ArticleInvalid(path, line, f"{name} must hold text here; put it in quotes if it has a colon or a bracket")
    return node.value.strip(), line
