"""Two traits' rows of a region side by side, effects for the same allele."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align
from scripts.method.normal import neglog10_p_from_z
from scripts.table.status import VariantStatus
from scripts.table.sumstats import place
from scripts.table.windows import Windows, rows_within

NUMBERS = ["eaf", "beta", "se", "n"]
VARIANT = ["chromosome", "position", "rsid", "effect_allele", "other_allele"]
PALINDROMES = ["AT", "TA", "CG", "GC"]


def read_pair(
    table_1: Path, table_2: Path, windows: Windows, palindromic: str, palindromic_maf_max: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Places of trait 1's and of trait 2's rows in the windows, and the rows at places of both, aligned.

    The aligned rows have the columns VARIANT, NUMBERS of each trait (`beta_1`, `beta_2`, ...), its
    `neglog10_p` from z, and a VariantStatus, in the order of the genome.
    """
    rows_1, rows_2 = rows_within(table_1, windows), rows_within(table_2, windows)
    aligned = align_rows(rows_1, rows_2, palindromic, palindromic_maf_max)
    places = ["chromosome", "position"]
    return rows_1[places], rows_2[places], aligned


def align_rows(
    rows_1: pd.DataFrame, rows_2: pd.DataFrame, palindromic: str, palindromic_maf_max: float
) -> pd.DataFrame:
    """Rows of standard tables at places of both, trait 2's effects made to count trait 1's effect allele.

    Variants with the same letters on both sides, but for palindromes, are what most are: they are compared by
    column. The others go the way of the instruments, `analysis.alignment.align`.
    """
    first = rows_1.assign(place=place(rows_1["chromosome"], rows_1["position"]), row=np.arange(len(rows_1)))
    second = rows_2[["effect_allele", "other_allele", *NUMBERS]].assign(
        place=place(rows_2["chromosome"], rows_2["position"])
    )
    pairs = first.merge(second, on="place", suffixes=("_1", "_2"))
    effect_1, other_1 = pairs["effect_allele_1"], pairs["other_allele_1"]
    effect_2, other_2 = pairs["effect_allele_2"], pairs["other_allele_2"]
    swapped = ((effect_1 == other_2) & (other_1 == effect_2)).to_numpy(bool)
    same = ((effect_1 == effect_2) & (other_1 == other_2)).to_numpy(bool)
    plain = (same | swapped) & ~(effect_1 + other_1).isin(PALINDROMES).to_numpy(bool)
    pairs["beta_2"] = np.where(swapped, -pairs["beta_2"], pairs["beta_2"])
    pairs["eaf_2"] = np.where(swapped, 1 - pairs["eaf_2"], pairs["eaf_2"])
    settled = pairs[plain].drop_duplicates("row").assign(status=VariantStatus.KEPT.value)
    open_rows = np.setdiff1d(pairs["row"].to_numpy(), settled["row"].to_numpy())
    rest = _the_rest(first.iloc[open_rows], rows_2, palindromic, palindromic_maf_max)
    both = pd.concat([_named(settled), rest]).sort_values("row", kind="stable").reset_index(drop=True)
    return _with_p(both)


def _named(pairs: pd.DataFrame) -> pd.DataFrame:
    named = pairs.rename(columns={f"{name}_1": name for name in ("effect_allele", "other_allele")})
    return named[_columns()]


def _columns() -> list[str]:
    return [*VARIANT, *(f"{name}_{k}" for k in (1, 2) for name in NUMBERS), "status", "row"]


def _the_rest(
    rows_1: pd.DataFrame, rows_2: pd.DataFrame, palindromic: str, palindromic_maf_max: float
) -> pd.DataFrame:
    places = place(rows_2["chromosome"], rows_2["position"])
    there = rows_2[np.isin(places, rows_1["place"].to_numpy())]
    aligned = align(rows_1, there, palindromic, palindromic_maf_max)
    names = {f"{name}_exposure": f"{name}_1" for name in NUMBERS}
    return aligned.rename(columns=names | {f"{name}_outcome": f"{name}_2" for name in NUMBERS})[_columns()]


def _with_p(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        **{f"neglog10_p_{k}": neglog10_p_from_z(rows[f"beta_{k}"] / rows[f"se_{k}"]) for k in (1, 2)}
    )
