"""The right to leave a vendor: when it arises, what leaving costs, and an exit that follows it."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from simulation.experiment import Experiment, simulate
from simulation.outcome.clauses.counts import clause_counts
from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.money.exit_rights import after_notice, first_right
from simulation.outcome.money.meters import Counted
from simulation.outcome.money.settlement import ExitResult
from simulation.outcome.money.statements import statement
from simulation.outcome.report.document import document
from simulation.outcome.report.result import Result
from simulation.replication import replicate
from simulation.scenario.reading.document import from_data
from simulation.world.world import World
from tests.outcome.agreed import agreed, clause, invoices, path, served, settled
from tests.outcome.counted import summary

MONTHS: dict[str, Any] = {"start": "2026-09-01", "days": 153}  # September to January
LENGTHS = (30, 31, 30, 31, 31)
FIXED = {"kind": "FIXED_MONTHLY", "amount": 10_000}


def by_month(*shares: float) -> list[float]:
    return [share for share, days in zip(shares, LENGTHS, strict=True) for _ in range(days)]


def leaving(*slas: dict[str, Any], **terms: Any) -> dict[str, Any]:
    return {"pricing": [FIXED], "slas": list(slas or [clause()]), "exit": {"missed": 2, "of": 3} | terms}


def right_of(found: Result, vendor: int = 0) -> ExitResult:
    (right,) = found.settlement.vendors[vendor].exits
    return right


@pytest.mark.parametrize(
    ("shares", "first"),
    [
        ((0.7, 0.7, 0.9, 0.9, 0.9), date(2026, 10, 1)),
        ((0.7, 0.9, 0.7, 0.9, 0.9), date(2026, 11, 1)),  # two of the last three
        ((0.7, 0.9, 0.9, 0.7, 0.9), None),  # two of the last four
        ((0.9, 0.9, 0.9, 0.7, 0.7), date(2027, 1, 1)),
    ],
)
def test_the_right_arises_with_the_window_that_makes_it_too_many(shares: tuple[float, ...], first: date | None) -> None:
    described = agreed(leaving(), **MONTHS)
    right = right_of(settled(described, served(described, by_month(*shares))))
    assert (right.first, right.arisen.successes, right.clause) == (first, int(first is not None), first and "sl")
    assert [month.arisen.successes for month in right.months] == [
        int(first is not None and month.start >= first) for month in right.months
    ]


def test_days_without_calls_are_none_of_the_last() -> None:
    """Calls on every other day of September from the 1st, missed from the 3rd on: three of the last three with the 7th,
    none of which would be among three days in a row. In the second replication calls come on all days."""
    described = agreed(leaving(clause(window="DAY"), missed=3, of=3), **MONTHS)
    rare = path(described, offered={0: 10} | dict.fromkeys(range(2, 30, 2), 10), answered_in_time={0: 10})
    often = path(described, offered=10, answered_in_time={0: 10})
    found = summary(described, [rare, often])
    score = ClauseScore.of(clause_counts(described)[0], found.clauses[:, :, 0], described.horizon.dates)
    terms = described.vendors[0].contracts[0].exit
    assert terms is not None
    assert first_right(score, terms).tolist() == [7, 4]
    never = path(described)
    assert right_of(settled(described, never)).arisen.share == 0.0


def test_misses_of_two_clauses_do_not_add_up() -> None:
    """September misses 80 % and November 95 %, which both months miss: only the second clause has two."""
    described = agreed(leaving(clause(), clause(id="high", target=0.95)), **MONTHS)
    right = right_of(settled(described, served(described, by_month(0.7, 0.97, 0.9, 0.97, 0.97))))
    assert (right.clause, right.first) == ("high", date(2026, 11, 1))


def test_a_window_cut_by_the_horizon_gives_no_right() -> None:
    """16 September to 16 December: October and November are whole."""
    described = agreed(leaving(missed=3), start="2026-09-16", days=92)
    found = settled(described, served(described, [0.1] * 92))
    assert right_of(found).arisen.share == 0.0


def test_its_probability_is_of_the_replications() -> None:
    """One in four has two misses of three; the mean path, 0.775 in September and October, would have them too."""
    described = agreed(leaving(fee=500), **MONTHS)
    good, bad = by_month(0.85, 0.85, 0.9, 0.9, 0.9), by_month(0.5, 0.5, 0.9, 0.9, 0.9)
    found = settled(described, *(served(described, path) for path in (good, good, bad, good)))
    shown = document(found)["vendors"][0]["exits"]
    assert [(one["client"], one["arisen"]["mean"], one["first"], one["clause"], one["fee"]) for one in shown] == [
        (None, 0.25, "2026-10-01", "sl", 500.0)
    ]
    assert [month["arisen"]["mean"] for month in shown[0]["months"]] == [0.0, 0.25, 0.25, 0.25, 0.25]
    assert "EXIT_FEE" not in invoices(found)[0], "nobody leaves"


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (date(2026, 11, 30), 3, date(2027, 3, 1)),
        (date(2026, 11, 1), 0, date(2026, 12, 1)),
        (date(2026, 12, 31), 0, date(2027, 1, 1)),
        (date(2026, 9, 7), 27, date(2029, 1, 1)),
    ],
)
def test_notice_is_of_whole_months(day: date, months: int, first: date) -> None:
    assert after_notice(day, months) == first


def test_who_leaves_pays_the_fee_as_the_handover_begins() -> None:
    """Acme leaves on 9 November for 2,500: the month's line, at no risk; 10 % of 10,000 are, as ever."""
    terms = leaving(clause(credits=[{"below": 0.8, "share": 1}]), fee=2500) | {"at_risk": {"share": 0.1}}
    described = agreed(terms, **MONTHS)
    counters = served(described, by_month(0.9, 0.9, 0.7, 0.9, 0.9))
    counters.exits[0] = 30 + 31 + 8
    found = invoices(settled(described, counters))
    assert [month["EXIT_FEE"] for month in found] == [0.0, 0.0, 2500.0, 0.0, 0.0]
    assert [month["CREDIT"] for month in found] == [0.0, 0.0, -1000.0, 0.0, 0.0]
    assert found[2]["invoice"] == 11_500.0
    shard = summary(described, [counters])
    by_day = shard.queues.daily, shard.teams.daily
    counted = Counted(described, *by_day, shard.times, shard.locked, shard.exits, shard.payroll)
    told = statement(counted, shard.clauses, "acme", 2)
    assert (told.lines[-1].kind, told.lines[-1].formula, told.lines[-1].cents) == (
        "EXIT_FEE",
        "2,500 as the handover begins",
        250_000,
    )
    assert told.cents == 1_150_000


