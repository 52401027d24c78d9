"""z scores of many traits at the same variants, for the correlation that shared people give them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.analysis.selection import in_mhc
from scripts.method.arrays import FloatArray
from scripts.method.effective_number import effective_number as li_ji_number
from scripts.method.effective_number import null_correlation, shrunken
from scripts.method.harmonise import align as align_alleles

KEY = ["chromosome", "position"]
ALLELES = ["effect_allele", "other_allele"]
WINDOW = 250_000  # bases: one variant of each window, since neighbours in LD tell the same
LEAST_VARIANTS = 20  # fewer say nothing about a correlation


def thinned(variants: pd.DataFrame) -> pd.DataFrame:
    """The first variant of each window that is not palindromic; none of the MHC, whose LD has no end."""
    pairs = variants["effect_allele"] + variants["other_allele"]
    plain = variants[~pairs.isin(["AT", "TA", "CG", "GC"]) & ~in_mhc(variants)]
    window = plain["position"] // WINDOW
    return plain[~pd.DataFrame({"c": plain["chromosome"], "w": window}).duplicated()].reset_index(drop=True)


def z_at(reference: pd.DataFrame, rows: pd.DataFrame) -> FloatArray:
    """z of a trait (a standard table) for the reference variants' effect alleles; NaN where it has none."""
    left = reference[[*KEY, *ALLELES]].assign(order=np.arange(len(reference)))
    right = rows[[*KEY, *ALLELES, "beta", "se"]]
    joined = left.merge(right, on=KEY, suffixes=("", "_trait"))
    unknown = np.full(len(joined), np.nan)
    effect, other, effect_trait, other_trait = (
        joined[name].to_numpy(object) for name in [*ALLELES, *(f"{name}_trait" for name in ALLELES)]
    )
    matched = align_alleles(effect, other, unknown, effect_trait, other_trait, unknown, palindromic="drop")
    z = joined["beta"].to_numpy(float) / joined["se"].to_numpy(float) * np.where(matched.flip, -1.0, 1.0)
    kept = matched.keep
    found = np.full(len(reference), np.nan)
    found[joined.loc[kept, "order"].to_numpy(int)] = z[kept]
    return found


def effective_number_of(z: FloatArray) -> pd.DataFrame:
    """One row: how many independent exposures the z scores (variants, exposures) are worth, and from what.

    `n_effective` is missing where fewer than 20 null variants on average are known of two exposures.
    """
    correlation, n = null_correlation(z)
    enough = n >= LEAST_VARIANTS
    correlation = np.where(np.isnan(correlation), 0.0, correlation)
    row = {
        "n_exposures": z.shape[1],
        "n_variants": n,
        "shrinkage": shrunken(correlation, n)[1] if enough else np.nan,
        "n_effective": li_ji_number(correlation, n) if enough else np.nan,
    }
    return pd.DataFrame([row])


def known_number(table: pd.DataFrame) -> float | None:
    """The number of independent exposures of that row; None where it is not known."""
    number = float(table["n_effective"].iloc[0])
    return None if np.isnan(number) else number


def correlations_of(traits: list[str], z: FloatArray) -> pd.DataFrame:
    """Each two traits once (first, second) with the correlation r of their null z, and how many variants."""
    pairs = [(i, j) for i in range(len(traits)) for j in range(i + 1, len(traits))]
    rows = []
    for i, j in pairs:
        both, n = null_correlation(z[:, [i, j]])
        rows.append((traits[i], traits[j], both[0, 1] if n >= LEAST_VARIANTS else np.nan, int(n)))
    types = {"first": "str", "second": "str", "r": "float64", "n_variants": "int64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)
