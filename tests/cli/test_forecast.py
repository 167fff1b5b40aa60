"""`springtide forecast`: from a file to a scenario of the weeks to come, and what is said on the way."""

import json
from pathlib import Path

import pytest

from simulation.history.examples import example_content
from simulation.scenario.reading.canonical import to_yaml
from simulation.scenario.reading.document import load
from tests.cli.commands import Commands

ZONE = ("--timezone", "America/Chicago")


def test_a_file_becomes_a_scenario_with_its_back_test(commands: Commands, tmp_path: Path) -> None:
    out = tmp_path / "to-come.yaml"
    done = commands("forecast", "clinic-phones", *ZONE, "--holidays", "US", "--weeks", "6", "-o", str(out))
    assert done.code == 0, done.err
    assert "Back-test: share of contacts misplaced" in done.out
    assert [line.split()[:2] for line in done.out.splitlines() if line.startswith("billing ")][1] == ["billing", "1"]
    scenario = load(out.read_text())
    assert (str(scenario.start), scenario.weeks) == ("2026-04-06", 6)
    demand = scenario.queues[0].demand
    assert demand.weekly_volume == pytest.approx(2660, rel=0.05)
    assert demand.forecast_error is not None
    assert 0 < scenario.busyness_correlation < 1
    assert scenario.sources["queues.appointments.demand.weekly_volume"].confidence == "MEASURED"


def test_a_scenario_that_is_there_gets_the_demand_for_its_own_weeks(commands: Commands, tmp_path: Path) -> None:
    base, out = tmp_path / "base.yaml", tmp_path / "out.yaml"
    weeks = ("--start", "2026-05-04", "--weeks", "2")
    assert commands("forecast", "clinic-phones", *ZONE, *weeks, "-o", str(base)).code == 0
    changed = load(base.read_text(), changes={"name": "ours", "queues.billing.demand.weekly_volume": "1"})
    base.write_text(to_yaml(changed))
    done = commands("forecast", "clinic-phones", "--scenario", str(base), "-o", str(out), "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    made = load(out.read_text())
    assert (made.name, str(made.start), made.weeks) == ("ours", "2026-05-04", 2)
    assert made.queues[1].demand.weekly_volume == told["queues"][1]["demand"]["weekly_volume"] > 1000
    assert told["queues"][0]["back_test"][0]["lead"] == 1


def test_what_is_wrong_is_said_with_its_mend(commands: Commands, tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    lines = example_content("clinic-phones").decode().splitlines()
    short.write_text("\n".join([lines[0], *(line for line in lines if line.startswith("2026-01-0"))]))
    cases = {
        ("forecast", str(short), *ZONE): "a forecast needs 10 within 14",
        ("forecast", "clinic-phones", *ZONE, "--holidays", "XX"): "no public holidays are known of 'XX'",
        ("forecast", "clinic-phones", *ZONE, "--event", "Sale"): "--event 'Black Friday=2026-11-27:4'",
        ("forecast", "clinic-phones", *ZONE, "--event", "Sale=2026-05-01"): "no day of the event 'Sale'",
        ("forecast", "clinic-phones", *ZONE, "--start", "tomorrow"): "--start tomorrow: is no date",
        ("forecast", "clinic-phones", *ZONE, "--start", "9999-12-27"): "--start 9999-12-27: is no date",
        ("forecast", "clinic-phones", "--scenario", "retail-peak", "--weeks", "3"): "the scenario says both",
        ("forecast", "clinic-phones", "--scenario", "retail-peak"): "appointments: the scenario has no such queue",
    }
    for command, said in cases.items():
        done = commands(*command)
        assert done.code == 2, command
        assert said in done.err, (command, done.err)
        assert "Traceback" not in done.err
