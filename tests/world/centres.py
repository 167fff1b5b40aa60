"""Random centres for the two bodies of the floor: every rule switched on here and off there, many ties."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counters import Counters
from simulation.scenario.queues import Distribution
from simulation.world.arrivals import NEVER, Trace
from simulation.world.distributions import quantile_table
from simulation.world.floor import Allocation, Floor, FloorPlan, Line, QueueRules, Streams
from simulation.world.randomness import Draws

INTERVAL = 1_800_000_000
MINUTE = 60_000_000
SECOND = 1_000_000
FEATURES = frozenset(
    {
        "allocation",
        "backlog",
        "balking",
        "callback",
        "deferred",
        "due",
        "hours",
        "most",
        "outages",
        "repeat",
        "retrial",
        "rework",
        "transfers",
    }
)

EXPONENTIAL = quantile_table(Distribution.EXPONENTIAL, 1.0)
LOGNORMAL = quantile_table(Distribution.LOGNORMAL, 0.8)
ALIKE = quantile_table(Distribution.DETERMINISTIC, 0.0)


@dataclass
class Centre:
    """Who serves what, who comes when, who is there when, which queues close."""

    plan: FloorPlan
    traces: list[tuple[int, int, Trace]]
    staff: NDArray[np.int64]
    closes: NDArray[np.bool_]
    backlog: Trace | None = None
    outages: dict[int, tuple[list[int], float, bool]] = field(default_factory=dict)
    """By interval: which groups lose which share of their agents, and whether contacts come again."""

    def run(self, body: Callable[..., Floor]) -> Floor:
        plan = self.plan
        counters = Counters.zeros(
            intervals=len(self.staff),
            days=int(plan.day_of_interval.max()) + 1,
            weeks=1,
            queues=len(plan.queues),
            groups=plan.groups,
            teams=plan.groups,
        )
        streams = Streams(Draws(7, 0), [f"queue {q}" for q in range(len(plan.queues))])
        floor = body(plan, counters, streams, keep_log=True)
        if self.backlog is not None:
            floor.begin_with(self.backlog)
        for first, last, trace in self.traces:
            floor.load(trace)
            wakes = [i for i in range(first, last) if i in (first, *self.outages) or self.closes[i].any() or i % 5 == 4]
            for i, until in zip(wakes, [*wakes[1:], last], strict=True):
                if i in self.outages:
                    floor.fail(*self.outages[i])
                floor.staff(self.staff[i:until])
                for q in np.flatnonzero(self.closes[i]).tolist():
                    floor.clear(q)
                if i % 3 == 0:
                    floor.advance(i * INTERVAL + INTERVAL // 3)
                floor.advance(until * INTERVAL)
        floor.finish()
        return floor


def rules(intervals: int, **more: Any) -> QueueRules:
    """A plain immediate queue, open throughout, unless told otherwise."""
    always = {"opens": np.array([-(1 << 50)]), "closes": np.array([1 << 50])}
    plain = {"lines": (0,), "immediate": True, "threshold": 20 * SECOND, "short": 5 * SECOND, "work": LOGNORMAL}
    return QueueRules(**{**plain, **always, "mean_work": np.full(intervals, 311.0 * SECOND), **more})


def random_centre(seed: int, features: frozenset[str] = frozenset()) -> Centre:
    """Up to four queues and five groups; in four of ten all times are half minutes, so that much happens at once."""
    r = np.random.default_rng(seed)

    def on(feature: str, share: float = 0.5) -> bool:
        return feature in features and bool(r.random() < share)

    queues, groups, intervals = int(r.integers(1, 5)), int(r.integers(1, 6)), int(r.integers(2, 12))
    coarse = bool(r.random() < 0.4)
    lines: list[Line] = []
    described: list[QueueRules] = []
    for q in range(queues):
        deferred = on("deferred", 0.3)
        own = [_line(r, q, groups) for _ in range(int(r.integers(2, 4)) if on("allocation", 0.4) else 1)]
        opens, closes = _hours(r, intervals * INTERVAL) if on("hours", 0.3) else (np.array([0]), np.array([1 << 50]))
        others = [other for other in r.permutation(queues).tolist() if other != q][:2]
        impatient = not deferred and r.random() < 0.8
        described.append(
            rules(
                intervals,
                lines=tuple(range(len(lines), len(lines) + len(own))),
                immediate=not deferred,
                opens=opens,
                closes=closes,
                work=ALIKE if coarse else LOGNORMAL,
                mean_work=np.full(intervals, float(3 * MINUTE) if coarse else 311.0 * SECOND),
                patience=(ALIKE if coarse else EXPONENTIAL) if impatient else None,
                mean_patience=float(2 * MINUTE),
                allocation=_allocations(r, len(own), intervals * INTERVAL) if len(own) > 1 else (),
                most=int(r.integers(1, 12)) if on("most", 0.3) else None,
                balking=0.3 if not deferred and on("balking", 0.3) else 0.0,
                retrial=(0.6, 10.0 * MINUTE) if on("retrial") else None,
                repeat=(0.8, 20.0 * MINUTE, 30 * MINUTE) if on("repeat") else None,
                transfers=tuple(zip(others, (0.2, 0.35), strict=False)) if on("transfers") else (),
                rework=0.15 if on("rework", 0.3) else 0.0,
                callback=(int(r.integers(0, 3)) * MINUTE, 0.6, 0.7) if not deferred and on("callback", 0.4) else None,
                due=_due() if deferred and on("due", 0.8) else None,
            )
        )
        lines += own
    plan = FloorPlan(
        interval=INTERVAL,
        horizon=intervals * INTERVAL,
        day_of_interval=np.arange(intervals) // 4,
        queues=tuple(described),
        lines=tuple(lines),
        serves=tuple(
            tuple(sorted((int(r.integers(1, 3)), n) for n, line in enumerate(lines) if g in line.groups))
            for g in range(groups)
        ),
        speed=r.choice([1.0, 0.5, 1.3], size=(groups, queues)),
        resolution=r.choice([1.0, 0.5], size=(groups, queues)),
        own_contact=tuple(bool(r.random() < 0.5) for _ in range(groups)),
    )
    middle = intervals // 2
    traces = [(first, last, _trace(r, plan, first, last, coarse)) for first, last in ((0, middle), (middle, intervals))]
    waiting = [q for q, queue in enumerate(described) if not queue.immediate]
    backlog = _backlog(r, waiting[0]) if waiting and on("backlog", 0.7) else None
    immediate = np.array([queue.immediate for queue in described])
    outages = {
        int(i): (np.flatnonzero(r.random(groups) < 0.7).tolist(), float(r.choice([0.4, 1.0])), bool(r.random() < 0.7))
        for i in r.permutation(intervals)[:2]
        if on("outages")
    }
    closes_at = (r.random((intervals, queues)) < 0.1) & immediate
    return Centre(plan, traces, r.integers(0, 8, (intervals, groups)), closes_at, backlog, outages)


def _line(r: np.random.Generator, q: int, groups: int) -> Line:
    chosen = r.permutation(groups)[: int(r.integers(1, groups + 1))].tolist()
    tiers, after = [0], [0]
    for _ in chosen[1:]:
        further = bool(r.random() < 0.5)
        tiers.append(tiers[-1] + further)
        after.append(after[-1] + further * int(r.integers(0, 3)) * MINUTE // 2)
    return Line(q, tuple(chosen), tuple(tiers), tuple(after), bool(r.random() < 0.4))


def _hours(r: np.random.Generator, horizon: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    edges = np.cumsum(r.integers(1, 2 * INTERVAL, 40))
    edges = edges[: 2 * (np.searchsorted(edges, horizon) // 2 + 1)]
    return edges[::2], edges[1::2]


def _allocations(r: np.random.Generator, lines: int, horizon: int) -> tuple[Allocation, ...]:
    entries = []
    for begins in sorted({0, int(r.integers(0, horizon))}):
        cumulative = np.cumsum(r.dirichlet(np.ones(lines)))
        entries.append(Allocation(begins, (*cumulative[:-1].tolist(), 1.0), bool(r.random() < 0.5)))
    return tuple(entries)


def _due() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Half an hour after arrival; what arrives in the third half hour is due at the end of the fourth."""
    begins, values = np.array([0, 2, 3]) * INTERVAL, np.array([1, 4, 5]) * INTERVAL
    return begins, values, np.array([1, 0, 1])


