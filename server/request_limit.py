"""Requests a minute, by organisation: a bucket that fills evenly and holds a minute's worth.

Each web process counts for itself, so n of them let n times as many through: a limit against what runs away, at no cost
to the database. A limit that an operator changes is known everywhere within seconds.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from starlette.types import ASGIApp, Receive, Scope, Send

from server.database.connecting import LOST
from server.database.pool import Database
from server.refusals import refusal
from server.store.limits import DEFAULTS, LimitName, Standing, limits

KNOWN_SECONDS = 10.0
"""How long a limit is believed before it is read again."""
LIMIT_REACHED = "LIMIT_REACHED"
LIMITED_PATHS = ("/graphql", "/uploads")

logger = logging.getLogger("springtide.web")


@dataclass
class Bucket:
    most: int | None = DEFAULTS[LimitName.REQUESTS_A_MINUTE]
    known_at: float = -math.inf
    left: float = math.inf
    filled_at: float = 0.0
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def fill(self, now: float) -> None:
        capacity = math.inf if self.most is None else self.most
        gained = (now - self.filled_at) * capacity / 60 if now > self.filled_at else 0.0
        self.left, self.filled_at = min(capacity, self.left + gained), now


class RequestLimit:
    """The buckets of this process."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._buckets: dict[UUID, Bucket] = {}

    async def take(self, organisation_id: UUID) -> int:
        """Take a request out of its organisation's bucket: 0, or in how many seconds to try again."""
        bucket = await self._bucket(organisation_id)
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return math.ceil((1 - bucket.left) * 60 / bucket.most) if bucket.most else 60

    async def standing(self, organisation_id: UUID) -> Standing:
        bucket = await self._bucket(organisation_id)
        used = 0 if bucket.most is None else bucket.most - math.floor(bucket.left)
        return Standing(LimitName.REQUESTS_A_MINUTE, used, bucket.most)

    async def _bucket(self, organisation_id: UUID) -> Bucket:
        bucket = self._buckets.setdefault(organisation_id, Bucket())
        async with bucket.reading:  # one asks the database, the others wait for what it says
            if bucket.known_at < self._clock() - KNOWN_SECONDS:
                await self._read_limit(organisation_id, bucket)
        bucket.fill(self._clock())
        return bucket

    async def _read_limit(self, organisation_id: UUID, bucket: Bucket) -> None:
        """As it is in the database; as it was, while there is none to ask."""
        bucket.known_at = self._clock()
        try:
            async with self._database.tenant(organisation_id) as connection:
                bucket.most = (await limits(connection))[LimitName.REQUESTS_A_MINUTE]
        except (*LOST, asyncpg.PostgresError) as error:
            logger.warning("limit of requests not read: %s", error)


class Limited:
    """Refuses the requests of an organisation that is over its limit; whose they are, the bearer's gate has found."""

    def __init__(self, app: ASGIApp, requests: RequestLimit) -> None:
        self.app, self.requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bearer = scope.get("springtide.bearer")
        if scope["type"] == "http" and scope["path"] in LIMITED_PATHS and bearer is not None:
            wait = await self.requests.take(bearer.organisation_id)
            if wait:
                answer = refusal(429, too_many(wait), LIMIT_REACHED, {"Retry-After": str(wait)})
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def too_many(wait: int) -> str:
    return f"Too many requests of this organisation; none is left, try again in {wait} s (`organisation.limits`)."
