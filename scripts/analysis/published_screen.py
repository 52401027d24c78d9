"""Results of a screen that were printed elsewhere, beside those of this run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

KEY = ["exposure", "outcome", "method"]
PRINTED = ["beta", "p", "p_adjusted"]
OURS = ["status", "n_instruments", "beta", "se", "ci_low", "ci_high", "p"]
LOCUS = ["rsid", "chromosome", "position"]
LOCUS_PRINTED = ["nearest_gene", "pops_gene", "pp_h4"]
LOCUS_OURS = ["locus", "rsid", "nearest_gene", "pops_gene", "pp_h4", "coloc_verdict", "p"]


class Comparison(StrEnum):
    """How a printed effect compares with this run's."""

    AGREES = "same direction, and the printed effect lies in the 95% interval"
    OTHER_SIZE = "same direction, but the printed effect lies outside of the 95% interval"
    OTHER_DIRECTION = "the other direction"
    NOT_ESTIMATED = "not estimated in this run"


class Found(StrEnum):
    """How a printed locus compares with this run's."""

    SAME_LEAD = "found, with the same lead variant"
    SAME_LOCUS = "found, with another lead variant"
    NOT_FOUND = "no pleiotropic locus of this run holds it"


def compare_effects(printed: pd.DataFrame, estimates: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """One row for each printed effect (exposure, outcome, method, beta, p, p_adjusted), in their order.

    `estimates` is the table of that name. `difference_se`: this run's effect less the printed one, in this
    run's standard errors.
    """
    ours = estimates.loc[:, [*KEY, *OURS]]
    both = printed[[*KEY, *PRINTED]].merge(ours, on=KEY, how="left", suffixes=("_printed", ""))
    both.insert(1, "name", both["exposure"].map(dict(names)))
    both["difference_se"] = (both["beta"] - both["beta_printed"]) / both["se"]
    inside = both["beta_printed"].between(both["ci_low"], both["ci_high"])
    conditions = [
        both["beta"].isna(),
        np.sign(both["beta"]) != np.sign(both["beta_printed"]),
        ~inside,
    ]
    choices = [Comparison.NOT_ESTIMATED, Comparison.OTHER_DIRECTION, Comparison.OTHER_SIZE]
    both["comparison"] = np.select(conditions, [str(choice) for choice in choices], str(Comparison.AGREES))
    return both


def compare_loci(printed: pd.DataFrame, loci: pd.DataFrame, window_kb: float = 250.0) -> pd.DataFrame:
    """One row for each printed lead variant (rsid, chromosome, position, genes, pp_h4), in their order.

    `loci` is the table of pleiotropic loci; the nearest lead within the window on the same chromosome counts:
    loci closer than that are merged, as FUMA does.
    """
    rows = [_beside(row, loci, window_kb) for _, row in printed.iterrows()]
    return pd.DataFrame(rows)


def _beside(row: pd.Series[Any], loci: pd.DataFrame, window_kb: float) -> dict[str, object]:
    near = loci[loci["chromosome"].astype(str) == str(row["chromosome"])]
    away = (near["position"] - int(str(row["position"]))).abs()
    near = near.loc[away[away <= 1000 * window_kb].sort_values(kind="stable").index]
    told: dict[str, object] = {name: row[name] for name in LOCUS}
    told |= {f"{name}_printed": row[name] for name in LOCUS_PRINTED}
    if near.empty:
        empty = {f"{name}_here": None for name in LOCUS_OURS}
        return told | empty | {"comparison": str(Found.NOT_FOUND)}
    best = near.iloc[0]
    found = Found.SAME_LEAD if best["rsid"] == row["rsid"] else Found.SAME_LOCUS
    return told | {f"{name}_here": best[name] for name in LOCUS_OURS} | {"comparison": str(found)}
