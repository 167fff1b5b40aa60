"""rescore: other contracts on what a run has kept, side by side."""

import json
from pathlib import Path

from tests.cli.commands import SHOP, Commands, Said

FEW = ("--replications", "3", "--seed", "7", "--workers", "1", "--floor", "simpy")
CONTRACTS = """
    contracts:
      - pricing: [{kind: PER_CONTACT, rate: 2.0}]
        at_risk: {share: 0.1}
        slas:
          - id: level
            metric: SERVICE_LEVEL
            queue: orders
            target: 0.9
            window: DAY
            credits: [{below: 0.9, share: 1}]
"""


def run(commands: Commands, *more: str) -> Said:
    (commands.folder / "shop.yaml").write_text(SHOP.replace("kind: IN_HOUSE", "kind: OUTSOURCED") + CONTRACTS)
    return commands("run", "shop.yaml", *FEW, *more)


def test_contracts_stand_side_by_side_with_those_simulated(commands: Commands) -> None:
    told = json.loads(run(commands, "--counters", "run.counters", "--json").out)
    (commands.folder / "dear.yaml").write_text("own: [{pricing: [{kind: PER_CONTACT, rate: 4.0}]}]")
    (commands.folder / "free.json").write_text('{"own": []}')
    tried = ("rescore", "run.counters", "--contracts", "dear.yaml", "--contracts", "free.json")
    simulated, dear, free = json.loads(commands(*tried, "--json").out)
    assert {name: simulated[name] for name in ("decision", "clauses", "vendors", "cost")} == {
        name: told[name] for name in ("decision", "clauses", "vendors", "cost")
    }
    handled = told["queues"][0]["total"]["answered"]["mean"]
    assert (dear["contracts"], dear["clauses"], free["decision"]) == ("dear.yaml", [], None)
    assert abs(dear["vendors"][0]["months"][0]["invoice"]["mean"] - 4 * handled) < 4 * 5  # a few end the next day
    lines = commands(*tried).out.splitlines()
    assert lines[0] == "Contracts side by side, USD, mean of 3 replications over the horizon"
    assert lines[2].split()[:2] == ["as", "simulated"]
    assert lines[4].split() == ["free.json", "-", "-", "-", "-", "-", "-", "-", "-"]


def test_what_is_no_run_and_what_is_no_contract_says_what_to_do(commands: Commands, tmp_path: Path) -> None:
    run(commands, "--counters", "run.counters")
    (commands.folder / "wrong.yaml").write_text("own: [{pricing: [{kind: PER_CONTACT, rate: -4}]}]")
    refused = commands("rescore", "run.counters", "--contracts", "wrong.yaml")
    assert refused.code == 2
    assert refused.err.startswith("wrong.yaml: vendors.own.contracts.0.pricing.0")
    for name in ("shop.yaml", "absent.counters"):
        refused = commands("rescore", name)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.startswith(f"{name}: ")
        assert "run --counters FILE" in refused.err
    nowhere = run(commands, "--counters", str(tmp_path / "no" / "place"))
    assert nowhere.code == 2
    assert nowhere.err.endswith("name a file that can be written\n")


def test_a_price_is_told_with_the_rates_to_ask(commands: Commands) -> None:
    costed = SHOP.replace("kind: IN_HOUSE", "kind: OUTSOURCED").replace(
        "agents: 5}", "agents: 5}, cost: {hourly_wage: 20}"
    )
    (commands.folder / "shop.yaml").write_text(costed + CONTRACTS)
    commands("run", "shop.yaml", *FEW, "--counters", "run.counters")
    told = json.loads(commands("price", "run.counters", "own", "--margin", "0.2", "--json").out)
    assert (told["vendor"], told["reached"]["mean"]) == ("own", 1.0)
    (line,) = told["lines"]
    assert line["now"] == [2.0]
    assert line["asked"][0] >= 2 * told["factor"]
    (commands.folder / "asked.yaml").write_text(
        CONTRACTS.replace("2.0", str(line["asked"][0])).replace("contracts", "own")
    )
    tried = ("rescore", "run.counters", "--contracts", "asked.yaml", "--json")
    (month,) = json.loads(commands(*tried).out)[1]["vendors"][0]["months"]
    assert month["margin"]["p05"] >= 0.19 * month["invoice"]["mean"]
    title = commands("price", "run.counters", "own", "--margin", "0.2").out.splitlines()[0]
    assert title.startswith("own, a margin of 20 % with probability 90 %: recurring rates x ")
    refused = commands("price", "run.counters", "mine", "--margin", "0.2")
    assert (refused.code, refused.err) == (2, "there is no contract with a vendor 'mine'; write one of own\n")
