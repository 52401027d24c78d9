"""A workbook (xlsx) of numbered tables: contents, then a sheet a table; same tables, same bytes."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.writer.excel import ExcelWriter

from scripts.table.files import atomic

# How numbers of a kind are shown; `effect` and `odds` get as many decimals as the table's effects need.
NUMBER_FORMATS = {
    "whole": "#,##0",
    "place": "0",
    "effect": "0.000",
    "odds": "0.00",
    "ratio": "0.00",
    "share": "0.000",
    "statistic": "0.0",
    "p": "0.00E+00",
    "small": "0.0E+00",
}
HEADER_ROW = 3  # below title and note
MOST_ROWS = 1_048_576 - HEADER_ROW  # of a sheet of xlsx
CONTENTS = {"Table": 26, "Title": 60, "Rows": 10, "What it says": 90, "File": 32}  # width in characters
NARROWEST, WIDEST, NOTE_WIDTH = 10, 50, 120  # characters
MEASURED = 1000  # rows that the width of a column is taken from
LINE = 15.0  # points
UNDATED = datetime(1980, 1, 1)  # the first date that a zip archive knows
FACE = "Calibri"  # the font of cells that name none
BOLD, TITLE = Font(FACE, 11, bold=True), Font(FACE, 13, bold=True)
LINK = Font(FACE, 11, color="0563C1", underline="single")
SHADE = PatternFill("solid", start_color="E7ECEF")
WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A numbered table: `frame` with headers as columns and the kind of each, or None where it is left out.

    A kind is one of NUMBER_FORMATS, or any other word for text. `says` is what the table says, or why it is
    left out; `file` the name of the file with the same rows.
    """

    number: str
    title: str
    says: str
    note: str
    file: str
    frame: pd.DataFrame | None
    kinds: tuple[str, ...]


def save_workbook(
    title: str, about: Sequence[str], sheets: Sequence[Sheet], path: Path, most: int = MOST_ROWS
) -> None:
    """Write the workbook: `title` and the lines `about` over the list of `sheets`, then each sheet.

    Of a table with more rows than `most`, which is what a sheet holds, the first are written, and contents
    and note say so.
    """
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "mrscape", title
    book.properties.created = book.properties.modified = UNDATED
    fitted = [_fitted(sheet, most) for sheet in sheets]
    _write_contents(book, title, about, fitted)
    for sheet in fitted:
        if sheet.frame is not None:
            _write_sheet(book, sheet, sheet.frame.iloc[:most])
    with atomic(path) as part, _Undated(part, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()


class _Undated(ZipFile):
    """An archive whose entries all have the first date of the format: same content, same bytes."""

    def writestr(self, name: Any, data: Any, *_: Any) -> None:
        super().writestr(_entry(name), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any) -> None:
        entry = _entry(arcname)
        entry.file_size = Path(filename).stat().st_size
        with Path(filename).open("rb") as source, self.open(entry, "w") as target:
            shutil.copyfileobj(source, target)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _fitted(sheet: Sheet, most: int) -> Sheet:
    """With words for that where the table does not fit."""
    if sheet.frame is None or len(sheet.frame) <= most:
        return sheet
    cut = f"A sheet holds the first {most:,} of {len(sheet.frame):,} rows; all are in {sheet.file}."
    return replace(sheet, says=f"{sheet.says} {cut}", note=f"{cut} {sheet.note}")


def _write_contents(book: Workbook, title: str, about: Sequence[str], sheets: Sequence[Sheet]) -> None:
    page = book.create_sheet("Contents")
    _set_widths(page, list(CONTENTS.values()))
    for row, line in enumerate(about, 2):
        _spread(page, row, list(CONTENTS.values()), line)
    page.freeze_panes = f"A{len(about) + 4}"
    page.append([_cell(page, title, TITLE, wrapped=False)])
    for line in about:
        page.append([_cell(page, line)])
    page.append([])
    page.append([_cell(page, head, BOLD, SHADE) for head in CONTENTS])
    for sheet in sheets:
        page.append(_contents_row(page, sheet))


def _contents_row(page: Any, sheet: Sheet) -> list[Any]:
    """The table's line, with a link to its sheet, or why it is left out."""
    if sheet.frame is None:
        return [_cell(page, value) for value in (sheet.number, sheet.title, None, f"Left out: {sheet.says}")]
    number, rows = _cell(page, sheet.number, LINK), _cell(page, len(sheet.frame))
    number.hyperlink = Hyperlink(ref="", location=f"'{sheet.number}'!A1")
    rows.number_format = NUMBER_FORMATS["whole"]
    return [number, _cell(page, sheet.title), rows, _cell(page, sheet.says), _cell(page, sheet.file)]


def _write_sheet(book: Workbook, sheet: Sheet, frame: pd.DataFrame) -> None:
    """Title, note, header, and the rows one at a time, through one cell a column."""
    page = book.create_sheet(sheet.number)
    widths = [_width(frame[head], kind) for head, kind in zip(frame, sheet.kinds, strict=True)]
    _set_widths(page, widths)
    wide_enough = (i for i in range(1, len(widths)) if sum(widths[:i]) >= NOTE_WIDTH)
    _spread(page, HEADER_ROW - 1, widths[: next(wide_enough, len(widths))], sheet.note)
    _lay_out(page, frame, widths)
    page.append([_cell(page, f"{sheet.number}. {sheet.title}", TITLE, wrapped=False)])
    page.append([_cell(page, sheet.note)])
    page.append([_cell(page, head, BOLD, SHADE) for head in frame])
    formats = _formats(frame, sheet.kinds)
    cells = [WriteOnlyCell(page) for _ in sheet.kinds]
    for cell, kind in zip(cells, sheet.kinds, strict=True):
        cell.number_format = formats.get(kind, "General")
    for row in frame.itertuples(index=False, name=None):
        page.append([_put(cell, value) for cell, value in zip(cells, row, strict=True)])


def _lay_out(page: Any, frame: pd.DataFrame, widths: Sequence[float]) -> None:
    """What is frozen and filtered, and how it is printed."""
    page.freeze_panes = f"B{HEADER_ROW + 1}"
    page.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(widths))}{HEADER_ROW + len(frame)}"
    lines = [math.ceil(1.2 * len(str(head)) / width) for head, width in zip(frame, widths, strict=True)]
    page.row_dimensions[HEADER_ROW].height = LINE * max(lines)
    page.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    page.page_setup.orientation = "landscape"
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0


