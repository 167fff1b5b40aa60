"""POST /uploads: a file of measured demand, taken part by part, for `importDemand` to read within the hour."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from typing import IO

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.access import Bearer
from server.database.pool import Database
from server.failures import FULL
from server.graphql.paging import global_id
from server.refusals import refusal
from server.store.limits import hold_organisation
from server.store.organisations import Scope
from server.store.uploads import Upload, count_uploads, create_upload

logger = logging.getLogger("springtide.web")

PATH = "/uploads"
AT_ONCE = 4
"""Bodies taken at a time by one process."""
MOST_WAITING = 4
"""Files of an organisation that are not imported yet."""
PART = 1 << 20


class Uploads:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._taking = 0

    async def answer(self, request: Request) -> Response:
        bearer: Bearer = request.scope["springtide.bearer"]
        if Scope.SCENARIOS not in bearer.scopes:
            return refusal(403, "This needs a token with the scope SCENARIOS, or the role PLANNER.", "FORBIDDEN")
        if self._taking >= AT_ONCE:
            return refusal(503, "Too many files are being sent; try again in a moment.", headers={"Retry-After": "10"})
        self._taking += 1
        try:
            with tempfile.TemporaryFile(prefix="springtide-upload-") as file:
                size = await taken(request, file)
                return await self._kept(bearer, file, size)
        except OSError as error:
            if error.errno not in FULL:
                raise
            logger.warning("no room for an upload: %s", error)
            return refusal(507, "The server has no room for this file; try again later.", "NO_ROOM")
        finally:
            self._taking -= 1

    async def _kept(self, bearer: Bearer, file: IO[bytes], size: int) -> Response:
        if not size:
            return refusal(400, "The body is empty; send the file itself.")
        async with self.database.tenant(bearer.organisation_id) as connection:
            await hold_organisation(connection)
            if await count_uploads(connection) >= MOST_WAITING:
                message = f"{MOST_WAITING} files wait to be imported; import one, or wait until one has expired."
                return refusal(409, message, "TOO_MANY_UPLOADS")
            upload = await create_upload(connection, parts(file), size)
        return JSONResponse(told(upload), 201)


async def taken(request: Request, file: IO[bytes]) -> int:
    """The body, in a file beside the event loop; how many bytes. `MOST_BYTES` bound it on its way in."""
    size, waiting = 0, bytearray()
    async for chunk in request.stream():
        waiting += chunk
        size += len(chunk)
        if len(waiting) >= PART:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))
    return size


async def parts(file: IO[bytes]) -> AsyncIterator[bytes]:
    await asyncio.to_thread(file.seek, 0)
    while part := await asyncio.to_thread(file.read, PART):
        yield part


def told(upload: Upload) -> dict[str, object]:
    return {
        "uploadId": global_id("Upload", upload.id),
        "bytes": upload.bytes,
        "expiresAt": upload.expires_at.isoformat(),
    }
