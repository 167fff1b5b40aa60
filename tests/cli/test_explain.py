"""explain: what each driver is worth, at the terminal."""

import json

from tests.cli.commands import Commands
from tests.studies.shops import SHOP

BUSIER = SHOP.replace("name: Shop", "name: Busy shop").replace("weekly_volume: 300", "weekly_volume: 420")
OPTIONS = ("--replications", "3", "--floor", "simpy", "--workers", "1")


def test_the_steps_from_one_scenario_to_another_are_shown(commands: Commands) -> None:
    (commands.folder / "a.yaml").write_text(SHOP)
    (commands.folder / "b.yaml").write_text(BUSIER)
    said = commands("explain", "a.yaml", "b.yaml", *OPTIONS)
    assert said.code == 0
    assert said.out.startswith("Shop becomes Busy shop: 3 replications each on common draws\n")
    assert "\n  demand: queues.orders.demand.weekly_volume: 300 becomes 420 (+40 %)\n" in said.out
    told = json.loads(commands("explain", "a.yaml", "b.yaml", "--json", *OPTIONS).out)
    assert [step["causes"] for step in told["steps"]] == [["DEMAND"], ["OTHER"]]
    assert told["steps"][0]["cost_effect"]["mean"] > 0
    assert told["steps"][1]["cost_effect"]["mean"] == 0


def test_scenarios_of_two_currencies_are_wrong_usage(commands: Commands) -> None:
    (commands.folder / "a.yaml").write_text(SHOP)
    (commands.folder / "b.yaml").write_text(SHOP.replace("weeks: 1", "weeks: 1\ncurrency: EUR"))
    said = commands("explain", "a.yaml", "b.yaml", *OPTIONS)
    assert said.code == 2
    assert "one scenario counts in USD, the other in EUR" in said.err
