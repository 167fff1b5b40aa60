"""Random centres for the two bodies of the floor: every rule switched on here and off there, many ties."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Counters
from simulation.scenario.queues.routes import AllocationKind, Choice
from simulation.scenario.queues.times import Distribution
from simulation.world.demand.arrivals import NEVER, Trace
from simulation.world.demand.distributions import quantile_table
from simulation.world.floor.floor import (
    Allocation,
    Attempts,
    Float64,
    Floor,
    FloorPlan,
    Line,
    Portion,
    QueueRules,
    Streams,
)
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
        "chats",
        "deferred",
        "due",
        "elsewhere",
        "hours",
        "most",
        "outages",
        "outbound",
        "pace",
        "portions",
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
    outages: dict[int, tuple[list[int], float, float, bool]] = field(default_factory=dict)
    """By interval: which groups lose which share of their agents, and whether contacts come again."""
    paces: dict[int, Float64] = field(default_factory=dict)
    """By interval: handling-time multipliers from then on."""

    def run(self, body: Callable[..., Floor]) -> Floor:
        plan = self.plan
        counters = Counters.zeros(
            intervals=len(self.staff),
            days=int(plan.day_of_interval.max()) + 1,
            weeks=1,
            queues=len(plan.queues),
            groups=plan.groups,
            teams=plan.groups,
            portions=len(plan.portions),
        )
        streams = Streams(Draws(7, 0), [f"queue {q}" for q in range(len(plan.queues))])
        floor = body(plan, counters, streams, keep_log=True)
        if self.backlog is not None:
            floor.begin_with(self.backlog)
        for first, last, trace in self.traces:
            floor.load(trace)
            wakes = [i for i in range(first, last) if i == first or self._wakes(i)]
            for i, until in zip(wakes, [*wakes[1:], last], strict=True):
                self._stretch(floor, i, until)
        floor.finish()
        return floor

    def _wakes(self, i: int) -> bool:
        return i in self.outages or i in self.paces or bool(self.closes[i].any()) or i % 5 == 4

    def _stretch(self, floor: Floor, i: int, until: int) -> None:
        if i in self.paces:
            floor.pace(self.paces[i], self.plan.resolution**2)
        if i in self.outages:
            floor.fail(*self.outages[i])
        floor.staff(self.staff[i:until])
        for q in np.flatnonzero(self.closes[i]).tolist():
            floor.clear(q)
        openings = self._openings(i * INTERVAL, until * INTERVAL)
        between = {i * INTERVAL + INTERVAL // 3} if i % 3 == 0 else set()
        for at in sorted(between | openings.keys()):
            if at > i * INTERVAL:
                floor.advance(at)
            if at in openings:
                floor.staff(self.staff[at // INTERVAL : until])
            for q in openings.get(at, ()):
                floor.open(q)
        floor.advance(until * INTERVAL)

    def _openings(self, begin: int, end: int) -> dict[int, list[int]]:
        """Outbound queues by the instant at which they open."""
        found: dict[int, list[int]] = {}
        for q, rules in enumerate(self.plan.queues):
            for at in rules.opens.tolist() if rules.outbound is not None else ():
                if begin <= at < end:
                    found.setdefault(at, []).append(q)
        return found


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
        outbound = _attempts(r, coarse) if deferred and on("outbound", 0.6) else None
        chats = not deferred and on("chats", 0.6)
        elsewhere = on("elsewhere", 0.3)
        shares = len(own) + elsewhere
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
                allocation=_allocations(r, shares, intervals * INTERVAL) if shares > 1 else (),
                most=int(r.integers(1, 12)) if on("most", 0.3) and not outbound else None,
                balking=0.3 if not deferred and on("balking", 0.3) else 0.0,
                retrial=(0.6, 10.0 * MINUTE) if on("retrial") and not outbound else None,
                repeat=(0.8, 20.0 * MINUTE, 30 * MINUTE) if on("repeat") else None,
                transfers=tuple(zip(others, (0.2, 0.35), strict=False)) if on("transfers") else (),
                rework=0.15 if on("rework", 0.3) else 0.0,
                callback=(int(r.integers(0, 3)) * MINUTE, 0.6, 0.7) if not deferred and on("callback", 0.4) else None,
                due=_due() if deferred and on("due", 0.8) else None,
                slots=int(r.integers(2, 5)) if chats else 1,
                slowdown=float(r.choice([0.0, 0.5])) if chats else 0.0,
                outbound=outbound,
            )
        )
        lines += own
    portions = [_portion(r, q, rule.lines, groups) for q, rule in enumerate(described) if on("portions")]
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
        portions=tuple(portion for own in portions for portion in own),
    )
    middle = intervals // 2
    traces = [(first, last, _trace(r, plan, first, last, coarse)) for first, last in ((0, middle), (middle, intervals))]
    waiting = [q for q, queue in enumerate(described) if not queue.immediate]
    backlog = _backlog(r, waiting[0]) if waiting and on("backlog", 0.7) else None
    immediate = np.array([queue.immediate for queue in described])
    outages = {
        int(i): (
            np.flatnonzero(r.random(groups) < 0.7).tolist(),
            float(r.choice([0.4, 1.0])),
            r.random(),
            r.random() < 0.7,
        )
        for i in r.permutation(intervals)[:2]
        if on("outages")
    }
    closes_at = (r.random((intervals, queues)) < 0.1) & immediate
    paces = {int(i): plan.speed * r.choice([1.0, 2.0], plan.speed.shape) for i in range(intervals) if on("pace", 0.3)}
    return Centre(plan, traces, r.integers(0, 8, (intervals, groups)), closes_at, backlog, outages, paces)


def by_hand(
    contacts: Sequence[tuple[int, float, float]],
    agents: Sequence[int],
    queues: Sequence[dict[str, Any]] = ({},),
    *,
    numbers: Sequence[int] | None = None,
    own_contact: bool = True,
    outages: Mapping[int, tuple[list[int], float, float, bool]] | None = None,
) -> Centre:
    """Contacts (queue, minute, minutes of work), numbered from 0, for one team of so many agents by half hour."""
    intervals, named = len(agents), zip(numbers or range(len(contacts)), contacts, strict=True)
    ordered = sorted((round(at * MINUTE), q, number, round(work * MINUTE)) for number, (q, at, work) in named)
    arrives, queue, number, work = np.array(ordered, np.int64).T.copy()
    nothing = np.zeros(len(ordered), np.int64)
    trace = Trace(arrives, queue, number, nothing + NEVER, work, nothing)
    plan = FloorPlan(
        interval=INTERVAL,
        horizon=intervals * INTERVAL,
        day_of_interval=np.zeros(intervals, np.int64),
        queues=tuple(rules(intervals, **{"lines": (q,), "work": ALIKE, **more}) for q, more in enumerate(queues)),
        lines=tuple(Line(q, (0,), (0,), (0,)) for q in range(len(queues))),
        serves=(tuple((1, q) for q in range(len(queues))),),
        speed=np.ones((1, len(queues))),
        resolution=np.ones((1, len(queues))),
        own_contact=(own_contact,),
    )
    closes = np.zeros((intervals, len(queues)), np.bool_)
    return Centre(plan, [(0, intervals, trace)], np.array(agents)[:, np.newaxis], closes, outages=dict(outages or {}))


def _line(r: np.random.Generator, q: int, groups: int) -> Line:
    chosen = r.permutation(groups)[: int(r.integers(1, groups + 1))].tolist()
    tiers, after = [0], [0]
    for _ in chosen[1:]:
        further = bool(r.random() < 0.5)
        tiers.append(tiers[-1] + further)
        after.append(after[-1] + further * int(r.integers(0, 3)) * MINUTE // 2)
    choice = Choice.LEAST_OCCUPIED if r.random() < 0.4 else Choice.LONGEST_IDLE
    return Line(q, tuple(chosen), tuple(tiers), tuple(after), choice)


def _portion(r: np.random.Generator, q: int, lines: tuple[int, ...], groups: int) -> list[Portion]:
    """One of some of its lines, and one of what some groups answer."""
    of_lines = frozenset(r.permutation(lines)[: int(r.integers(1, len(lines) + 1))].tolist())
    of_groups = frozenset(r.permutation(groups)[: int(r.integers(1, groups + 1))].tolist())
    thresholds = r.integers(0, 60, 2) * SECOND
    return [
        Portion(q, of_lines, frozenset(), int(thresholds[0])),
        Portion(q, frozenset(), of_groups, int(thresholds[1])),
    ]


def _attempts(r: np.random.Generator, coarse: bool) -> Attempts:
    retry = int(r.integers(1, 40)) * MINUTE
    return Attempts(int(r.integers(1, 5)), 0.4, retry, MINUTE if coarse else 35 * SECOND)


def _hours(r: np.random.Generator, horizon: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    edges = np.cumsum(r.integers(1, 2 * INTERVAL, 40))
    edges = edges[: 2 * (np.searchsorted(edges, horizon) // 2 + 1)]
    return edges[::2], edges[1::2]


def _allocations(r: np.random.Generator, shares: int, horizon: int) -> tuple[Allocation, ...]:
    entries = []
    for begins in sorted({0, int(r.integers(0, horizon))}):
        cumulative = np.cumsum(r.dirichlet(np.ones(shares)))
        kind = AllocationKind.COUNTED if r.random() < 0.5 else AllocationKind.RANDOM
        entries.append(Allocation(begins, (*cumulative[:-1].tolist(), 1.0), kind))
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
