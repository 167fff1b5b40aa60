"""Files that cannot be imported are told why, by row, all at once; what is odd is told, too."""

import io
import zipfile
from datetime import date

import pytest

from simulation.history import cells
from simulation.history.options import Duplicates
from simulation.scenario.problems import MOST_PROBLEMS
from tests.history.files import offered, read, read_both, refused, table, workbook

HEADER = ["Start", "Calls"]
GOOD: list[object] = ["2026-03-02 07:00", 5]


def test_every_row_that_is_wrong_is_told_at_once() -> None:
    rows: list[list[object]] = [GOOD, ["2026-03-02 07:30", -4], ["2026-03-02 08:00", "many"]]
    assert refused(table([HEADER, *rows])) == [
        "calls.csv:3: Calls: '-4' is less than 0 or endless; correct it, or leave the cell empty",
        "calls.csv:4: Calls: 'many' is not a number; write digits, or leave it empty",
    ]
    absurd = "1e+300 offered in one row cannot be; correct it; at most 10,000,000 are taken"
    assert refused(table([HEADER, GOOD, ["2026-03-02 08:30", "1e300"]])) == [f"calls.csv:3: {absurd}"]
    assert refused(table([HEADER, GOOD, ["2026-03-02 08:30", "1e300"], ["2026-03-02 09:00", -4]])) == [
        f"calls.csv:3: {absurd}",
        "calls.csv:4: Calls: '-4' is less than 0 or endless; correct it, or leave the cell empty",
    ]
    assert refused(table([HEADER, GOOD, ["yesterday", 4], ["2026-02-30", 4]])) == [
        "calls.csv:3: Start: 'yesterday' is no date or time that is known; write it as 2026-03-02 07:30, or name the"
        " column that has it with --column start=...",
        "calls.csv:4: Start: '2026-02-30' is no date or time that is known; write it as 2026-03-02 07:30, or name the"
        " column that has it with --column start=...",
    ]


def test_of_many_problems_the_first_are_told_and_the_rest_counted() -> None:
    rows = [[f"2026-03-{1 + k // 48:02} {k % 48 // 2:02}:{k % 2 * 30:02}", "x"] for k in range(300)]
    said = refused(table([HEADER, *rows]))
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == "calls.csv: and 200 more; mend these 100 first"


def test_rows_that_are_one_slot_are_refused_added_up_or_the_first_taken_as_asked() -> None:
    text = table(
        [
            [*HEADER, "AHT", "Answered"],
            [*GOOD, 100, 5],
            ["2026-03-02 07:30", 6, 90, 6],
            ["2026-03-02 07:00", 15, 200, 15],
        ]
    )
    assert refused(text) == [
        "calls.csv:4: rows 2, 4 are the same slot of calls; remove all but one, take one queue with --queue, or say"
        " --duplicates SUM or FIRST"
    ]
    (summed,) = read(text, duplicates=Duplicates.SUM).queues
    assert (summed.offered.tolist(), summed.columns["aht_seconds"].tolist()) == ([20, 6], [175, 90])
    assert offered(read(text, duplicates=Duplicates.FIRST)) == [5, 6]


def test_rows_that_overlap_are_refused() -> None:
    rows = [[f"2026-03-02 07:{minute:02}", 5] for minute in (0, 15, 30, 40, 45)]
    assert refused(table([HEADER, *rows])) == [
        "calls.csv:5: begins within a slot of 15 minutes of other rows of calls; export slots of one length, or say"
        " --minutes"
    ]
    header = ["Start", "End", "Calls"]
    rows = [["2026-03-02 07:00", "07:30", 5], ["2026-03-02 07:30", "08:00", 5], ["2026-03-02 08:00", "09:00", 5]]
    assert refused(table([header, *rows])) == [
        "calls.csv:4: is 60 minutes long, and slots of calls have 30; export slots of one length"
    ]


def test_one_row_without_an_end_is_asked_how_long_it_is() -> None:
    text = table([HEADER, GOOD])
    assert "say how long it is with --minutes 30" in refused(text)[0]
    assert read(text, minutes=15).queues[0].minutes == 15


def test_a_date_far_away_is_no_history_of_a_million_slots() -> None:
    rows = [["1971-01-01 07:00", 5], ["2026-03-02 07:00", 5], ["2026-03-02 07:15", 5], ["2026-03-02 07:30", 5]]
    assert "more than 1,000,000 slots; correct the date that lies far away" in refused(table([HEADER, *rows]))[0]


def test_a_decimal_comma_without_quotation_marks_is_no_further_column() -> None:
    text = "Start,Calls,AHT\n2026-03-02 07:00,5,12,5\n2026-03-02 07:30,5,13\n"
    assert refused(text) == [
        "calls.csv:2: has 4 cells where the header has 3; put quotation marks around what holds a separator, or export"
        " it anew: it may have been cut off"
    ]


