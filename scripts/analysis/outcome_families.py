"""Each exposure's estimates on outcomes that are cohorts of one trait, pooled by random effects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from scripts.analysis.evidence import primary_estimates
from scripts.analysis.fingerprint import Biobank, Declared
from scripts.analysis.overlap import same_people
from scripts.analysis.pooling import QUANTITIES, How, numbers_of
from scripts.method.random_effects import LEAST
from scripts.table.pooling import PooledStatus

Row = dict[str, Any]


def family_table(
    estimates: pd.DataFrame, families: Sequence[Mapping[str, Any]], shared: Mapping[str, str], how: How
) -> pd.DataFrame:
    """A row for each family and exposure of estimates.tsv, whatever could be pooled.

    Primary estimates (IVW, or the Wald ratio of one instrument), which are taken for independent: all rest on
    the exposure's own GWAS, whose errors first-order weights leave out. `shared`: why cohorts of a family
    are no independent samples, where they are not.
    """
    primary = primary_estimates(estimates)
    rows: list[Row] = []
    for family in families:
        within = primary[primary["outcome"].isin(family["outcomes"])]
        found = dict(list(within.groupby("exposure", sort=False)))
        for exposure in dict.fromkeys(estimates["exposure"]):
            key = {"family": family["id"], "exposure": exposure, "n_outcomes": len(family["outcomes"])}
            numbers = _pooled(found.get(exposure, within.iloc[:0]), how)
            rows.append(key | numbers | {"shared_people": shared.get(family["id"], "")})
    return pd.DataFrame(rows)


def families_sharing(
    families: Sequence[Mapping[str, Any]],
    people: Mapping[str, Sequence[Declared]],
    biobanks: Sequence[Biobank],
) -> dict[str, str]:
    """Why two outcomes of a family rest on the same people, by family; those that do not are left out."""
    found: dict[str, str] = {}
    for family in families:
        for first, second in combinations(family["outcomes"], 2):
            for why in same_people(people[first], {second: people[second]}, biobanks).values():
                found.setdefault(family["id"], why)
    return found


def _pooled(rows: pd.DataFrame, how: How) -> Row:
    y, v = rows["beta"].to_numpy(float), rows["se"].to_numpy(float) ** 2
    status = PooledStatus.ESTIMATED if len(y) >= LEAST else PooledStatus.TOO_FEW
    numbers = numbers_of(how.pool(y, v)) if status == PooledStatus.ESTIMATED else {}
    return {"status": status.value} | dict.fromkeys(QUANTITIES, math.nan) | {"k": len(y)} | numbers
