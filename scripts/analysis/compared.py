"""Known results beside those that the study found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.evidence import primary_estimates
from scripts.table.comparison import (
    COLUMNS,
    FOUND,
    LOCI,
    LOCI_FOUND,
    MEDIATION,
    REVERSE,
    SCREEN,
    Agreement,
    LocusFound,
)

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
    """Numbers (beta, low, high, P) by analysis, exposure, mediator, outcome, method and quantity.

    Without a method it is the primary one.
    """
    found: dict[tuple[str, ...], Any] = {}
    for row in estimates.screen.to_dict("records"):
        found[SCREEN, row["exposure"], "", row["outcome"], row["method"], "effect"] = [
            row[name] for name in NUMBERS
        ]
    for analysis, table in (
        (SCREEN, primary_estimates(estimates.screen)),
        (REVERSE, estimates.reverse),
    ):
        for row in table.to_dict("records"):
            key = (analysis, row["exposure"], "", row["outcome"], "", "effect")
            found[key] = [row[name] for name in NUMBERS]
    multivariable = estimates.multivariable
    for row in (
        multivariable[multivariable["method"] == DIRECT].to_dict("records") if len(multivariable) else []
    ):
        key = (row["analysis"], row["exposure"], "", row["outcome"], "", "effect")
        found[key] = [row[name] for name in NUMBERS]
    for row in estimates.mediation.to_dict("records"):
        for quantity, names in INTERVALS.items():
            key = (MEDIATION, row["exposure"], row["mediator"], row["outcome"], "", quantity)
            found[key] = [row[name] if name else np.nan for name in names]
    return found


def _found(row: Mapping[Any, Any], tables: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    ratio = row["quantity"] == "odds_ratio"
    quantity = "effect" if ratio else row["quantity"]
    names = (row["exposure"], row["mediator"] or "", row["outcome"], row["method"] or "")
    key = (row["analysis"], *names, quantity)
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


def compared_loci(printed: pd.DataFrame, loci: pd.DataFrame, window_kb: float = 250.0) -> pd.DataFrame:
    """A row for each printed locus, with the study's pleiotropic locus that is nearest within the window.

    `printed` as `scripts.source.published` reads it (`placed`: where it is on the study's build); loci closer
    than the window are one, as in FUMA.
    """
    rows = [_locus(row, loci, window_kb) for row in printed.to_dict("records") if row.get("rsid")]
    columns = [*(f"{name}_printed" for name in LOCI), *(f"{name}_found" for name in LOCI_FOUND), "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _locus(row: Mapping[Any, Any], loci: pd.DataFrame, window_kb: float) -> dict[str, Any]:
    told = {f"{name}_printed": row.get(name, "") for name in LOCI}
    chromosome, _, position = row["placed"].partition(":")
    near = loci[(loci["chromosome"].astype(str) == chromosome) | (loci["rsid"] == row["rsid"])]
    away = (near["position"] - int(position)).abs() if position else pd.Series(0, near.index)
    near = near.loc[away[(away <= 1000 * window_kb)].sort_values(kind="stable").index]
    if near.empty:
        return {**told, "verdict": LocusFound.NOT_FOUND.value}
    best = near.iloc[0]
    verdict = LocusFound.SAME_LEAD if best["rsid"] == row["rsid"] else LocusFound.SAME_LOCUS
    return {**told, **{f"{name}_found": best[name] for name in LOCI_FOUND}, "verdict": verdict.value}
