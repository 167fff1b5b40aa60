"""However a table is written, it is read as the same history, or somebody is asked: never as another one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.history.dates import DateOrder
from simulation.history.problems import HistoryError
from tests.history.files import read, refused, table

PARTS = {"D": "%d", "M": "%m", "Y": "%Y"}


@dataclass(frozen=True)
class Style:
    """How a table is written."""

    order: DateOrder
    mark: str
    separator: str
    decimal: str
    grouped: bool
    short_year: bool

    def day(self, day: date) -> str:
        parts = [PARTS[letter] for letter in self.order]
        text = day.strftime(self.mark.join(parts))
        return text.replace(str(day.year), f"{day.year % 100:02}") if self.short_year else text

    def number(self, number: float) -> str:
        text = f"{number:,}" if self.grouped else f"{number}"
        return text.translate({ord("."): ",", ord(","): "."}) if self.decimal == "COMMA" else text


styles = st.builds(
    Style,
    st.sampled_from(DateOrder),
    st.sampled_from("/-."),
    st.sampled_from(",;\t|"),
    st.sampled_from(["POINT", "COMMA"]),
    st.booleans(),
    st.booleans(),
)
days = st.dates(date(2000, 1, 1), date(2032, 12, 31))
volumes = st.one_of(
    st.integers(0, 5_000), st.decimals(0, 5_000, places=1).map(float), st.integers(0, 4).map(lambda n: n / 8)
)
rows = st.lists(st.tuples(volumes, volumes), min_size=1, max_size=12)


def written(style: Style, first: date, figures: list[tuple[float, float]]) -> str:
    body = [
        [style.day(first + timedelta(days=k)), "07:00", "q", style.number(offered), style.number(aht)]
        for k, (offered, aht) in enumerate(figures)
    ]
    return table([["Date", "Time", "Queue", "Offered", "AHT"], *body], style.separator)


def as_read(text: str, **options: Any) -> tuple[datetime, list[float], list[float]]:
    (queue,) = read(text, minutes=1440, **options).queues
    return queue.first, queue.offered.tolist(), queue.columns["aht_seconds"].tolist()


def as_read_or_asked(text: str) -> tuple[Any, str]:
    try:
        return as_read(text), ""
    except HistoryError as error:
        return None, str(error)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(style=styles, first=days, figures=rows)
def test_a_table_is_read_as_it_was_meant_or_asked_about(
    style: Style, first: date, figures: list[tuple[float, float]]
) -> None:
    text = written(style, first, figures)
    meant = (datetime(first.year, first.month, first.day, 7), *map(list, zip(*figures, strict=True)))
    assert as_read(text, dates=style.order, decimal=style.decimal) == meant
    found, asked = as_read_or_asked(text)
    assert found == meant or "--dates" in asked or "--decimal" in asked


def test_dates_that_may_be_read_in_two_ways_are_asked_about() -> None:
    text = table([["Date", "Calls"], ["02/03/2026", 5], ["03/03/2026", 6]])
    assert refused(text) == [
        "calls.csv:2: '02/03/2026' may be 2026-03-02 (DMY) or 2026-02-03 (MDY), and no row says which; say it with"
        " --dates DMY or --dates MDY"
    ]
    assert read(text, dates="DMY").queues[0].first == datetime(2026, 3, 2)
    proven = table([["Date", "Calls"], ["12/03/2026", 5], ["13/03/2026", 6]])
    assert read(proven).queues[0].first == datetime(2026, 3, 12)


def test_dates_that_are_the_same_either_way_need_no_answer() -> None:
    assert read(table([["Date", "Calls"], ["03/03/2026", 5]])).queues[0].first == datetime(2026, 3, 3)


def test_dates_in_no_common_order_are_told_by_row() -> None:
    rows = [["13/03/2026", 5], ["14/03/2026", 6], ["03/15/2026", 6]]
    assert refused(table([["Date", "Calls"], *rows])) == [
        "calls.csv:4: '03/15/2026' is no date in the order DMY that most others have; correct it, or write all dates"
        " alike"
    ]


def test_a_number_that_may_be_thousands_or_thousandths_is_asked_about() -> None:
    text = table([["Date", "Calls"], ["2026-03-02", "1,234"]])
    assert refused(text) == [
        "calls.csv:2: '1,234' may be 1234 or 1.234, and nothing in the file says which; say it with --decimal POINT or"
        " --decimal COMMA"
    ]
    assert read(text, decimal="POINT").queues[0].offered.tolist() == [1234]
    assert read(text, decimal="COMMA").queues[0].offered.tolist() == [1.234]


def test_both_decimal_marks_in_one_file_are_refused() -> None:
    (said,) = refused(table([["Date", "Calls"], ["2026-03-02", "12,5"], ["2026-03-03", "12.5"]]))
    assert "'12.5' in row 3 has a decimal point and '12,5' in row 2 a decimal comma" in said
