"""staff: the least agents at the terminal."""

import json

import pytest

from simulation.erlang import least_agents
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from tests.cli.commands import SHOP, Commands

FEW = ("--replications", "4", "--workers", "1", "--floor", "simpy")


def test_the_least_agents_are_told_by_interval(commands: Commands) -> None:
    said = commands("staff", "shop.yaml", *FEW, "--json")
    told = json.loads(said.out)
    ((team, agents),) = [(one["id"], one["agents"]) for one in told["teams"]]
    rate = 1400 / 7 / 4 / 3600  # contacts a second in the four hours of a day
    least = least_agents(rate, 300, 120, threshold_seconds=20, service_level=0.8)
    assert team == "voice"
    assert [n for n in agents if n] == [least] * sum(n > 0 for n in agents)
    assert sum(n > 0 for n in agents) * 2 == 4 * len(agents) // 12  # open for four of 24 hours
    assert (told["plan"], told["decide_by"]) == (None, None)
    assert 0 <= told["met_probability"] <= 1


def test_the_scenario_with_the_plan_is_written(commands: Commands) -> None:
    told = json.loads(commands("staff", "shop.yaml", *FEW, "--json", "-o", "plan.yaml").out)
    planned = load((commands.folder / "plan.yaml").read_text())
    assert json.loads(canonical(planned)) == told["scenario"]
    refused = commands("staff", "shop.yaml", "-o", "no/such/folder.yaml")
    assert (refused.code, "-o no/such/folder.yaml" in refused.err) == (2, True)


def test_a_person_reads_the_agents_of_each_day(commands: Commands) -> None:
    lines = commands("staff", "shop.yaml", *FEW).out.splitlines()
    assert lines[0] == "Least agents of voice"
    assert lines[2].split()[:2] == ["2026-03-02", "0"]
    assert any(line.startswith("every target met") for line in lines)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--confidence", "1.2"), "--confidence 1.2: out of range"),
        (("--budget", "-5"), "--budget -5: out of range"),
        (("--budget", "nan"), "--budget nan: out of range"),
        (("--site-share", "home"), "--site-share home: not a share"),
        (("--site-share", "away=0.5"), "there is no site away; name one of home"),
        (("--objective", "vendor-margin", "--vendor", "nobody"), "there is no vendor nobody; name one of own"),
        (("--objective", "vendor-margin"), "a vendor's margin needs the vendor"),
    ],
)
def test_what_cannot_be_asked_is_told(commands: Commands, options: tuple[str, ...], word: str) -> None:
    (commands.folder / "shop.yaml").write_text(SHOP)
    said = commands("staff", "shop.yaml", *options)
    assert said.code == 2
    assert word in said.err
