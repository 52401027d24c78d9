"""Delimited text, plain or gzip, read in blocks: exact numbers, line numbers, and errors that name the place.

Blocks of whole lines go through pyarrow's CSV parser, which parses floats exactly, keeps repeated text
(alleles, chromosomes) as dictionaries and refuses lines of another width. Only when it refuses are lines
looked at one by one, to say where and what the fault is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from scripts.method.arrays import FloatArray, IntArray
from scripts.source import fields
from scripts.source.error import SourceError
from scripts.source.fields import MISSING
from scripts.source.layout import Layout, require
from scripts.source.lines import blocks, data_lines, without_blank
from scripts.source.small_p import SMALLEST, neglog10_of_text

SMALL_P = "-log10 of a small P"


def read(
    path: Path,
    found: Layout,
    *,
    labels: Collection[str],
    categories: Collection[str],
    numbers: Collection[str],
    row_filter: tuple[str, str] | None = None,
    p_and_se: tuple[str, str | None] | None = None,
) -> Iterator[pd.DataFrame]:
    """Yield the file's rows, in blocks, with the named columns under the file's own names.

    Columns in `labels` become text, those in `categories` categories of text (for values that repeat), those
    in `numbers` float64; every spelling in MISSING is a missing value. The index is the line number in the
    file (the header is line 1). With `row_filter`, only rows whose column equals the value are parsed, and
    there may be none; without it, a file of a header alone raises SourceError.

    `p_and_se` are the columns of P and, if there is one, of standard errors: a block with a P too small for a
    double and no standard error has the column SMALL_P, with -log10 of it by its text, and NaN elsewhere.
    """
    only = () if row_filter is None else (row_filter[0],)
    wanted = _Wanted(tuple(dict.fromkeys([*labels, *only])), tuple(categories), tuple(numbers))
    require(path, found, wanted.columns)
    needle = b"" if row_filter is None else row_filter[1].encode()
    rows = 0
    for line_numbers, block in blocks(path):
        lines, at = data_lines(block, line_numbers, needle)
        if not len(at) or lines.isspace():
            continue
        frame = _parse(_Block(path, found, lines, at), wanted)
        if row_filter is not None:
            frame = frame[(frame[row_filter[0]] == row_filter[1]).to_numpy()]
        if p_and_se is not None:
            _add_small_p(frame, _Block(path, found, lines, at), *p_and_se)
        rows += len(frame)
        if len(frame):
            yield frame
    if not rows and row_filter is None:
        raise SourceError(f"{path}: no rows below the header")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Columns of the file to read, by what they become."""

    labels: tuple[str, ...]
    categories: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.labels, *self.categories, *self.numbers)

    @property
    def types(self) -> dict[str, pa.DataType]:
        """For arrow; a column wanted twice is read as the last kind."""
        return {
            **dict.fromkeys(self.labels, pa.string()),
            **dict.fromkeys(self.categories, pa.dictionary(pa.int32(), pa.string())),
            **dict.fromkeys(self.numbers, pa.float64()),
        }

    def as_text(self) -> dict[str, pa.DataType]:
        """The same columns, with numbers left as text."""
        return {**self.types, **dict.fromkeys(self.numbers, pa.string())}


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole lines of a file, and the line number of each."""

    path: Path
    layout: Layout
    lines: bytes
    at: IntArray

    def spaced(self) -> bytes:
        """The lines, with the separator once between two fields."""
        return _single_spaced(self.lines) if self.layout.separator == " " else self.lines

    def without_blank(self) -> _Block:
        """The same without its blank lines, which are none of the table's."""
        return _Block(self.path, self.layout, *without_blank(self.lines, self.at))


def _add_small_p(frame: pd.DataFrame, block: _Block, p: str, se: str | None) -> None:
    """Give the rows of a block the column SMALL_P, if any needs it: only the text of these is looked at."""
    values = frame[p].to_numpy()
    rows = np.flatnonzero((values >= 0) & (values < SMALLEST))
    rows = rows if se is None else rows[np.isnan(frame[se].to_numpy()[rows])]
    if len(rows):
        at = np.searchsorted(block.at, frame.index.to_numpy()[rows])
        lines = block.lines.split(b"\n")
        picked = b"".join(lines[line] + b"\n" for line in at)
        texts = _arrow(_Block(block.path, block.layout, picked, block.at[at]), {p: pa.string()})[p]
        frame[SMALL_P] = np.nan
        frame.iloc[rows, -1] = [neglog10_of_text(text) for text in texts.to_pylist()]


def _parse(block: _Block, wanted: _Wanted) -> pd.DataFrame:
    plain = _plain(block, wanted)
    return _parsed(block, wanted) if plain is None else plain


