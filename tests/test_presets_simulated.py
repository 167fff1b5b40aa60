"""What the presets are there to show happens in them: a bench that helps, a day without a gap, a storm that passes."""

from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.counters import GroupField
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.report.result import EntityResult, Result
from simulation.presets import preset_text
from simulation.replication import replicate
from simulation.scenario.reading.document import load
from simulation.world.world import World

PEAK_OVER = {"weeks": "12"}
"""The retail peak until its fourth week of December."""
NO_SURGE = {"vendors.pacific.teams.manila-voice.policies": "[{kind: HIRE_UP_TO, review_weeks: 2, buffer: 0.1}]"}
FIRST_PEAK_WEEK, LAST_PEAK_WEEK = 8, 11
PEAK = slice(FIRST_PEAK_WEEK, LAST_PEAK_WEEK)


@cache
def retail_peak(*, surge: bool) -> Result:
    changes = PEAK_OVER if surge else {**PEAK_OVER, **NO_SURGE}
    return simulate(load(preset_text("retail-peak"), changes=changes), Experiment(replications=2, seed=5))


@cache
def travel_disruption() -> Result:
    return simulate(load(preset_text("travel-disruption")), Experiment(replications=4, seed=5))


def named(entities: tuple[EntityResult, ...], name: str) -> EntityResult:
    return next(entity for entity in entities if entity.id == name)


def weekly(entity: EntityResult, measure: str) -> list[float]:
    return [float(value) for value in entity.columns[Resolution.WEEK][measure].mean]


def stock(result: Result, team: str, name: str) -> list[float]:
    place = [entity.id for entity in result.teams].index(team)
    return [float(value) for value in result.headcounts[place].columns[name].mean]


def test_the_retail_peak_ramps_up_dips_and_comes_back() -> None:
    result = retail_peak(surge=True)
    level = weekly(named(result.queues, "orders"), "service_level")
    assert sum(level[:FIRST_PEAK_WEEK]) / FIRST_PEAK_WEEK > 0.8
    assert min(level) == min(level[PEAK]) < 0.7 < min(level[:FIRST_PEAK_WEEK])
    assert level[LAST_PEAK_WEEK] > min(level) + 0.1
    on_payroll = np.add(stock(result, "bogota-voice", "tenured"), stock(result, "bogota-voice", "in_training"))
    assert on_payroll[8] > 1.4 * on_payroll[0]


def test_the_retail_peak_invoices_credits_and_prices_its_own_people() -> None:
    settlement = retail_peak(surge=True).settlement
    own, pacific, andes = settlement.vendors
    for vendor in (pacific, andes):
        for month in vendor.months:
            assert month.margin is not None
            assert sum(line.amount.over for line in month.lines) == pytest.approx(month.invoice.over, abs=1e-6)
    assert all(not month.lines and month.own_cost is not None for month in own.months)
    credits = [line.amount.mean for month in pacific.months for line in month.lines if line.kind == "CREDIT"]
    assert min(mean for mean in credits if mean is not None) < 0
    assert settlement.decision is not None
    assert settlement.decision.all_met is not None
    assert settlement.decision.first_to_break is not None
    assert settlement.cost is not None


def test_without_the_bench_the_peak_is_deeper_and_cheaper_on_the_same_draws() -> None:
    benched, alone = (retail_peak(surge=surge) for surge in (True, False))
    orders = [named(result.queues, "orders") for result in (benched, alone)]
    team = [named(result.teams, "manila-voice").totals for result in (benched, alone)]
    assert orders[0].totals["offered_new"].values.tolist() == orders[1].totals["offered_new"].values.tolist()
    assert (orders[0].totals["service_level"].values > orders[1].totals["service_level"].values).all()
    levels = [weekly(queue, "service_level") for queue in orders]
    helped = np.subtract(levels[0][PEAK], levels[1][PEAK])
    assert helped.min() > 0.005
    assert helped.mean() > 0.03
    assert levels[0][:4] == levels[1][:4]
    assert team[1]["surge_hours"].mean == 0 < 300 < (team[0]["surge_hours"].mean or 0)
    with_it, without = (result.settlement.cost for result in (benched, alone))
    assert with_it is not None
    assert without is not None
    assert (without.total.values < with_it.total.values).all(), "credits are dearer than the bench"
    assert (team[1]["paid_hours"].values < team[0]["paid_hours"].values - 300).all()
    tightest = [min(stock(result, "manila-voice", "over_under_fte")) for result in (benched, alone)]
    assert tightest[0] > tightest[1] + 3


def test_every_origin_of_contacts_shows_in_the_retail_peak() -> None:
    queues = {queue.id: queue.totals for queue in retail_peak(surge=True).queues}
    counted = {
        ("orders", "offered_retrial"),
        ("orders", "offered_repeat"),
        ("orders", "callbacks_served"),
        ("escalations", "offered_transfer"),
        ("chat", "offered_bot_failure"),
        ("chat", "contained"),
        ("returns", "offered_rework"),
        ("delivery", "attempts"),
    }
    assert {(queue, measure) for queue, measure in counted if not (queues[queue][measure].mean or 0) > 100} == set()


