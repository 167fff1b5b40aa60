"""What must agree about people and the places of their site: seats, classrooms, and who can be lent.

Heads are counted as given, attrition and policies aside: those of the start, classes from their first day to their last
one, of those with `graduates` only these once trained, and people lent where they are. A class for REPLACEMENT takes
the places of people who leave, in a team that somebody leaves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from simulation.scenario.people.classes import HiringReason, Move, TrainingClass
from simulation.scenario.people.policies import HIRING
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.problems import Path, Refusal

if TYPE_CHECKING:
    from simulation.scenario.vendors import Site, Team

DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Change:
    """So many heads more, or less, in a team from a date on, by the entry at a path."""

    day: date
    team: str
    heads: int
    at: Path


def site_refused(site: "Site", teams: Mapping[int, "Team"]) -> Iterator[Refusal]:
    """More people at one site than it has seats, and given classes that do not fit its classrooms.

    `teams`: all of the vendor's, by their place in it, which every refusal's path begins with.
    """
    here = {t: team for t, team in teams.items() if team.site == site.id}
    if site.places is not None:
        over = list(_heads_refused(site, here, site.places))
        yield from over or _arrivals_refused(site, teams, site.places)
        yield from _targets_refused(site, here, site.places)
    yield from _classrooms_refused(site, here)
    yield from _untaught_refused(site, here)


def _heads_refused(site: "Site", teams: Mapping[int, "Team"], places: int) -> Iterator[Refusal]:
    """Heads of the start."""
    sitting = 0
    for t, team in teams.items():
        sitting += team.heads
        at: Path = ("teams", t, *(("workforce", "headcount") if team.workforce is not None else ("staffing", "agents")))
        if team.heads and sitting > places:
            yield _too_many(sitting, "", site, team.heads, at)


def _arrivals_refused(site: "Site", teams: Mapping[int, "Team"], places: int) -> Iterator[Refusal]:
    """The first class or move that finds too few seats."""
    names = {team.id for team in teams.values() if team.site == site.id}
    changes = [change for change in _changes(teams) if change.team in names]
    sitting = sum(team.heads for team in teams.values() if team.id in names)
    for change in sorted(changes, key=lambda one: (one.day, one.heads > 0)):
        sitting += change.heads
        if change.heads > 0 and sitting > places:
            yield _too_many(sitting, f" on {change.day}", site, change.heads, change.at)
            return


def _too_many(sitting: int, when: str, site: "Site", own: int, at: Path) -> Refusal:
    mend = f"write at most {max(own - sitting + (site.places or 0), 0)}, or more seats at {site.id}"
    return Refusal(f"with it {sitting} heads share the {site.places} places of {site.id}{when}", mend, at)


def _targets_refused(site: "Site", teams: Mapping[int, "Team"], places: int) -> Iterator[Refusal]:
    """Targets of a PLAN over the seats."""
    for t, team in teams.items():
        for p, policy in enumerate(team.policies):
            for period, heads in (policy.heads or {}).items():
                if heads > places:
                    mend = f"write at most {places}, or more seats at {site.id}"
                    at: Path = ("teams", t, "policies", p, "heads", str(period))
                    yield Refusal(f"{site.id} has {places} places", mend, at)


def _changes(teams: Mapping[int, "Team"]) -> Iterator[_Change]:
    """All that classes and moves change on the payrolls of a vendor's teams."""
    for t, team in teams.items():
        people = team.workforce
        if people is None:
            continue
        for c, entry in enumerate(people.classes):
            if people.attrition is None or entry.reason is not HiringReason.REPLACEMENT:
                path: Path = ("teams", t, "workforce", "classes", c, "size")
                yield from _class_changes(entry, people.training_weeks(entry), team.id, path)
        for m, move in enumerate(people.moves):
            yield from _move_changes(move, team.id, ("teams", t, "workforce", "moves", m, "heads"))


def _class_changes(entry: TrainingClass, training_weeks: int, team: str, at: Path) -> Iterator[_Change]:
    left = entry.size if entry.graduates is None else entry.graduates
    yield _Change(entry.start, team, entry.size, at)
    yield _Change(entry.start + timedelta(weeks=training_weeks), team, left - entry.size, at)
    if entry.until is not None:
        yield _Change(entry.until + DAY, team, -left, at)


