"""What is told of a run while it is simulated: how far it has come, and figures so far from the shards that are stored.

Worked out in a thread of the worker, beside its loop: a shard takes a fiftieth of the time to look at that it takes to
simulate. What is told is stored with the run, so every web process and every subscriber reads the same.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from server.database.connecting import LOST
from server.store.claims import LostRunError
from server.workers.simulators import Engine

log = logging.getLogger("springtide.worker")

TELL_SECONDS = 0.25
"""At least so long between two changes that tell nothing but progress."""
LOOK_SECONDS = 0.2
"""For so long shards are looked at before what is known is told: a run that was taken up again may have hundreds."""


class Progress:
    def __init__(self, engine: Engine, document: str) -> None:
        self._engine, self._document = engine, document
        self._unseen: deque[tuple[int, bytes]] = deque()  # filled here, emptied by the thread
        self._glances: dict[int, Any] = {}
        self._news = asyncio.Event()

    def add(self, stored: Mapping[int, bytes]) -> None:
        """Shards that are stored, by number."""
        self._unseen.extend(stored.items())
        if stored:
            self._news.set()

    async def keep_telling(self, tell: Callable[[str | None], Awaitable[None]]) -> None:
        """Until cancelled, or until the run is another's; what comes in meanwhile is told together."""
        with suppress(LostRunError, *LOST):  # whoever simulates it notices, too
            while True:
                await self._news.wait()
                self._news.clear()
                await tell(await asyncio.to_thread(self._figures))
                if self._unseen:
                    self._news.set()
                await asyncio.sleep(TELL_SECONDS)

    def _figures(self) -> str | None:
        """Of the shards looked at by now; None where there are none, or where the engine cannot tell."""
        deadline = time.monotonic() + LOOK_SECONDS
        try:
            while self._unseen and time.monotonic() < deadline:
                number, shard = self._unseen.popleft()
                self._glances[number] = self._engine.glance(self._document, shard)
            glances = [self._glances[number] for number in sorted(self._glances)]
            return self._engine.so_far(self._document, glances) if glances else None
        except Exception as error:  # noqa: BLE001 - the run is none the worse, and its outcomes will tell
            # the message may quote the scenario, so it is not for the log
            log.warning("no figures so far: %s", type(error).__name__)
            return None
