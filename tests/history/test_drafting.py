"""A history becomes a scenario that says of each figure where it is from."""

import pytest

from simulation.history.drafting import country_of, into_scenario, new_scenario
from simulation.history.problems import HistoryError
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import to_yaml
from simulation.scenario.reading.document import load
from tests.history.files import read, table

ZONE = "Europe/Madrid"
CALLS = table(
    [
        ["Date", "Time", "Queue", "Offered", "Answered", "AHT", "Answered in 30 s"],
        ["2026-03-27", "23:00", "Phone", 12, 12, 300, 10],
        ["2026-03-28", "00:00", "Phone", "", "", "", ""],
        ["2026-03-28", "01:00", "Phone", 10, 8, 200, 8],
    ]
)


def test_a_new_scenario_is_valid_and_holds_what_was_measured() -> None:
    scenario = new_scenario(read(CALLS, timezone=ZONE), "Spring", "calls.csv")
    assert load(to_yaml(scenario)) == scenario
    assert (scenario.name, str(scenario.start), scenario.days, scenario.timezone) == ("Spring", "2026-03-27", 2, ZONE)
    (queue,) = scenario.queues
    assert queue.demand.series is not None
    assert (queue.demand.series.minutes, queue.demand.series.volumes) == (60, (12, 0, 10))
    assert queue.handling.mean_seconds == 260
    assert (queue.target.threshold_seconds, scenario.vendors[0].sites[0].country) == (30, "ES")
    assert {path: source.confidence.value for path, source in scenario.sources.items()} == {
        "queues.phone.demand.series": "MEASURED",
        "queues.phone.handling.mean_seconds": "MEASURED",
        "queues.phone.handling.cv": "ASSUMED",
        "queues.phone.target.share": "ASSUMED",
        "vendors.own.teams.team.staffing.agents": "ASSUMED",
    }


def test_days_and_months_become_volumes() -> None:
    days = read(table([["Date", "Calls"], ["2026-03-02", 500], ["2026-03-03", 450]]))
    (queue,) = new_scenario(days, "Days", "days.csv").queues
    assert queue.demand.volumes == {"2026-03-02": 500, "2026-03-03": 450}
    months = read(table([["Month", "Calls", "AHT"], ["2026-02", 9000, 240], ["2026-03", 3000, 280]]))
    scenario = new_scenario(months, "Months", "months.csv")
    assert (str(scenario.start), scenario.days) == ("2026-02-01", 59)
    assert scenario.queues[0].handling.mean_seconds == 250


def test_into_a_scenario_goes_demand_and_if_asked_handling() -> None:
    base = new_scenario(read(CALLS, timezone=ZONE), "Base", "old.csv")
    newer = read(CALLS.replace("12,12,300", "40,40,100"), timezone=ZONE)
    demand = into_scenario(base, newer, "new.csv")
    assert demand.queues[0].demand.series != base.queues[0].demand.series
    assert demand.queues[0].handling == base.queues[0].handling
    assert demand.sources["queues.phone.demand.series"].source == "new.csv, 2026-03-27 to 2026-03-28"
    fitted = into_scenario(base, newer, "new.csv", fit=True)
    assert fitted.queues[0].handling.mean_seconds == round(5600 / 48, 2)


def test_what_does_not_fit_a_scenario_is_told_at_once() -> None:
    base = new_scenario(read(CALLS, timezone=ZONE), "Base", "old.csv")
    with pytest.raises(HistoryError) as error:
        into_scenario(base, read(CALLS.replace("Phone", "Mail")), "new.csv")
    assert [str(problem) for problem in error.value.problems] == [
        "new.csv: the scenario has no queue mail; write phone as in --queue 'Mail'=ID, or add the queue to the scenario"
    ]
    with pytest.raises(HistoryError, match="queue phone is in Europe/Madrid, the history in UTC"):
        into_scenario(base, read(CALLS), "new.csv")
    with pytest.raises(ScenarioError, match="the series covers 2027"):
        into_scenario(base, read(CALLS.replace("2026-", "2027-"), timezone=ZONE), "new.csv")


@pytest.mark.parametrize(("zone", "country"), [("Asia/Manila", "PH"), ("America/New_York", "US"), ("UTC", "US")])
def test_the_country_of_a_zone(zone: str, country: str) -> None:
    assert country_of(zone) == country
