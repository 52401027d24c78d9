"""Known results beside those that the study found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.evidence import primary_estimates
from scripts.table.comparison import COLUMNS, FOUND, MEDIATION, REVERSE, SCREEN, Agreement

NUMBERS = ["beta", "ci_low", "ci_high", "p"]
DIRECT = "mvmr_ivw"
INTERVALS = {  # of a proportion: Fieller's, which a weak total makes as wide as it must be
    "proportion": ("proportion", "proportion_fieller_low", "proportion_fieller_high", None),
    **{name: tuple(f"{name}_{number}" for number in NUMBERS) for name in ("direct", "indirect")},
}


@dataclass(frozen=True, slots=True)
class Estimates:
    """The study's tables of estimates; those of stages that did not run are empty."""

    screen: pd.DataFrame
    reverse: pd.DataFrame
    multivariable: pd.DataFrame
    mediation: pd.DataFrame


def compared(known: pd.DataFrame, estimates: Estimates) -> pd.DataFrame:
    """The known results (COLUMNS) with what the study found (FOUND), an odds ratio as such."""
    tables = _indexed(estimates)
    rows = [{**row, **_found(row, tables)} for row in known.to_dict("records")]
    return pd.DataFrame(rows, columns=[*COLUMNS, *FOUND])


def _indexed(estimates: Estimates) -> dict[tuple[str, ...], Any]:
    """Numbers (beta, low, high, P) by analysis, exposure, mediator, outcome and quantity."""
    found: dict[tuple[str, ...], Any] = {}
    for analysis, table in (
        (SCREEN, primary_estimates(estimates.screen)),
        (REVERSE, estimates.reverse),
    ):
        for row in table.to_dict("records"):
            key = (analysis, row["exposure"], "", row["outcome"], "effect")
            found[key] = [row[name] for name in NUMBERS]
    multivariable = estimates.multivariable
    for row in (
        multivariable[multivariable["method"] == DIRECT].to_dict("records") if len(multivariable) else []
    ):
        key = (row["analysis"], row["exposure"], "", row["outcome"], "effect")
        found[key] = [row[name] for name in NUMBERS]
    for row in estimates.mediation.to_dict("records"):
        for quantity, names in INTERVALS.items():
            key = (MEDIATION, row["exposure"], row["mediator"], row["outcome"], quantity)
            found[key] = [row[name] if name else np.nan for name in names]
    return found


def _found(row: Mapping[Any, Any], tables: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    ratio = row["quantity"] == "odds_ratio"
    quantity = "effect" if ratio else row["quantity"]
    key = (row["analysis"], row["exposure"], row["mediator"] or "", row["outcome"], quantity)
    beta, low, high, p = tables.get(key, [np.nan] * 4)
    value = float(np.log(row["value"])) if ratio else float(row["value"])
    verdict = _verdict(value, float(beta), float(low), float(high))
    shown = np.exp([beta, low, high]) if ratio else np.array([beta, low, high], dtype=float)
    return dict(zip(FOUND, (*map(float, shown), float(p), verdict.value), strict=True))


def _verdict(value: float, beta: float, low: float, high: float) -> Agreement:
    """An interval without an estimate is none; a Fieller set that has a gap is as wide as its ends say."""
    if not np.isfinite(beta):
        return Agreement.NOT_ESTIMATED
    if low <= value <= high:
        return Agreement.AGREES
    return Agreement.OUTSIDE if np.sign(value) == np.sign(beta) else Agreement.OPPOSITE
