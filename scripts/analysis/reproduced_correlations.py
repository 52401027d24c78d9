"""Published rank correlations beside those that the published numbers give, and what would restore them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.moderators import LEAST, Values
from scripts.analysis.reproduction import agreement, restoration
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.printed import Printed, as_printed, broken_ties, missed_by
from scripts.method.rank_correlation import spearman
from scripts.table.pooling import Agreement, PooledSet

Row = dict[str, Any]
CORRELATION_QUANTITIES = ("k", "rho", "p")


@dataclass(frozen=True, slots=True)
class Correlation:
    """The effects (k) of one measure and set, and what was published of their correlation."""

    measure: str
    chosen: str
    experiments: tuple[str, ...]
    g: FloatArray
    quantities: tuple[str, ...]
    printed: tuple[Printed, ...]

    def closest(self, values: Values) -> tuple[FloatArray, FloatArray, bool]:
        """Quantities, what each misses the printed one by, and whether a tie was broken for it.

        Effects that are tied in print are told apart in the order that misses least, where that is less
        than as they are.
        """
        x = np.array([values[name] for name in self.experiments])
        known = np.isfinite(x)
        computed = [self._numbers(y, x, known) for y in broken_ties(self.g)]
        missed = [missed_by(self.printed, numbers) for numbers in computed]
        best = int(np.argmax([self._agreeing(each) for each in missed]))
        return computed[best], missed[best], best > 0

    def agreeing(self, values: Values) -> int:
        """How many published quantities come out."""
        return self._agreeing(self.closest(values)[1])

    @staticmethod
    def _agreeing(missed: FloatArray) -> int:
        return int(np.sum(missed == 0.0))

    def _numbers(self, y: FloatArray, x: FloatArray, known: BoolArray) -> FloatArray:
        if known.sum() < LEAST:
            return np.full(len(self.quantities), math.nan)
        fit = spearman(y[known], x[known])
        by_name = {"k": float(fit.n), "rho": fit.rho, "p": fit.p}
        return np.array([by_name[quantity] for quantity in self.quantities])


def correlations_of(effects: pd.DataFrame, published: pd.DataFrame, moderator: str) -> list[Correlation]:
    """What was published of a moderator, by measure and set (`effects` with the column `outlier`)."""
    wanted = published[published["moderator"] == moderator]
    found = []
    for (measure, chosen), rows in wanted.groupby(["measure", "set"], sort=False):
        given = effects[(effects["measure"] == measure) & effects["g"].notna()]
        if chosen == PooledSet.WITHOUT_OUTLIERS:
            given = given[~given["outlier"]]
        found.append(
            Correlation(
                *(str(measure), str(chosen), tuple(given["experiment"]), given["g"].to_numpy(np.float64)),
                *(tuple(rows["quantity"]), tuple(map(as_printed, rows["printed"]))),
            )
        )
    return found


def check_correlation(correlation: Correlation, moderator: str, values: Values) -> list[Row]:
    """Each published quantity of a correlation beside the computed one, with an Agreement."""
    computed, missed, broken = correlation.closest(values)
    key = {"measure": correlation.measure, "set": correlation.chosen, "moderator": moderator}
    return [
        {
            **key,
            **{"quantity": quantity, "printed": printed.text, "computed": computed[i]},
            **{"rounding_reach": math.nan, "agreement": _agreement(missed[i], broken).value},
        }
        for i, (quantity, printed) in enumerate(zip(correlation.quantities, correlation.printed, strict=True))
    ]


def _agreement(missed: float, broken: bool) -> Agreement:
    found = agreement(missed, 0.0)
    return Agreement.WITHIN_ROUNDING if broken and found == Agreement.EQUAL else found


def restore_moderator(correlations: list[Correlation], moderator: str, values: Values) -> list[Row]:
    """The experiments whose value of the moderator, at another rank, brings out more of what was published.

    All published correlations with the moderator are looked at together. The best rank of each experiment,
    the experiment that restores most first; one row without a name where there is none.
    """
    before = sum(one.agreeing(values) for one in correlations)
    total = sum(len(one.printed) for one in correlations)
    rows = []
    for experiment, value in values.items():
        if not math.isnan(value):
            restored, low, high = _best_place(correlations, experiment, values)
            if restored > before:
                ends = {"restored_low": low, "restored_high": high}
                counts = {"n_restored": restored, "n_printed": total}
                rows.append(
                    restoration("moderator", "", moderator, experiment, printed=value, **ends, **counts)
                )
    rows.sort(key=lambda row: -row["n_restored"])
    return rows or [restoration("moderator", "", moderator, "", n_restored=before, n_printed=total)]


def _best_place(correlations: list[Correlation], experiment: str, values: Values) -> tuple[int, float, float]:
    """Published quantities that come out at the best place for one value, and the ends of that place.

    A place is between two neighbours of the other values, which are its ends (NaN for none).
    """
    others = sorted({value for name, value in values.items() if name != experiment and not math.isnan(value)})
    ends = [math.nan, *others, math.nan]
    places = [*pairwise(ends)]
    counts = [
        sum(one.agreeing(_moved(values, experiment, low, high)) for one in correlations)
        for low, high in places
    ]
    best = int(np.argmax(counts))
    return counts[best], *places[best]


def _moved(values: Values, experiment: str, low: float, high: float) -> Mapping[str, float]:
    inside = high - 1.0 if math.isnan(low) else low + 1.0 if math.isnan(high) else (low + high) / 2.0
    return {**values, experiment: inside}
