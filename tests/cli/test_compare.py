"""compare: scenarios simulated with the same luck, side by side."""

import json

from tests.cli.commands import SHOP, Commands

FEW = ("--replications", "4", "--seed", "7", "--workers", "1", "--floor", "simpy")


def test_scenarios_are_held_against_the_first(commands: Commands) -> None:
    (commands.folder / "busy.yaml").write_text(SHOP.replace("weekly_volume: 1400", "weekly_volume: 1600"))
    told = json.loads(commands("compare", "shop.yaml", "busy.yaml", "shop.yaml", *FEW, "--json").out)
    busy, same = told
    assert [change["path"] for change in busy["changes"]] == ["queues.orders.demand.weekly_volume"]
    assert (busy["paired"], busy["pairs"], busy["baseline"]["experiment"]) == (
        True,
        4,
        {"replications": 4, "seed": 7},
    )
    (offered,) = [one for one in busy["differences"] if one["measure"] == "offered"]
    assert offered["queue"] == "orders"
    assert offered["difference"]["mean"] == offered["candidate"] - offered["baseline"] > 0
    low, high = offered["difference"]["ci"]
    assert low < offered["difference"]["mean"] < high
    assert same["changes"] == []
    assert {one["difference"]["mean"] for one in same["differences"]} == {0.0}


def test_a_person_reads_what_differs_and_what_of_it_is_real(commands: Commands) -> None:
    (commands.folder / "busy.yaml").write_text(SHOP.replace("weekly_volume: 1400", "weekly_volume: 2800"))
    lines = commands("compare", "shop.yaml", "busy.yaml", *FEW).out.splitlines()
    assert lines[:2] == [
        "busy.yaml against shop.yaml",
        "  queues.orders.demand.weekly_volume: 1400 becomes 2800 (+100 %)",
    ]
    assert lines[2].startswith("Differences, 4 pairs on common draws")
    rows = {tuple(line.split()[:2]): line.split() for line in lines[4:]}
    assert rows["orders", "service"][-1] == "yes"
    assert [cell[0] for cell in rows["orders", "service"] if cell[0] in "+-"] == ["-", "-", "-"]


def test_one_scenario_alone_is_refused(commands: Commands) -> None:
    said = commands("compare", "shop.yaml")
    assert (said.code, said.out) == (2, "")
    assert "name one or more scenarios to hold against it" in said.err
