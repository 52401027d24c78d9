"""Effects of experiments pooled measure by measure, with what the pooled effect hangs on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import confidence_quantile
from scripts.method.influence import EGGER_LEAST, beyond_fences, egger_test, leave_one_out
from scripts.method.random_effects import LEAST, Pooled, PooledTest, pool, weights
from scripts.method.tau2 import Tau2Method
from scripts.table.pooling import PooledSet, PooledStatus

Row = dict[str, Any]
QUANTITIES: dict[str, Callable[[Pooled], float]] = {
    "k": lambda fit: fit.k,
    "beta": lambda fit: fit.beta,
    "se": lambda fit: fit.se,
    "ci_low": lambda fit: fit.interval[0],
    "ci_high": lambda fit: fit.interval[1],
    "statistic": lambda fit: fit.statistic,
    "df": lambda fit: fit.df,
    "neglog10_p": lambda fit: fit.neglog10_p,
    "p": lambda fit: 10.0**-fit.neglog10_p,
    "tau2": lambda fit: fit.tau2,
    "q": lambda fit: fit.q,
    "q_df": lambda fit: fit.heterogeneity.df,
    "q_neglog10_p": lambda fit: fit.heterogeneity.neglog10_p,
    "i2_percent": lambda fit: 100.0 * fit.heterogeneity.i2,
    "i2_low_percent": lambda fit: 100.0 * fit.i2_interval[0],
    "i2_high_percent": lambda fit: 100.0 * fit.i2_interval[1],
    "prediction_low": lambda fit: fit.prediction[0],
    "prediction_high": lambda fit: fit.prediction[1],
}
EGGER_NUMBERS = ("intercept", "se", "statistic", "df", "neglog10_p", "p")
EGGER_WEIGHTS = ("random", "fixed")


@dataclass(frozen=True, slots=True)
class How:
    """The estimator of tau2 and the test that lead."""

    tau2: Tau2Method = "dersimonian_laird"
    test: PooledTest = "normal"

    def pool(self, y: FloatArray, v: FloatArray) -> Pooled:
        """The pooled effect of y with sampling variances v."""
        return pool(y, v, self.tau2, self.test)


def numbers_of(fit: Pooled) -> Row:
    """All QUANTITIES of a pooled effect."""
    return {name: number(fit) for name, number in QUANTITIES.items()}


def outliers(effects: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of effects lie beyond the fences of their measure; not those without an effect."""
    found = pd.Series(False, index=effects.index)
    for _, rows in effects[effects["g"].notna()].groupby("measure", sort=False):
        found.loc[rows.index] = beyond_fences(rows["g"].to_numpy(float))
    return found


def pooled_table(effects: pd.DataFrame, how: How) -> pd.DataFrame:
    """A row for each measure, set of experiments, estimator of tau2 and test; `leads` marks the study's own.

    `effects` as `experiment_effects.effects_of` gives it, with the column `outlier`.
    """
    rows = []
    for measure, given in _by_measure(effects):
        for chosen in PooledSet:
            y, v, people = _set(given, chosen)
            status = _status(given, chosen, LEAST)
            for tau2 in get_args(Tau2Method):
                for test in get_args(PooledTest):
                    key = {"measure": measure, "set": chosen.value, "tau2_method": tau2, "test": test}
                    key |= {"leads": How(tau2, test) == how, "status": status.value, **people}
                    one = numbers_of(pool(y, v, tau2, test)) if status == PooledStatus.ESTIMATED else {}
                    rows.append(key | dict.fromkeys(QUANTITIES, math.nan) | {"k": len(y)} | one)
    return pd.DataFrame(rows)


def influence_table(effects: pd.DataFrame, how: How) -> pd.DataFrame:
    """The rows of effects, each with its interval, its weight, and the pooled effect without it."""
    half = confidence_quantile(math.inf) * effects["se"]
    table = effects.assign(ci_low=effects["g"] - half, ci_high=effects["g"] + half)
    for name in ("weight_percent", *(f"without_{name}" for name in ("beta", "ci_low", "ci_high", "p"))):
        table[name] = math.nan
    for _, rows in _by_measure(effects):
        y, v = arrays(rows)
        if len(y) >= LEAST:
            table.loc[rows.index, "weight_percent"] = 100.0 * weights(v, how.pool(y, v).tau2)
        if len(y) > LEAST:
            without = pd.DataFrame([numbers_of(fit) for fit in leave_one_out(y, v, how.tau2, how.test)])
            for name in ("beta", "ci_low", "ci_high", "p"):
                table.loc[rows.index, f"without_{name}"] = without[name].to_numpy()
    return table


def small_study_table(effects: pd.DataFrame, how: How) -> pd.DataFrame:
    """Egger's test of each measure and set, by weights of the random- and of the fixed-effect model."""
    rows = []
    for measure, given in _by_measure(effects):
        for chosen in PooledSet:
            y, v, _ = _set(given, chosen)
            status = _status(given, chosen, EGGER_LEAST)
            if status == PooledStatus.ESTIMATED and not np.ptp(v) > 0.0:
                status = PooledStatus.CONSTANT
            for kind in EGGER_WEIGHTS:
                key = {"measure": measure, "set": chosen.value, "weights": kind, "status": status.value}
                one = egger_numbers(y, v, how, kind) if status == PooledStatus.ESTIMATED else {}
                rows.append(key | {"k": len(y)} | dict.fromkeys(EGGER_NUMBERS, math.nan) | one)
    return pd.DataFrame(rows)


def egger_numbers(y: FloatArray, v: FloatArray, how: How, kind: str) -> Row:
    """EGGER_NUMBERS of Egger's test; with `random` weights tau2 is that of the pooled effect."""
    test = egger_test(y, v, how.pool(y, v).tau2 if kind == "random" else 0.0)
    row = {"intercept": test.intercept, "se": test.se, "statistic": test.intercept / test.se, "df": test.df}
    return row | {"neglog10_p": test.neglog10_p, "p": 10.0**-test.neglog10_p}


def arrays(rows: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Effects and sampling variances."""
    return rows["g"].to_numpy(float), rows["se"].to_numpy(float) ** 2


def _by_measure(effects: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows that have an effect, by measure in the order of the table."""
    names = list(dict.fromkeys(effects["measure"]))
    return [(name, effects[(effects["measure"] == name) & effects["g"].notna()]) for name in names]


def _set(rows: pd.DataFrame, chosen: PooledSet) -> tuple[FloatArray, FloatArray, Row]:
    kept = rows[_chosen(rows, chosen)]
    people = {f"n_{group}": int(kept[f"n_{group}"].sum()) for group in ("case", "control")}
    return (*arrays(kept), people)


def _chosen(rows: pd.DataFrame, chosen: PooledSet) -> BoolArray:
    out = rows["outlier"].to_numpy(bool)
    return ~out if chosen == PooledSet.WITHOUT_OUTLIERS else np.ones(len(rows), dtype=bool)


def _status(rows: pd.DataFrame, chosen: PooledSet, least: int) -> PooledStatus:
    if chosen == PooledSet.WITHOUT_OUTLIERS and not rows["outlier"].any():
        return PooledStatus.NO_OUTLIERS
    return PooledStatus.ESTIMATED if _chosen(rows, chosen).sum() >= least else PooledStatus.TOO_FEW