@cache
def desk_hours(number: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Agents on the floor by interval and team of the help desk round the clock, whole ones, in one replication."""
    world = World.of(load(preset_text("follow-the-sun")))
    time = replicate(world, 5, number).groups[..., GroupField.ON_FLOOR]
    return np.asarray(time // world.grid.interval_lengths[:, None])


@pytest.mark.parametrize("number", [0, 1])
def test_somebody_is_on_the_floor_in_every_half_hour_through_both_clock_changes(number: int) -> None:
    assert desk_hours(number).sum(axis=1).min() >= 1


def test_each_site_keeps_its_local_day_through_its_own_clock_change() -> None:
    world = World.of(load(preset_text("follow-the-sun")))
    instants = [datetime.fromtimestamp(second, UTC) for second in world.grid.interval_starts // 1_000_000 + 1791763200]
    teams = [team.id for team in world.scenario.teams]

    def first_hours(team: str, on: str) -> int:
        there = desk_hours(0)[:, teams.index(team)] > 0
        return min(at.hour for at, is_there in zip(instants, there, strict=True) if is_there and f"{at:%m-%d}" == on)

    assert [first_hours("krakow", on) for on in ("10-23", "10-26", "11-02")] == [5, 6, 6]
    assert [first_hours("manila", on) for on in ("10-23", "10-26", "11-02")] == [0, 0, 0]


def test_the_storm_breaks_service_for_its_week_and_no_longer() -> None:
    level = weekly(named(travel_disruption().queues, "rebooking"), "service_level")
    assert min(level[0], level[1], level[3]) > 0.75
    assert level[2] < 0.4


def test_in_the_storm_people_call_again_and_the_bench_and_overtime_come() -> None:
    result = travel_disruption()
    rebooking, bench = named(result.queues, "rebooking"), weekly(named(result.teams, "cebu-voice"), "surge_hours")
    retrials = weekly(rebooking, "offered_retrial")
    assert retrials[2] > 5 * max(retrials[0], retrials[1], retrials[3])
    assert [hours > 0 for hours in bench] == [False, False, True, False]
    overtime = weekly(named(result.teams, "home-voice"), "overtime_hours")
    assert overtime[2] > 1.5 * max(overtime[0], overtime[1], overtime[3])


def test_the_outage_in_the_storm_takes_the_floor_and_failover_brings_some_back() -> None:
    result = travel_disruption()
    home = named(result.teams, "home-voice").columns[Resolution.INTERVAL]["agents"].mean
    at = {f"{start:%m-%dT%H:%M}": place for place, start in enumerate(result.instants(Resolution.INTERVAL))}
    assert home[at["01-26T11:00"]] == 0 < home[at["01-26T14:00"]] < home[at["01-26T10:00"]] < home[at["01-12T10:00"]]
    assert (named(result.queues, "rebooking").totals["offered_requeued"].mean or 0) > 1


@cache
def month_end() -> Result:
    return simulate(load(preset_text("ap-month-end")), Experiment(replications=10, seed=5))


def test_invoices_swell_and_the_close_comes_around_every_month_s_end() -> None:
    result = month_end()
    offered = {
        name: dict(
            zip(
                (f"{at:%m-%d}" for at in result.instants(Resolution.DAY)),
                (float(n) for n in named(result.queues, name).columns[Resolution.DAY]["offered"].mean),
                strict=True,
            )
        )
        for name in ("invoices", "close")
    }
    for last, first in (("09-30", "10-01"), ("10-30", "11-02")):
        assert offered["close"][last] > 140
        assert offered["close"][first] > 160
        assert offered["invoices"][last] > 1.3 * offered["invoices"]["09-16"]
    assert offered["close"]["09-16"] < 20


def test_the_month_end_is_invoiced_by_the_piece_at_a_margin_and_mostly_on_time() -> None:
    settlement = month_end().settlement
    assert settlement.all_met is not None
    assert settlement.all_met.share >= 0.5
    (coromandel,) = settlement.vendors
    assert [month.start.month for month in coromandel.months] == [9, 10, 11]
    pieces = ["PER_CONTACT", "PER_CONTACT", "PER_CONTACT", "BASELINE", "FIXED_MONTHLY"]
    assert all([line.kind for line in month.lines][:5] == pieces for month in coromandel.months)
    assert min((month.margin.mean or 0) / (month.invoice.mean or 1) for month in coromandel.months if month.margin) > 0
    windows = {clause.id: len(clause.windows) for clause in settlement.clauses}
    assert windows == {
        "invoices-turnaround": 3,
        "close-on-wd3": 3,
        "exceptions-turnaround": 3,
        "suppliers-turnaround": 13,
        "payment-accuracy": 3,
    }
