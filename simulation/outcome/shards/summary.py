"""What a shard of replications leaves behind: a few MB that merge exactly, in any order.

By day every replication's counters are kept, so that weeks, months and the horizon follow by adding up; waiting-time
quantiles, which do not add up, are kept by replication for each of these. By interval only sums, exact moments and,
for the measures whose spread is reported there, the values of the first replications are kept: all of them in an
ordinary experiment, a random sample of a larger one, since replications are independent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.days import ClauseDays
from simulation.outcome.clauses.watched import Happened
from simulation.outcome.counting import packing
from simulation.outcome.counting.counters import Counters, GroupField, QueueField, TimeField
from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.counting.locked import Locked, LockedDays
from simulation.outcome.counting.measure import Kind, Measures, Resolution
from simulation.outcome.counting.periods import COARSE, Periods
from simulation.outcome.counting.queue_measures import (
    AGE_UNIT,
    INSTANT_FIELDS,
    QUEUE_MEASURES,
    SERVICE_LEVELS,
    definitions,
)
from simulation.outcome.counting.tally import KEPT_RAW, SAMPLED_REPLICATIONS, Gathering, Tally, named, restored
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.counting.waits import wait_quantiles
from simulation.outcome.money.asked_times import charged_times
from simulation.outcome.money.billable_hours import bill, billings
from simulation.outcome.money.charged_times import count_times, when
from simulation.scenario.grid import Grid
from simulation.scenario.queues.promises import Formula
from simulation.scenario.reading.canonical import digest
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Counted = TypeVar("Counted", np.int64, np.int32)

WAIT_QUANTILES = tuple(m for m in QUEUE_MEASURES.values() if m.kind is Kind.QUANTILE)
HELD_AT_ONCE = 500_000
"""Counters of so many replications are reduced together: a small scenario's cost a call each, not the figures."""
_PROBABILITIES = np.array([m.probability for m in WAIT_QUANTILES])


@dataclass(frozen=True)
class About:
    """What a shard's counters are of.

    digest:   of the scenario
    interval: microseconds of an interval
    horizon:  microseconds of the whole
    formulas: service-level formula of each queue's target
    teams:    how many there are
    """

    digest: str
    interval: int
    horizon: int
    formulas: list[str]
    teams: int

    @classmethod
    def of(cls, scenario: Scenario, grid: Grid) -> "About":
        """What shards of a scenario are of."""
        formulas = [queue.target.formula.value for queue in scenario.queues]
        return cls(digest(scenario), grid.interval, grid.horizon, formulas, len(scenario.teams))

    @property
    def queue_measures(self) -> list[Measures]:
        """Every queue's measures."""
        return [definitions(Formula(formula)) for formula in self.formulas]

    @property
    def team_measures(self) -> list[Measures]:
        """Every team's measures."""
        return [TEAM_MEASURES] * self.teams

    @property
    def lengths(self) -> Float64:
        """Microseconds of every interval."""
        starts = np.arange(0, self.horizon, self.interval)
        return np.diff(np.append(starts, self.horizon)).astype(np.float64)


