"""What the effects of experiments go along with: rank correlations with a moderator, and their comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.rank_correlation import PKind, RankCorrelation, compare_correlations, spearman
from scripts.table.pooling import PooledSet, PooledStatus

Values = Mapping[str, float]  # of a moderator by experiment; NaN where not known
LEAST = 3  # pairs of which a rank correlation can be had


def correlation_table(effects: pd.DataFrame, moderators: Mapping[str, Values]) -> pd.DataFrame:
    """A row for each moderator, measure and set of experiments (`effects` with the column `outlier`)."""
    rows = []
    for moderator, values in moderators.items():
        for measure, given in effects.groupby("measure", sort=False):
            for chosen in PooledSet:
                found, status = correlate(given, values, chosen)
                key = {
                    "moderator": moderator,
                    "measure": measure,
                    "set": chosen.value,
                    "status": status.value,
                }
                rows.append(key | _numbers(found))
    return pd.DataFrame(rows, columns=["moderator", "measure", "set", "status", "k", "rho", "p", "p_kind"])


def with_moderators(effects: pd.DataFrame, moderators: Mapping[str, Values]) -> pd.DataFrame:
    """The rows with a column `moderator_<column>` for each moderator."""
    columns = {
        f"moderator_{name}": [values[experiment] for experiment in effects["experiment"]]
        for name, values in moderators.items()
    }
    return effects.assign(**columns)


def comparison_table(effects: pd.DataFrame, moderators: Mapping[str, Values]) -> pd.DataFrame:
    """Whether two measures differ in their correlation with a moderator, as if of separate experiments."""
    rows = []
    for moderator, values in moderators.items():
        found = {
            str(measure): correlate(given, values, PooledSet.ALL)[0]
            for measure, given in effects.groupby("measure", sort=False)
        }
        for first, second in combinations(found, 2):
            z, neglog10_p = compare_correlations(found[first], found[second])
            pair = {"moderator": moderator, "measure_1": first, "measure_2": second}
            rows.append(pair | {"z": z, "neglog10_p": neglog10_p, "p": 10.0**-neglog10_p})
    return pd.DataFrame(rows, columns=["moderator", "measure_1", "measure_2", "z", "neglog10_p", "p"])


def correlate(rows: pd.DataFrame, values: Values, chosen: PooledSet) -> tuple[RankCorrelation, PooledStatus]:
    """The correlation over the experiments of one measure that have both numbers, or why there is none."""
    known = rows[rows["g"].notna() & rows["experiment"].map(values).notna()]
    kept = known[~known["outlier"]] if chosen == PooledSet.WITHOUT_OUTLIERS else known
    none = RankCorrelation(math.nan, len(kept), math.nan, PKind.T)
    if chosen == PooledSet.WITHOUT_OUTLIERS and len(kept) == len(known):
        return none, PooledStatus.NO_OUTLIERS
    if len(kept) < LEAST:
        return none, PooledStatus.TOO_FEW
    moderator = np.array([values[name] for name in kept["experiment"]])
    found = spearman(kept["g"].to_numpy(float), moderator)
    return found, PooledStatus.CONSTANT if math.isnan(found.rho) else PooledStatus.ESTIMATED


def _numbers(found: RankCorrelation) -> dict[str, Any]:
    kind = "" if math.isnan(found.rho) else str(found.kind)
    return {"k": found.n, "rho": found.rho, "p": found.p, "p_kind": kind}
