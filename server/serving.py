"""`springtide serve`: database, web process and workers, from the first start to a clean stop."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version

from uvloop import new_event_loop

from server.app import create_app
from server.connections import MOST_OF_ONE_CLIENT
from server.database.connecting import LOST
from server.database.opening import open_database
from server.database.pool import Database
from server.first_start import LOCAL, ensure_local_organisation, find_demonstration
from server.listening import ServingError, WebServer, address_of, listen
from server.logs import start_logging
from server.processes import name_process
from server.settings import LogFormat, Settings
from server.simulating import announce_compiling
from server.store import outcomes, runs, scenarios
from server.store.outcomes import ColumnKey
from server.store.runs import RunRow, RunStatus
from server.tables.goals import goals
from server.tables.result import show_result
from server.terminal import RunProgress
from server.workers.supervisor import supervised_workers
from server.workers.worker import abandon
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.report.parts import CALENDAR, FIGURES, HEADCOUNT, START, StoredColumn, from_parts
from simulation.outcome.report.result import EntityKind, Statistic
from simulation.scenario.reading.document import load

logger = logging.getLogger("springtide.serve")

LOOK_SECONDS = 0.5
GARBAGE = 10_000
"""Objects that come together before a collection looks at them: a page of runs has more than the usual 700."""
STOPPING = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, host: str, port: int | None, workers: int) -> None:
    """Until SIGINT or SIGTERM. Raises ServingError, DatabaseError."""
    with listen(host, settings.port if port is None else port) as listener:
        name_process("serve")
        if settings.log_level is None and sys.stderr.isatty():
            # a planner's screen; what workers do stands in the console
            settings = replace(settings, log_level="WARNING")
        start_logging(settings.log_format, settings.log_level or "INFO", of="web")
        with asyncio.Runner(loop_factory=new_event_loop) as loop:
            loop.run(_serve_until_told(settings, listener, workers))
    _tell(settings, "stopped; nothing stored is lost")


def _tell(settings: Settings, line: str) -> None:
    """To whoever started the server, on stdout, as stderr is the log; a line of the log where that was asked for."""
    if settings.log_format is LogFormat.JSON:
        logger.info(line)
    else:
        print(line, flush=True)


async def _serve_until_told(settings: Settings, listener: socket.socket, workers: int) -> None:
    """The first signal stops what runs, in order; a second one, or one before it runs, ends the rest at once."""
    stages = Stages()
    serving = asyncio.create_task(_serve(settings, listener, workers, stages))

    def stop() -> None:
        if stages.told_to_stop or not stages.running:
            serving.cancel()
        stages.told_to_stop = True
        stages.over.set()

    for stop_signal in STOPPING:
        asyncio.get_running_loop().add_signal_handler(stop_signal, stop)
    try:
        await serving
    except asyncio.CancelledError:
        if not stages.told_to_stop:
            raise


class Stages:
    """How far a server has come."""

    def __init__(self) -> None:
        self.running = False
        self.told_to_stop = False
        self.over = asyncio.Event()


async def _serve(settings: Settings, listener: socket.socket, workers: int, stages: Stages) -> None:
    _tell(settings, f"springtide {version('springtide')}: starting on {settings.place}")
    async with open_database(settings, migrating=True) as database:
        app = create_app(settings, database)
        web = WebServer(app, settings.connections_per_client or MOST_OF_ONE_CLIENT)
        serving = asyncio.create_task(web.serve(sockets=[listener]))
        serving.add_done_callback(lambda _: stages.over.set())
        try:
            await web.begun.wait()
            gc.set_threshold(GARBAGE)
            gc.freeze()  # a thousand types of the schema and the libraries, which no collection need look at again
            token = await ensure_local_organisation(database)
            async with supervised_workers(settings, workers):
                stages.running = True
                _greet(settings, address_of(listener), workers, token)
                shown = asyncio.create_task(_show_beginning(settings, database, workers, began_here=token is not None))
                await stages.over.wait()
                app.state.stopping = True
                await abandon([shown])
                if not serving.done():
                    await asyncio.sleep(settings.drain_seconds)
        finally:
            web.should_exit = True
            await serving
    if not stages.told_to_stop:
        raise ServingError("the web server ended by itself; its log above says why")


def _greet(settings: Settings, address: str, workers: int, token: str | None) -> None:
    _tell(settings, f"ready: {address} (GraphQL: {address}graphql, workers: {workers}); Ctrl-C stops it")
    _tell(settings, f"GraphiQL, with examples: {address}graphiql")
    if token is not None and settings.log_format is not LogFormat.JSON:  # a log is no place for a token
        _tell(settings, f"sign in: {address}#token={token}")
        _tell(settings, "    this link is shown once; `springtide token create` makes other tokens")
    else:
        _tell(settings, f"to sign in: springtide token create --organisation {LOCAL} --kind client --role admin")


async def _show_beginning(settings: Settings, database: Database, workers: int, *, began_here: bool) -> None:
    """What a person wants to see after a start, where one looks."""
    if settings.log_format is LogFormat.JSON:
        return
    if workers:
        announce_compiling(partial(_tell, settings))
    await _show_demonstration(database, began_here=began_here)
    if began_here:
        _tell(settings, "the same with charts: open the link after `sign in:` above in a browser")


async def _show_demonstration(database: Database, *, began_here: bool) -> None:
    """The figures of the first start's run as soon as they are there; at a later start if they were not there yet."""
    run = await find_demonstration(database)
    if run is None or (run.status.finished and not began_here):
        return
    async with database.tenant(run.organisation_id) as connection:
        row = await scenarios.get_scenario(connection, run.scenario_id)
    if row is None:
        return
    while run.status is RunStatus.QUEUED:  # until a worker has said that it claims it
        run = await _next(database, run)
    with RunProgress(row.name, sys.stdout) as progress:
        while not run.status.finished:
            progress(run.completed, run.total)
            run = await _next(database, run)
        progress(run.completed, run.total)
    if run.status is not RunStatus.SUCCEEDED:
        print(f"the demonstration run ended {run.status}: {run.failure_message or 'cancelled'}", flush=True)
        return
    scenario = load(row.document)
    weekly = [ColumnKey(run.id, CALENDAR, "", Resolution.WEEK, START, START)]
    weekly += [
        ColumnKey(run.id, EntityKind.QUEUE, queue, Resolution.WEEK, goal.measure, statistic)
        for queue, goal in goals(scenario).items()
        for statistic in (Statistic.MEAN, Statistic.SD)
    ]
    async with database.tenant(run.organisation_id) as connection:
        head = await outcomes.get_head(connection, run.id)
        columns = await outcomes.get_columns(connection, run.id, FIGURES, HEADCOUNT)
        picked = await outcomes.pick_columns(connection, weekly)
    if head is not None:
        columns += [(*key[1:], values) for key, values in picked.items()]
        show_result(from_parts(head, map(StoredColumn._make, columns)), scenario)


async def _next(database: Database, run: RunRow) -> RunRow:
    """The run after its next change."""
    seen = run.sequence
    while run.sequence == seen:
        await asyncio.sleep(LOOK_SECONDS)
        with suppress(*LOST):  # it comes back, or the server is stopped
            async with database.tenant(run.organisation_id) as connection:
                run = await runs.get_run(connection, run.id) or run
    return run