def _plain(block: _Block, wanted: _Wanted) -> pd.DataFrame | None:
    """The rows of a block without anything out of the ordinary, which saves a third of the time."""
    lines, columns = block.spaced(), block.layout.columns
    if block.layout.quoted and b'"' in lines:
        return None
    found = fields.find(lines, block.layout.separator, len(columns), len(block.at))
    if found is None:
        return None
    at = {name: column for column, name in enumerate(columns)}
    try:
        values = {
            **{name: found.labels(at[name]).array for name in wanted.labels},
            **{name: found.categories(at[name]) for name in wanted.categories},
            **{name: found.numbers(at[name]) for name in wanted.numbers},
        }
    except pa.ArrowInvalid:
        return None
    return pd.DataFrame(values, index=pd.Index(block.at), copy=False)


def _parsed(block: _Block, wanted: _Wanted) -> pd.DataFrame:
    """The rows of any block; SourceError where a line or a number is none."""
    try:
        table = _arrow(block, wanted.types)
        if _may_have_blank(table, block):
            block = block.without_blank()
            table = _arrow(block, wanted.types)
    except pa.ArrowInvalid:
        # A number that arrow does not take, or a fault to explain: the same lines again, numbers as text.
        block = block.without_blank()
        table = _arrow_or_fault(block, wanted.as_text())
    if len(table) != len(block.at):
        raise SourceError(
            f"{block.path}, lines {block.at[0]} to {block.at[-1]}: a quotation mark opens a field that ends "
            f"on another line ({len(block.at)} lines hold {len(table)} rows)"
        )
    frame: pd.DataFrame = table.to_pandas(split_blocks=True)
    for name in wanted.numbers:
        if table[name].type != pa.float64():
            frame[name] = _numbers(block, name, frame[name])
    frame.index = pd.Index(block.at)
    return frame


def _may_have_blank(table: pa.Table, block: _Block) -> bool:
    """A blank line is read as a row without any value, or, between lines padded with spaces, not at all."""
    return len(table) != len(block.at) or all(column.null_count for column in table.columns)


def _arrow(block: _Block, types: dict[str, pa.DataType]) -> pa.Table:
    lines = block.spaced()
    quote = '"' if block.layout.quoted else False
    return csv.read_csv(
        io.BytesIO(lines),
        read_options=csv.ReadOptions(
            column_names=_unique(block.layout.columns), use_threads=False, block_size=len(lines) + 1
        ),
        parse_options=csv.ParseOptions(
            delimiter=block.layout.separator, quote_char=quote, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=list(MISSING),
            strings_can_be_null=True,
        ),
    )


def _unique(columns: tuple[str, ...]) -> list[str]:
    """Columns that nobody asked for may share a name; a parser must still tell them apart."""
    return [name if name not in columns[:i] else f"{name} #{i}" for i, name in enumerate(columns)]


def _single_spaced(lines: bytes) -> bytes:
    """Fields apart by one space, as PLINK's padded tables are not."""
    if b"  " not in lines and b"\t" not in lines and b"\n " not in lines and not lines.startswith(b" "):
        return lines
    return re.sub(rb" ?\n ?", b"\n", re.sub(rb"[ \t]+", b" ", lines)).removeprefix(b" ")


def _arrow_or_fault(block: _Block, types: dict[str, pa.DataType]) -> pa.Table:
    try:
        return _arrow(block, types)
    except pa.ArrowInvalid as error:
        for at, line in zip(block.at, block.lines.split(b"\n"), strict=False):
            if fault := _fault(line, block.layout):
                raise SourceError(f"{block.path}, line {at}{fault}") from error
        raise SourceError(f"{block.path}, lines {block.at[0]} to {block.at[-1]}: {error}") from error


def _fault(line: bytes, found: Layout) -> str:
    """What is wrong with a line that the parser refuses, to stand behind its number; empty for nothing."""
    if b"\r" in line.rstrip(b"\r"):
        return ": a carriage return within the line, which is two lines in one, or damaged"
    fields = line.split(None if found.separator == " " else found.separator.encode())
    if len(fields) != len(found.columns) and not found.quoted:
        return f": {len(fields)} fields, expected {len(found.columns)} as in the header"
    for name, field in zip(found.columns, fields, strict=False):
        try:
            field.decode()
        except UnicodeDecodeError:
            return f", column {name}: found {field!r}, which is not UTF-8 text"
    return ""


def _numbers(block: _Block, column: str, fields: pd.Series[str]) -> FloatArray:
    """Numbers of a column read as text; the first that is none raises SourceError with its line."""
    values = np.full(len(fields), np.nan)
    for row, field in enumerate(fields.astype(object)):
        if isinstance(field, str) and field.strip() not in MISSING:
            try:
                values[row] = float(field.replace("_", "?"))  # Python reads 1_0 as 10
            except ValueError:
                raise SourceError(
                    f"{block.path}, line {block.at[row]}, column {column}: found '{field}', expected a "
                    f"number or a missing-value code ({', '.join(code for code in MISSING if code)})"
                ) from None
    return values