@dataclass(frozen=True, eq=False)
class ShardSummary:
    """What some replications of one scenario left.

    about:        of the scenario, what the counters mean
    replications: Int64 (replications,), their numbers from 0, ascending
    queues:       counters of the queues, in document order
    teams:        counters of the teams, in document order over all vendors
    waits:        by resolution, Float64 (replications, periods, queues, WAIT_QUANTILES), seconds, NaN where undefined
    headcount:    Int64 (replications, weeks + 1, teams, stocks and flows)
    clauses:      Int64 (replications, days, clauses, 2), numerators and denominators of the contracts' clauses
    times:        Int64 (replications, days, `charged_times`), what contracts and costs ask for besides
    locked:       what forecasts locked, the same in every replication
    exits:        Int64 (replications, vendors), the day on which a vendor's handover begins, STAYS where none does
    payroll:      Int64 (replications, days, teams, PayrollField)
    """

    about: About
    replications: Int64
    queues: Tally
    teams: Tally
    waits: dict[str, Float64]
    headcount: Int64
    clauses: Int64
    times: Int64
    locked: LockedDays
    exits: Int64
    payroll: Int64

    @property
    def totals(self) -> Int64:
        """Counters of the queues over the horizon, Int64 (replications, queues, QueueField)."""
        totals: Int64 = self.queues.daily.sum(axis=1)
        return totals

    def to_bytes(self) -> bytes:
        """The summary as bytes; equal summaries give equal bytes."""
        arrays: dict[str, NDArray[Any]] = {
            "replications": self.replications,
            "headcount": self.headcount,
            "clauses": self.clauses,
            "times": self.times,
            "exits": self.exits,
            "payroll": self.payroll,
        }
        arrays |= {f"waits.{resolution}": values for resolution, values in self.waits.items()}
        arrays |= named(self.queues, "queues", QueueField) | named(self.teams, "teams", GroupField)
        return packing.pack(asdict(self.about), arrays | self.locked.arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> "ShardSummary":
        """The summary that `to_bytes` wrote; raises PackingError for anything else."""
        header, arrays = packing.unpack(data)
        about = About(**header)
        numbers = arrays["replications"]
        return cls(
            about,
            numbers,
            restored(arrays, "queues", numbers, QUEUE_MEASURES),
            restored(arrays, "teams", numbers, TEAM_MEASURES),
            {resolution.value: arrays[f"waits.{resolution}"] for resolution in COARSE},
            arrays["headcount"],
            arrays["clauses"],
            arrays["times"],
            LockedDays.read(arrays),
            arrays["exits"],
            arrays["payroll"],
        )


def summarise(
    scenario: Scenario,
    grid: Grid,
    counters: Iterable[Counters],
    replications: range,
    locked: Locked | None = None,
    about: About | None = None,
    *,
    by_interval: bool = True,
) -> ShardSummary:
    """Reduces the counters of the numbered replications, some at a time, in their order.

    locked: what forecasts locked; None where no contract locks one. about: `About.of` both, where it is known, as each
    look takes the scenario's digest. by_interval: whether anything is kept by interval,
    without which no columns can be concluded. Raises ValueError when there are more or fewer
    counters than replications.
    """
    about = About.of(scenario, grid) if about is None else about
    periods, numbers = Periods.of(grid), np.array(replications, np.int64)
    of_queues, of_teams = about.queue_measures, about.team_measures
    days, intervals, kept_raw = len(grid.days) - 1, grid.intervals, by_interval and len(numbers) <= KEPT_RAW
    room = intervals if by_interval and not kept_raw else 0
    queues = Tally.of(numbers, days, room, len(QueueField), len(of_queues), QUEUE_MEASURES)
    teams = Tally.of(numbers, days, room, len(GroupField), len(of_teams), TEAM_MEASURES)
    waits: list[dict[Resolution, Float64]] = []
    headcount: list[Int64] = []
    exits: list[Int64] = []
    payroll: list[Int64] = []
    locked = Locked.nothing(scenario, grid) if locked is None else locked
    of_clauses, rules = ClauseDays.of(scenario, grid, locked), billings(scenario)
    clauses = np.zeros((len(numbers), days, len(of_clauses.counts), 2), np.int64)
    asked, by_time = charged_times(scenario), []
    masks = {part: when(part, scenario, grid) for one in asked for part in one.parts}
    some = max(HELD_AT_ONCE // (intervals * (len(of_queues) * len(QueueField) + len(of_teams) * len(GroupField))), 1)
    numbered = (one for _, one in zip(replications, counters, strict=True))
    raw: list[tuple[Int64, Int64]] = []
    row = 0
    while held := list(islice(numbered, some)):
        counted = _in_seconds(_together([one.queues for one in held])), _together([one.groups for one in held])
        counted[1][..., GroupField.ORDERED] = locked.ordered
        held_times = _together([one.times for one in held])
        bill(counted[1], rules, periods.cuts, held_times[..., TimeField.NESTING])
        portions = _together([one.portions for one in held])
        queues.fill_days(row, counted[0], periods, INSTANT_FIELDS)
        teams.fill_days(row, counted[1], periods, ())
        if kept_raw:
            raw.append(counted)
        elif by_interval:
            queues.fill_intervals(row, counted[0], about.lengths, of_queues)
            teams.fill_intervals(row, counted[1], about.lengths, of_teams)
        waits.append(_quantiles(_together([one.waits for one in held]), periods))
        headcount += [one.headcount for one in held]
        exits += [one.exits for one in held]
        payroll += [one.payroll for one in held]
        luck = np.stack([one.luck for one in held])
        happened = Happened(counted[0], portions, counted[1], np.stack(headcount[row:]), luck)
        by_time.append(count_times(asked, masks, counted[1], held_times, periods.cuts))
        clauses[row : row + len(held)] = of_clauses.count(happened)
        row += len(held)
    if raw:
        queues, teams = (
            replace(t, raw=_joined(own)) for t, own in zip((queues, teams), zip(*raw, strict=True), strict=True)
        )
    by_resolution = {r.value: np.concatenate([values[r] for values in waits]) for r in COARSE}
    heads, times = np.stack(headcount), np.concatenate(by_time)
    by_day = locked.by_day(periods.cuts)
    left, paid = np.stack(exits), np.stack(payroll)
    return ShardSummary(about, numbers, queues, teams, by_resolution, heads, clauses, times, by_day, left, paid)


def _together(arrays: list[NDArray[Counted]]) -> NDArray[Counted]:
    """Arrays of one shape as one, (arrays, ...); a single one, which may be large, without a copy."""
    if len(arrays) == 1:
        return arrays[0][None]
    return np.concatenate(arrays).reshape(len(arrays), *arrays[0].shape)  # `stack` looks at each by itself


def _joined(arrays: Sequence[Int64]) -> Int64:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _quantiles(bins: NDArray[np.int32], periods: Periods) -> dict[Resolution, Float64]:
    return periods.each(COARSE, lambda r: wait_quantiles(periods.coarser(bins, r, axis=1), _PROBABILITIES))


def _in_seconds(queues: Int64) -> Int64:
    """Ages in the unit in which they are kept, in place."""
    queues[..., QueueField.WAITING_AGE] //= AGE_UNIT
    return queues


def merge(shards: Iterable[ShardSummary]) -> ShardSummary:
    """All shards as one, the same whatever their order and however the replications were split.

    Takes them one at a time, and the first one over. Raises ValueError when there is none, when they are of several
    scenarios, or when a replication comes twice.
    """
    queues, teams, abouts = Gathering(), Gathering(), []
    locked: list[LockedDays] = []
    kept: list[tuple[Int64, dict[str, Float64], Int64, Int64, Int64, Int64, Int64]] = []
    for shard in shards:
        if shard.about not in abouts:
            abouts.append(shard.about)
        about, numbers = shard.about, shard.replications
        queues.add(shard.queues.reduced(numbers, about.lengths, about.queue_measures))
        teams.add(shard.teams.reduced(numbers, about.lengths, about.team_measures))
        locked = locked or [shard.locked]
        others = shard.headcount, shard.clauses, shard.times, shard.exits, shard.payroll
        kept.append((shard.replications, shard.waits, *others))
    if len(abouts) != 1:
        raise ValueError("only shards of one scenario merge; simulate them from one document")
    replications, waits, *together = zip(*kept, strict=True)
    numbers = np.concatenate(replications)
    order = np.argsort(numbers)
    if np.any(np.diff(numbers[order]) == 0):
        raise ValueError("a replication comes twice; give every shard once")
    sample_order = np.argsort(numbers[numbers < SAMPLED_REPLICATIONS])
    headcount, clauses, times, exits, payroll = (np.concatenate(arrays)[order] for arrays in together)
    return ShardSummary(
        abouts[0],
        numbers[order],
        queues.gathered(order, sample_order),
        teams.gathered(order, sample_order),
        {r.value: np.concatenate([values[r.value] for values in waits])[order] for r in COARSE},
        headcount,
        clauses,
        times,
        locked[0],
        exits,
        payroll,
    )


def total_service_levels(shards: Iterable[bytes]) -> list[Estimate]:
    """Every queue's service level over the horizon, from stored shards: what a stopping rule asks, at little cost."""
    formulas: list[str] = []
    totals: list[Int64] = []
    for data in shards:
        header, arrays = packing.unpack(data, [f"queues.daily.{field.name}" for field in QueueField])
        formulas = header["formulas"]
        totals.append(np.stack([daily.sum(axis=1) for daily in arrays.values()], axis=-1))
    return service_levels(formulas, totals)


def offered_contacts(data: bytes) -> int:
    """How many contacts reached the queues of a stored shard, over all its replications."""
    _, arrays = packing.unpack(data, ["queues.daily.OFFERED"])
    return int(arrays["queues.daily.OFFERED"].sum())


def service_levels(formulas: Sequence[str], totals: Sequence[Int64]) -> list[Estimate]:
    """Every queue's service level over the horizon, from its formula and the shards' `ShardSummary.totals`."""
    counters = np.concatenate(totals)
    levels = [SERVICE_LEVELS[Formula(formula)] for formula in formulas]
    return [Estimate(*level.parts(counters[:, queue], np.ones(1))) for queue, level in enumerate(levels)]
