"""The console's plain routes: health, files, and whether one is still signed in."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from handoff.console import access
from handoff.console.door import FILES, HEALTH, signed_in
from handoff.console.services import Services
from handoff.errors import (
    ConversationMissing,
    FileMissing,
    FileRefused,
    HandoffError,
    NotYourConversation,
    StoreUnavailable,
)

_STATUS = {
    ConversationMissing: 404,
    FileMissing: 404,
    NotYourConversation: 409,
    StoreUnavailable: 503,
    FileRefused: 422,
}
# A stored file is shown as what it is and can do nothing: no scripts, no forms, its own origin.
_FILE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


def routes(services: Services) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)

    @router.get(HEALTH)
    async def health() -> Response:
        try:
            await services.db.ping()
        except StoreUnavailable:
            return JSONResponse({"status": "down", "components": {"sql": "down"}}, 503)
        return JSONResponse({"status": "ok", "components": {"sql": "ok"}})

    @router.get("/session")
    async def session() -> Response:
        """204 for whoever is signed in; the door answers everybody else."""
        return Response(status_code=204)

    @router.get(FILES + "/{attachment_id}")
    async def read_file(request: Request, attachment_id: str) -> Response:
        try:
            attachment = await services.attachments.get(attachment_id)
            conversation = await services.conversations.get(attachment.conversation_id)
            if not await access.may_read(services.db, signed_in(request).agent, conversation):
                raise FileMissing(f"{attachment_id} is not for this agent")
            attachment, data = await services.attachments.open(attachment_id)
        except HandoffError as error:
            return _refusal(error)
        kind = "inline" if attachment.content_type.startswith("image/") else "attachment"
        headers = {
            "content-disposition": f"{kind}; filename*=UTF-8''{quote(attachment.name, safe='')}",
            "content-security-policy": _FILE_POLICY,
            "cache-control": "private, max-age=3600",
        }
        return Response(data, media_type=attachment.content_type, headers=headers)

    @router.post(FILES + "/{conversation_id}")
    async def keep_file(request: Request, conversation_id: str) -> Response:
        """Keeps a file (the whole body) for the agent's next message; the door has bounded its size."""
        name = unquote(request.headers.get("x-file-name", ""), errors="replace")
        try:
            conversation = await services.conversations.get(conversation_id)
            if conversation.agent_id != signed_in(request).agent.id:
                raise NotYourConversation(f"conversation {conversation_id} is another agent's")
            attachment = await services.attachments.save(conversation_id, name, await request.body())
        except HandoffError as error:
            return _refusal(error)
        return JSONResponse({"id": attachment.id, "name": attachment.name, "content_type": attachment.content_type})

    return router


def _refusal(error: HandoffError) -> Response:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), None)
    if status is None:
        raise error
    return Response(json.dumps({"error": {"code": error.code}}), status, media_type="application/json")
