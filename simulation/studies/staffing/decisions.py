"""Dated decisions with which a plan is kept: whom to ask for and to let go by when, and which terms to change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from simulation.studies.staffing.options import Option, What
from simulation.studies.staffing.setting import Setting
from simulation.studies.staffing.terms import Split, Terms
from simulation.world.demand.cells import Float64

WEEK = timedelta(weeks=1)
TOGETHER = 2 * WEEK
FULL_TIME = 40.0
"""Hours a week of whoever has given agents."""


@dataclass(frozen=True)
class Decision:
    """A dated decision about the people of a team; of those of weeks in a row, together.

    heads: about how many; of overtime and of a share as many as its hours and its work are worth
    by: when the first has to be made; first, last: weeks, by their first days, of which the first and the last of the
    people are past training, or are gone; of a class its first day
    hours: of overtime, most a head and week; queue, share: of a split, what the team's vendor gets
    """

    by: date
    what: What
    team: str
    heads: int
    first: date
    last: date
    until: date | None = None
    hours: float | None = None
    queue: str | None = None
    share: float | None = None


def in_force(targets: Mapping[date, int], day: date) -> int:
    """The target of a day; before the first that one."""
    return targets[max((begins for begins in targets if begins <= day), default=min(targets))]


def changes(targets: Mapping[date, int]) -> dict[date, int]:
    """The targets that differ from those before, in order of time."""
    found: dict[date, int] = {}
    for day, heads in sorted(targets.items()):
        if not found or heads != found[max(found)]:
            found[day] = heads
    return found


def hiring_decisions(setting: Setting, t: int, targets: Mapping[date, int], given: Float64) -> list[Decision]:
    """Requisitions and notices with which a team keeps its targets; those at most `TOGETHER` after each other are one.

    Week by week what is missing to the target, of those given and of those asked for before, who leave like others."""
    outlook = setting.outlooks[t]
    team, hiring = outlook.team, outlook.people.hiring
    assert hiring is not None  # has targets
    stays = -outlook.released(0).heads
    hires = [(_effective(setting, t, What.HIRE, one.on), one) for one in setting.options if _asks(one, t, What.HIRE)]
    notices = {one.on: one for one in setting.options if _asks(one, t, What.RELEASE)}
    more, found = 0.0, list[Decision]()
    groups: dict[What, list[tuple[float, Decision]]] = {What.HIRE: [], What.RELEASE: []}
    for week, day in enumerate(setting.grid.dates[::7]):
        more *= float(stays[week] / stays[week - 1]) if week else 1.0
        missing = in_force(targets, day) - float(given[week]) - more
        what = What.HIRE if missing > 0 else What.RELEASE
        option = next((one for at, one in reversed(hires) if at <= day), None) if missing > 0 else notices.get(day)
        if option is None or abs(missing) < 0.5:
            continue
        more += missing
        asked = missing / hiring.fill_rate if what is What.HIRE else -missing
        if groups[what] and day - groups[what][-1][1].last > TOGETHER:
            found += _joined(groups[what])
            groups[what] = []
        groups[what].append((asked, Decision(option.by, what, team.id, 0, day, day)))
    return [*found, *_joined(groups[What.HIRE]), *_joined(groups[What.RELEASE])]


def _asks(option: Option, t: int, what: What) -> bool:
    return option.team == t and option.what is what


def _joined(group: list[tuple[float, Decision]]) -> list[Decision]:
    """One decision of several; none about less than a head."""
    if not group:
        return []
    heads = round(sum(asked for asked, _ in group))
    if not heads:
        return []
    return [
        replace(group[0][1], heads=heads, by=min(one.by for _, one in group), last=max(one.last for _, one in group))
    ]


def _effective(setting: Setting, t: int, what: What, on: date) -> date:
    """The first day of the week in which hired people are past training, or of which the released are gone."""
    hiring = setting.outlooks[t].people.hiring
    if what is What.HIRE and hiring is not None:
        on += timedelta(weeks=hiring.training_weeks)
    return setting.grid.start + timedelta(weeks=(on - setting.grid.start).days // 7)


def first_effective(setting: Setting, t: int) -> date:
    """The first week, by its first day, in which people whom a team asks for can be past training; the day after the
    last where there is none."""
    own = [_effective(setting, t, What.HIRE, one.on) for one in setting.options if _asks(one, t, What.HIRE)]
    return min(own, default=setting.grid.dates[-1] + timedelta(days=1))


def term_decisions(setting: Setting, terms: Terms) -> Iterator[Decision]:
    """What of the terms differs from the given ones; overtime and the bench from the first day on."""
    given, start = setting.terms, setting.grid.start
    for team, hours in terms.overtime.items():
        if hours != given.overtime[team]:
            worth = round(hours * setting.there[setting.place_of(team)].heads[0] / _full_time(setting, team))
            yield Decision(start, What.OVERTIME, team, worth, start, start, hours=hours)
    for team, agents in terms.bench.items():
        if agents != given.bench[team]:
            yield Decision(start, What.BENCH, team, agents, start, start)
    for queue, splits in terms.splits.items():
        for place, (split, was) in enumerate(zip(splits, given.splits[queue], strict=True)):
            begins = split.first_day(start)
            until = splits[place + 1].first_day(start) if place + 1 < len(splits) else None
            for vendor, share in split.shares.items():
                if share > was.shares[vendor] and begins <= setting.grid.dates[-1]:
                    yield _split(setting, queue, vendor, split, begins, until)


def _split(setting: Setting, queue: str, vendor: str, split: Split, begins: date, until: date | None) -> Decision:
    """What a vendor gets, told of the first of its teams that serves the queue."""
    q = [one.id for one in setting.scenario.queues].index(queue)
    own = next(one.teams for one in setting.scenario.vendors if one.id == vendor)
    serving = {setting.scenario.teams[t].id for t in setting.serving[q]}
    team = next((team.id for team in own if team.id in serving), own[0].id)
    inside = np.array([begins <= day and (until is None or day < until) for day in setting.grid.dates[::7]])
    hours = float(setting.required[inside, q].mean()) if inside.any() else 0.0
    heads = round(split.shares[vendor] * hours / _full_time(setting, team))
    return Decision(begins, What.SPLIT, team, heads, begins, begins, queue=queue, share=split.shares[vendor])


def _full_time(setting: Setting, team: str) -> float:
    people = setting.scenario.teams[setting.place_of(team)].workforce
    return FULL_TIME if people is None else people.hours_per_week
