"""Hours that a clock change skips or repeats, offsets from UTC, and files put together from several clocks."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulation.history.clocks import readings_of
from tests.history.files import read, read_both, refused, table

MADRID = "Europe/Madrid"
HEADER = ["Start", "Calls"]


def hours(day: str, times: list[str], volumes: list[float]) -> str:
    return table([HEADER, *([f"{day} {time}", volume] for time, volume in zip(times, volumes, strict=True))])


def test_the_two_rows_of_a_doubled_hour_are_its_two_times() -> None:
    text = hours("2026-10-25", ["01:00", "02:00", "02:00", "03:00"], [1, 2, 3, 4])
    history, report = read_both(text, timezone=MADRID)
    (queue,) = history.queues
    assert queue.offered.tolist() == [1, 2, 3, 4]
    assert [str(start)[11:] for start in queue.starts] == ["23:00", "00:00", "01:00", "02:00"]
    assert [str(shown)[11:] for shown in queue.local] == ["01:00", "02:00", "02:00", "03:00"]
    assert [one.message for one in report.anomalies] == [
        "an hour comes twice on 2026-10-25: its rows come twice, once for each time"
    ]


def test_in_a_file_with_the_newest_first_the_later_time_comes_first() -> None:
    text = hours("2026-10-25", ["03:00", "02:00", "02:00", "01:00"], [4, 3, 2, 1])
    (queue,) = read(text, timezone=MADRID).queues
    assert queue.offered.tolist() == [1, 2, 3, 4]


def test_one_row_of_a_doubled_hour_is_half_for_each() -> None:
    text = hours("2026-10-25", ["01:00", "02:00", "03:00"], [1, 10, 4])
    history, report = read_both(text, timezone=MADRID)
    assert history.queues[0].offered.tolist() == [1, 5, 5, 4]
    assert "its rows come once: half of each lies in either hour" in report.anomalies[0].message


def test_an_empty_row_in_a_skipped_hour_is_left_out_and_a_busy_one_refused() -> None:
    empty = hours("2026-03-29", ["01:00", "02:00", "03:00"], [1, 0, 4])
    history, report = read_both(empty, timezone=MADRID)
    assert history.queues[0].offered.tolist() == [1, 4]
    assert [(one.kind, one.row) for one in report.anomalies] == [("CLOCK_CHANGE", 3)]
    busy = hours("2026-03-29", ["01:00", "02:00", "03:00"], [1, 7, 4])
    assert refused(busy, timezone=MADRID) == [
        "calls.csv:3: 2026-03-29 02:00 is in the hour that the clock of Europe/Madrid skips, and has contacts; name the"
        " zone of the clock that wrote the file with --clock, UTC perhaps"
    ]
    (queue,) = read(busy, timezone=MADRID, clock="UTC").queues
    assert (queue.offered.tolist(), str(queue.local[0])) == ([1, 7, 4], "2026-03-29T03:00")


def test_offsets_make_instants_through_a_clock_change() -> None:
    rows = [["2026-10-25T02:30:00+02:00", 5], ["2026-10-25T02:30:00+01:00", 6]]
    (queue,) = read(table([HEADER, *rows]), timezone=MADRID).queues
    assert (queue.minutes, queue.offered.tolist()) == (60, [5, 6])


def test_times_in_utc_are_shown_by_the_queue_s_clock() -> None:
    (queue,) = read(table([HEADER, ["2026-03-02T07:00:00Z", 5], ["2026-03-02T07:30:00Z", 6]]), timezone=MADRID).queues
    assert str(queue.local[0]) == "2026-03-02T08:00"


def test_rows_of_several_clocks_are_refused() -> None:
    mixed = table([HEADER, ["2026-03-02T07:00:00+01:00", 5], ["2026-03-02T07:30:00-05:00", 6]])
    assert (
        "is -5 h ahead of UTC, other rows are not, and Europe/Madrid is not at that time"
        in refused(mixed, timezone=MADRID)[0]
    )
    some = table([HEADER, ["2026-03-02T07:00:00+01:00", 5], ["2026-03-02T07:30:00", 6]])
    assert "calls.csv:3: has no offset from UTC where other rows have one" in refused(some, timezone=MADRID)[0]


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
def test_a_year_of_half_hours_by_a_local_clock_keeps_every_contact(zone: str) -> None:
    instants = np.datetime64("2026-01-01T00:00", "m").astype(np.int64) + 30 * np.arange(48 * 365)
    shown = readings_of(ZoneInfo(zone), instants)
    rows = [[str(reading.astype("datetime64[m]")).replace("T", " "), k % 7] for k, reading in enumerate(shown)]
    (queue,) = read(table([HEADER, *rows]), timezone=zone).queues
    assert queue.offered.tolist() == [k % 7 for k in range(len(rows))]
    assert queue.starts.astype(np.int64).tolist() == instants.tolist()
