"""The standard table of summary statistics: one row a variant, sorted, one meaning a column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.method.arrays import BoolArray, IntArray
from scripts.table import frames

# chromosome: 1-22, 23 X, 24 Y, 25 MT; position: 1-based; beta: per effect allele, in the trait's unit
# (log odds for a case-control trait); eaf: frequency of the effect allele, NaN where unknown; n: people.
COLUMNS: dict[str, str] = {
    "chromosome": "int8",
    "position": "int32",
    "rsid": "str",
    "effect_allele": "str",
    "other_allele": "str",
    "eaf": "float64",
    "beta": "float64",
    "se": "float64",
    "neglog10_p": "float64",
    "n": "float64",
}
CHROMOSOMES = range(1, 26)
SORT_KEY = ("chromosome", "position", "effect_allele", "other_allele")


def empty() -> pd.DataFrame:
    """A standard table without rows."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in COLUMNS.items()})


def check(df: pd.DataFrame) -> None:
    """Raise ValueError, naming column and first row at fault, unless `df` is a standard table."""
    if list(df.columns) != list(COLUMNS):
        raise ValueError(f"columns are {list(df.columns)}, expected {list(COLUMNS)}")
    for name, dtype in COLUMNS.items():
        if str(df[name].dtype) != dtype:
            raise ValueError(f"column {name} is {df[name].dtype}, expected {dtype}")
    for fault, rows in _faults(df).items():
        if rows.any():
            first = int(np.argmax(rows))
            raise ValueError(f"{fault}: row {first} of {len(df)} is {df.iloc[first].to_dict()}")


def write(df: pd.DataFrame, path: Path, rows: IntArray | None = None) -> None:
    """Check a standard table and write it, or these rows of it in ascending order, without a copy of all."""
    check(df)
    size = 4 * frames.ROW_GROUP_SIZE
    starts = range(0, max(1, len(df if rows is None else rows)), size)
    parts = (slice(at, at + size) for at in starts)
    frames.write_pieces((df.iloc[part if rows is None else rows[part]] for part in parts), path)


def read(
    path: Path,
    columns: Sequence[str] | None = None,
    chromosome: int | None = None,
    neglog10_p_above: float | None = None,
) -> pd.DataFrame:
    """A standard table that `write` wrote, or some of its columns, or rows of a chromosome or of small P."""
    wanted = [("chromosome", "=", chromosome), ("neglog10_p", ">", neglog10_p_above)]
    chosen = [condition for condition in wanted if condition[2] is not None] or None
    table = pq.read_table(path, columns=None if columns is None else list(columns), filters=chosen)
    return _standard_types(table.to_pandas())


def read_significant(path: Path, p_max: float) -> pd.DataFrame:
    """Rows of a standard table with P below `p_max`."""
    table = pq.read_table(path, filters=[("neglog10_p", ">", -np.log10(p_max))])
    return _standard_types(table.to_pandas())


def lookup(path: Path, chromosome: npt.ArrayLike, position: npt.ArrayLike) -> pd.DataFrame:
    """Rows of a standard table at these places, in the table's order, as `rows_at` finds them."""
    return _standard_types(rows_at(path, chromosome, position, list(COLUMNS)))


def lookup_near(path: Path, chromosome: npt.ArrayLike, position: npt.ArrayLike, reach: int) -> pd.DataFrame:
    """Rows of a standard table within `reach` bases of one of these places, in the table's order."""
    wanted = np.unique(place(chromosome, position))
    with pq.ParquetFile(path) as file:
        groups = [
            g for g in range(file.num_row_groups) if _may_hold(file.metadata.row_group(g), wanted, reach)
        ]
        rows = file.read_row_groups(groups, columns=list(COLUMNS), use_threads=False).to_pandas()
    here = place(rows["chromosome"], rows["position"])
    # Chromosomes are farther apart than any reach.
    near = np.searchsorted(wanted, here - reach) < np.searchsorted(wanted, here + reach, side="right")
    return _standard_types(rows[near].reset_index(drop=True))


def rows_at(
    path: Path, chromosome: npt.ArrayLike, position: npt.ArrayLike, columns: Sequence[str]
) -> pd.DataFrame:
    """Rows at these places of any Parquet file sorted by chromosome and position, in the file's order.

    `chromosome` and `position` have the same shape (k,). Every row at a place is returned, whatever its
    alleles. Row groups whose range holds none of the places are not read.
    """
    wanted = np.unique(place(chromosome, position))
    with pq.ParquetFile(path) as file:
        groups = [g for g in range(file.num_row_groups) if _may_hold(file.metadata.row_group(g), wanted)]
        found = [_rows_at(file, group, wanted, columns) for group in groups]
        nothing = file.schema_arrow.empty_table().select(list(columns))
    parts = [nothing, *(part for part in found if part is not None)]
    rows: pd.DataFrame = pa.concat_tables(parts).to_pandas()
    return rows


def is_among(values: IntArray, ascending: IntArray) -> BoolArray:
    """For each value, whether the sorted array `ascending` has it; np.isin would sort that array again."""
    if not len(ascending):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    return np.asarray(ascending[at] == values, dtype=bool)


