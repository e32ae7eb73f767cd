from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from handoff.console.knowledge import Knowledge
from handoff.console.settings import ConsoleSettings
from kb_index.settings import ArticleSettings

MODELS = Path(__file__).parents[2] / "models"
TOPIC = "account-stolen-emergency"


async def loaded(models: Path, *, wait_for_search: bool) -> Knowledge:
    settings = ConsoleSettings(models_dir=models, freeze_url="https://freeze.example.com/now")
    links = ArticleSettings.model_validate({"freeze_url": "https://freeze.example.com/now"})
    knowledge = Knowledge(settings, links)
    task = asyncio.create_task(knowledge.load())
    async with asyncio.timeout(60):
        while not knowledge.languages_of(TOPIC) or (wait_for_search and not knowledge.searchable):
            await asyncio.sleep(0.02)
    task.cancel()
    return knowledge


async def test_without_models_there_are_articles_and_no_suggestions(tmp_path: Path) -> None:
    knowledge = await loaded(tmp_path, wait_for_search=False)
    assert not knowledge.searchable
    assert await knowledge.suggest("my account was hacked", "en") == ()
    english, chinese, nearest = (knowledge.article(TOPIC, language) for language in ("en", "zh-Hans", "xx"))
    assert english is not None
    assert chinese is not None
    assert nearest == english
    assert "https://freeze.example.com/now" in english.body
    assert "冻结" in chinese.body
    assert knowledge.article("no-such-topic", "en") is None


async def test_only_the_exchanges_own_hosts_may_be_linked_to(tmp_path: Path) -> None:
    knowledge = await loaded(tmp_path, wait_for_search=False)
    assert knowledge.allowed_hosts == {"freeze.example.com"}


@pytest.mark.slow
@pytest.mark.skipif(not (MODELS / "faq" / "current").exists(), reason="the models are not trained: make train")
async def test_suggestions_come_from_the_trained_search() -> None:
    knowledge = await loaded(MODELS, wait_for_search=True)
    assert TOPIC in await knowledge.suggest("我的账户被盗了，币都被转走了", "zh-Hans")
    assert await knowledge.suggest("   ", "en") == ()
