"""Files of every kind that is known become the same history, each from a few rows that can be read by eye."""

import codecs
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest

from tests.history.files import offered, read, read_both, refused, table, workbook

ROWS = [
    ["2026-03-02", "07:00", "orders", "10", "8", "2", "300", "12.5"],
    ["2026-03-02", "07:30", "orders", "20", "17", "3", "310", "14.5"],
]


@pytest.mark.parametrize(
    "header",
    [
        ["Date", "Time", "Queue", "Offered", "Answered", "Abandoned", "AHT", "ASA"],
        ["ROW_DATE", "STARTTIME", "SPLIT", "CALLSOFFERED", "ACDCALLS", "ABNCALLS", "Avg Handle Time", "Avg Speed Ans"],
        ["Datum", "Uhrzeit", "Warteschlange", "Calls Presented", "Calls Handled", "Lost", "TMO", "Speed of answer"],
        ["Day", "Half hour", "Skill Name", "Contacts Offered", "Handled", "Abandons", "Avg Handle (sec)", "ASA (s)"],
        ["Date", "Interval", "CSQ", "Contacts queued", "Contacts handled", "Contacts abandoned", "Average handle time",
         "Average queue answer time"],
    ],
)  # fmt: skip
def test_the_names_that_reports_give_their_columns_are_known(header: list[str]) -> None:
    (queue,) = read(table([header, *ROWS])).queues
    assert (queue.id, queue.minutes, queue.offered.tolist()) == ("orders", 30, [10, 20])
    assert queue.first == datetime(2026, 3, 2, 7)
    assert {name: values.tolist() for name, values in queue.columns.items()} == {
        "answered": [8, 17],
        "abandoned": [2, 3],
        "aht_seconds": [300, 310],
        "asa_seconds": [12.5, 14.5],
    }


def test_totals_of_the_avaya_tables_become_means() -> None:
    header = [
        "row_date",
        "starttime",
        "intrvl",
        "split",
        "acdcalls",
        "abncalls",
        "acdtime",
        "acwtime",
        "anstime",
        "abntime",
    ]
    (queue,) = read(table([header, ["2026-03-02", "700", "30", "5", "8", "2", "2000", "400", "100", "90"]])).queues
    assert (queue.id, queue.minutes, queue.offered.tolist()) == ("5", 30, [10])
    assert {name: queue.columns[name].tolist() for name in ("aht_seconds", "asa_seconds", "abandon_wait_seconds")} == {
        "aht_seconds": [300],
        "asa_seconds": [12.5],
        "abandon_wait_seconds": [45],
    }


def test_calabrio_s_exchange_has_no_headers() -> None:
    first = "Insurance,20210218 08:00,20210218 08:15,16,135.5,490.5,16.85"
    (queue,) = read(f"{first}\nInsurance,20210218 08:15,20210218 08:30,25,128,443,21.48\n").queues
    assert (queue.id, queue.minutes, queue.offered.tolist()) == ("insurance", 15, [16, 25])
    assert queue.columns["aht_seconds"].tolist() == [626, 571]
    assert queue.columns["agents"].tolist() == [16.85, 21.48]


def test_an_exchange_that_orders_agents_is_no_demand() -> None:
    said = refused(
        "Insurance,20210326 08:00,20210326 08:15,0,0,0,16.85\nInsurance,20210326 08:15,20210326 08:30,0,0,0,2\n"
    )
    assert said == [
        "calls.csv: holds ordered agents and no contacts, as an exchange for vendors does; import the forecast itself"
    ]


def test_calabrio_s_queue_data_has_totals_by_position() -> None:
    row = "15;20260302;08:00;33;Sales;12;1;2;0;10;80;50;2000;500;30;40;5;9;0;1;1"
    (queue,) = read(row + "\n" + row.replace("08:00", "08:15")).queues
    assert (queue.name, queue.minutes, queue.offered.tolist()) == ("Sales", 15, [12, 12])
    assert queue.columns["aht_seconds"].tolist() == [250, 250]
    assert (queue.columns["asa_seconds"][0], queue.columns["abandon_wait_seconds"][0]) == (8, 25)
    assert (queue.columns["agents"][0], queue.columns["answered_in_time"][0]) == (5, 9)