def _move_changes(move: Move, team: str, at: Path) -> Iterator[_Change]:
    for sign, day in ((1, move.start), *(((-1, move.until + DAY),) if move.until is not None else ())):
        yield _Change(day, move.from_, -sign * move.heads, at)
        yield _Change(day, team, sign * move.heads, at)


def lending_refused(teams: Mapping[int, "Team"]) -> Iterator[Refusal]:
    """Moves of more people than a team has past nesting by then, unless a policy may have hired more.

    Paths as in `site_refused`.
    """
    lenders = {team.id: team for team in teams.values()}
    moves = [
        (move, team.id, ("teams", t, "workforce", "moves", m, "heads"))
        for t, team in teams.items()
        for m, move in enumerate(team.workforce.moves if team.workforce is not None else ())
    ]
    for number, (move, _, at) in enumerate(moves):
        source = lenders.get(move.from_)
        if (
            source is None
            or source.workforce is None
            or any(one.kind.rules.acts_by is HIRING for one in source.policies)
        ):
            continue
        there = source.workforce.headcount + _past_nesting(source.workforce, move.start)
        for other, (one, target, _) in enumerate(moves):
            away = one.start <= move.start and (one.until is None or move.start <= one.until)
            if away and (one.start, other) < (move.start, number):
                there += one.heads * ((target == source.id) - (one.from_ == source.id))
        if move.heads > there:
            mend = f"write at most {max(there, 0)}, or another date" if there > 0 else "leave the move out"
            yield Refusal(f"{source.id} has {max(there, 0)} people past nesting on {move.start}", mend, at)


def _past_nesting(people: Workforce, day: date) -> int:
    """Of given classes, on a date."""
    weeks = people.nesting_weeks
    return sum(
        entry.size if entry.graduates is None else entry.graduates
        for entry in people.classes
        if entry.start + timedelta(weeks=people.training_weeks(entry) + weeks) <= day
        and (entry.until is None or day <= entry.until)
    )


def _classrooms_refused(site: "Site", teams: Mapping[int, "Team"]) -> Iterator[Refusal]:
    given = [
        (entry.start, entry.start + timedelta(weeks=team.workforce.training_weeks(entry)), entry.size, (t, c))
        for t, team in teams.items()
        if team.workforce is not None
        for c, entry in enumerate(team.workforce.classes)
    ]
    for start, end, _, (t, c) in given:
        together = [one for one in given if one[0] <= start < one[1]] if start < end else []
        at: Path = ("teams", t, "workforce", "classes", c)
        trained = sum(size for _, _, size, _ in together)
        if site.training_seats is not None and trained > site.training_seats:
            mend = f"write fewer people, another date, or more training_seats at {site.id}"
            yield Refusal(_in_training(trained, start, f"{site.training_seats} training seats"), mend, (*at, "size"))
        if site.trainers is not None and len(together) > site.trainers:
            mend = f"write another date, or more trainers at {site.id}"
            what = _in_training(len(together), start, f"{site.trainers} trainers")
            yield Refusal(what.replace("people", "classes"), mend, (*at, "start"))


def _untaught_refused(site: "Site", teams: Mapping[int, "Team"]) -> Iterator[Refusal]:
    """Policies that ask for people whom nobody can train: no requisition of theirs would ever become a class."""
    for name in ("trainers", "training_seats"):
        if getattr(site, name) == 0:
            for t, p, kind in _hiring_policies(teams):
                mend = f"write {name}: 1 or more at {site.id}, or remove the policy"
                what = f"a policy {kind} hires, and {site.id} has no {name.replace('_', ' ')}"
                yield Refusal(what, mend, ("teams", t, "policies", p, "kind"))


def _hiring_policies(teams: Mapping[int, "Team"]) -> Iterator[tuple[int, int, str]]:
    """Policies that may grow a team, by place of the team and of the policy."""
    for t, team in teams.items():
        for p, policy in enumerate(team.policies):
            rules = policy.kind.rules
            if rules.acts_by is HIRING and (not rules.if_given or getattr(policy, rules.if_given) is not None):
                yield t, p, policy.kind


def _in_training(number: int, start: date, places: str) -> str:
    return f"{number} people are in training on {start}, there are {places}"
