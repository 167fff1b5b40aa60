"""Tables of people: how many there were, and how service held when demand rose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TextIO

from server.tables.words import NOTHING, count, mean_of, share, spread_of
from server.terminal import Column, show_table

if TYPE_CHECKING:
    from simulation.outcome.report.result import Headcount, Result
    from simulation.outcome.report.scaling import QueueScaling, Scaling, TeamScaling

STAGES = ("in_training", "nesting", "tenured")
CAME = {"hired": "hired", "moved_in": "moved in"}
WENT = {
    "failed_training": "failed training",
    "left_training": "left in training",
    "left_production": "left",
    "released": "released",
    "moved_out": "moved out",
}


@dataclass(frozen=True)
class Walk:
    """One team's headcount on the average; at the week's start if nothing else is said."""

    team: str
    start: float
    peak: int
    """the week with most people"""
    end: float
    """at the horizon"""
    worst: int
    """the week with the lowest effective less required FTE"""
    weeks: Sequence[date]
    mean: dict[str, list[float]]

    @classmethod
    def of(cls, team: str, headcount: "Headcount") -> "Walk":
        mean = {name: column.mean.tolist() for name, column in headcount.columns.items()}
        heads = [sum(stages) for stages in zip(*(mean[stage] for stage in STAGES), strict=True)]
        came, went = (sum(mean[flow][-1] for flow in flows) for flows in (CAME, WENT))
        over_under = mean["over_under_fte"]
        return cls(
            team=team,
            start=heads[0],
            peak=heads.index(max(heads)),
            end=heads[-1] + came - went,
            worst=over_under.index(min(over_under)),
            weeks=headcount.weeks,
            mean=mean,
        )

    def at_peak(self, stage: str) -> float:
        return self.mean[stage][self.peak]

    def total(self, flow: str) -> float:
        return sum(self.mean[flow])

    @property
    def told(self) -> dict[str, str]:
        """Heads at the start, every flow and heads at the end, in tenths. A flow is the difference of rounded running
        sums, so that what is shown adds up too."""
        running, reached = self.start, to_tenths(self.start)
        told = {"start": tenths(reached)}
        for flow in (*CAME, *WENT):
            running += self.total(flow) * (1 if flow in CAME else -1)
            told[flow] = tenths(abs(to_tenths(running) - reached))
            reached = to_tenths(running)
        return told | {"end": tenths(to_tenths(self.end))}


def show_headcount(result: "Result", *, file: TextIO | None = None, width: int | None = None) -> None:
    """Of the teams with people: the walk from the start to the end, and how they stood in between."""
    walks = [
        Walk.of(team.id, headcount)
        for team, headcount in zip(result.teams, result.headcounts, strict=True)
        if headcount.weeks
    ]
    if walks:
        show_walks(walks, file=file, width=width)
        show_peaks(walks, file=file, width=width)


def show_walks(walks: Sequence[Walk], *, file: TextIO | None = None, width: int | None = None) -> None:
    """start + who came - who went = end; every flow that any team has."""
    told = [walk.told for walk in walks]
    shown = {flow: heading for flow, heading in (CAME | WENT).items() if any(walk.total(flow) for walk in walks)}
    signs = {flow: "+" if flow in CAME else "-" for flow in shown}
    replacing = [tenths(walk.total("hired_replacement")) for walk in walks]
    show_table(
        "Headcount: mean heads at the start + who came - who went = at the end",
        [
            Column("team", [walk.team for walk in walks]),
            Column("start", [one["start"] for one in told]),
            *(Column(f"{signs[flow]} {heading}", [one[flow] for one in told]) for flow, heading in shown.items()),
            Column("= end", [one["end"] for one in told]),
            *([Column("of the hired replacing", replacing, spare=1)] if "hired" in shown else []),
        ],
        file=file,
        width=width,
    )


def show_peaks(walks: Sequence[Walk], *, file: TextIO | None = None, width: int | None = None) -> None:
    """The week with most people, and the one with least FTE over the required."""
    show_table(
        "People at their peak; the tightest week has least FTE over the required, the bench included",
        [
            Column("team", [walk.team for walk in walks]),
            Column("peak week", [f"{walk.weeks[walk.peak]}" for walk in walks], spare=2),
            Column("heads", [tenths(sum(walk.at_peak(stage) for stage in STAGES)) for walk in walks]),
            Column("in training", [tenths(walk.at_peak("in_training")) for walk in walks], spare=3),
            Column("nesting", [tenths(walk.at_peak("nesting")) for walk in walks], spare=4),
            Column("tenured", [tenths(walk.at_peak("tenured")) for walk in walks], spare=5),
            Column("tightest week", [f"{walk.weeks[walk.worst]}" for walk in walks], spare=1),
            Column("required FTE", [tenths(walk.mean["required_fte"][walk.worst]) for walk in walks]),
            Column("effective FTE", [tenths(walk.mean["effective_fte"][walk.worst]) for walk in walks]),
        ],
        file=file,
        width=width,
    )


def show_scaling(result: "Result", *, file: TextIO | None = None, width: int | None = None) -> None:
    """Shortfalls, what demand steps did to service, and how hard teams worked."""
    show_shortfalls(result.scaling, file=file, width=width)
    show_steps(result.scaling, file=file, width=width)
    show_occupancy(result.scaling, file=file, width=width)
    show_strengths(result.scaling, file=file, width=width)
    show_readiness(result.scaling, file=file, width=width)


def show_shortfalls(scaling: "Scaling", *, file: TextIO | None = None, width: int | None = None) -> None:
    short = [queue for queue in scaling.queues if queue.shortfalls.mean]
    if short:
        show_table(
            "Scaling: shortfalls, runs of days under target, and the worst of them",
            [
                Column("queue", [queue.id for queue in short]),
                Column("shortfalls", [mean_of(queue.shortfalls, tenths) for queue in short]),
                Column("days under", [mean_of(queue.short_days, tenths) for queue in short], spare=1),
                Column("each, points", [of_each(queue, "depth", points) for queue in short], spare=5),
                Column("each, days", [of_each(queue, "length_days", tenths) for queue in short], spare=5),
                Column("worst, points", [mean_of(queue.worst_shortfall.depth, points) for queue in short]),
                Column("its days", [mean_of(queue.worst_shortfall.length_days, tenths) for queue in short]),
                Column("5 to 95 %", [spread_of(queue.worst_shortfall.length_days, count) for queue in short], spare=3),
                Column("worst week", [worst_week(queue) for queue in short], spare=2),
                Column("service in it", [mean_of(queue.worst_week.level, share) for queue in short]),
                Column("worst day", [mean_of(queue.worst_day.level, share) for queue in short], spare=4),
            ],
            file=file,
            width=width,
        )


def of_each(queue: "QueueScaling", figure: str, told: Callable[[float], str]) -> str:
    """The mean depth or length of all of a queue's shortfalls."""
    number = sum(week.number for week in queue.begun)
    return told(sum(week.number * getattr(week, figure) for week in queue.begun) / number) if number else NOTHING


