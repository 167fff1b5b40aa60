"""A Dask cluster that simulates the shards of a worker's runs. Whoever has none needs no `distributed` either.

A shard goes through the same seam as on one machine, an executor of `concurrent.futures`. What differs:

- A Dask worker that dies takes no shard with it: Dask gives it to another. Only a shard that has outlived more of them
  than the scheduler allows (`allowed-failures`) counts as a death, like one that ended its process on this machine.
- A task that has begun cannot be ended from here. What nobody waits for any more is computed to its end, half a second
  to a few, and thrown away; this worker is free at once.
- Scheduler and workers come and go. They are asked for their engine's version when first seen, workers before every
  shard too; while they cannot be used no run is claimed, and the one that was under way is given back.
- A document travels with every shard: a small part of what comes back, and nothing that could be lost with a worker.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from server.workers.dask_address import check_address
from server.workers.dask_shard import of_this_engine, reason_of, simulate_there, skewed
from server.workers.simulators import Engine, EngineError, UnavailableError

LOOK_SECONDS = 1.0
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""Who is asked for its engine imports it first, on a busy machine or from far away."""
PATIENCE_SECONDS = 10.0
"""How long all workers may be away; a nanny starts a dead one again in less."""

Value = TypeVar("Value")
log = logging.getLogger(__name__)


class DaskCluster:
    """The workers of one scheduler, each of which simulates one shard at a time."""

    def __init__(self, address: str, engine: Engine) -> None:
        self.address = address
        self._engine = engine
        self._client: Any = None
        self._executor: Executor
        self._known: set[str] = set()
        self._busy: set[Future[object]] = set()
        self._warming: set[Future[object]] = set()
        self._trouble: UnavailableError | None = None
        self._seen_workers = 0.0

    @classmethod
    @asynccontextmanager
    async def connected(cls, address: str, engine: Engine) -> "AsyncIterator[DaskCluster]":
        """Watched for as long as the context lasts. Raises SettingsError, UnavailableError if it is not there now."""
        check_address(address)
        cluster = cls(address, engine)
        watch = None
        try:
            await cluster._look()
            if cluster._trouble:
                raise cluster._trouble
            watch = asyncio.create_task(cluster._watch())
            yield cluster
        finally:
            if watch:
                watch.cancel()
            await cluster._disconnect()

    @property
    def in_flight(self) -> int:
        """Each has its next shard while the last one travels."""
        return 2 * max(len(self._known), 1)

    @property
    def ready(self) -> bool:
        return self._trouble is None and self._client.status == "running"

    async def run(self, function: Callable[..., Value], *arguments: object) -> Value:
        from distributed import KilledWorker

        try:
            if self._trouble:
                raise self._trouble
            future = self._submit(function, arguments)
            self._busy.add(future)
            future.add_done_callback(self._busy.discard)
            return cast("Value", of_this_engine(await asyncio.wrap_future(future), self._engine.version))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            self._trouble = self._trouble or self._lost("the connection ended")  # not we, but Dask has cancelled it
            raise self._trouble from None
        except KilledWorker as error:
            raise BrokenExecutor(str(error)) from error
        except (EngineError, UnavailableError):
            raise
        except Exception as error:
            # whatever the engine raises comes back as a value, so this is of Dask or of what is installed there
            self._trouble = UnavailableError(f"the Dask cluster at {self.address} cannot compute: {reason_of(error)}")
            raise self._trouble from error

    async def settle(self) -> None:
        """There is nothing to wait for: what was cancelled ends by itself."""

    def renew(self) -> None:
        """There is nothing to do: Dask's nannies start workers again."""

    def _submit(
        self, function: Callable[..., object], arguments: tuple[object, ...], **where: object
    ) -> Future[object]:
        return self._executor.submit(
            simulate_there, self._engine.version, self._engine.installed, function, arguments, **where
        )

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._look()

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._connect()
                await self._meet(await asyncio.to_thread(self._client_does, "nthreads"))
            trouble = None
        except UnavailableError as error:
            trouble = error
        except Exception as error:  # noqa: BLE001 - a scheduler that goes away raises what Dask was just doing
            await self._disconnect()
            trouble = self._lost(reason_of(error))
        if trouble and str(trouble) != str(self._trouble):
            log.warning("%s", trouble)
        if self._trouble and not trouble:
            log.info("the Dask cluster at %s is there, %d workers", self.address, len(self._known))
        self._trouble = trouble
        if trouble:
            for future in list(self._busy):
                future.cancel()

    async def _connect(self) -> None:
        if self._client is not None and self._client.status == "running":
            return
        await self._disconnect()
        self._client = await asyncio.to_thread(_client, self.address)
        # not `pure`: equal shards of two runs are two tasks, and one that is asked for again is simulated again
        self._executor = cast("Executor", self._client.get_executor(pure=False))
        found = await asyncio.to_thread(_asked, self._client_does, "run_on_scheduler", self._engine.installed)
        self._refuse_others({"the scheduler": found})

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        self._known.clear()
        self._warming.clear()
        if client is not None:
            await asyncio.to_thread(client.close, timeout=CONNECT_SECONDS)

    async def _meet(self, threads: dict[str, int]) -> None:
        """Ask those not yet known for their engine, and have them make its code; forget those who went."""
        now = asyncio.get_running_loop().time()
        self._seen_workers = now if threads else self._seen_workers
        if now - self._seen_workers > PATIENCE_SECONDS:
            raise UnavailableError(
                f"the Dask cluster at {self.address} has no workers; start some:"
                f" dask worker {self.address} --nworkers auto --nthreads 1"
            )
        self._known &= threads.keys()
        new = sorted(threads.keys() - self._known)
        if new:
            found = await asyncio.to_thread(
                self._client_does, "run", self._engine.installed, workers=new, on_error="return"
            )
            self._refuse_others({f"worker {address}": version for address, version in found.items()})
            self._take_in({address: threads[address] for address in new})

    def _take_in(self, threads: dict[str, int]) -> None:
        for address, count in threads.items():
            if count > 1:
                log.warning(
                    "Dask worker %s simulates with one of its %d threads; start it with --nthreads 1", address, count
                )
            warming = self._submit(self._engine.warm_up, (), workers=[address])
            self._warming.add(warming)
            warming.add_done_callback(self._warming.discard)
            self._known.add(address)

    def _refuse_others(self, found: dict[str, object]) -> None:
        others = {who: version for who, version in found.items() if version != self._engine.version}
        if others:
            raise UnavailableError(skewed(self._engine.version, others))

    def _client_does(self, what: str, *arguments: object, **more: object) -> Any:
        return getattr(self._client, what)(*arguments, **more)

    def _lost(self, why: str) -> UnavailableError:
        return UnavailableError(
            f"no Dask scheduler at {self.address} ({why}); start it with `dask scheduler`, or correct the address"
        )


def _asked(does: Callable[..., object], what: str, function: Callable[[], str]) -> object:
    try:
        return does(what, function)
    except (ImportError, AttributeError) as error:  # there is no springtide, or one too old to have this function
        return error


def _client(address: str) -> Any:
    import distributed

    connect: Any = distributed.Client  # it is not annotated
    return connect(address, timeout=CONNECT_SECONDS, set_as_default=False, name="springtide")
