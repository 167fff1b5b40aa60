"""Many replications of one scenario: shards, the stopping rule, processes, progress and cancelling.

A shard is a batch of replications fixed by the documents alone, never by the machine, and shards are merged in their
order, so the same scenario, experiment and engine version give the same bytes for any number of workers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import lru_cache
from importlib.metadata import version
from multiprocessing import get_context
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulation.outcome.counting.counters import Int64
from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.statements import Statement, statement
from simulation.outcome.report.conclusion import conclude as conclusion
from simulation.outcome.report.result import Result
from simulation.outcome.shards.kept import Kept
from simulation.outcome.shards.summary import About, ShardSummary, service_levels, summarise, total_service_levels
from simulation.outcome.shards.summary import merge as merge_summaries
from simulation.scenario.grid import Grid
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from simulation.sharing import shared

if TYPE_CHECKING:
    from simulation.world.world import World

ENGINE_VERSION = version("springtide")

JUDGED_EVERY = 10
"""Precision is judged after every so many replications, in their order."""
MOST_WITH_PRECISION = 1000
CONTACTS_A_SHARD = 1_500_000
"""About half a second of one core."""


class Experiment(BaseModel):
    """How a scenario is simulated: how often, with which luck, how exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replications: Annotated[int, Field(ge=1, le=100_000)] = 100
    """How many replications; with `precision` at most so many, then 1000 when left out."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    """Names the luck: two scenarios with one seed meet the same draws."""
    precision: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Stop when the 95 % interval of every queue's total service level is at most so wide to either side."""

    @model_validator(mode="before")
    @classmethod
    def _budget(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("precision") is not None and value.get("replications") is None:
            return {**value, "replications": MOST_WITH_PRECISION}
        return value


class ExperimentCancelledError(Exception):
    """The experiment was told to stop; nothing is kept of it."""


def shards(scenario: Scenario, experiment: Experiment) -> list[range]:
    """The batches of replications, in order, each about half a second of one core or 50; judged ones divide ten."""
    world = _world(canonical(scenario))
    sizes = (50, 20, 10, 5, 2, 1) if experiment.precision is None else (10, 5, 2, 1)
    size = next(n for n in sizes if n == 1 or n * world.expected_contacts <= CONTACTS_A_SHARD)
    total = experiment.replications
    return [range(first, min(first + size, total)) for first in range(0, total, size)]


def simulate_shard(document: str, experiment: Experiment, replications: range, floor: str = "kernel") -> bytes:
    """Simulate some replications of a canonical document; what they left, as bytes (`ShardSummary.to_bytes`)."""
    return _shard(document, experiment, replications, floor).to_bytes()


def simulate_totals(document: str, experiment: Experiment, replications: range, floor: str = "kernel") -> ShardSummary:
    """As `simulate_shard`, but without what is kept by interval: the fraction that a result without columns needs."""
    return _shard(document, experiment, replications, floor, by_interval=False)


def simulate_whole(document: str, experiment: Experiment, floor: str = "kernel") -> Result:
    """A small experiment without precision as one shard: its result without columns by period."""
    summary = simulate_totals(document, experiment, range(experiment.replications), floor)
    return conclude(_world(document).scenario, experiment, summary, floor, by_period=False)


def _shard(
    document: str, experiment: Experiment, replications: range, floor: str, *, by_interval: bool = True
) -> ShardSummary:
    from simulation.replication import FloorBody, replicate

    world = _world(document)
    counters = (replicate(world, experiment.seed, number, FloorBody(floor)) for number in replications)
    about = _about(document)
    return summarise(world.scenario, world.grid, counters, replications, world.locked, about, by_interval=by_interval)


def enough(scenario: Scenario, experiment: Experiment, finished: Sequence[bytes]) -> bool:
    """Whether the finished shards, all from the first on, answer the experiment."""
    count = shards(scenario, experiment)[len(finished) - 1].stop if finished else 0
    if count >= experiment.replications:
        return True
    if experiment.precision is None or not count or count % JUDGED_EVERY:
        return False
    return _is_precise(experiment.precision, total_service_levels(finished))


def _is_precise(precision: float, levels: Iterable[Estimate]) -> bool:
    widths = [level.half_width() for level in levels if level.mean is not None]
    return all(width is not None and width <= precision for width in widths)


def gather(finished: Sequence[bytes]) -> ShardSummary:
    """What the finished shards left, as one."""
    return merge_summaries(ShardSummary.from_bytes(shard) for shard in finished)  # takes them one at a time


def conclude(
    scenario: Scenario,
    experiment: Experiment,
    summary: ShardSummary,
    floor: str = "kernel",
    *,
    by_period: bool = True,
) -> Result:
    """The result of what all shards left; columns only where `by_period`."""
    return conclusion(
        scenario,
        Grid.of(scenario),
        summary,
        seed=experiment.seed,
        engine=ENGINE_VERSION,
        floor=floor,
        by_period=by_period,
    )


def keep(scenario: Scenario, summary: ShardSummary) -> Kept:
    """What is kept of what all shards left, so that other contracts can be tried on it."""
    return Kept.of(canonical(scenario), ENGINE_VERSION, summary)


def stated(
    scenario: Scenario, experiment: Experiment, replication: int, vendor: str, month: int, *, floor: str = "kernel"
) -> Statement:
    """A vendor's statement of a month, by number, in one replication of an experiment, which is simulated once more.

    Raises KeyError for an unknown vendor.
    """
    shard = _shard(canonical(scenario), experiment, range(replication, replication + 1), floor)
    daily = shard.queues.daily, shard.teams.daily
    counted = Counted(scenario, *daily, shard.times, shard.locked, shard.exits, shard.payroll)
    return statement(counted, shard.clauses, vendor, month)


def simulate(
    scenario: Scenario,
    experiment: Experiment,
    *,
    workers: int = 1,
    floor: str = "kernel",
    executor: Executor | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_summary: Callable[[ShardSummary], None] | None = None,
) -> Result:
    """Simulate an experiment.

    Parameters: `workers` processes, this one among them; the others are started on this machine, or are those of an
    `executor` of one's own (anything with `submit`).
    `on_progress(completed, total)` is told replications after every shard; `cancelled()` is asked then too.
    `on_summary` is given what all of them left. Raises ExperimentCancelledError. The result does not depend on
    workers or executor.
    """
    own = None
    if executor is None and workers > 1:
        executor = own = ProcessPoolExecutor(workers - 1, mp_context=get_context("spawn"))
    try:
        finished = _finished(scenario, experiment, executor, workers, floor, on_progress, cancelled)
        summary = merge_summaries(finished)  # takes them one at a time
        if on_summary is not None:
            on_summary(summary)
        return conclude(scenario, experiment, summary, floor)
    finally:
        if own is not None:
            own.shutdown(wait=False, cancel_futures=True)


def _finished(
    scenario: Scenario,
    experiment: Experiment,
    executor: Executor | None,
    workers: int,
    floor: str,
    on_progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Iterator[ShardSummary]:
    """The shards in their order, until they answer the experiment; only those of other processes come as bytes."""
    document, planned = canonical(scenario), shards(scenario, experiment)
    totals: list[Int64] = []

    def stop_if_cancelled() -> None:
        if cancelled is not None and cancelled():
            raise ExperimentCancelledError

    def here(batch: range) -> ShardSummary:
        stop_if_cancelled()
        return _shard(document, experiment, batch, floor)

    def there(batch: range) -> Future[bytes]:
        assert executor is not None  # there are others
        return executor.submit(simulate_shard, document, experiment, batch, floor)

    finished = shared(planned, here, there, others=0 if executor is None else workers - 1)
    for batch in planned:
        stop_if_cancelled()
        shard = _read(next(finished))
        if on_progress is not None:
            on_progress(batch.stop, experiment.replications)
        if experiment.precision is not None:
            totals.append(shard.totals)
        formulas = shard.about.formulas
        yield shard  # not ours any more
        del shard
        if experiment.precision is None or batch.stop % JUDGED_EVERY:
            continue
        if _is_precise(experiment.precision, service_levels(formulas, totals)):
            return


def _read(shard: ShardSummary | bytes) -> ShardSummary:
    return shard if isinstance(shard, ShardSummary) else ShardSummary.from_bytes(shard)


@lru_cache(maxsize=4)
def _world(document: str) -> "World":
    """Made once a process and scenario."""
    from simulation.world.world import World  # SimPy is not for every process that knows experiments

    return World.of(load(document))


@lru_cache(maxsize=4)
def _about(document: str) -> About:
    """Made once a process and scenario, too: a look takes a digest."""
    world = _world(document)
    return About.of(world.scenario, world.grid)
