"""A moment simulated: constant rates and constant agents for long, until it is clear which targets are kept.

The floor is the one of every run, with the queues' own handling, patience, lines, call-backs and routes. What the
rates hold already (repeats, transfers, rework, automation) is left out, as are retrials. Replications are added until
each service level is three standard errors away from its target, or there are `MOST`; the first tenth of the days is
left out, as the floor starts empty. All candidates of a moment meet the same draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.outcome.counting.counters import Counters
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES, SERVICE_LEVELS
from simulation.replication import replicate
from simulation.scenario.grid import Grid
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.moments import Moments
from simulation.studies.staffing.pools import Pool
from simulation.world.demand.cells import Float64
from simulation.world.world import World

FEWEST, MOST = 8, 64
"""Replications of a moment."""
CONTACTS = 12_000
"""Of the queue with the fewest, a quarter at least; of all together so many in a replication."""
CLEAR = 3.0
"""Standard errors from which on a level is over or under its target for sure."""
WEEK_SECONDS = 604_800
RATES_GIVEN = ("hours", "closed", "timezone", "containment", "backlog", "retrial", "repeat", "transfers", "quality")
"""Of a queue's description, what its rates hold already or what a moment does not have."""


@dataclass(frozen=True)
class Moment:
    """An interval's rates, as they would last for ever; by queue of the pool.

    rates: contacts a second, 0 where none come; multipliers: of handling; shares: wanted in time;
    allocations: shares of vendors in force
    """

    rates: tuple[float, ...]
    multipliers: tuple[float, ...]
    shares: tuple[float, ...]
    allocations: tuple[tuple[tuple[str, float], ...], ...]

    @classmethod
    def of(cls, scenario: Scenario, pool: Pool, moments: Moments, grid: Grid, interval: int) -> "Moment":
        """An interval's."""
        day = grid.instant(int(grid.interval_starts[interval])).date()
        allocations = []
        for q in pool.queues:
            in_force = [one for one in scenario.queues[q].route.allocation if one.from_ is None or one.from_ <= day]
            first = scenario.queues[q].route.allocation[:1]
            allocations.append(tuple(sorted((in_force[-1:] or list(first))[0].shares.items())) if first else ())

        def row(values: Float64) -> tuple[float, ...]:
            return tuple(np.round(values[interval, list(pool.queues)], 9).tolist())

        return cls(row(moments.rates), row(moments.multipliers), row(moments.shares), tuple(allocations))


