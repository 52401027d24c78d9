"""Published results beside those that the published effects give, and what change would restore them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.pooling import QUANTITIES, How, egger_numbers
from scripts.method.arrays import FloatArray, IntArray
from scripts.method.effect_sizes import variance_of_g
from scripts.method.influence import EGGER_LEAST, beyond_fences
from scripts.method.printed import (
    Printed,
    as_printed,
    candidate_values,
    missed_by,
    restoring_values,
    rounding_reach,
)
from scripts.method.random_effects import LEAST, Pooled
from scripts.table.pooling import Agreement, PooledSet

Row = dict[str, Any]
EGGER_P = "egger_p"
POOLED_QUANTITIES = (*QUANTITIES, EGGER_P)
QUICK = ("beta", "se", "ci_low", "ci_high", "statistic", "tau2", "q", "i2_percent")  # not P
MOST_CHANGE = 0.5  # how far from a printed effect another one is looked for
CHECK_COLUMNS = [
    *("measure", "set", "moderator", "quantity", "printed", "computed", "rounding_reach", "agreement"),
]
RESTORATION_COLUMNS = [
    *("kind", "measure", "moderator", "experiment", "printed", "restored_by", "restored_low"),
    *("restored_high", "n_restored", "n_printed"),
]


@dataclass(frozen=True, slots=True)
class Measure:
    """The effects of one measure (k), people, half a unit of the last printed digit, and what was published.

    `wanted` are pairs of a set of experiments and a quantity, `printed` their values.
    """

    name: str
    experiments: tuple[str, ...]
    g: FloatArray
    n_case: FloatArray
    n_control: FloatArray
    decimals: IntArray
    wanted: tuple[tuple[str, str], ...]
    printed: tuple[Printed, ...]
    how: How

    def numbers(self, g: FloatArray) -> FloatArray:
        """The wanted quantities if the effects were g; NaN where there is none."""
        found = np.full(len(self.wanted), math.nan)
        if not len(g):
            return found
        v, out = variance_of_g(g, self.n_case, self.n_control), beyond_fences(g)
        for chosen in dict.fromkeys(name for name, _ in self.wanted):
            kept = ~out if chosen == PooledSet.WITHOUT_OUTLIERS else np.ones(len(g), dtype=bool)
            if kept.sum() < LEAST or (chosen == PooledSet.WITHOUT_OUTLIERS and kept.all()):
                continue
            fit = self.how.pool(g[kept], v[kept])
            for i, (name, quantity) in enumerate(self.wanted):
                if name == chosen:
                    found[i] = self._number(quantity, fit, g[kept], v[kept])
        return found

    def _number(self, quantity: str, fit: Pooled, g: FloatArray, v: FloatArray) -> float:
        if quantity != EGGER_P:
            return QUANTITIES[quantity](fit)
        if len(g) < EGGER_LEAST or not np.ptp(v) > 0.0:
            return math.nan
        return float(egger_numbers(g, v, self.how, "random")["p"])

    @property
    def quick(self) -> Measure:
        """The measure with only those quantities of all experiments that are soon reckoned."""
        pairs = zip(self.wanted, self.printed, strict=True)
        kept = [(key, one) for key, one in pairs if key[0] == PooledSet.ALL and key[1] in QUICK]
        return replace(self, wanted=tuple(key for key, _ in kept), printed=tuple(one for _, one in kept))

    @property
    def reach(self) -> FloatArray:
        """What rounding of the printed effects can move each wanted quantity by."""
        half = np.where(self.decimals > 0, 0.5 * 10.0 ** -self.decimals.astype(float), 0.0)
        return rounding_reach(self.numbers, self.g, half)


def measure_of(name: str, effects: pd.DataFrame, published: pd.DataFrame, how: How) -> Measure:
    """One measure of the effects with what was published of its pooled effect."""
    rows = effects[(effects["measure"] == name) & effects["g"].notna()]
    wanted = published[(published["measure"] == name) & (published["moderator"] == "")]
    return Measure(
        name=name,
        experiments=tuple(rows["experiment"]),
        g=rows["g"].to_numpy(np.float64),
        n_case=rows["n_case"].to_numpy(np.float64),
        n_control=rows["n_control"].to_numpy(np.float64),
        # trailing zeros are often left away: all effects of a measure are taken to have as many digits
        decimals=np.where(rows["decimals"] > 0, rows["decimals"].max(), 0),
        wanted=tuple(zip(wanted["set"], wanted["quantity"], strict=True)),
        printed=tuple(map(as_printed, wanted["printed"])),
        how=how,
    )


def check_measure(measure: Measure) -> list[Row]:
    """Each published quantity of a measure beside the computed one, with an Agreement."""
    computed, reach = measure.numbers(measure.g), measure.reach
    missed = missed_by(measure.printed, computed)
    return [
        {
            **{"measure": measure.name, "set": chosen, "moderator": "", "quantity": quantity},
            **{"printed": printed.text, "computed": computed[i], "rounding_reach": reach[i]},
            "agreement": agreement(missed[i], reach[i]).value,
        }
        for i, ((chosen, quantity), printed) in enumerate(zip(measure.wanted, measure.printed, strict=True))
    ]


def agreement(missed: float, reach: float) -> Agreement:
    """What a number says that misses the printed one by `missed`, where rounding may move it by `reach`."""
    if math.isnan(missed):
        return Agreement.NO_NUMBER
    if missed == 0.0:
        return Agreement.EQUAL
    return Agreement.WITHIN_ROUNDING if missed <= reach else Agreement.DIFFERS


def restore_measure(measure: Measure) -> list[Row]:
    """The experiments whose effect alone may be misprinted, the smallest change first.

    A row for each experiment with another effect (up to MOST_CHANGE away, or of another sign or point) with
    which all published quantities of the measure come out; one row without a name where there is none.
    """
    quick, total = measure.quick, len(measure.wanted)
    reach, quick_reach = measure.reach, quick.reach
    rows = []
    for index, experiment in enumerate(measure.experiments):
        value, decimals = float(measure.g[index]), int(measure.decimals[index])
        if not decimals:
            continue
        candidates = candidate_values(value, decimals, MOST_CHANGE)
        near = restoring_values(quick.numbers, measure.g, index, candidates, quick.printed, quick_reach)
        found = restoring_values(measure.numbers, measure.g, index, near, measure.printed, reach)
        if len(found):
            rows.append(_effect_row(measure.name, experiment, value, found, total))
    rows.sort(key=lambda row: abs(row["restored_by"] - row["printed"]))
    return rows or [restoration("effect", measure.name, "", "", n_restored=0, n_printed=total)]


def _effect_row(measure: str, experiment: str, value: float, found: FloatArray, total: int) -> Row:
    return restoration(
        *("effect", measure, "", experiment),
        printed=value,
        restored_by=simplest(found, value),
        restored_low=float(np.min(found)),
        restored_high=float(np.max(found)),
        n_restored=total,
        n_printed=total,
    )


def simplest(values: FloatArray, near: float) -> float:
    """The value with the fewest decimals, of these the nearest: 0.94 of 0.938 to 0.95 beside 0.9."""
    return min((float(value) for value in values), key=lambda one: (len(f"{one:.10g}"), abs(one - near)))


def restoration(kind: str, measure: str, moderator: str, experiment: str, **numbers: float) -> Row:
    """A row with RESTORATION_COLUMNS, NaN for numbers that are not given."""
    key = {"kind": kind, "measure": measure, "moderator": moderator, "experiment": experiment}
    return dict.fromkeys(RESTORATION_COLUMNS, math.nan) | key | numbers


def differs(checks: Sequence[Row]) -> bool:
    """Whether any of these published quantities cannot be had from what was printed."""
    return any(check["agreement"] == Agreement.DIFFERS for check in checks)
