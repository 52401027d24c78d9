"""Rows of sorted Parquet tables within windows of the genome, read by the row groups that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.method.arrays import BoolArray, IntArray
from scripts.table.sumstats import COLUMNS, place

LAST_POSITION = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of the genome in its order, none touching another: first and last place (k,), inclusive."""

    first: IntArray
    last: IntArray

    @classmethod
    def of(cls, chromosome: Sequence[int], start: Sequence[int], end: Sequence[int]) -> Windows:
        """Windows that may overlap, as the stretches that they cover together."""
        first, last = place(chromosome, start), place(chromosome, end)
        order = np.argsort(first, kind="stable")
        first, last = first[order], np.maximum.accumulate(last[order])
        opens = np.ones(len(first), dtype=bool)
        opens[1:] = first[1:] > last[:-1] + 1
        closes = np.roll(opens, -1)
        return cls(first[opens], last[closes])

    def hold(self, places: IntArray) -> BoolArray:
        """For each place, whether it is in a window."""
        at = np.searchsorted(self.first, places, side="right") - 1
        return np.asarray((at >= 0) & (places <= self.last[np.maximum(at, 0)]), dtype=bool)

    def touch(self, low: int, high: int) -> bool:
        """Whether a window holds a place from `low` to `high`."""
        return bool(np.searchsorted(self.last, low) < np.searchsorted(self.first, high, side="right"))


def rows_within(path: Path, windows: Windows) -> pd.DataFrame:
    """Rows of a standard table, or of one with further columns, that lie in the windows, in its order."""
    columns = list(COLUMNS)
    with pq.ParquetFile(path) as file:
        groups = [g for g in range(file.num_row_groups) if _touched(file, g, windows)]
        parts = [_rows(file, group, windows, columns) for group in groups]
        nothing = file.schema_arrow.empty_table().select(columns)
    rows: pd.DataFrame = pa.concat_tables([nothing, *parts]).to_pandas()
    return rows.astype(COLUMNS)


def _touched(file: pq.ParquetFile, group: int, windows: Windows) -> bool:
    """Whether the statistics of a row group admit a row in a window."""
    metadata = file.metadata.row_group(group)
    names = {metadata.column(i).path_in_schema: i for i in range(metadata.num_columns)}
    chromosome, position = (metadata.column(names[name]).statistics for name in ("chromosome", "position"))
    if chromosome is None or position is None:
        return True
    one = chromosome.min == chromosome.max
    low = place(chromosome.min, position.min if one else 0)
    high = place(chromosome.max, position.max if one else LAST_POSITION)
    return windows.touch(int(low), int(high))


def _rows(file: pq.ParquetFile, group: int, windows: Windows, columns: list[str]) -> pa.Table:
    table = file.read_row_group(group, columns=columns, use_threads=False)
    places = place(table["chromosome"].to_numpy(), table["position"].to_numpy())
    inside = windows.hold(places)
    return table if inside.all() else table.filter(pa.array(inside))