def _trace(r: np.random.Generator, plan: FloorPlan, first: int, last: int, coarse: bool) -> Trace:
    queues = len(plan.queues)
    count = int(r.integers(0, 60 * queues * (last - first) + 1))
    arrives, queue = r.integers(first * INTERVAL, last * INTERVAL, count), r.integers(0, queues, count)
    patience, work = r.exponential(90e6, count).astype(int), r.exponential(300e6, count).astype(int) + 1
    if coarse:
        arrives, patience = arrives // MINUTE * MINUTE, patience // (MINUTE // 2) * (MINUTE // 2)
        work = np.maximum(work // MINUTE, 1) * MINUTE
    waits = np.array([rules.immediate for rules in plan.queues])[queue] & (r.random(count) < 0.8)
    gives_up = np.where(waits, arrives + patience, NEVER)
    number = np.arange(count) + (first << 24)
    order = np.lexsort((number, queue, arrives))
    bot_failures = np.where(r.random(count) < 0.1, 5, 0)
    columns = (arrives, queue, number, gives_up, work, bot_failures)
    return Trace(*(np.ascontiguousarray(column[order], np.int64) for column in columns))


def _backlog(r: np.random.Generator, queue: int) -> Trace:
    count = int(r.integers(1, 30))
    arrives, work = np.sort(-r.integers(1, 5 * INTERVAL, count)), r.integers(1, 900, count) * SECOND
    nothing = np.zeros(count, np.int64)
    return Trace(arrives, nothing + queue, np.arange(count) + (1 << 45), nothing + NEVER, work, nothing)