def show_steps(scaling: "Scaling", *, file: TextIO | None = None, width: int | None = None) -> None:
    steps = [(queue.id, step) for queue in scaling.queues for step in queue.steps]
    if steps:
        show_table(
            "Scaling: weeks from a step in expected volume until service was on target again",
            [
                Column("queue", [queue for queue, _ in steps]),
                Column("step", [f"{step.start}" for _, step in steps]),
                Column("rise", [f"{100 * step.rise:.0f} %" for _, step in steps]),
                Column("held", [share(step.held.share) for _, step in steps]),
                Column("recovered", [share(step.recovered.share) for _, step in steps]),
                Column("weeks", [mean_of(step.weeks, tenths) for _, step in steps]),
                Column("5 to 95 %", [spread_of(step.weeks, count) for _, step in steps], spare=1),
            ],
            file=file,
            width=width,
        )


def show_occupancy(scaling: "Scaling", *, file: TextIO | None = None, width: int | None = None) -> None:
    pressed = [team for team in scaling.teams if team.over_85_hours.mean or requisition_by(team) != NOTHING]
    if pressed:
        show_table(
            "Scaling: agent hours over an occupancy, last day for a requisition to be in time",
            [
                Column("team", [team.id for team in pressed]),
                Column("85 %", [mean_of(team.over_85_hours, count) for team in pressed]),
                Column("90 %", [mean_of(team.over_90_hours, count) for team in pressed]),
                Column("95 %", [mean_of(team.over_95_hours, count) for team in pressed]),
                Column("requisition by", [requisition_by(team) for team in pressed]),
            ],
            file=file,
            width=width,
        )


def show_strengths(scaling: "Scaling", *, file: TextIO | None = None, width: int | None = None) -> None:
    short = [vendor for vendor in scaling.vendors if vendor.short_weeks.mean]
    if short:
        show_table(
            "Scaling: vendors with weeks that begin with less than 98 % of the FTE required",
            [
                Column("vendor", [vendor.id for vendor in short]),
                Column("weeks short", [mean_of(vendor.short_weeks, tenths) for vendor in short]),
                Column("at strength", [share(vendor.reached.share) for vendor in short]),
                Column("after weeks", [mean_of(vendor.weeks, tenths) for vendor in short]),
                Column("asked for", [mean_of(vendor.requisitioned, tenths) for vendor in short], spare=1),
                Column("found", [mean_of(vendor.found, tenths) for vendor in short], spare=2),
                Column("started", [mean_of(vendor.hired, tenths) for vendor in short], spare=3),
            ],
            file=file,
            width=width,
        )


def show_readiness(scaling: "Scaling", *, file: TextIO | None = None, width: int | None = None) -> None:
    if scaling.readiness:
        steps = scaling.readiness
        show_table(
            "Scaling: ready for a step of a transition",
            [
                Column("vendor", [step.vendor for step in steps]),
                Column("queues", [", ".join(step.queues) for step in steps], spare=2),
                Column("step", [f"{step.start}" for step in steps]),
                Column("share", [share(step.share) for step in steps]),
                Column("ready", [share(step.ready.share) for step in steps]),
                Column("staffed", [share(step.staffed.share) for step in steps]),
                Column("on target", [share(step.served.share) for step in steps]),
                Column("FTE there", [mean_of(step.effective_fte, tenths) for step in steps], spare=1),
                Column("required", [tenths(step.required_fte) for step in steps], spare=1),
            ],
            file=file,
            width=width,
        )


def requisition_by(team: "TeamScaling") -> str:
    """2026-09-14, or that it would have been earlier than the scenario begins"""
    if team.too_late_at_start:
        return "before the start"
    return NOTHING if team.latest_requisition is None else f"{team.latest_requisition}"


def worst_week(queue: "QueueScaling") -> str:
    """2026-12-14 (62 %)"""
    most = queue.worst_week.most_often
    return NOTHING if most is None else f"{most.start} ({100 * most.share:.0f} %)"


def to_tenths(number: float) -> float:
    """Rounded, and alike for numbers that differ by the order in which they were added up."""
    return round(round(number, 6), 1)


def tenths(number: float) -> str:
    return f"{number:,.1f}"


def points(gap: float) -> str:
    return f"{100 * gap:.1f}"
