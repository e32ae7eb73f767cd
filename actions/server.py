"""The actions server: rasa-sdk's application with our actions, on loopback, with /health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from rasa_sdk import Action
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import HTTPResponse, Request, Sanic, response
from sanic.handlers import ErrorHandler

from actions.faq import Answer, AnswerTopic, Clarify, Rephrase, Solved
from actions.flows.catalogue import FLOWS
from actions.guides import AskOpenQuestion, CheckAnswer, FinishFlow, NoFlow, StartFlow
from actions.handover import Handover
from actions.library import Library
from actions.people import BringPerson, Emergency, LossExplained, LossUnexplained, NotSolved
from actions.settings import ActionsSettings
from actions.talk import Decline, SmallTalk
from handoff import logs
from handoff.conversations import Conversations
from handoff.database import Database
from handoff.desk import Desk
from handoff.redis_link import connect
from handoff.wakeups import Wakeups
from kb_index import error_codes
from kb_index.settings import ArticleSettings

_log = structlog.get_logger("actions.server")

ACTIONS = (
    Answer,
    AnswerTopic,
    Clarify,
    Rephrase,
    Solved,
    BringPerson,
    NotSolved,
    Emergency,
    LossUnexplained,
    LossExplained,
    SmallTalk,
    Decline,
    StartFlow,
    AskOpenQuestion,
    FinishFlow,
    NoFlow,
)


class Services:
    """What the actions work with. Create it in the event loop that serves."""

    def __init__(self, settings: ActionsSettings, articles: ArticleSettings) -> None:
        self._db = Database(settings.database_url)
        self._redis = connect(settings.redis_url)
        self._wakeups = Wakeups(self._redis)
        conversations = Conversations(self._db, wakeups=self._wakeups)
        desk = Desk(self._db, self._redis, conversations, settings)
        self.handover = Handover(desk, conversations, settings, error_codes)
        self.library = Library(articles, settings.faq_dir)

    def actions(self) -> Sequence[Action]:
        """An instance of every action."""
        checks = [CheckAnswer(self.library, self.handover, flow) for flow in FLOWS]
        return [*(action(self.library, self.handover) for action in ACTIONS), *checks]

    async def create_tables(self) -> None:
        """Makes sure that the database is there and of this program's version."""
        await self._db.create()

    async def close(self) -> None:
        """Lets go of SQL and Redis."""
        await self._wakeups.close()
        await self._redis.aclose()
        await self._db.close()


def application(settings: ActionsSettings, articles: ArticleSettings) -> Sanic[Any, Any]:
    """The application; its actions are registered when it starts serving."""
    executor = ActionExecutor()
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])

    async def start(app: Sanic[Any, Any]) -> None:
        app.ctx.services = Services(settings, articles)
        await app.ctx.services.create_tables()
        for action in app.ctx.services.actions():
            executor.register_action(action)

    async def stop(app: Sanic[Any, Any]) -> None:
        await app.ctx.services.close()

    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "after_server_stop")
    app.error_handler = ErrorHandler()
    app.error_handler.add(Exception, failed)
    return app


def failed(request: Request, exception: Exception) -> HTTPResponse:
    """Replaces rasa-sdk's handler, which sends the request, and so the whole conversation, back and logs it."""
    _log.error("request_failed", path=request.path, exc_info=exception)
    return response.json({"error": "internal error, see the log of the actions server"}, status=500)


def serve(settings: ActionsSettings | None = None, articles: ArticleSettings | None = None) -> None:
    """Serves until the process is told to stop."""
    logs.configure(quiet=("rasa_sdk", "sanic.root"))
    settings = settings or ActionsSettings()
    app = application(settings, articles or ArticleSettings())
    app.run(host=settings.actions_host, port=settings.actions_port, single_process=True, access_log=False, motd=False)