def test_a_file_that_was_cut_off_is_not_imported_by_half() -> None:
    assert (
        "calls.csv:3: has 1 cells where the header has 3"
        in refused("Start,Calls,AHT\n2026-03-02 07:00,5,12\n2026-03-0")[0]
    )
    assert "is no CSV" in refused('Start,Calls\n2026-03-02 07:00,"5\n')[0]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "content", [b"", b"  \n\n", b"\x00\x01\x02" * 100, b"\x81\x8d\x8f", b"hello", b"{}", b"<html>"]
)
def test_what_is_no_table_is_refused_in_words(content: bytes, separator: str) -> None:
    assert len(refused(content + separator.encode())) == 1


def test_old_locked_and_broken_workbooks_are_refused() -> None:
    assert "is an old or a locked workbook" in refused(b"\xd0\xcf\x11\xe0" + b"x" * 600)[0]
    whole = workbook([HEADER, GOOD])
    assert "is no whole workbook" in refused(whole[:-40])[0]
    assert "is no whole workbook" in refused(whole[:300] + b"\0" * 60 + whole[360:])[0]
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("note.txt", "hello")
    assert "is no workbook that can be read" in refused(other.getvalue())[0]


def test_a_workbook_with_several_sheets_is_asked_which() -> None:
    content = workbook([["Date", "Calls"], ["2026-03-02", 5]], sheets=2)
    assert "has 2 sheets with cells; name one of Sheet1, Sheet2 with --sheet" in refused(content)[0]
    assert "has no sheet 'X'" in refused(content, sheet="X")[0]
    assert offered(read(content, sheet="Sheet2")) == [5]


def test_a_workbook_that_mixes_dates_and_texts_is_refused() -> None:
    rows: list[list[object]] = [["Date", "Calls"], [date(2026, 4, 3), 5], ["13/03/2026", 6]]
    assert (
        "is text where other rows have dates of the workbook, which may have day and month exchanged"
        in refused(workbook(rows))[0]
    )


def test_a_file_has_at_most_so_many_bytes_rows_cells_and_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_BYTES", 1000)
    assert refused(b"x" * 1001) == [
        "calls.csv: has 0 MB, and at most 0 MB are read; split it by queue or by month, or export fewer columns"
    ]
    monkeypatch.setattr(cells, "MOST_ROWS", 3)
    rows = [[f"2026-03-02 {hour:02}:00", 5] for hour in range(4)]
    assert "has more than 3 rows" in refused(table([HEADER, *rows]))[0]
    monkeypatch.setattr(cells, "MOST_BYTES", 100_000)
    assert "has 400 cells" in refused(table([HEADER, GOOD, ["x"] * 400]))[0]
    assert "has a cell of more than 1000 characters" in refused(table([HEADER, GOOD, ["x" * 1001, 4]]))[0]


def test_a_workbook_that_unpacks_to_more_than_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_UNPACKED", 3_000_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 4_000_000)
    assert len(bomb.getvalue()) < 10_000
    assert "has more than 3 MB when it is unpacked" in refused(bomb.getvalue())[0]


def test_two_columns_that_say_the_same_are_asked_about() -> None:
    text = table([["Start", "Calls", "Contacts offered"], [*GOOD, 4], ["2026-03-02 07:30", 5, 4]])
    assert refused(text) == [
        "calls.csv:1: 'Calls' and 'Contacts offered' both say offered; say which with --column offered='Calls'"
    ]
    assert offered(read(text, columns={"offered": "Contacts offered"})) == [4, 4]


def test_gaps_and_outliers_are_told_by_row() -> None:
    days = [f"2026-03-{day:02}" for day in range(2, 31)]
    rows = [[f"{day} {hour:02}:00", 100] for day in days for hour in range(8, 18)]
    rows[37][1] = 900
    del rows[50:53]
    _, report = read_both(table([HEADER, *rows]))
    assert [(one.kind, one.row, one.message) for one in report.anomalies] == [
        ("GAP", 51, "no row for 2026-03-07 08:00 and 2 slots after it"),
        ("OUTLIER", 39, "900 contacts at 2026-03-05 15:00, where 100 are usual"),
    ]


def test_nights_and_weekends_without_rows_are_no_gaps() -> None:
    days = [f"2026-03-{day:02}" for day in range(2, 31) if (day - 2) % 7 < 5]
    rows = [[f"{day} {hour:02}:00", 100] for day in days for hour in range(8, 18)]
    assert read_both(table([HEADER, *rows]))[1].counts == {}


def test_options_that_cannot_be_are_told_with_their_names() -> None:
    text = table([HEADER, GOOD])
    assert refused(text, timezone="Europe/Madird") == [
        "calls.csv: --timezone: there is no time zone 'Europe/Madird'; write Europe/Madrid"
    ]
    assert "--minutes 7 does not divide a day" in refused(text, minutes=7)[0]
    assert "no column can be 'ofered'; write --column offered=" in refused(text, columns={"ofered": "Calls"})[0]