def test_timestamps_and_counts_need_no_headers() -> None:
    history = read("2026-03-02 07:00:00\t111\n2026-03-02 07:05:00\t113\n2026-03-02 07:15:00\t5\n2026-03-02 07:20\t6\n")
    (queue,) = history.queues
    assert (queue.id, queue.minutes) == ("calls", 5)
    np.testing.assert_equal(queue.offered, [111, 113, np.nan, 5, 6])


def test_single_contacts_are_counted() -> None:
    text = table([["Call time", "Handle time"], ["2026-03-02 07:01:12", "100"], ["2026-03-02 07:29:59", "200"],
                  ["2026-03-02 08:10:00", "60"]])  # fmt: skip
    (queue,) = read(text).queues
    assert queue.offered.tolist() == [2, 0, 1]
    np.testing.assert_equal(queue.columns["aht_seconds"], [150, np.nan, 60])


def test_days_are_local_dates() -> None:
    text = table([["Date", "Calls"], ["2026-03-28", 5], ["2026-03-29", 6], ["2026-03-30", 7]])
    (queue,) = read(text, timezone="Europe/Madrid").queues  # the clock changes on the 29th
    assert (queue.minutes, queue.offered.tolist()) == (1440, [5, 6, 7])
    assert [str(start) for start in queue.starts] == ["2026-03-27T23:00", "2026-03-28T23:00", "2026-03-29T22:00"]


@pytest.mark.parametrize("months", [["2026-01", "2026-02"], ["01/2026", "02/2026"], ["Jan 2026", "February 2026"]])
def test_months_are_totals(months: list[str]) -> None:
    (total,) = read(table([["Month", "Volume", "AHT"], [months[0], 900, 300], [months[1], 800, 310]])).totals
    assert total.offered == {"2026-01": 900, "2026-02": 800}
    assert total.columns == {"aht_seconds": {"2026-01": 300, "2026-02": 310}}


def test_strategic_rows_by_the_first_of_the_month_are_months() -> None:
    text = "q1,09-01-2017,30000,180\nq1,10-01-2017,40000,180\nq1,11-01-2017,30000,180\n"
    (total,) = read(text, dates="MDY").totals
    assert total.offered == {"2017-09": 30000, "2017-10": 40000, "2017-11": 30000}


def test_weeks_are_totals_where_they_begin_on_a_monday() -> None:
    rows = [["2026-03-02", 5], ["2026-03-09", 6], ["2026-03-16", 7]]
    (total,) = read(table([["Week", "Calls"], *rows])).totals
    assert total.offered == {"2026-W10": 5, "2026-W11": 6, "2026-W12": 7}
    (said,) = refused(table([["Week", "Calls"], ["2026-03-01", 5], ["2026-03-08", 6]]))
    assert "no Monday" in said


def test_a_workbook_has_dates_times_and_durations_of_its_own() -> None:
    rows: list[list[object]] = [
        ["Date", "Start", "Calls", "AHT"],
        [date(2026, 3, 4), time(9, 30), 12, timedelta(seconds=181)],
        [date(2026, 3, 4), time(10, 0), 13, timedelta(seconds=190)],
    ]
    (queue,) = read(workbook(rows)).queues
    assert (queue.first, queue.offered.tolist()) == (datetime(2026, 3, 4, 9, 30), [12, 13])
    assert queue.columns["aht_seconds"].tolist() == [181, 190]


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("cp1252"),
    ],
)
def test_encodings_are_seen(encoded: Callable[[str], bytes]) -> None:
    text = table(
        [
            ["Date", "Time", "Queue", "Calls"],
            ["2026-03-02", "07:00", "Réservé", 4],
            ["2026-03-02", "07:30", "Réservé", 5],
        ]
    )
    (queue,) = read(encoded(text)).queues
    assert (queue.id, queue.name, queue.offered.tolist()) == ("reserve", "Réservé", [4, 5])


def test_titles_above_and_totals_below_the_table_are_left_out() -> None:
    text = "Interval report\nPrinted 2026-03-03\n\nDate;Time;Calls\n2026-03-02;07:00;5\n2026-03-02;07:30;6\nTotal;;11\n"
    history, report = read_both(text)
    assert offered(history) == [5, 6]
    assert [(one.kind, one.row) for one in report.anomalies] == [("SKIPPED", 7)]