def failing(**exit_event: Any) -> dict[str, Any]:
    """Ten weeks of calls for two teams of which acme's alone has the queue, with half the agents that it needs."""
    window = clause(metric="ASA", target=20, window="WEEK")
    described = agreed(leaving(window, fee=999, notice_months=0), start="2026-10-26", days=63)
    data = described.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0]["teams"][0]["staffing"] = {"agents": 1}
    data["vendors"][1]["teams"][0] |= {"skills": [{"queue": "mail"}, {"queue": "calls"}], "staffing": {"agents": 12}}
    data["queues"][0] |= {
        "route": {"choice": "ALLOCATION", "allocation": [{"shares": {"acme": 1.0}}]},
        "patience": {"mean_seconds": 300},
    }
    data["vendors"][0]["contracts"][0]["slas"][0]["scope"] = "QUEUE"
    data["events"] = [{"kind": "VENDOR_EXIT", "vendor": "acme", "to": "best", "handover_weeks": 2, **exit_event}]
    return data


def test_an_exit_may_follow_the_right_to_leave() -> None:
    """Acme misses from the first week on: with the second of 8 November the right is there, in December, after no
    notice, it hands over: as in a scenario that says so, to the last count. Best answers, and the fee is due."""
    described = from_data(failing(after="EXIT_TRIGGER"))
    said = from_data(failing(start="2026-12-01"))
    followed, dated = replicate(World.of(described), 3, 0), replicate(World.of(said), 3, 0)
    assert followed.exits.tolist() == dated.exits.tolist() == [36, -1]
    assert np.array_equal(followed.queues, dated.queues)
    assert np.array_equal(followed.groups, dated.groups)
    found = simulate(described, Experiment(replications=3, seed=3))
    assert right_of(found).arisen.share == 1.0
    assert right_of(found).first == date(2026, 11, 1)
    assert [month["EXIT_FEE"] for month in invoices(found)] == [0.0, 0.0, 999.0]
    waits = found.settlement.clauses[0].windows
    assert (waits[1].value.mean or 0) > 20 > (waits[8].value.mean or 0)


def test_without_the_right_nobody_leaves() -> None:
    data = failing(after="EXIT_TRIGGER")
    data["vendors"][0]["contracts"][0]["exit"] = {"missed": 40, "of": 40}
    counted = replicate(World.of(from_data(data)), 3, 0)
    assert counted.exits.tolist() == [-1, -1]
