"""One product for the whole suite: starting Rasa takes long, and conversations do not disturb each other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from handoff.agents import Agents
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk
from handoff.records import Agent, Role
from handoff.redis_link import connect
from handoff.settings import DeskSettings
from handoff.taxonomy import skills
from tests.e2e.product import BotApiThread, Product


@pytest.fixture(scope="session")
def bot_api(free_port: Callable[[], int]) -> Iterator[BotApiThread]:
    thread = BotApiThread(free_port())
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture(scope="session")
def product(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int], bot_api: BotApiThread
) -> Iterator[Product]:
    product = Product(
        tmp_path_factory.mktemp("product"),
        free_port,
        LIFELINE_TELEGRAM_TOKEN=bot_api.api.token,
        LIFELINE_TELEGRAM_API_URL=bot_api.url,
    )
    product.start()
    yield product
    product.stop()


@pytest.fixture
async def desk(product: Product) -> AsyncIterator[Desk]:
    """The desk on the product's own database and Redis, as the console uses it."""
    settings = DeskSettings(
        _env_file=None, data_dir=product.data_dir, database_url=product.database_url, redis_url=product.redis_url
    )  # type: ignore[call-arg]
    database, redis = Database(settings.database_url), connect(settings.redis_url)
    yield Desk(database, redis, Conversations(database), settings)
    await redis.aclose()
    await database.close()


@pytest.fixture
async def agent(product: Product) -> Agent:
    """A person with every skill; the password is `PASSWORD`."""
    database = Database(product.database_url)
    agents = Agents(database)
    known = [one for one in await agents.list() if one.username == "mei"]
    if not known:
        known = [
            await agents.create(
                username="mei", name="梅", role=Role.AGENT, password=PASSWORD, skills=skills(),
                languages=("zh-Hans", "en"), must_change_password=False,
            )
        ]  # fmt: skip
    await database.close()
    return known[0]


PASSWORD = "a long enough password"
