"""export: a run's outcomes as a table in a file."""

import json

import polars as pl
import pytest

from tests.cli.commands import Commands

FEW = ("--replications", "3", "--workers", "1", "--floor", "simpy")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_result_document_becomes_a_table(commands: Commands, form: str) -> None:
    assert commands("run", "shop.yaml", *FEW, "-o", "result.json", "--intervals").code == 0
    said = commands("export", "result.json", "--to", form, "--intervals", "-o", "out")
    assert (said.code, said.out) == (0, "")
    table = (pl.read_csv if form == "csv" else pl.read_parquet)(commands.folder / "out")
    document = json.loads((commands.folder / "result.json").read_text())
    (queue,) = document["queues"]
    offered = table.filter(entity="orders", measure="offered")
    assert offered.filter(resolution="interval")["mean"].to_list() == queue["interval"]["offered"]["mean"]
    assert offered.filter(resolution="interval")["start"].to_list() == queue["interval"]["start"]
    assert offered.filter(resolution="total")["sd"].to_list() == [queue["total"]["offered"]["sd"]]
    assert said.err == f"out: {len(table):,} rows\n"


def test_what_cannot_be_exported_says_why_and_leaves_no_file(commands: Commands) -> None:
    commands("run", "shop.yaml", *FEW, "-o", "result.json")
    for arguments, why in (
        (("shop.yaml",), "is no result document"),
        (("absent.json",), "no such file"),
        (("result.json", "--intervals"), "has no intervals"),
        (("UnVuOjAxOTAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA",), "--organisation"),
    ):
        said = commands("export", *arguments, "--to", "csv")
        assert (said.code, said.out) == (2, "")
        assert why in said.err
        assert not (commands.folder / "outcomes.csv").exists()
