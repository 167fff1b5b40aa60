"""GET /exports/...: the file behind an export link, made as it is asked for, beside the event loop."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from server.access import Bearer, standing
from server.database.pool import Database
from server.exports.files import HEADING, MEDIA_TYPES, csv_rows, write
from server.exports.outcomes import NoOutcomesError, run_blocks, run_result
from server.exports.table import ExportFormat, Wanted
from server.failures import FULL
from server.refusals import refusal
from server.store.exports import ExportLink, holders_link
from server.store.organisations import Role, Scope, token_hash

logger = logging.getLogger("springtide.web")

AT_ONCE = 2
"""Files made at a time: each takes a core and some memory."""
WAITING = 8
GONE = "There is nothing here: the link has expired, its run is deleted, or whoever made it has no access any more."


class Downloads:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._asking = 0

    async def answer(self, request: Request) -> Response:
        link = await self._link(request.path_params["link"])
        if link is None:
            return refusal(404, GONE)
        if self._asking >= AT_ONCE + WAITING:
            return refusal(
                503, "Too many exports are being made; try again in a moment.", headers={"Retry-After": "10"}
            )
        self._asking += 1
        try:
            async with self._turn:
                if link.format == ExportFormat.CSV:
                    return await self._streamed(link)
                return await self._made(link)
        except NoOutcomesError:
            return refusal(404, GONE)
        except OSError as error:
            if error.errno not in FULL:
                raise
            logger.warning("no room for an export: %s", error)
            return refusal(507, "The server has no room to make this file; ask for CSV, which needs none.", "NO_ROOM")
        finally:
            self._asking -= 1

    async def _link(self, text: str) -> ExportLink | None:
        """Held, not expired, and made by somebody who may still read."""
        async with self.database.export(token_hash(text)) as connection:
            link = await holders_link(connection)
        if link is None:
            return None
        async with self.database.tenant(link.organisation_id) as connection:
            now = await standing(connection, maker(link))
        return link if now is not None and Scope.READ in now.scopes else None

    async def _streamed(self, link: ExportLink) -> Response:
        result = await run_result(self.database, link.organisation_id, link.run_id)

        async def parts() -> AsyncIterator[bytes]:
            yield HEADING
            wanted = Wanted(**link.wanted)
            async for block in run_blocks(self.database, link.organisation_id, link.run_id, result, wanted):
                async with self._turn:  # for each part, so that who reads slowly keeps nobody waiting
                    rows = await asyncio.to_thread(csv_rows, block)
                yield rows

        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="outcomes.csv"'}
        return StreamingResponse(parts(), media_type=MEDIA_TYPES[ExportFormat.CSV], headers=headers)

    async def _made(self, link: ExportLink) -> Response:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="springtide-export-"))
        try:
            path, kind = folder / "file", ExportFormat(link.format)
            result = await run_result(self.database, link.organisation_id, link.run_id)
            wanted = Wanted(**link.wanted)
            await write(run_blocks(self.database, link.organisation_id, link.run_id, result, wanted), kind, path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return MadeFile(
            path,
            media_type=MEDIA_TYPES[kind],
            filename=f"outcomes.{kind.lower()}",
            headers={"Cache-Control": "no-store"},
        )


class MadeFile(FileResponse):
    """A file in a folder of its own, which goes with it however the answer ends: a background task is left out where a
    range cannot be answered or the client goes."""

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            shutil.rmtree(Path(self.path).parent, ignore_errors=True)


def maker(link: ExportLink) -> Bearer:
    """Whoever made a link, by what is needed to look at them again."""
    made_by = link.member_id or link.token_id or UUID(int=0)
    is_member = link.member_id is not None
    return Bearer(link.organisation_id, made_by, is_member, Role.VIEWER, frozenset(), None, "")
