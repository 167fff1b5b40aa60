"""export --requirement: what a scenario asks of a vendor, by hand, in each form."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from simulation.presets import preset_text
from simulation.preview.pack import RequirementPack
from simulation.scenario.reading.document import load
from simulation.world.world import World
from tests.cli.commands import Commands
from tests.outcome.agreed import agreed
from tests.outcome.forecasted import SEPTEMBER, held, version

TWO = """\
name: Two vendors
start: 2026-10-19
weeks: 2
timezone: Europe/London
queues:
  - id: orders
    demand: {weekly_volume: 1680}
    handling: {mean_seconds: 600}
    route: {choice: ALLOCATION, allocation: [{shares: {acme: 0.75, own: 0.25}}]}
  - {id: mail, demand: {weekly_volume: 168}, handling: {mean_seconds: 600}}
vendors:
  - id: acme
    sites: [{id: leeds, country: GB}]
    teams:
      - id: voice
        site: leeds
        skills: [{queue: orders}]
        workforce:
          headcount: 12
          employment: [{share: 1, hours_per_week: 20, days_per_week: 5}]
          classes: [{start: 2026-10-26, size: 3, training_weeks: 1}]
  - id: own
    kind: IN_HOUSE
    sites: [{id: hull, country: GB}]
    teams:
      - {id: desk, site: hull, skills: [{queue: orders}, {queue: mail}], staffing: {agents: 9}}
"""


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def test_a_vendor_is_asked_for_its_share_of_what_the_simulation_requires() -> None:
    scenario = load(TWO)
    pack, needed = RequirementPack.of(scenario, "acme"), World.of(scenario).requirement
    assert list(pack.required) == ["voice"]
    assert np.array_equal(pack.required["voice"], needed.team_agents[:, 0])
    assert pack.by_queue["orders"] == pytest.approx(0.75 * needed.agents[:, 0])
    assert "mail" not in pack.by_queue
    assert pack.ordered is None


def test_heads_and_classes_stand_by_week() -> None:
    """Heads of 20 hours are half an FTE of 40: as many heads again as FTE are required; 12 and, from the second week
    on, a class of 3 are planned, 6 FTE of them on the floor. The first week has a Sunday of 25 hours."""
    pack = RequirementPack.of(load(TWO), "acme")
    first, second = pack.weeks
    assert (str(first.week), first.planned_fte, first.planned_heads) == ("2026-10-19", 6, 12)
    assert (str(second.week), second.planned_fte, second.planned_heads) == ("2026-10-26", 6, 15)
    assert first.required_heads == pytest.approx(2 * first.required_fte)
    assert first.required_fte * 40 == pytest.approx((pack.required["voice"] * pack.hours)[: 7 * 48 + 2].sum())
    (joined,) = pack.classes
    assert (joined.heads, joined.start, joined.on_floor) == (3, date(2026, 10, 26), date(2026, 11, 2))


def test_a_locked_forecast_orders_two_agents_in_every_hour() -> None:
    """As `forecasted` works it out: 30 days of 48 ordered hours."""
    scenario = agreed(held(), forecasts=[version(sep=3000)], **SEPTEMBER)
    pack = RequirementPack.of(scenario, scenario.vendors[0].id)
    assert pack.ordered is not None
    (ordered,) = pack.ordered.values()
    assert set(ordered.tolist()) == {2.0}
    assert (ordered * pack.hours).sum() == pytest.approx(30 * 48)


def test_calabrio_s_exchange_has_a_row_a_skill_and_interval_of_the_wall_clock(commands: Commands) -> None:
    """25 October has the hour from 1 to 2 twice: it stands once, and ends where the wall clock says."""
    (commands.folder / "two.yaml").write_text(TWO)
    said = commands("export", "two.yaml", "--requirement", "acme", "--to", "calabrio", "-o", "acme.csv")
    assert (said.code, said.out, said.err) == (0, "", "acme.csv\n")
    found = rows(commands.folder / "acme.csv")
    assert found[0][:6] == ["orders", "20261019 00:00", "20261019 00:30", "0", "0", "0"]
    assert float(found[0][6]) == pytest.approx(RequirementPack.of(load(TWO), "acme").by_queue["orders"][0], abs=0.005)
    starts = Counter(row[1] for row in found)
    assert set(starts.values()) == {1}
    assert len(found) == 14 * 48
    assert ["orders", "20261025 01:30", "20261025 02:00"] in [row[:3] for row in found]


def test_tables_and_a_workbook_say_the_same(commands: Commands) -> None:
    (commands.folder / "two.yaml").write_text(TWO)
    said = commands("export", "two.yaml", "--requirement", "acme", "--to", "csv")
    assert said.err == "acme-intervals.csv\nacme-weeks.csv\nacme-classes.csv\n"
    assert commands("export", "two.yaml", "--requirement", "acme", "--to", "xlsx").err == "acme.xlsx\n"
    book = CalamineWorkbook.from_path(str(commands.folder / "acme.xlsx"))
    assert book.sheet_names == ["intervals", "weeks", "classes"]
    for name in book.sheet_names:
        table, sheet = rows(commands.folder / f"acme-{name}.csv"), book.get_sheet_by_name(name).to_python()
        assert len(table) == len(sheet)
        for line, cells in zip(table[:200], sheet, strict=False):
            assert [each if isinstance(each, str) else f"{each:.6g}" for each in cells] == [
                f"{float(each):.6g}" if each.replace(".", "", 1).isdigit() else each for each in line
            ]
    heading, first, *_ = rows(commands.folder / "acme-intervals.csv")
    told = dict(zip(heading, first, strict=True))
    assert (told["team"], told["start"]) == ("voice", "2026-10-19T00:00:00+01:00")
    assert float(told["required_hours"]) == float(told["required_agents"]) / 2
    assert told["ordered_agents"] == ""


def test_what_is_no_requirement_is_wrong_usage(commands: Commands) -> None:
    assert "add --requirement VENDOR" in commands("export", "shop.yaml", "--to", "calabrio").err
    said = commands("export", "shop.yaml", "--requirement", "onw", "--to", "csv")
    assert (said.code, said.err) == (2, "--requirement: there is no vendor onw; write own\n")
    assert "--to parquet: is no form" in commands("export", "shop.yaml", "--requirement", "own", "--to", "parquet").err


def test_a_vendor_s_pack_says_nothing_of_others(commands: Commands) -> None:
    scenario = load(preset_text("retail-peak"))
    commands("export", "retail-peak", "--requirement", "andes", "--to", "csv")
    written = "".join(file.read_text() for file in commands.folder.glob("andes-*.csv"))
    others = {team.id for vendor in scenario.vendors if vendor.id != "andes" for team in vendor.teams}
    assert not [name for name in others if name in written]
    assert json.dumps("bogota-voice")[1:-1] in written
