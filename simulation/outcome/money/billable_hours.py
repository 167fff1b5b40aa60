"""Billable hours: of a team's time on the floor what its vendor may bill, into the counters.

Without a rule all of it, or all past nesting. With a cap of all teams of the pricing line together min(productive,
cap x ordered) of each interval, or of each day, whose first hours are billed then; each team's part is that of the
productive time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import GroupField
from simulation.scenario.contracts.attribution import Served, charged, covered
from simulation.scenario.contracts.billable import Billable, CapBy
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
_G = GroupField


@dataclass(frozen=True)
class Billing:
    """The rule of one line of pricing that does not bill all, and the places of its teams."""

    rule: Billable
    teams: tuple[int, ...]

    @property
    def is_of_days(self) -> bool:
        """Whether the counters by day tell what it bills."""
        return self.rule.cap_by is CapBy.DAY and self.rule.nesting


def billings(scenario: Scenario) -> list[Billing]:
    """Every rule, once for the same teams."""
    if not any(line.billable for one in scenario.vendors for of in one.contracts for line in of.pricing):
        return []
    return list(dict.fromkeys(_billings(scenario)))


def _billings(scenario: Scenario) -> Iterator[Billing]:
    document, places = scenario.model_dump(by_alias=True), {team.id: t for t, team in enumerate(scenario.teams)}
    for vendor in scenario.vendors:
        served = Served.of(document, vendor.id)
        for contract in vendor.contracts:
            own = covered(document, contract.model_dump(), served)
            for line in contract.pricing:
                if line.billable is not None and not line.billable.is_all:
                    teams = served.teams_of(charged(line.model_dump(), own))
                    yield Billing(line.billable, tuple(places[team] for team in teams))


def bill(teams: Int64, rules: list[Billing], cuts: Int64, nesting: Int64 | None = None) -> None:
    """Writes it into Int64 (replications, intervals, teams, GroupField); cuts: each day's first interval.
    nesting: Int64 (replications, intervals, teams), time on the floor of people in nesting."""
    teams[..., _G.BILLABLE] = teams[..., _G.ON_FLOOR]
    for one in rules:
        productive = teams[:, :, one.teams, _G.ON_FLOOR]
        if not one.rule.nesting and nesting is not None:
            productive = productive - nesting[:, :, one.teams]
        if one.rule.cap is None:
            teams[:, :, one.teams, _G.BILLABLE] = productive
            continue
        ordered = teams[:, :, one.teams, _G.ORDERED].sum(axis=2)
        total = productive.sum(axis=2)
        if one.rule.cap_by is CapBy.INTERVAL:
            billed = np.minimum(total, _capped(ordered, one.rule.cap))
        else:
            billed = np.concatenate(
                [_of_day(total[:, a:b], ordered[:, a:b], one.rule.cap) for a, b in pairwise(cuts.tolist())],
                axis=1,
            )
        teams[:, :, one.teams, _G.BILLABLE] = _divided(billed, productive)


def _capped(ordered: Int64, cap: float) -> Int64:
    most: Int64 = np.rint(ordered * cap).astype(np.int64)
    return most


def _of_day(productive: Int64, ordered: Int64, cap: float) -> Int64:
    """The hours of a day in their order until the cap is reached."""
    most = _capped(ordered.sum(axis=1, keepdims=True), cap)
    so_far = np.minimum(np.cumsum(productive, axis=1), most)
    billed: Int64 = np.diff(so_far, axis=1, prepend=np.int64(0))
    return billed


def _divided(billed: Int64, productive: Int64) -> Int64:
    """Int64 (replications, intervals, teams): whole microseconds that add up to what is billed."""
    so_far = np.cumsum(productive, axis=2)
    total = np.maximum(so_far[..., -1:], 1)
    shares = np.rint(billed[..., None] * (so_far / total)).astype(np.int64)
    parts: Int64 = np.diff(shares, axis=2, prepend=np.int64(0))
    return parts
