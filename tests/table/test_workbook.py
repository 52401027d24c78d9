"""A workbook of tables: real numbers, text that stays text, same bytes, and no row lost in silence."""

import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import load_workbook

from scripts.table.workbook import HEADER_ROW, Sheet, save_workbook

# Names as a server may tell them, each of which a spreadsheet would take for something else.
NASTY = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "#N/A", "0017", "1E5", "TRUE", "SEPT2", " a", "<b>&"]
KINDS = ("text", "effect", "p", "whole")


def sheet(names: list[str], beta: float = 0.2) -> Sheet:
    n = len(names)
    frame = pd.DataFrame(
        {
            "Name": pd.Series(names, dtype=object),
            "Effect": pd.Series([beta * (i + 1) for i in range(n)], dtype=object),
            "P": pd.Series([10.0 ** -(i + 1) for i in range(n)], dtype=object),
            "Variants": pd.Series([1000 + i for i in range(n)], dtype=object),
        }
    )
    return Sheet("Table 1", "Names", "What they are.", "A note.", "table_1.tsv", frame, KINDS)


LEFT_OUT = Sheet("Table 2", "Loci", "No loci were asked for.", "", "table_2.tsv", None, ())


def test_what_is_written_is_read_again(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    save_workbook("A study", ["A line."], [sheet(NASTY), LEFT_OUT], path)
    names = pd.read_excel(path, sheet_name=None, header=HEADER_ROW - 1, keep_default_na=False)
    assert list(names) == ["Contents", "Table 1"]
    kept: dict[str, Any] = {"keep_default_na": False, "dtype": {"Name": "str"}}
    again = pd.read_excel(path, sheet_name="Table 1", header=HEADER_ROW - 1, **kept)
    pd.testing.assert_frame_equal(again.astype(object), sheet(NASTY).frame, check_dtype=False)


def test_text_is_no_formula_no_error_and_no_number(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    save_workbook("=cmd()", ["=1"], [sheet([*NASTY, "bell \x07"])], path)
    page = load_workbook(path)["Table 1"]
    cells = [page.cell(row, 1) for row in range(HEADER_ROW + 1, page.max_row + 1)]
    assert [cell.value for cell in cells] == [*NASTY, "bell �"]
    assert {cell.data_type for cell in cells} == {"s"}
    with ZipFile(path) as archive:
        assert not any(re.search(rb"<f[ >]", archive.read(name)) for name in archive.namelist())


def test_numbers_are_numbers_with_a_format(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    frame = sheet(["a", "b"]).frame
    assert frame is not None
    frame = frame.assign(Effect=[None, float("-inf")])
    save_workbook("s", [], [Sheet("Table 1", "", "", "", "f", frame, KINDS)], path)
    page = load_workbook(path)["Table 1"]
    first, second = page[HEADER_ROW + 1], page[HEADER_ROW + 2]
    assert [cell.value for cell in first] == ["a", None, 0.1, 1000]
    assert [cell.number_format for cell in first[2:]] == ["0.00E+00", "#,##0"]
    assert second[1].value == "−∞", "an open interval has no number"


@pytest.mark.parametrize(
    ("beta", "decimals"), [(2.0, 3), (0.2, 3), (0.02, 4), (0.0003, 6), (3e-7, 6), (0.0, 3)]
)
def test_effects_have_three_digits(tmp_path: Path, beta: float, decimals: int):
    path = tmp_path / "t.xlsx"
    save_workbook("s", [], [sheet(["a"], beta)], path)
    assert load_workbook(path)["Table 1"]["B4"].number_format == "0." + "0" * decimals


def test_same_tables_same_bytes_at_any_time(tmp_path: Path):
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    save_workbook("s", ["line"], [sheet(NASTY), LEFT_OUT], first)
    time.sleep(2.1)  # a zip archive counts time in steps of two seconds
    save_workbook("s", ["line"], [sheet(NASTY), LEFT_OUT], second)
    assert first.read_bytes() == second.read_bytes()
    with ZipFile(first) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    told = load_workbook(first).properties
    assert (told.creator, told.title, told.modified) == ("mrscape", "s", datetime(1980, 1, 1))


def test_layout_helps_a_reader(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    save_workbook("s", ["one", "two"], [sheet(["a long name of a trait", "b"])], path)
    book = load_workbook(path)
    page = book["Table 1"]
    assert page["A1"].value == "Table 1. Names" and page["A2"].value == "A note."
    assert page.freeze_panes == "B4" and page.auto_filter.ref == "A3:D5"
    assert all(cell.font.b for cell in page[HEADER_ROW])
    assert page.column_dimensions["A"].width == 24 and page.column_dimensions["B"].width == 10
    assert page.print_title_rows == "$3:$3" and page.page_setup.orientation == "landscape"
    assert book["Contents"].freeze_panes == "A6"


def test_contents_link_to_sheets_and_say_what_is_left_out(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    save_workbook("s", [], [sheet(["a", "b"]), LEFT_OUT], path)
    page = load_workbook(path)["Contents"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
    assert rows == [
        ["Table", "Title", "Rows", "What it says", "File"],
        ["Table 1", "Names", 2, "What they are.", "table_1.tsv"],
        ["Table 2", "Loci", None, "Left out: No loci were asked for.", None],
    ]
    assert page["A4"].hyperlink.location == "'Table 1'!A1" and page["A5"].hyperlink is None


def test_a_table_that_does_not_fit_says_how_much_is_missing(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    save_workbook("s", [], [sheet([f"n{i}" for i in range(7)])], path, most=5)
    book = load_workbook(path)
    words = "A sheet holds the first 5 of 7 rows; all are in table_1.tsv."
    assert book["Table 1"].max_row == HEADER_ROW + 5
    assert book["Table 1"]["A2"].value == f"{words} A note."
    assert book["Contents"]["D4"].value == f"What they are. {words}" and book["Contents"]["C4"].value == 7
    save_workbook("s", [], [sheet([f"n{i}" for i in range(5)])], path, most=5)
    assert load_workbook(path)["Table 1"]["A2"].value == "A note."


def test_an_empty_table_keeps_its_header(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    save_workbook("s", [], [sheet([])], path)
    page = load_workbook(path)["Table 1"]
    assert [cell.value for cell in page[HEADER_ROW]] == ["Name", "Effect", "P", "Variants"]
    assert page.max_row == HEADER_ROW and page.auto_filter.ref == "A3:D3"
