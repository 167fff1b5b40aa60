"""A table written to a file of each format, block by block, so that memory holds one of them."""

import asyncio
import shutil
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from server.exports.table import COLUMNS, STATISTICS, Block, ExportFormat, frame

if TYPE_CHECKING:
    from polars import DataFrame

INSTANT = "%Y-%m-%dT%H:%M:%S%:z"
MOST_ROWS = {ExportFormat.CSV: 12_000_000, ExportFormat.XLSX: 300_000, ExportFormat.PARQUET: 12_000_000}
"""A year of half hours for ten queues and their teams is ten millions; a workbook is written cell by cell."""
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


class Writer(ABC):
    """Takes blocks, one after the other; the file is whole when it is closed."""

    @abstractmethod
    def add(self, block: Block) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


def writer(format: ExportFormat, path: Path) -> Writer:
    match format:
        case ExportFormat.CSV:
            return CsvWriter(path)
        case ExportFormat.XLSX:
            return XlsxWriter(path)
        case ExportFormat.PARQUET:
            return ParquetWriter(path)


async def write(blocks: AsyncIterator[Block], format: ExportFormat, path: Path) -> None:
    """Beside the event loop."""
    made = await asyncio.to_thread(writer, format, path)
    try:
        async for block in blocks:
            await asyncio.to_thread(made.add, block)
    finally:
        await asyncio.to_thread(made.close)


def with_text_starts(rows: "DataFrame") -> "DataFrame":
    import polars as pl

    if rows.schema["start"] == pl.String:
        return rows
    return rows.with_columns(pl.col("start").dt.to_string(INSTANT))


HEADING = ",".join(COLUMNS).encode() + b"\r\n"


def csv_rows(block: Block) -> bytes:
    return with_text_starts(frame(block)).write_csv(include_header=False, line_terminator="\r\n").encode()


class CsvWriter(Writer):
    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb")
        self._file.write(HEADING)

    def add(self, block: Block) -> None:
        self._file.write(csv_rows(block))

    def close(self) -> None:
        self._file.close()


class XlsxWriter(Writer):
    def __init__(self, path: Path) -> None:
        from xlsxwriter import Workbook  # a quarter of a second to load

        self._book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._sheet = self._book.add_worksheet("outcomes")
        self._sheet.freeze_panes(1, 0)
        self._row = 0
        self._write(COLUMNS)

    def add(self, block: Block) -> None:
        for row in with_text_starts(frame(block)).iter_rows():
            self._write(row)

    def _write(self, row: tuple[str | float | None, ...]) -> None:
        for place, value in enumerate(row):
            if isinstance(value, str):
                self._sheet.write_string(self._row, place, value)
            elif value is not None:
                self._sheet.write_number(self._row, place, value)
        self._row += 1

    def close(self) -> None:
        self._book.close()


class ParquetWriter(Writer):
    """Parts of some blocks each, put together as they are read: Parquet has its table of contents at the end."""

    def __init__(self, path: Path) -> None:
        self._path, self._parts = path, path.with_name(f"{path.name}.parts")
        self._parts.mkdir()
        self._count = 0

    def add(self, block: Block) -> None:
        frame(block).write_parquet(self._parts / f"{self._count:06}.parquet", compression="zstd")
        self._count += 1

    def close(self) -> None:
        import polars as pl

        if self._count:
            pl.scan_parquet(self._parts / "*.parquet").sink_parquet(self._path, compression="zstd")
        else:
            schema = {name: pl.Float64 if name in STATISTICS else pl.String for name in COLUMNS}
            pl.DataFrame(schema=schema).write_parquet(self._path)
        shutil.rmtree(self._parts)
