"""One effect for each experiment and measure, from whatever was printed of cases and controls."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from scripts.method.effect_sizes import (
    cohens_d,
    hedges_g,
    mean_from_quartiles,
    pool_sides,
    sd_from_quartiles,
    variance_of_g,
)
from scripts.table.experiments import EffectStatus, Experiment, Row

COLUMNS = ["measure", "experiment", "n_case", "n_control", "marker", "sides", "status", "decimals", "g", "se"]


def effects_of(
    rows: Sequence[Row], experiments: Mapping[str, Experiment], falling_markers: Collection[str]
) -> pd.DataFrame:
    """Columns COLUMNS: Hedges' g (cases minus controls) and its standard error, NaN where incomplete.

    Rows of one experiment and measure are its sides, which are pooled before they are compared. The effect
    of a falling marker changes its sign, unless it was printed as an effect.
    """
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pairs.setdefault((row["measure"], row["experiment"]), []).append(row)
    found = [_effect(sides, experiments[name], falling_markers) for (_, name), sides in pairs.items()]
    return pd.DataFrame(found, columns=COLUMNS)


def _effect(sides: Sequence[Row], experiment: Experiment, falling: Collection[str]) -> Row:
    row, people = sides[0], (experiment.n_case, experiment.n_control)
    g, status = _g(sides, people)
    if row["marker"] in falling and status in (EffectStatus.FROM_MEANS, EffectStatus.FROM_MEDIANS):
        g = -g
    return {
        **{name: row[name] for name in ("measure", "experiment", "marker", "decimals")},
        **{"n_case": people[0], "n_control": people[1], "sides": len(sides), "status": status.value},
        **{"g": g, "se": float(np.sqrt(variance_of_g(g, *people)))},
    }


def _g(sides: Sequence[Row], people: tuple[int, int]) -> tuple[float, EffectStatus]:
    row = sides[0]
    if not math.isnan(row["g"]):
        return row["g"], EffectStatus.GIVEN_G
    if not math.isnan(row["d"]):
        return float(hedges_g(row["d"], *people)), EffectStatus.GIVEN_D
    groups = [
        pool_sides(*zip(*(_mean_sd(side, group, n) for side in sides), strict=True))
        for group, n in zip(("case", "control"), people, strict=True)
    ]
    (mean_case, sd_case), (mean_control, sd_control) = groups
    d = cohens_d(mean_case, sd_case, people[0], mean_control, sd_control, people[1])
    if not np.isfinite(d):
        return math.nan, EffectStatus.INCOMPLETE
    by_median = any(math.isnan(side[f"sd_{group}"]) for side in sides for group in ("case", "control"))
    status = EffectStatus.FROM_MEDIANS if by_median else EffectStatus.FROM_MEANS
    return float(hedges_g(d, *people)), status


def _mean_sd(row: Row, group: str, n: int) -> tuple[float, float]:
    """Mean and SD of a group as printed, else from its quartiles; NaN where there is neither."""
    mean, sd = row[f"mean_{group}"], row[f"sd_{group}"]
    if not math.isnan(mean) and not math.isnan(sd):
        return mean, sd
    q1, median, q3 = (row[f"{name}_{group}"] for name in ("q1", "median", "q3"))
    return float(mean_from_quartiles(q1, median, q3)), float(sd_from_quartiles(q1, q3, n))
