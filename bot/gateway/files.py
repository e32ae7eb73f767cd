"""Files of a conversation: only its own customer (and, in the console, the agents) can read them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response, status
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect

from bot.channels.web import UploadAnswer
from bot.gateway.auth import AddressOf, LimitedSessionOf, ServicesOf, SessionOf
from bot.gateway.errors import MessageRefused, documented
from bot.gateway.limits import Limit, address_key
from handoff.errors import FileMissing

router = APIRouter(prefix="/api/v1/files", tags=["files"])

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=_FORM,
    responses=documented(401, 413, 415, 422, 429, 503),
)
async def upload(request: Request, services: ServicesOf, session: SessionOf, address: AddressOf) -> UploadAnswer:
    """Stores one image (PNG, JPEG, WebP, GIF) or PDF, in the form field `file`. Its content decides what it is."""
    # The form is read here and not by a parameter, so that nobody uploads without a session.
    settings = services.settings
    window = settings.rate_window_seconds
    limits = [Limit(f"files:{session.conversation_id}", settings.rate_files_per_session, window)]
    if key := address_key(address):
        limits.append(Limit(f"files-from:{key}", settings.rate_files_per_address, window))
    await services.limits.spend(*limits)
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise MessageRefused("invalid_request", "file: send one file in the form field `file`")
            data = await file.read()
            name = file.filename or "file"
    except (MultiPartException, ClientDisconnect) as exc:
        raise MessageRefused("invalid_request", "the body is not a form with one file", 400) from exc
    stored = await services.inbox.upload(session.conversation_id, name, data)
    return UploadAnswer(
        attachment_id=stored.id, name=stored.name, content_type=stored.content_type, size=stored.size_bytes
    )


@router.get(
    "/{file_id}",
    response_class=Response,
    responses=documented(401, 404, 429, 503) | {200: {"content": {"application/octet-stream": {}}}},
)
async def download(
    services: ServicesOf,
    session: LimitedSessionOf,
    file_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")],
) -> Response:
    """The bytes of a file of this conversation."""
    known = await services.attachments.get(file_id)
    if known.conversation_id != session.conversation_id:
        raise FileMissing(f"file {file_id} is not of conversation {session.conversation_id}")
    attachment, data = await services.attachments.open(file_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Cache-Control": "private, no-store",
    }
    return Response(data, media_type=attachment.content_type, headers=headers)
