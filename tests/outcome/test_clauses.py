"""Clauses: the figure of a window, its target, and in how many replications it is met, worked out by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.report.document import document
from simulation.outcome.report.result import Result
from simulation.outcome.shards.summary import ShardSummary, merge
from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import (
    SECOND,
    G,
    Q,
    agreed,
    clause,
    clauses_of,
    contracted,
    invoices,
    months_of,
    of_every_kind,
    path,
    served,
    settled,
)
from tests.outcome.counted import blank, random_counters, summary

WEEK: dict[str, Any] = {"start": "2026-11-02", "days": 7}
RATE = {"kind": "PER_CONTACT", "rate": 1.5}


def one_clause(**changes: Any) -> dict[str, Any]:
    return {"pricing": [RATE], "slas": [clause(window="WEEK", **changes)]}


def value(found: Result, name: str = "sl", window: int = 0) -> float | None:
    return clauses_of(found)[name].windows[window].value.mean


FORMULAS = {
    "ANSWERED_OVER_OFFERED_LESS_SHORT": 860 / 1040,
    "ABANDONED_IN_TIME_COUNT": 880 / 1060,
    "ANSWERED_OVER_OFFERED": 860 / 1060,
    "ANSWERED_OVER_ANSWERED": 860 / 1000,
    "SHORT_ABANDONS_COUNT": 865 / 1060,
}


@pytest.mark.parametrize(("formula", "level"), FORMULAS.items())
def test_a_service_level_is_by_the_clause_s_own_formula(formula: str, level: float) -> None:
    """1,000 answered, 860 of them in time, 60 abandoned, 20 within the threshold and 5 within the short time. The
    queue's own target has another formula for all but one."""
    described = agreed(one_clause(formula=formula), **WEEK)
    counted = path(
        described,
        offered={0: 1060},
        arrived_answered={0: 1000},
        answered_in_time={0: 860},
        arrived_abandoned={0: 60},
        abandoned_in_time={0: 20},
        abandoned_short={0: 5},
    )
    assert value(settled(described, counted)) == pytest.approx(level, rel=1e-15)


def test_ceilings_are_met_on_the_target() -> None:
    """40 answered waited 800 s in all, 20 s each: on the ceiling. 4 of 50 gave up, 8 % of at most 5 %: missed."""
    asa = clause(id="asa", metric="ASA", target=20, window="WEEK")
    lost = clause(id="lost", metric="ABANDON_RATE", target=0.05, window="WEEK")
    described = agreed({"pricing": [RATE], "slas": [asa, lost]}, **WEEK)
    counted = path(
        described,
        offered={3: 50},
        arrived_answered={3: 40},
        answered_wait={3: 800 * SECOND},
        arrived_abandoned={3: 4},
    )
    found = settled(described, counted)
    assert (value(found, "asa"), value(found, "lost")) == (20.0, 0.08)
    assert [met_in(found, name) for name in ("asa", "lost")] == [1, 0]


def met_in(found: Result, name: str = "sl", window: int = 0) -> int | None:
    met = clauses_of(found)[name].windows[window].met
    return None if met is None else met.successes


def test_turnaround_is_of_the_work_due_in_the_window() -> None:
    """Due 10 on Monday and 30 on Tuesday, done 9 and 21: 30 of 40."""
    on_time = clause(id="tat", metric="TURNAROUND_MET", queue="mail", target=0.75, window="WEEK")
    described = agreed({"pricing": [RATE]}, {"pricing": [RATE], "slas": [on_time]}, **WEEK)
    found = settled(described, path(described, mail_due={0: 10, 1: 30}, mail_due_met={0: 9, 1: 21}))
    assert (value(found, "tat"), met_in(found, "tat")) == (0.75, 1)


