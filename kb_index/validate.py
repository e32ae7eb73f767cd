"""Checks every article and error code: ``python -m kb_index.validate``.

Prints ``file:line: problem`` lines; the exit status is 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_index.articles import ARTICLES, Article, Articles, article_files, parse
from kb_index.checks import check, duplicates
from kb_index.error_codes.checks import problems as error_code_problems
from kb_index.errors import ArticleInvalid
from kb_index.settings import ArticleSettings
from kb_index.taxonomy import taxonomy


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        articles: the articles that could be read.
        problems: what must be corrected, one line each.
        notes: what is still to be written, one line each.
    """

    articles: Articles
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def validate(root: Path, required: Collection[str] | None = None) -> Findings:
    """Checks all articles below ``root``.

    Args:
        root: the folder of articles.
        required: the languages that every topic must have; those of taxonomy.yml by default.
    """
    known = taxonomy()
    variables = frozenset(ArticleSettings.model_fields)
    required = known.required_languages if required is None else required
    read: list[Article] = []
    problems: list[str] = []
    for path in article_files(root):
        try:
            article = parse(path)
        except ArticleInvalid as exc:
            problems.append(str(exc))
            continue
        read.append(article)
        problems.extend(map(str, check(article, known, variables)))
    problems.extend(map(str, duplicates(read)))
    problems.extend(_misplaced(root))
    written = {(path.parent.name, path.stem) for path in article_files(root)}
    begun = {language for _, language in written}
    notes = []
    for language in known.languages:
        missing = [topic for topic in known.topics if (topic, language) not in written]
        if language in required:
            problems.extend(f"{root / topic / language}.md:1: is missing" for topic in missing)
        elif language in begun and missing:
            notes.append(f"{language}: {len(missing)} of {len(known.topics)} topics are not written yet")
    return Findings(Articles(read), tuple(problems), tuple(notes))


def _misplaced(root: Path) -> list[str]:
    """Files that nobody reads: an article one folder too high, or with another ending."""
    places = set(article_files(root))
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return [f"{path}:1: is no article; they are <topic>/<language>.md" for path in files if path not in places]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m kb_index.validate", description="Checks the FAQ's articles and error codes."
    )
    parser.add_argument("folder", type=Path, nargs="?", default=ARTICLES, help="folder of articles (%(default)s)")
    parser.add_argument("--require", nargs="+", metavar="LANGUAGE", help="languages that every topic must have")
    options = parser.parse_args(arguments)
    findings = validate(options.folder, options.require)
    problems = (*findings.problems, *error_code_problems())
    for problem in problems:
        print(problem)
    for note in findings.notes:
        print(note)
    languages = {article.language for article in findings.articles}
    topics, count = len(findings.articles.topics()), len(findings.articles)
    print(f"{count} articles, {topics} topics, {len(languages)} languages; {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
