"""What is wrong in real files: rows of the outcome's cohorts that a reader must mend, merge or refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.simulation.arrays import BoolArray, IntArray
from scripts.simulation.rows import finished, on_other_strand

STRAND_FLIPPED = 0.05  # share of the single-base rows, palindromic ones among them
ADDED = {"identical_duplicate": 0.002, "conflicting_duplicate": 0.0006, "third_allele": 0.001}  # shares
SPOILT = 0.0006  # share of rows spoilt in each way below
NO_FREQUENCY = 0.005
CONFLICT_Z = 3.0  # between two rows of one variant that contradict each other
MISSING = "NA"
WAYS: dict[str, dict[str, object]] = {
    "missing_beta": {"beta": np.nan, "odds_ratio": np.nan},
    "zero_se": {"se": 0.0},
    "p_above_one": {"p": "1.500e+00", "neglog10_p": -0.176091},
    "unknown_chromosome": {"chromosome": "Un"},
    "missing_allele": {"other_allele": MISSING},
}


def set_traps(rows: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows with every trap in them, doubles beside their originals, and how many rows have each trap.

    No row has two traps, save that any may be on the reverse strand.
    """
    rows = rows.copy()
    flipped = _single_base(rows) & (rng.random(len(rows)) < STRAND_FLIPPED)
    on_other_strand(rows, flipped)
    shares = {**ADDED, "missing_frequency": NO_FREQUENCY, **dict.fromkeys(WAYS, SPOILT)}
    chosen = _disjoint(shares, rng.permutation(len(rows)))
    added = [
        rows.iloc[chosen["identical_duplicate"]],
        _conflicting(rows.iloc[chosen["conflicting_duplicate"]]),
        _third_allele(rows.iloc[chosen["third_allele"]], rng),
    ]
    _spoil(rows, chosen["missing_frequency"], {"eaf": np.nan})
    for name, values in WAYS.items():
        _spoil(rows, chosen[name], values)
    counts = {"strand_flipped": int(flipped.sum()), **{name: at.size for name, at in chosen.items()}}
    return pd.concat([rows, *added]).sort_index(kind="stable").reset_index(drop=True), counts


def _disjoint(shares: dict[str, float], order: IntArray) -> dict[str, IntArray]:
    """Rows for each trap, at least two, none in two traps."""
    sizes = [max(round(share * order.size), 2) for share in shares.values()]
    return dict(zip(shares, np.split(order, np.cumsum(sizes))[:-1], strict=True))


def _spoil(rows: pd.DataFrame, at: IntArray, values: dict[str, object]) -> None:
    for column, value in values.items():
        spoilt = rows[column].to_numpy(copy=True)
        spoilt[at] = value
        rows[column] = spoilt


def _conflicting(rows: pd.DataFrame) -> pd.DataFrame:
    """The same variants with another effect."""
    z = rows["z"] + CONFLICT_Z
    return finished(rows.assign(z=z, beta=z * np.sign(rows["beta"] * rows["z"]) * rows["se"]))


def _third_allele(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Another variant at the same position, with an allele that the panel does not have."""
    pairs = zip(rows["effect_allele"], rows["other_allele"], strict=True)
    alleles = [next(base for base in "ACGT" if base not in pair) for pair in pairs]
    z = rng.standard_normal(len(rows))
    return finished(rows.assign(effect_allele=alleles, z=z, beta=z * rows["se"]))


def _single_base(rows: pd.DataFrame) -> BoolArray:
    return np.asarray((rows["effect_allele"].str.len() == 1) & (rows["other_allele"].str.len() == 1))
