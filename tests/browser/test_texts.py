"""The widget's texts: every language has all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from handoff import taxonomy

WIDGET = Path(__file__).resolve().parents[2] / "bot" / "widget"
LANGUAGES = sorted(path.stem for path in (WIDGET / "texts").glob("*.json"))


def load(folder: str, language: str) -> dict[str, Any]:
    return json.loads((WIDGET / folder / f"{language}.json").read_text("utf-8"))  # type: ignore[no-any-return]


def placeholders(text: str | dict[str, str] | list[str]) -> set[str]:
    found: set[str] = set()
    for part in [text] if isinstance(text, str) else text.values() if isinstance(text, dict) else []:
        found |= set(re.findall(r"{(\w+)}", part))
    return found


def test_the_list_of_languages_names_every_file() -> None:
    source = (WIDGET / "core" / "languages.js").read_text("utf-8")
    listed = re.search(r"LANGUAGES = (\[.*?\]);", source, re.DOTALL)
    assert listed is not None
    assert sorted(json.loads(listed[1])) == LANGUAGES == sorted(taxonomy.languages())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_placeholders(language: str) -> None:
    english, other = load("texts", "en"), load("texts", language)
    assert other.keys() == english.keys()
    for key, text in english.items():
        assert placeholders(other[key]) == placeholders(text), key
        assert isinstance(other[key], list) == isinstance(text, list), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_the_code_is_a_text(language: str) -> None:
    texts = load("texts", language)
    sources = "\n".join(path.read_text("utf-8") for path in [*WIDGET.glob("*.js"), *WIDGET.glob("[cu]*/*.js")])
    used = set(re.findall(r'(?:text|note|list)\("([a-z_]+)"', sources))
    assert used
    assert used <= texts.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_page_has_the_same_texts_in_every_language(language: str) -> None:
    other, english = load("demo/texts", language), load("demo/texts", "en")
    assert other.keys() == english.keys()
    assert all(isinstance(other[key], type(text)) for key, text in english.items())
    page = (WIDGET / "demo" / "index.html").read_text("utf-8")
    used = set(re.findall(r'data-(?:t|t-label|t-placeholder|ask|list)="([a-z_]+)"', page))
    assert used <= english.keys()