class MomentRuns:
    """A pool's moment under any number of agents."""

    def __init__(self, scenario: Scenario, pool: Pool, moment: Moment, seed: int) -> None:
        self._scenario, self._pool, self._moment, self._seed = scenario, pool, moment, seed
        self._known: dict[tuple[int, ...], tuple[bool, ...]] = {}
        self.busy = [k for k, rate in enumerate(moment.rates) if rate > 0]

    def met(self, agents: Sequence[int]) -> tuple[bool, ...]:
        """Which queues of the pool keep their target with so many agents by team; those without contacts do."""
        key = tuple(agents)
        if key not in self._known:
            self._known[key] = self._judged(key)
        return self._known[key]

    @property
    def tried(self) -> int:
        """How many numbers of agents were simulated."""
        return len(self._known)

    def _judged(self, agents: tuple[int, ...]) -> tuple[bool, ...]:
        world = World.of(from_data(self._document(agents)))
        parts: list[Float64] = []
        while True:
            more = max(FEWEST, len(parts))
            parts += [self._parts(replicate(world, self._seed, n)) for n in range(len(parts), len(parts) + more)]
            levels, errors = _ratios(np.stack(parts))
            excess = levels - self._wanted
            if len(parts) >= MOST or bool(np.all(np.abs(excess) > CLEAR * errors)):
                break
        kept = excess.reshape(2, -1).min(axis=0) >= 0
        met = [True] * len(self._moment.rates)
        for k, ok in zip(self.busy, kept.tolist(), strict=True):
            met[k] = ok
        return tuple(met)

    @property
    def _wanted(self) -> Float64:
        """Float64 (2 x busy queues,): shares in time, shares of contacts that may not abandon."""
        most = [self._scenario.queues[self._pool.queues[k]].target.max_abandon_rate for k in self.busy]
        stays = [-1.0 if rate is None else 1 - rate for rate in most]
        return np.array([self._moment.shares[k] for k in self.busy] + stays)

    def _parts(self, counters: Counters) -> Float64:
        """Float64 (2 x busy queues, 2): numerators and denominators after the first tenth."""
        intervals = counters.queues[len(counters.queues) // 10 :]
        found = []
        for k, place in enumerate(self.busy):
            formula = self._scenario.queues[self._pool.queues[place]].target.formula
            over, under = SERVICE_LEVELS[formula].parts(intervals[:, k].sum(axis=0)[None], np.ones(1))
            found.append((float(over[0]), 1.0 if under is None else float(under[0])))
        for k in range(len(self.busy)):
            over, under = QUEUE_MEASURES["abandon_rate"].parts(intervals[:, k].sum(axis=0)[None], np.ones(1))
            offered = 1.0 if under is None else float(under[0])
            found.append((offered - float(over[0]), offered))
        return np.array(found)

    def _document(self, agents: tuple[int, ...]) -> dict[str, Any]:
        data = canonical_data(self._scenario)
        rates = [self._moment.rates[k] for k in self.busy]
        seconds = max(CONTACTS / sum(rates), CONTACTS / 4 / len(rates) / min(rates))
        days = min(max(round(seconds / 86_400 * 10 / 9), 2), 400)
        queues = {data["queues"][self._pool.queues[k]]["id"]: k for k in self.busy}
        of_team = {self._scenario.teams[t].id: n for t, n in zip(self._pool.teams, agents, strict=True)}
        return {
            "name": "A moment",
            "start": "2026-03-02",
            "days": days,
            "timezone": "UTC",
            "interval_minutes": 60,
            "queues": [self._queue(data["queues"][self._pool.queues[k]], k, of_team) for k in queues.values()],
            "vendors": [made for vendor in data["vendors"] if (made := _vendor(vendor, of_team, queues))["teams"]],
        }

    def _queue(self, described: dict[str, Any], k: int, teams: Mapping[str, int]) -> dict[str, Any]:
        kept = {name: value for name, value in described.items() if name not in RATES_GIVEN}
        handling = {name: value for name, value in kept["handling"].items() if name != "changes"}
        multiplier = self._moment.multipliers[k]
        for name in ("mean_seconds", "after_contact_seconds"):
            if name in handling:
                handling[name] = handling[name] * multiplier
        if "values" in handling:
            handling["values"] = [value * multiplier for value in handling["values"]]
        if "quantiles" in handling:
            handling["quantiles"] = [{**one, "seconds": one["seconds"] * multiplier} for one in handling["quantiles"]]
        route = dict(kept.pop("route", {}))
        if "steps" in route:
            route["steps"] = [{**step, "teams": [t for t in step["teams"] if t in teams]} for step in route["steps"]]
        if self._moment.allocations[k]:
            route["allocation"] = [{**route["allocation"][0], "shares": dict(self._moment.allocations[k])}]
            route["allocation"][0].pop("from", None)
        target = {**kept.pop("target", {}), "share": self._moment.shares[k]}
        target.pop("periods", None)
        demand = {"weekly_volume": self._moment.rates[k] * WEEK_SECONDS}
        return {**kept, "demand": demand, "handling": handling, "target": target, "route": route}


def _vendor(vendor: dict[str, Any], agents: Mapping[str, int], queues: Mapping[str, int]) -> dict[str, Any]:
    """Its teams of the pool with their agents; none that serves no queue with contacts."""
    teams = []
    for team in vendor["teams"]:
        skills = [skill for skill in team["skills"] if skill["queue"] in queues]
        if team["id"] in agents and skills:
            leaving = {"leaving": team["leaving"]} if "leaving" in team else {}
            staffed = {"id": team["id"], "site": team["site"], "skills": skills}
            teams.append({**staffed, "staffing": {"agents": agents[team["id"]]}, **leaving})
    return {"id": vendor["id"], "kind": vendor.get("kind", "OUTSOURCED"), "sites": vendor["sites"], "teams": teams}


def _ratios(parts: Float64) -> tuple[Float64, Float64]:
    """Ratios of sums over replications and their standard errors by the delta method."""
    over, under = parts[..., 0], parts[..., 1]
    ratio = over.sum(axis=0) / np.maximum(under.sum(axis=0), 1e-300)
    residuals = over - ratio * under
    n = len(parts)
    return ratio, np.sqrt((residuals**2).sum(axis=0) / (n - 1) / n) / np.maximum(under.mean(axis=0), 1e-300)
