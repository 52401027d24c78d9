"""Instruments and the outcome's rows joined by position and alleles, effects for the same effect allele."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.method.arrays import IntArray
from scripts.method.harmonise import align as align_alleles
from scripts.table.status import VariantStatus

OUTCOME = ["eaf", "beta", "se", "n"]
KEY = ["chromosome", "position"]
ALLELES = ["effect_allele", "other_allele"]


def align(
    instruments: pd.DataFrame, outcome: pd.DataFrame, palindromic: str, palindromic_maf_max: float
) -> pd.DataFrame:
    """Every instrument once, in the order given, with the outcome's effect and a VariantStatus.

    Both are standard tables; further columns of `instruments` stay. Where the outcome has several rows at a
    position, the one with the instrument's alleles as they stand is taken, then one on the other
    strand. Outcome numbers are missing where the alleles do not match.
    """
    left = instruments.reset_index(drop=True).rename(columns={name: f"{name}_exposure" for name in OUTCOME})
    right = outcome[[*KEY, *ALLELES, *OUTCOME]]
    right = right.rename(columns={name: f"{name}_outcome" for name in [*ALLELES, *OUTCOME]})
    pairs = left.assign(order=left.index).merge(right, on=KEY, how="left")
    present = pairs["beta_outcome"].notna().to_numpy()
    matched = align_alleles(
        pairs["effect_allele"].to_numpy(object),
        pairs["other_allele"].to_numpy(object),
        pairs["eaf_exposure"].to_numpy(float),
        pairs["effect_allele_outcome"].to_numpy(object),
        pairs["other_allele_outcome"].to_numpy(object),
        pairs["eaf_outcome"].to_numpy(float),
        palindromic=palindromic,
        maf_max=palindromic_maf_max,
    )
    pairs["beta_outcome"] = np.where(matched.flip, -pairs["beta_outcome"], pairs["beta_outcome"])
    pairs["eaf_outcome"] = np.where(matched.flip, 1 - pairs["eaf_outcome"], pairs["eaf_outcome"])
    pairs["status"] = np.where(present, matched.status, VariantStatus.NOT_IN_OUTCOME.value)
    pairs["preference"] = _preference(pairs)
    best = pairs.sort_values(["order", "preference"], kind="stable").drop_duplicates("order")
    mismatch = best["status"] == VariantStatus.ALLELE_MISMATCH
    numbers = [f"{name}_outcome" for name in OUTCOME]
    best[numbers] = best[numbers].mask(mismatch)
    return best.drop(columns=["order", "preference", *(f"{name}_outcome" for name in ALLELES)]).reset_index(
        drop=True
    )


def _preference(pairs: pd.DataFrame) -> IntArray:
    """0: the same alleles as they stand; 1: alleles that match on the other strand; 2: none that match."""
    straight = (pairs["effect_allele"] == pairs["effect_allele_outcome"]) & (
        pairs["other_allele"] == pairs["other_allele_outcome"]
    )
    swapped = (pairs["effect_allele"] == pairs["other_allele_outcome"]) & (
        pairs["other_allele"] == pairs["effect_allele_outcome"]
    )
    mismatch = pairs["status"] == VariantStatus.ALLELE_MISMATCH
    return np.select([straight | swapped, ~mismatch], [0, 1], 2).astype(np.int64)
