"""limit, sweep, sensitivity and run --stress: many experiments on one scenario at the terminal."""

import json
from io import StringIO

import pytest

from server.tables.studies import show_limit
from simulation.studies.limit import Limit, TriedValue, Varied
from simulation.studies.readings import Share
from tests.cli.commands import Commands
from tests.outcome.counted import scenario

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


def late(limit: float | None, breaks_at: float | None) -> list[str]:
    """What is said of weeks of lateness."""
    values = [(0.0, 12), (1.0, 7), (2.0, 1)]
    tried = [TriedValue(value, Share.of(held, 20), 20, value <= (limit or -1), True, None) for value, held in values]
    found = Limit(Varied.LATENESS, 0.5, limit, breaks_at, limit, breaks_at, tried[0].holds, None, 0, tuple(tried))
    file = StringIO()
    show_limit(scenario(), found, file=file)
    return file.getvalue().splitlines()


def test_a_limit_is_told_in_words() -> None:
    lines = late(1.0, 2.0)
    assert lines[0] == (
        "The plan holds with 50.0 % up to lateness 1 week, no more at 2 weeks; 60 % (39 to 78) as it is"
    )
    assert lines[1] == "For sure it holds at 1 week and breaks at 2 weeks"
    assert [line.split("  ")[0] for line in lines[4:]] == ["0 weeks", "1 week", "2 weeks"]


def test_without_a_limit_the_nearest_is_told() -> None:
    assert late(None, 0.0)[0] == (
        "The plan does not hold with 50.0 % at any lateness tried: 60 % (39 to 78) as it is;"
        " the nearest is 60 % (39 to 78) at 0 weeks"
    )
