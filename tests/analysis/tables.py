"""Small standard tables for the tests of this folder."""

import numpy as np
import pandas as pd

from scripts.table import sumstats


def standard(rows: list[tuple]) -> pd.DataFrame:
    """Rows of (chromosome, position, effect_allele, other_allele, eaf, beta, se)."""
    names = ["chromosome", "position", "effect_allele", "other_allele", "eaf", "beta", "se"]
    table = pd.DataFrame(rows, columns=names)
    table["rsid"] = [f"rs{position}" for position in table["position"]]
    table["neglog10_p"] = (table["beta"] / table["se"]) ** 2
    table["n"] = 1000.0
    return table[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)


def random_table(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pairs = np.array([("A", "G"), ("C", "A"), ("T", "C"), ("A", "T"), ("G", "C"), ("AT", "A")], dtype=object)
    alleles = pairs[rng.integers(len(pairs), size=n)]
    rows = zip(
        rng.integers(1, 23, n),
        np.sort(rng.choice(10**6, n, replace=False)) + 1,
        alleles[:, 0],
        alleles[:, 1],
        rng.uniform(0.05, 0.4, n),
        rng.normal(0, 0.1, n),
        rng.uniform(0.01, 0.02, n),
        strict=True,
    )
    return sumstats.sort_rows(standard(list(rows))).reset_index(drop=True)


def swapped(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The same associations told for the other allele."""
    out = table.copy()
    out.loc[rows, ["effect_allele", "other_allele"]] = table.loc[
        rows, ["other_allele", "effect_allele"]
    ].to_numpy()
    out.loc[rows, "beta"] *= -1
    out.loc[rows, "eaf"] = 1 - out.loc[rows, "eaf"]
    return out


def on_other_strand(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The same associations with the letters of the other strand."""
    out = table.copy()
    complement = str.maketrans("ACGT", "TGCA")
    for column in ("effect_allele", "other_allele"):
        out.loc[rows, column] = [allele.translate(complement) for allele in table.loc[rows, column]]
    return out
