"""A study watched: told as it stands, then after changes."""

from collections.abc import AsyncGenerator

import strawberry
from graphql import GraphQLError

from server.graphql.context import Context
from server.graphql.paging import key_of
from server.graphql.studies import Study, find, shown
from server.store.studies import STUDY_CHANGED_CHANNEL

NO_SUCH_STUDY = "There is no study of this id; pass the id of one of `studies`."
LOOK_SECONDS = 15.0
"""How long to wait for a notice before looking by oneself."""


@strawberry.type(description="A change of a study.")
class StudyUpdate:
    sequence: int = strawberry.field(
        description="Grows with every change of the study; pass the last one seen as `after` to go on from there."
    )
    study: Study = strawberry.field(description="The study as it stands.")


async def updates(context: Context, study_id: str, after: int | None) -> AsyncGenerator[StudyUpdate, None]:
    """The study as it is, unless that was seen; then as it is after changes, until it has ended."""
    key = key_of(study_id, "Study")
    seen = after
    async with context.notices.bell(STUDY_CHANGED_CHANNEL, str(key)) as bell:
        while True:
            row = await find(context, key) if key else None
            if row is None:
                raise GraphQLError(NO_SUCH_STUDY, extensions={"code": "NOT_FOUND"})
            if seen is None or row.sequence != seen:
                yield StudyUpdate(sequence=row.sequence, study=shown(row))
            seen = row.sequence
            if row.status.finished:
                return
            await bell.wait(LOOK_SECONDS)
