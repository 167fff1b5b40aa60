"""roll: a plan rolled forward at the terminal, and what of the actuals does not fit."""

import json

from simulation.scenario.reading.document import load
from tests.cli.commands import Commands
from tests.server.api import SHOP

ACTUALS = """\
queues:
  orders: {offered: 330, handling_seconds: 210}
  mail: {backlog: {volume: 12, mean_age_hours: 5}}
teams:
  clerks: {headcount: 2}
"""


def test_a_plan_rolled_forward_is_written_and_told_beside_what_was(commands: Commands) -> None:
    (commands.folder / "plan.yaml").write_text(SHOP)
    (commands.folder / "actuals.yaml").write_text(ACTUALS)
    said = commands("roll", "plan.yaml", "--at", "2026-11-02", "--actuals", "actuals.yaml", "-o", "later.yaml")
    assert (said.code, said.err) == (0, "later.yaml: Shop from 2026-11-02\n")
    assert said.out.splitlines()[0] == "Plan against actual before 2026-11-02"
    assert [line.split() for line in said.out.splitlines()[2:4]] == [
        ["orders", "volume", "300", "330", "+10.0", "%"],
        ["orders", "handling", "200", "210", "+5.0", "%"],
    ]
    later = load((commands.folder / "later.yaml").read_text())
    assert (str(later.start), later.weeks, later.queues[1].backlog.volume) == ("2026-11-02", 1, 12)
    told = json.loads(commands("roll", "plan.yaml", "--at", "2026-11-02", "--actuals", "actuals.yaml", "--json").out)
    assert [(line["driver"], line["queue"], line["team"]) for line in told] == [
        ("VOLUME", "orders", None), ("HANDLING", "orders", None), ("HEADS", None, "clerks"),
    ]  # fmt: skip


def test_what_does_not_fit_is_told_at_its_place_and_nothing_is_written(commands: Commands) -> None:
    (commands.folder / "plan.yaml").write_text(SHOP)
    (commands.folder / "wrong.yaml").write_text("teams: {clerks: {headcount: -1}}\n")
    said = commands("roll", "plan.yaml", "--at", "2026-11-02", "--actuals", "wrong.yaml")
    assert said.code == 2
    assert said.err.startswith("wrong.yaml: teams.clerks.headcount: ")
    assert "--at monday: is no date" in commands("roll", "plan.yaml", "--at", "monday").err
    said = commands("roll", "plan.yaml", "--at", "2026-11-02")
    assert said.err == (
        "--actuals: queues.mail.backlog: the work that waits is not known; write what waits on 2026-11-02, {volume: 0}"
        " for none\n"
    )
    assert commands("roll", "plan.yaml", "--at", "2027-11-02").err.startswith("--at: 2027-11-02 is not within the plan")
    assert not (commands.folder / "rolled.yaml").exists()
