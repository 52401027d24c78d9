"""Instruments and the outcome's rows joined by position and alleles, effects for the same effect allele."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.arrays import IntArray
from scripts.method.harmonise import align as align_alleles
from scripts.table.status import VariantStatus

OUTCOME = ["eaf", "beta", "se", "n"]
KEY = ["chromosome", "position"]
ALLELES = ["effect_allele", "other_allele"]
LACKING = [VariantStatus.NOT_IN_OUTCOME.value, VariantStatus.ALLELE_MISMATCH.value]
NO_PROXY: dict[str, float | None] = {
    "proxy_rsid": None,
    "proxy_position": np.nan,
    "proxy_r2": np.nan,
    "proxy_sign": np.nan,
}


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


def align_with_proxies(
    instruments: pd.DataFrame,
    outcome: pd.DataFrame,
    harmonise: Mapping[str, Any],
    find_proxies: Callable[[pd.DataFrame], pd.DataFrame] | None,
) -> pd.DataFrame:
    """As `align`, for instruments of several exposures, with proxies of those that the outcome lacks.

    `instruments` has a column `exposure`. `find_proxies` gives rows as `proxies.proxy_rows`; None: none are
    used. Further columns: `proxy_rsid` and `proxy_position` (missing where the instrument is its own),
    `proxy_r2` with the instrument, and `proxy_sign` of their correlation, by which the outcome's effect was
    turned. The effect on the exposure stays the instrument's own.
    """
    aligned = align(instruments, outcome, **harmonise).assign(**NO_PROXY).astype({"proxy_rsid": "str"})
    if find_proxies is None:
        return aligned
    lacking = np.flatnonzero(aligned["status"].isin(LACKING))
    # Apart by exposure: a palindrome's strand follows from its frequency there, whatever the batch.
    for _, rows in pd.Series(lacking).groupby(aligned["exposure"].to_numpy()[lacking], sort=False):
        missing = instruments.iloc[rows].reset_index(drop=True)
        found = find_proxies(missing)
        _stand_in(aligned, rows.to_numpy(), align(missing, found, **harmonise), found)
    return aligned


def _stand_in(aligned: pd.DataFrame, rows: IntArray, again: pd.DataFrame, found: pd.DataFrame) -> None:
    """Put what could be aligned by proxy (`again`, from `found`) into these rows of `aligned`, in place."""
    again = again.join(found[["proxy_rsid", "proxy_position"]]).assign(
        proxy_r2=found["proxy_r"] ** 2, proxy_sign=np.sign(found["proxy_r"])
    )
    kept = (again["status"] == VariantStatus.KEPT).to_numpy()
    for column in [*(f"{name}_outcome" for name in OUTCOME), "status", *NO_PROXY]:
        aligned.loc[rows[kept], column] = again.loc[kept, column].to_numpy()


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
