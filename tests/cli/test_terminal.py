"""What people see: bars and boxes on a terminal, plain lines elsewhere."""

from io import StringIO

from server.terminal import PLAIN_STEPS, RunProgress, duration, plain_lines, show_result, show_table
from simulation.outcome.counters import Counters
from tests.outcome.counted import SECOND, Q, blank, result, scenario


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_columns_are_aligned_names_left_and_figures_right() -> None:
    assert plain_lines(["queue", "offered"], [["a", "12,345"], ["long-name", "9"]]) == [
        "queue      offered",
        "a           12,345",
        "long-name        9",
    ]


def test_a_file_gets_plain_lines() -> None:
    file = StringIO()
    show_table("Title", ["queue", "offered"], [["a", "1"]], file=file)
    assert file.getvalue() == "Title\nqueue  offered\na            1\n"


def test_a_terminal_gets_a_drawn_table() -> None:
    screen = Screen()
    show_table("Title", ["queue", "offered"], [["a[b]", "1"]], file=screen)
    assert "─" in screen.getvalue()
    assert "a[b]" in screen.getvalue()


def test_progress_elsewhere_takes_few_lines() -> None:
    file = StringIO()
    with RunProgress("Peak", file) as progress:
        for done in range(1, 1001):
            progress(done, 1000)
    lines = file.getvalue().splitlines()
    assert len(lines) == 1 + PLAIN_STEPS
    assert lines[0] == "Peak: 1 of 1000 replications"
    assert lines[-1] == "Peak: 1000 of 1000 replications"


def test_progress_on_a_terminal_is_one_bar_that_goes_away() -> None:
    screen = Screen()
    with RunProgress("Peak", screen) as progress:
        progress(3, 10)
    assert "Peak" in screen.getvalue()
    assert "3/10" in screen.getvalue()


def test_durations_read_as_people_say_them() -> None:
    assert [duration(seconds) for seconds in (8.25, 1200.0, 90_000.0)] == ["8.2 s", "20.0 min", "25.0 h"]


def test_deferred_work_has_a_table_of_its_own_where_some_is_due() -> None:
    counters = blank(scenario())
    assert "turnaround" not in shown(counters)
    counters.queues[9, 1, [Q.DUE, Q.DUE_MET]] = 10, 9
    counters.queues[48, 1, [Q.WAITING, Q.WAITING_AGE]] = 4, 6 * 3600 * SECOND
    assert next(line for line in shown(counters).splitlines() if line.startswith("mail ") and " h" in line).split() == [
        *("mail", "90.0", "%", "-", "4", "1.5", "h"),
    ]


def shown(counters: Counters) -> str:
    file = StringIO()
    show_result(result(scenario(), [counters]), {"calls": 0.8, "mail": 0.95}, file=file)
    return file.getvalue()