def test_first_contacts_that_solve_count_until_they_come_back() -> None:
    """Of 200 answered 30 came back: 85 %."""
    described = agreed(one_clause(metric="FCR", target=0.85), **WEEK)
    found = settled(described, path(described, arrived_answered={0: 100, 4: 100}, repeated={0: 30}))
    assert (value(found), met_in(found)) == (0.85, 1)


def test_volume_weights_and_averages_and_compliance_differ() -> None:
    """Monday 90 of 100 in time, Tuesday 5 of 10, the other days nobody called. Volume-weighted 95 / 110, average of
    days (0.9 + 0.5) / 2 = 0.7, days that met 80 %: 1 of 2."""
    ways: dict[str, dict[str, Any]] = {
        "weighted": {},
        "average": {"aggregation": "AVERAGE_OF_PERIODS", "period": "DAY"},
        "compliance": {"aggregation": "PERIOD_COMPLIANCE", "period": "DAY", "period_target": 0.8, "target": 0.5},
    }
    slas = [clause(**{"id": name, "window": "WEEK", **way}) for name, way in ways.items()]
    described = agreed({"pricing": [RATE], "slas": slas}, **WEEK)
    found = settled(described, path(described, offered={0: 100, 1: 10}, answered_in_time={0: 90, 1: 5}))
    assert [value(found, name) for name in ways] == [pytest.approx(95 / 110), 0.7, 0.5]
    assert [met_in(found, name) for name in ways] == [1, 0, 1]


def test_an_average_on_its_target_is_met() -> None:
    """Days of 5 / 6, 5 / 6 and 11 / 15: exactly 0.8, which billionths of each add up to a little less than."""
    average = {"aggregation": "AVERAGE_OF_PERIODS", "period": "DAY"}
    described = agreed(one_clause(**average), **WEEK)
    counted = path(described, offered={0: 6, 1: 6, 2: 15}, answered_in_time={0: 5, 1: 5, 2: 11})
    assert met_in(settled(described, counted)) == 1


def test_compliance_by_interval_counts_intervals_with_contacts() -> None:
    """Hours of Monday: 8 of 10, 7 of 10, 10 of 10, none; ASA 20, 40, 10 s. Of three hours two met 80 %, mean level
    (0.8 + 0.7 + 1) / 3; two hours had an ASA of at most 20 s."""
    by_hour = {"window": "WEEK", "period": "INTERVAL"}
    slas = [
        clause(id="met", target=0.5, aggregation="PERIOD_COMPLIANCE", period_target=0.8, **by_hour),
        clause(id="mean", aggregation="AVERAGE_OF_PERIODS", **by_hour),
        clause(id="asa", metric="ASA", target=0.6, aggregation="PERIOD_COMPLIANCE", period_target=20, **by_hour),
    ]
    described = agreed({"pricing": [RATE], "slas": slas}, **WEEK)
    counters = blank(described)
    for hour, (in_time, waited) in enumerate([(8, 20), (7, 40), (10, 10)]):
        row = counters.queues[hour + 8, 0]
        row[[Q.OFFERED, Q.ARRIVED_ANSWERED, Q.ANSWERED_IN_TIME, Q.ANSWERED_WAIT]] = (
            10,
            10,
            in_time,
            10 * waited * SECOND,
        )
    found = settled(described, counters)
    assert [value(found, name) for name in ("met", "mean", "asa")] == [
        pytest.approx(2 / 3),
        pytest.approx(2.5 / 3, abs=1e-9),
        pytest.approx(2 / 3),
    ]


