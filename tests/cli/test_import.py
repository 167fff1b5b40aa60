"""`springtide import`, as a person uses it."""

import json
from pathlib import Path

from simulation.scenario.reading.document import load
from tests.cli.commands import Commands

CALLS = "Date;Time;Calls;AHT\n2026-03-02;07:00;5;300\n2026-03-02;07:30;6;310\n"


def test_the_example_is_imported_by_its_name(commands: Commands) -> None:
    said = commands("import", "clinic-phones", "--timezone", "America/New_York", "-o", "clinic.yaml")
    assert (said.code, said.out.splitlines()[0]) == (
        0,
        "clinic-phones.csv: 2,780 rows, rows with headers, text in UTF-8, comma-separated",
    )
    assert "appointments   30 min  2026-01-05 08:00  2026-04-04 13:00    33,704   280.8 s   151.0 s" in said.out
    assert "gap: appointments, row 440: no row for 2026-01-19 08:00 and 19 slots after it" in said.out
    scenario = load((commands.folder / "clinic.yaml").read_text())
    assert [queue.id for queue in scenario.queues] == ["appointments", "billing"]


def test_without_a_file_to_write_the_scenario_goes_to_stdout_and_the_report_beside_it(commands: Commands) -> None:
    (commands.folder / "calls.csv").write_text(CALLS)
    said = commands("import", "calls.csv", "--timezone", "UTC", "--name", "Mondays")
    assert said.code == 0
    assert load(said.out).name == "Mondays"
    assert "calls.csv: 2 rows" in said.err


def test_a_dry_run_writes_nothing(commands: Commands) -> None:
    (commands.folder / "calls.csv").write_text(CALLS)
    said = commands("import", "calls.csv", "--timezone", "UTC", "--dry-run", "--json", "-o", "out.yaml")
    report = json.loads(said.out)
    assert (said.code, report["rows"], report["queues"][0]["contacts"]) == (0, 2, 11)
    assert report["columns"] == {"Date": "date", "Time": "start", "Calls": "offered", "AHT": "aht"}
    assert not (commands.folder / "out.yaml").exists()


def test_what_is_wrong_is_said_and_nothing_written(commands: Commands) -> None:
    (commands.folder / "calls.csv").write_text(CALLS.replace(";6;", ";-6;"))
    said = commands("import", "calls.csv", "--timezone", "UTC", "-o", "out.yaml")
    assert (said.code, said.out) == (2, "")
    assert said.err == "calls.csv:3: Calls: '-6' is less than 0 or endless; correct it, or leave the cell empty\n"
    assert not (commands.folder / "out.yaml").exists()


def test_demand_goes_into_a_scenario_by_the_clock_of_the_scenario(commands: Commands) -> None:
    (commands.folder / "calls.csv").write_text(CALLS)
    said = commands("import", "calls.csv", "--queue", "orders", "--into", "shop.yaml", "-o", "out.yaml")
    assert said.code == 0, said.err
    (queue,) = load((commands.folder / "out.yaml").read_text()).queues
    assert queue.demand.series is not None
    assert list(queue.demand.series.volumes) == [5, 6]
    assert queue.handling.distribution == "EXPONENTIAL"  # the scenario's own


def test_files_that_are_not_there_are_said(commands: Commands) -> None:
    assert "name a CSV or XLSX file" in commands("import", "no.csv").err
    assert "there is no example 'clinic'; write clinic-phones" in commands("import", "clinic").err
    assert "write --dry-run" in commands("import", "clinic-phones", "--json").err


def test_strategic_rows_are_told_with_their_handling(commands: Commands, tmp_path: Path) -> None:
    file = tmp_path / "strategic.csv"
    file.write_text("Month,LOB,Volume,AHT\n2026-01,orders,900,300\n2026-02,orders,800,317\n")
    said = commands("import", str(file), "--timezone", "UTC", "--dry-run")
    assert said.code == 0, said.err
    assert said.out.splitlines()[-1].split() == ["orders", "month", "2026-01", "2026-02", "1,700", "308.0", "s", "-"]
    assert "scenario 'strategic': 1 queue, 59 days" in said.err
