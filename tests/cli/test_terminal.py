"""What people see: bars and boxes on a terminal, plain lines elsewhere."""

import re
from io import StringIO
from typing import Any

import pytest

from server import terminal
from server.cli.running import missed_targets
from server.tables.result import show_deferred, show_result
from server.tables.words import duration, wanted
from server.terminal import PLAIN_STEPS, Column, RunProgress, plain_lines, show_table
from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.counters import Counters
from simulation.outcome.counting.counters import QueueField as Q
from simulation.outcome.report.result import Result
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from tests.cli.commands import SHOP
from tests.outcome import counted
from tests.outcome.counted import SECOND, blank, scenario


class Screen(StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def seen(self) -> str:
        """Without the codes for weight and colour."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.getvalue())


COLUMNS = [Column("queue", ["a[b]", "long-name"]), Column("offered so far", ["12,345", "9"], spare=1)]


def test_plain_columns_are_aligned_names_left_and_figures_right() -> None:
    assert plain_lines(COLUMNS) == [
        "queue      offered so far",
        "a[b]               12,345",
        "long-name               9",
    ]


def test_a_file_gets_plain_lines() -> None:
    file = StringIO()
    show_table("Title", COLUMNS, file=file)
    assert file.getvalue().splitlines() == ["Title", *plain_lines(COLUMNS)]


def test_a_terminal_gets_a_drawn_table() -> None:
    screen = Screen()
    show_table("Title", COLUMNS, file=screen, width=80)
    assert "─" in screen.seen
    assert "a[b]" in screen.seen


@pytest.mark.parametrize(("width", "whole"), [(27, True), (20, False), (5, False)])
def test_a_narrow_terminal_loses_columns_but_no_character_of_a_name(width: int, whole: bool) -> None:
    screen = Screen()
    show_table("Title", COLUMNS, file=screen, width=width)
    assert "long-name" in screen.seen
    assert "…" not in screen.seen
    assert ("12,345" in screen.seen) == whole
    assert ("no room here for: offered so far" in " ".join(screen.seen.split())) != whole


@pytest.fixture(scope="module")
def result() -> Result:
    return simulate(load(SHOP.replace("days: 1", "weeks: 2")), Experiment(replications=2))


def wanting(share: float) -> Scenario:
    voice = f"channel: VOICE\n    target: {{share: {share}}}"
    return load(SHOP.replace("days: 1", "weeks: 2").replace("channel: VOICE", voice))


@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_result_is_whole_at_any_width(width: int, result: Result) -> None:
    screen = Screen()
    show_result(result, wanting(0.99), file=screen, width=width)
    assert max(map(len, screen.seen.splitlines())) <= width
    assert "…" not in screen.seen
    (orders,) = re.findall(r"^ +orders +\d.*%.*$", screen.seen, re.MULTILINE)[:1]
    assert f"{result.queues[0].totals['offered'].mean:,.0f} " in orders
    assert re.search(r" 99 % in 20 s +missed\b", orders)
    assert re.search(r"^ +orders +2 of 2 +2026-03-02 +2026-03-(02|09) ", screen.seen, re.MULTILINE)
    assert re.search(r"^ +voice .* %", screen.seen, re.MULTILINE)


def test_a_target_that_is_met_misses_no_week(result: Result) -> None:
    file = StringIO()
    show_result(result, wanting(0.01), file=file)
    orders, weeks, *_ = (line.split() for line in file.getvalue().splitlines() if line.startswith("orders "))
    assert "yes" in orders
    assert weeks[1:5] == ["0", "of", "2", "-"]


def test_one_replication_is_not_called_many(result: Result) -> None:
    file = StringIO()
    shop = load(SHOP)
    show_result(simulate(shop, Experiment(replications=1)), shop, file=file)
    assert file.getvalue().startswith("Corner shop: mean of 1 replication, seed 1")


def test_progress_elsewhere_takes_few_lines() -> None:
    file = StringIO()
    with RunProgress("Peak", file) as progress:
        for done in range(1, 1001):
            progress(done, 1000)
    lines = file.getvalue().splitlines()
    assert len(lines) == 1 + PLAIN_STEPS
    assert lines[0] == "Peak: 1 of 1000 replications"
    assert lines[-1] == "Peak: 1000 of 1000 replications"


def test_slow_progress_elsewhere_is_told_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    file = StringIO()
    with RunProgress("Peak", file, open_ended=True) as progress:
        for done in range(1, 31):
            monkeypatch.setattr(terminal, "monotonic", lambda now=1000.0 + done: now)
            progress(done, 1000)
    assert file.getvalue().splitlines() == [f"Peak: {done} of at most 1000 replications" for done in (1, 11, 21)]


def test_progress_on_a_terminal_is_one_bar_that_goes_away() -> None:
    screen = Screen()
    with RunProgress("Peak", screen) as progress:
        progress(3, 10)
    assert "Peak" in screen.getvalue()
    assert "3/10" in screen.getvalue()


def test_progress_without_a_known_end_promises_none() -> None:
    screen = Screen()
    with RunProgress("Peak", screen, open_ended=True) as progress:
        progress(30, 1000)
    assert "30 replications, until precise enough" in screen.seen
    assert "1000" not in screen.seen


def test_durations_read_as_people_say_them() -> None:
    assert [duration(seconds) for seconds in (8.25, 1200.0, 90_000.0)] == ["8.2 s", "20.0 min", "25.0 h"]


def test_targets_read_as_people_say_them() -> None:
    said = [wanted(asked(target={"threshold_seconds": seconds}).queues[0], 0.8) for seconds in (20, 300, 28_800)]
    assert said == ["80 % in 20 s", "80 % in 5 min", "80 % in 8 h"]
    said = [wanted(asked(turnaround=due).queues[1], 0.95) for due in ({"target_hours": 24}, {"due": "WD3"})]
    assert said == ["95 % due in 24 h", "95 % due on WD3"]


def asked(target: dict[str, Any] | None = None, turnaround: dict[str, Any] | None = None) -> Scenario:
    """Two weeks of calls with a target and mail with a turnaround."""
    calls = {"id": "calls", "demand": {"weekly_volume": 700}, "handling": {"mean_seconds": 300}, "target": target or {}}
    mail = {"id": "mail", "channel": "EMAIL", "demand": {"weekly_volume": 70}, "handling": {"mean_seconds": 600}}
    mail |= {"turnaround": turnaround or {"target_hours": 1}}
    return scenario(start="2026-10-05", days=None, weeks=2, queues=[calls, mail])


def judged(described: Scenario, changes: dict[tuple[int, int], dict[Q, int]]) -> tuple[list[str], list[list[str]]]:
    """Lines of `--fail-under`, and the words of all lines of the tables, of counters by interval and queue."""
    counters, file = blank(described), StringIO()
    for place, given in changes.items():
        counters.queues[place][list(given)] = list(given.values())
    found = counted.result(described, [counters])
    show_result(found, described, file=file)
    return missed_targets(described, found), [line.split() for line in file.getvalue().splitlines()]


def test_a_turnaround_is_judged_by_its_own_share() -> None:
    answered_late = {Q.OFFERED: 10, Q.ANSWERED: 10, Q.DUE: 10}
    late, told = judged(asked(), {(9, 1): answered_late | {Q.DUE_MET: 9}})
    assert late == ["target missed: mail: turnaround met 0.9000 is under 0.95"]
    (mail, weeks), written = [line for line in told if line[0] == "mail"][:2], "95 % due in 1 h"
    assert f"90.0 % - {written} missed" in " ".join(mail)
    assert weeks[1:5] == ["1", "of", "1", "2026-10-05"]
    in_time, told = judged(asked(), {(9, 1): answered_late | {Q.DUE_MET: 10}})
    assert in_time == []
    assert f"100.0 % - {written} yes" in " ".join(next(line for line in told if line[0] == "mail"))


def test_the_target_is_the_mean_over_the_days_of_the_target_in_force() -> None:
    later = {"share": 0.8, "periods": [{"from": "2026-10-12", "to": "2026-12-31", "share": 0.5}]}
    so_many = {(9, 0): {Q.OFFERED: 10, Q.ANSWERED_IN_TIME: 7}, (24 * 7 + 9, 0): {Q.OFFERED: 10, Q.ANSWERED_IN_TIME: 7}}
    missed, told = judged(asked(target=later), so_many)
    assert missed == []  # 65 % is what is wanted, not 80 %
    calls, weeks = [line for line in told if line[0] == "calls"][:2]
    assert "70.0 % - 65 % in 20 s yes" in " ".join(calls)
    assert weeks[1:5] == ["1", "of", "2", "2026-10-05"]  # 70 % is under 80 % but over 50 %
    assert len(judged(asked(target=later | {"share": 0.9}), so_many)[0]) == 1


def test_deferred_work_has_a_table_of_its_own_where_some_is_due() -> None:
    counters = blank(scenario())
    assert "turnaround" not in _deferred(counters)
    counters.queues[9, 1, [Q.DUE, Q.DUE_MET]] = 10, 9
    counters.queues[48, 1, [Q.WAITING, Q.WAITING_AGE]] = 4, 6 * 3600 * SECOND
    assert _deferred(counters).splitlines()[-1].split() == ["mail", "90.0", "%", "-", "4", "1.5", "h"]


def _deferred(counters: Counters) -> str:
    file = StringIO()
    show_deferred(counted.result(scenario(), [counters]), file=file)
    return file.getvalue().rstrip()


def test_a_narrow_terminal_loses_columns_without_a_figure_first() -> None:
    columns = [COLUMNS[0], Column("cost", ["-", ""], spare=1), Column("offered", ["12,345", "9"], spare=2)]
    screen = Screen()
    show_table("Title", columns, file=screen, width=24)
    assert "12,345" in screen.seen
    assert "no room here for: cost" in screen.seen