def test_only_the_hours_and_dates_that_count_are_scored() -> None:
    """Each hour of 2 to 8 November 2026 has 10 calls; from 09:00 to 17:00 on working days 8 are in time, else none.
    Those hours alone: 80 %; without Thursday too; from 22:00 to 02:00 nothing. Then two hours of Monday fail, which the
    client's outage from 09:30 to 11:00 touches, and all of Thursday: 30 good hours of 40, of 32, of 38."""
    day = {"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "09:00", "close": "17:00"}
    night = {"open": "22:00", "close": "02:00"}
    ways: dict[str, dict[str, Any]] = {
        "day": {"hours": [day]},
        "three": {"hours": [day], "exclude_dates": ["2026-11-05"]},
        "night": {"hours": [night]},
        "outage": {"hours": [day], "exclude": ["CLIENT_OUTAGE"]},
    }
    slas = [clause(id=name, window="WEEK", counts=counts) for name, counts in [*ways.items(), ("all", None)]]
    outage = {"kind": "CLIENT_OUTAGE", "start": "2026-11-02T09:30", "hours": 1.5, "demand_multiplier": 2}
    described = agreed({"pricing": [RATE], "slas": slas}, **WEEK, events=[outage])
    counters = blank(described)
    counters.queues[:, 0, Q.OFFERED] = 10
    hours = np.arange(7 * 24)
    working = (hours % 24 >= 9) & (hours % 24 < 17) & (hours // 24 < 5)
    counters.queues[:, 0, Q.ANSWERED_IN_TIME] = 8 * working
    found = settled(described, counters)
    assert [value(found, name) for name in ways] == [0.8, 0.8, 0.0, 0.8]
    assert value(found, "all") == pytest.approx(8 * 40 / 1680)
    counters.queues[9:11, 0, Q.ANSWERED_IN_TIME] = 0  # 09:00 and 10:00 on Monday
    counters.queues[3 * 24 : 4 * 24, 0, Q.ANSWERED_IN_TIME] = 0  # Thursday
    found = settled(described, counters)
    assert [value(found, name) for name in ways] == [
        pytest.approx(8 * 30 / 400),
        pytest.approx(8 * 30 / 320),
        0.0,
        pytest.approx(8 * 30 / 380),
    ]


def test_hours_over_midnight_begin_on_their_day() -> None:
    """From 22:00 on Tuesday to 02:00 on Wednesday: 4 of the week's hours."""
    counts = {"hours": [{"days": ["TUE"], "open": "22:00", "close": "02:00"}]}
    described = agreed(one_clause(counts=counts), **WEEK)
    counters = blank(described)
    counters.queues[:, 0, Q.OFFERED] = 1
    counters.queues[46:50, 0, Q.ANSWERED_IN_TIME] = 1
    assert value(settled(described, counters)) == 1.0
    counters.queues[50, 0, Q.ANSWERED_IN_TIME] = 1
    counters.queues[46, 0, Q.ANSWERED_IN_TIME] = 0
    assert value(settled(described, counters)) == 0.75


def test_a_window_s_target_is_the_mean_over_its_days_and_the_tiers_shift_with_it() -> None:
    """November 2026: 0.8, from the 21st 0.7: (20 x 0.8 + 10 x 0.7) / 30 = 0.7666..., a third of a tenth lower. The
    deeper tier moves from 0.7 to 0.6666...: 0.67 is a miss of the first tier, 0.66 of the second."""
    tiers = [{"below": 0.8, "share": 0.5}, {"below": 0.7, "share": 1}]
    dated = clause(periods=[{"from": "2026-11-21", "to": "2026-12-31", "target": 0.7}], credits=tiers)
    pricing = [{"kind": "FIXED_MONTHLY", "amount": 1000}]
    described = agreed({"pricing": pricing, "slas": [dated], "at_risk": {"share": 0.1}}, start="2026-11-01", days=30)
    found = {share: settled(described, served(described, [share] * 30)) for share in (0.77, 0.76, 0.67, 0.66)}
    assert clauses_of(found[0.77])["sl"].windows[0].target == pytest.approx(23 / 30, rel=1e-15)
    assert [invoices(one)[0]["CREDIT"] for one in found.values()] == [0.0, -50.0, -50.0, -100.0]


def test_the_ratchet_turns_on_the_anniversaries_of_the_start() -> None:
    """From 15 November 2026: 0.8, from 15 November 2027 0.82; November 2027 has 14 days of the one, 16 of the other.
    A ceiling of 30 s falls by 2 s."""
    slas = [clause(ratchet_per_year=0.02), clause(id="asa", metric="ASA", target=30, ratchet_per_year=2)]
    described = agreed({"pricing": [RATE], "slas": slas}, start="2026-11-15", days=420)
    found = settled(described, blank(described))
    targets = {name: [window.target for window in one.windows] for name, one in clauses_of(found).items()}
    assert targets["sl"][11:14] == [0.8, pytest.approx((14 * 0.8 + 16 * 0.82) / 30, rel=1e-15), 0.82]
    assert targets["asa"][13] == 28.0


def test_nothing_to_count_breaks_nothing_and_earns_nothing() -> None:
    bonus = [{"at_or_above": 0.8, "share": 0.1}]
    described = agreed({"pricing": [RATE], "slas": [clause(window="WEEK", bonuses=bonus)]}, **WEEK)
    found = settled(described, path(described, handled=10))
    assert (value(found), met_in(found), invoices(found)[0]["BONUS"]) == (None, 1, 0.0)


def test_a_probability_is_of_the_replications_and_not_of_their_mean() -> None:
    """Three replications at 79 % and one at 95 %: the mean path, 83 %, would meet 80 %; one in four does. The mean
    credit is three quarters of one."""
    contract = {
        "pricing": [{"kind": "FIXED_MONTHLY", "amount": 10_000}],
        "at_risk": {"share": 0.1},
        "slas": [clause(credits=[{"below": 0.8, "share": 1}])],
    }
    described = agreed(contract, start="2026-11-01", days=30)
    found = settled(described, *(served(described, [share] * 30) for share in (0.79, 0.79, 0.79, 0.95)))
    (window,) = clauses_of(found)["sl"].windows
    assert window.value.mean == pytest.approx(0.83)
    assert window.met is not None
    assert (window.met.successes, window.met.trials) == (1, 4)
    (month,) = months_of(found)
    assert month.invoice.mean == pytest.approx(9250)


def test_the_joint_probability_is_not_the_product() -> None:
    """Two clauses about the same calls, each met in two of four replications, and in the same two: 1/2, not 1/4."""
    slas = [clause(id="level", window="WEEK"), clause(id="asa", metric="ASA", target=30, window="WEEK")]
    described = agreed({"pricing": [RATE], "slas": slas}, **WEEK)
    good, bad = (
        path(described, offered=10, arrived_answered=10, answered_in_time=n, answered_wait=10 * wait * SECOND)
        for n, wait in ((9, 10), (5, 60))
    )
    settlement = settled(described, good, bad, good, bad).settlement
    assert [met_in(settled(described, good, bad, good, bad), name) for name in ("level", "asa")] == [2, 2]
    assert settlement.all_met is not None
    assert (settlement.all_met.successes, settlement.all_met.trials) == (2, 4)


def test_the_first_to_break_is_the_one_in_most_replications() -> None:
    """Two weeks. One replication breaks in the first week, two in the second, one never."""
    described = agreed(one_clause(), start="2026-11-02", days=14)
    weeks = ([0.5, 0.5], [0.9, 0.5], [0.9, 0.6], [0.9, 0.9])
    found = settled(described, *(served(described, [a] * 7 + [b] * 7) for a, b in weeks))
    shown = document(found)["decision"]
    assert shown["first_to_break"]["clause"] == "sl"
    assert shown["first_to_break"]["start"] == "2026-11-09T00:00:00-05:00"
    assert shown["first_to_break"]["share"]["mean"] == 0.5
    assert shown["all_met"]["mean"] == 0.25


def random_paths(described: Scenario, seed: int, number: int = 3) -> list[Any]:
    return [random_counters(described, seed + n, contacts=3.0) for n in range(number)]


laws = settings(max_examples=12, deadline=None)
seeds, levels = st.integers(0, 10_000), st.integers(2, 19).map(lambda n: n / 20)


def lines_of(found: Result) -> dict[str, Any]:
    (month,) = months_of(found)
    return {line.kind: np.rint(100 * line.amount.over).astype(int) for line in month.lines}


@pytest.mark.slow
@laws
@given(seeds, levels, st.sampled_from([0.0, 0.05, 0.12]))
def test_lines_add_up_to_the_invoice_and_credits_never_exceed_the_cap(seed: int, level: float, risk: float) -> None:
    described = contracted(level, risk, 1.37)
    found = settled(described, *random_paths(described, seed))
    lines = lines_of(found)
    (month,) = months_of(found)
    assert (sum(lines.values()) == np.rint(100 * month.invoice.over)).all()
    recurring = lines["PER_CONTACT"] + lines["PER_PRODUCTIVE_HOUR"] + lines["FIXED_MONTHLY"]
    assert (-lines["CREDIT"] <= np.rint(recurring * risk + 0.5)).all()
    assert (lines["CREDIT"] <= 0).all()


@pytest.mark.slow
@laws
@given(seeds, levels)
def test_a_stricter_target_never_lowers_the_credit_of_the_same_path(seed: int, level: float) -> None:
    credits = []
    for wanted in (level, level + 0.05):
        described = contracted(wanted, 0.12, 1.37)
        credits.append(lines_of(settled(described, *random_paths(described, seed)))["CREDIT"])
    assert (credits[1] <= credits[0]).all()


@pytest.mark.slow
@laws
@given(seeds)
def test_doubling_every_rate_doubles_the_recurring_charges(seed: int) -> None:
    """To the cent that each line rounds."""
    once, twice = (
        lines_of(settled(described, *random_paths(described, seed)))
        for described in (contracted(0.8, 0.1, 1.37), contracted(0.8, 0.1, 2.74))
    )
    for kind in ("PER_CONTACT", "PER_PRODUCTIVE_HOUR", "FIXED_MONTHLY"):
        assert (abs(twice[kind] - 2 * once[kind]) <= 1).all()
    assert (twice["ONE_OFF"] == once["ONE_OFF"]).all()


@pytest.mark.slow
@laws
@given(seeds, st.sampled_from([0.38, 1.37, 19.99]))
def test_doubling_every_rate_doubles_the_lines_of_every_recurring_kind(seed: int, rate: float) -> None:
    once, twice = (lines_of(settled(one, *random_paths(one, seed))) for one in map(of_every_kind, (rate, 2 * rate)))
    assert set(once) == set(PricingKind) - {PricingKind.PER_PAID_HOUR, PricingKind.ONE_OFF}
    assert all(cents.all() for cents in once.values())
    assert all((abs(twice[kind] - 2 * once[kind]) <= 1).all() for kind in once)


def test_shards_merge_to_the_same_settlement_through_their_bytes() -> None:
    described = contracted(0.8, 0.1, 1.37)
    paths = random_paths(described, 5, 4)
    whole = merge([summary(described, paths)])
    parts = [summary(described, paths[:1]), summary(described, paths[1:], first=1)]
    read = merge([ShardSummary.from_bytes(part.to_bytes()) for part in reversed(parts)])
    assert (read.clauses == whole.clauses).all()
    assert whole.clauses.any()


def test_hours_of_the_team_are_those_of_its_own_vendor() -> None:
    """Best's letters have 10 productive hours, acme's phones none."""
    hourly = {"pricing": [{"kind": "PER_PRODUCTIVE_HOUR", "rate": 2}]}
    described = agreed(hourly, hourly, **WEEK)
    counters = blank(described)
    counters.groups[0, 1, G.ON_FLOOR] = 10 * 3_600_000_000
    found = settled(described, counters)
    assert [invoices(found, vendor)[0]["invoice"] for vendor in (0, 1)] == [0.0, 20.0]