def _set_widths(page: Any, widths: Sequence[float]) -> None:
    for i, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(i)].width = width


def _spread(page: Any, row: int, widths: Sequence[float], text: str) -> None:
    """Make room for a text over the first columns, which are so wide; the row is as high as its lines."""
    if len(widths) > 1:
        page.merged_cells.add(f"A{row}:{get_column_letter(len(widths))}{row}")
    page.row_dimensions[row].height = LINE * math.ceil(1.1 * len(text) / sum(widths))


def _width(values: pd.Series[Any], kind: str) -> float:
    """Of a column: its longest text or word of the header, within limits."""
    lengths = [len(word) + 3 for word in str(values.name).split()]
    if kind not in NUMBER_FORMATS:
        lengths += [len(str(value)) + 2 for value in values.iloc[:MEASURED] if value is not None]
    return float(min(WIDEST, max(NARROWEST, *lengths)))


def _formats(frame: pd.DataFrame, kinds: Sequence[str]) -> dict[str, str]:
    """Number formats; decimals show three digits of the table's median effect, one less of odds ratios."""
    columns = [frame[head] for head, kind in zip(frame, kinds, strict=True) if kind == "effect"]
    sizes = pd.concat(columns).astype(float).abs() if columns else pd.Series(dtype=float)
    median = sizes[(sizes > 0) & (sizes < math.inf)].median()
    decimals = 3 if pd.isna(median) else min(6, max(3, 2 - math.floor(math.log10(median))))
    return NUMBER_FORMATS | {"effect": f"0.{'0' * decimals}", "odds": f"0.{'0' * (decimals - 1)}"}


def _cell(
    page: Any, value: object, font: Font | None = None, fill: PatternFill | None = None, wrapped: bool = True
) -> Any:
    cell = WriteOnlyCell(page)
    if wrapped:
        cell.alignment = WRAPPED
    if font:
        cell.font = font
    if fill:
        cell.fill = fill
    return _put(cell, value)


def _put(cell: Any, value: object) -> Any:
    """Give a cell its value: text is no formula and no error value, and without what XML cannot hold."""
    if isinstance(value, float) and math.isinf(value):
        value = "∞" if value > 0 else "−∞"
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
        cell.data_type = "s"
    else:
        cell.value = value
    return cell