def place(chromosome: npt.ArrayLike, position: npt.ArrayLike) -> IntArray:
    """One whole number for each (chromosome, position), in genome order."""
    high = np.asarray(chromosome, dtype=np.int64) << 32
    return np.asarray(high + np.asarray(position, dtype=np.int64), dtype=np.int64)


def sort_rows(df: pd.DataFrame) -> pd.DataFrame:
    """The rows by chromosome, position and alleles; equal rows keep their order. The index is kept."""
    places = place(df["chromosome"], df["position"])
    order = None if (places[1:] >= places[:-1]).all() else np.argsort(places, kind="stable")
    ordered = df if order is None else df.iloc[order]
    tied = shares_place(places if order is None else places[order])
    if not tied.any():
        return ordered
    # Text is slow to sort, so alleles are compared only at places with several rows.
    order = np.arange(len(df))
    among = ordered[tied].reset_index(drop=True).sort_values(list(SORT_KEY), kind="stable").index.to_numpy()
    order[tied] = order[tied][among]
    return ordered if (np.diff(order) > 0).all() else ordered.iloc[order]


def shares_place(sorted_places: IntArray) -> BoolArray:
    """For each of the sorted numbers, whether a neighbour equals it."""
    same = sorted_places[1:] == sorted_places[:-1]
    shares = np.zeros(len(sorted_places), dtype=bool)
    shares[1:] |= same
    shares[:-1] |= same
    return shares


def _standard_types(df: pd.DataFrame) -> pd.DataFrame:
    wrong = (name for name in df.columns if name in COLUMNS and df[name].dtype != COLUMNS[name])
    types = {name: COLUMNS[name] for name in wrong}
    return df.astype(types) if types else df


def _may_hold(group: Any, wanted: IntArray, reach: int = 0) -> bool:
    """Whether a row group's statistics admit a row within `reach` bases of one of the sorted places."""
    columns = {group.column(i).path_in_schema: group.column(i).statistics for i in range(group.num_columns)}
    chromosome, position = columns["chromosome"], columns["position"]
    if chromosome is None or position is None:
        return True
    one = chromosome.min == chromosome.max
    low = place(chromosome.min, position.min if one else 0)
    high = place(chromosome.max, position.max if one else 2**32 - 1)
    return bool(np.searchsorted(wanted, low - reach) < np.searchsorted(wanted, high + reach, side="right"))


def _rows_at(file: pq.ParquetFile, group: int, wanted: IntArray, columns: Sequence[str]) -> pa.Table | None:
    keys = file.read_row_group(group, columns=["chromosome", "position"], use_threads=False)
    places = place(keys["chromosome"].to_numpy(), keys["position"].to_numpy())
    rows = np.flatnonzero(is_among(places, wanted))
    if not len(rows):
        return None
    return file.read_row_group(group, columns=list(columns), use_threads=False).take(rows)


def _faults(df: pd.DataFrame) -> dict[str, BoolArray]:
    """For each rule, the rows that break it."""
    places = place(df["chromosome"], df["position"])
    # Where places differ, alleles need no comparison.
    tied = shares_place(places)
    order, repeated = np.zeros(len(df), dtype=bool), np.zeros(len(df), dtype=bool)
    order[1:] = places[1:] < places[:-1]
    if tied.any():
        order[tied] |= _out_of_order(df[tied])
        repeated[tied] = _repeated(df[tied])
    return {
        "chromosome is not 1-25": ~df["chromosome"].isin(CHROMOSOMES).to_numpy(),
        "position is below 1": df["position"].to_numpy() < 1,
        "effect_allele is not upper-case ACGT": _not_acgt(df["effect_allele"]),
        "other_allele is not upper-case ACGT": _not_acgt(df["other_allele"]),
        "eaf is outside 0 to 1": (df["eaf"].notna() & ~df["eaf"].between(0, 1)).to_numpy(),
        "beta is not finite": ~np.isfinite(df["beta"].to_numpy()),
        "se is not positive and finite": ~((df["se"] > 0) & np.isfinite(df["se"])).to_numpy(),
        "neglog10_p is negative or not finite": ~(
            (df["neglog10_p"] >= 0) & np.isfinite(df["neglog10_p"])
        ).to_numpy(),
        "n is not positive": ~(df["n"] > 0).to_numpy(),
        "rows are not sorted by chromosome, position, effect_allele, other_allele": order,
        "a variant occurs twice": repeated,
    }


def _not_acgt(alleles: pd.Series[str]) -> BoolArray:
    codes, spelled = pd.factorize(alleles)  # few spellings, in many rows
    return np.array([*(not allele or bool(allele.strip("ACGT")) for allele in spelled), True])[codes]


def _out_of_order(df: pd.DataFrame) -> BoolArray:
    rows = list(zip(*(df[name] for name in SORT_KEY), strict=True))
    return np.array([i > 0 and rows[i - 1] > row for i, row in enumerate(rows)], dtype=bool)


def _repeated(df: pd.DataFrame) -> BoolArray:
    alleles = np.sort(df[["effect_allele", "other_allele"]].to_numpy(dtype=object), axis=1)
    keys = df[["chromosome", "position"]].assign(first=alleles[:, 0], second=alleles[:, 1])
    return keys.duplicated().to_numpy()