def test_excel_s_line_about_the_separator_is_heeded() -> None:
    assert offered(read("sep=|\nDate|Time|Calls\n2026-03-02|07:00|5\n2026-03-02|07:30|6\n")) == [5, 6]


@pytest.mark.parametrize(
    ("start", "end"),
    [("07:00", "07:30"), ("07:00", "07:29"), ("07:00", "07:29:59"), ("2026-03-02 07:00", "2026-03-02 07:30")],
)
def test_the_end_of_a_slot_says_how_long_it_is(start: str, end: str) -> None:
    (queue,) = read(table([["Date", "Start", "End", "Calls"], ["2026-03-02", start, end, 5]])).queues
    assert queue.minutes == 30


@pytest.mark.parametrize("span", ["07:00 - 07:30", "07:00-07:30", "7:00 AM to 7:30 AM"])
def test_a_span_has_both(span: str) -> None:
    (queue,) = read(table([["Date", "Interval", "Calls"], ["2026-03-02", span, 5]])).queues
    assert (queue.first, queue.minutes) == (datetime(2026, 3, 2, 7), 30)


def test_columns_may_be_named_by_whoever_imports() -> None:
    text = table([["When it was", "How many"], ["2026-03-02 07:00", 5], ["2026-03-02 07:30", 6]])
    (said,) = refused(text)
    assert "has no column of times that is known; this row has 'When it was', 'How many'" in said
    assert "--column start=" in said
    assert offered(read(text, columns={"start": "When it was", "offered": "How many"})) == [5, 6]


def test_queues_are_chosen_and_named() -> None:
    rows = [["2026-03-02", time, queue, 5] for time in ("07:00", "07:30") for queue in ("A", "B b", "C")]
    text = table([["Date", "Time", "Queue", "Calls"], *rows])
    assert [queue.id for queue in read(text).queues] == ["a", "b-b", "c"]
    assert [(one.id, one.name) for one in read(text, queues={"B b": "mine"}).queues] == [("mine", "B b")]
    (said,) = refused(text, queues={"D": None})
    assert "has no queue 'D'; write --queue" in said


def test_a_queue_that_is_the_sum_of_the_others_is_asked_about() -> None:
    rows = [
        ["2026-03-02", time, queue, n] for time in ("07:00", "07:30") for queue, n in (("ALL", 9), ("A", 5), ("B", 4))
    ]
    text = table([["Date", "Time", "Queue", "Calls"], *rows])
    (said,) = refused(text)
    assert "'ALL' has as many contacts as all other queues together; say what to take: --queue 'ALL'" in said
    assert [queue.id for queue in read(text, queues={"A": None, "B": None}).queues] == ["a", "b"]


def test_a_column_says_the_zone_if_it_says_one() -> None:
    rows = [["2026-03-02", "07:00", "Europe/Madrid", 5], ["2026-03-02", "07:30", "Europe/Madrid", 6]]
    header = ["Date", "Time", "Time zone", "Calls"]
    (queue,) = read(table([header, *rows]), timezone=None).queues
    assert queue.timezone == "Europe/Madrid"
    rows[1][2] = "Europe/Paris"
    assert (
        "has rows in the zones 'Europe/Madrid' and 'Europe/Paris'" in refused(table([header, *rows]), timezone=None)[0]
    )
    (said,) = refused(table([["Date", "Calls"], ["2026-03-02", 5]]), timezone=None)
    assert "--timezone America/New_York" in said


def test_what_may_be_a_mean_or_a_total_is_not_used_until_somebody_says() -> None:
    rows = [["2026-03-02", "07:00", 10, 10, 3000], ["2026-03-02", "07:30", 20, 20, 6200]]
    text = table([["Date", "Time", "Calls", "Answered", "Talk time"], *rows])
    history, report = read_both(text)
    assert history.queues[0].columns.keys() == {"answered"}
    assert [one.kind for one in report.anomalies] == ["UNCLEAR"]
    (queue,) = read(text, columns={"talk_total": "Talk time"}).queues
    assert queue.columns["aht_seconds"].tolist() == [300, 310]
