"""limit, sweep, sensitivity and run --stress: many experiments on one scenario at the terminal."""

import json

import pytest

from tests.cli.commands import Commands

FEW = ("--replications", "2", "--workers", "1")


@pytest.mark.slow
def test_each_study_is_told_in_a_table_and_as_json(commands: Commands) -> None:
    stressed = commands("run", "shop.yaml", "--stress", "more-volume", "--stress", "handling", *FEW)
    assert stressed.code == 2
    assert "--stress handling: there is no such test; choose of more-volume, late-hiring" in stressed.err
    stressed = commands("run", "shop.yaml", "--stress", "all", *FEW)
    lines = stressed.out.splitlines()
    assert lines[0] == "Corner shop: stress tests, 2 replications each on common draws"
    assert [line.split("  ")[0] for line in lines[2:-1]] == [
        "as planned",
        "more volume",
        "site loss",
        "longer handling",
    ]
    assert lines[-1].startswith("Holds: every queue meets its target over the whole horizon")
    assert "not tried: late hiring: every team has no workforce" in stressed.err
    told = json.loads(commands("run", "shop.yaml", "--stress", "site-loss", *FEW, "--json").out)
    assert [one["name"] for one in told["outcomes"]] == ["site_loss"]
    swept = commands("sweep", "shop.yaml", "--axis", "demand=1,1.5", "--axis", "days=1,2", *FEW)
    assert [line.split()[:2] for line in swept.out.splitlines()[1:]] == [
        ["demand", "days"],
        *(["1", "1"], ["1", "2"], ["1.5", "1"], ["1.5", "2"]),
    ]
    tornado = json.loads(commands("sensitivity", "shop.yaml", "--driver", "demand", *FEW, "--json").out)
    assert [bar["name"] for bar in tornado["bars"]] == ["demand"]
    found = commands("limit", "shop.yaml", "--until", "0.5", "--fineness", "0.5", *FEW)
    assert found.code == 0
    assert found.out.splitlines()[0].startswith("The plan ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("limit", "shop.yaml", "--until", "2"), "--until 2.0: out of range; write a number less than 1"),
        (("limit", "shop.yaml", "--fineness", "nan"), "--fineness nan: out of range; write a number less than or"),
        (("sweep", "shop.yaml", *(4 * ("--axis", "demand=1"))), "--axis: there are 4; give 3 at most"),
        (("limit", "shop.yaml", "--vary", "absence"), "every team has no absence in its workforce; name a team"),
        (("sweep", "shop.yaml", "--axis", "demand"), "--axis demand: no values; write --axis NAME=V,V"),
        (("sweep", "shop.yaml", "--axis", "demand=x"), "--axis demand: 'x' is no value of it; write numbers"),
        (("sweep", "shop.yaml", "--axis", "days=0"), "days 0: is 0; write a number at least 1; leave"),
        (("sensitivity", "shop.yaml", "--driver", "moon"), "there is no driver moon; choose of demand"),
        (("run", "shop.yaml", "--stress", "all", "--fail-under"), "--stress: prints a comparison"),
        (("run", "shop.yaml", "--stress", "late-hiring"), "no test applies to the scenario"),
    ],
)
def test_what_cannot_be_studied_is_refused_in_a_line(commands: Commands, words: tuple[str, ...], says: str) -> None:
    said = commands(*words, "--workers", "1")
    assert (said.code, said.out) == (2, "")
    assert says in said.err
