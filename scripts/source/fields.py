"""Fields of plain lines, read where they stand: numpy finds their ends, arrow takes them without a copy.

This serves lines that need no parser of quotes, spaces or blank lines, and takes less time than one. All
others, and those with a fault to explain, are for `text`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from scripts.method.arrays import BoolArray, FloatArray, IntArray

MISSING = ("NA", "na", "N/A", "NaN", "nan", "NAN", "#NA", "", ".", "-", "NULL", "null", "None", "none")
LONGEST_MISSING = max(map(len, MISSING))
NEWLINE = ord("\n")
NOT_PLAIN = (b"\r", b"\0")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of whole lines, by the separators around them: `before` and `end` (rows, columns)."""

    lines: bytes
    before: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]

    def numbers(self, column: int) -> FloatArray:
        """A column of numbers, NaN where missing; pyarrow.ArrowInvalid where a field is none."""
        absent = np.empty(0, dtype=np.int64)
        try:
            values = pc.cast(self._strings(column), pa.float64())
        except pa.ArrowInvalid:
            absent = self._missing(column)
            values = pc.cast(self._strings(column, absent), pa.float64())
        numbers = np.frombuffer(values.buffers()[1], dtype=np.float64)[::2].copy()
        numbers[absent] = np.nan
        return numbers

    def categories(self, column: int) -> pd.Categorical:
        """A column of text that repeats."""
        encoded = self._strings(column).dictionary_encode()
        codes = np.frombuffer(encoded.indices.buffers()[1], dtype=np.int32)[::2]
        spelled = encoded.dictionary.to_numpy(zero_copy_only=False)
        known = ~_is_missing(encoded.dictionary)
        if not known.all():
            codes = np.where(known, np.cumsum(known) - 1, -1)[codes]
        return pd.Categorical.from_codes(codes, categories=pd.Index(spelled[known], dtype=object))

    def labels(self, column: int) -> pd.Series[str]:
        """A column of text."""
        values, absent = self._strings(column).drop_null(), self._missing(column)
        if len(absent):
            missing = np.zeros(len(values), dtype=bool)
            missing[absent] = True
            values = pc.if_else(pa.array(missing), None, values)
        return pd.Series(values, dtype="str")

    def _missing(self, column: int) -> IntArray:
        """The rows without a value in a column."""
        width = self.end[:, column] - self.before[:, column] - 1
        short = np.flatnonzero(width <= LONGEST_MISSING)
        if not len(short):
            return short
        some = Fields(self.lines, self.before[short], self.end[short])
        return short[_is_missing(some._strings(column))[::2]]

    def _strings(self, column: int, absent: IntArray | None = None) -> pa.StringArray:
        """The fields of a column, each followed by what lies before the next, which counts as missing."""
        bounds = np.empty(2 * len(self.end), dtype=np.int32)
        np.add(self.before[:, column], 1, out=bounds[::2])
        bounds[1::2] = self.end[:, column]
        valid = np.full(len(bounds) // 8 + 1, 0b01010101, dtype=np.uint8)
        if absent is not None:
            np.bitwise_and.at(valid, absent // 4, ~(1 << (absent % 4 * 2)).astype(np.uint8))
        buffers = (pa.py_buffer(memory) for memory in (valid, bounds, self.lines))
        return pa.Array.from_buffers(pa.string(), len(bounds) - 1, list(buffers))


def _is_missing(strings: pa.StringArray) -> BoolArray:
    missing: BoolArray = pc.is_in(strings, value_set=pa.array(MISSING)).to_numpy(zero_copy_only=False)
    return missing


def find(lines: bytes, separator: str, n_columns: int, n_rows: int) -> Fields | None:
    """The fields of `n_rows` whole lines; None unless they are plain, each with `n_columns` > 1 fields."""
    if n_columns < 2 or not lines.isascii() or any(byte in lines for byte in NOT_PLAIN):
        return None
    text = np.frombuffer(lines, dtype=np.uint8)
    marks = np.flatnonzero((text == ord(separator)) | (text == NEWLINE))
    if len(marks) != n_rows * n_columns or (text[marks[n_columns - 1 :: n_columns]] != NEWLINE).any():
        return None
    bounds = np.empty(len(marks) + 1, dtype=np.int32)
    bounds[0], bounds[1:] = -1, marks
    return Fields(lines, bounds[:-1].reshape(n_rows, n_columns), bounds[1:].reshape(n_rows, n_columns))
