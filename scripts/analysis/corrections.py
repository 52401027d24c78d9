"""Every family of tests under every correction, so that the chosen one stands beside the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.hierarchical import hierarchical_fdr
from scripts.method.multiplicity import CORRECTIONS, Adjusted, bonferroni, require_not_below_raw
from scripts.table.status import ExposureStatus

KEY = ["exposure", "outcome", "tested_outcome"]
EFFECTIVE, BONFERRONI = "effective_number", "bonferroni"
HIERARCHICAL = "hierarchical"
NOT_PROPER = ("storey",)  # may give an adjusted P below the raw one
ADJUSTED_COLUMNS = [
    *("family", *KEY, "correction", "m", "tests", "pi0", "rank"),
    *("neglog10_p", "neglog10_p_adjusted", "p", "p_adjusted"),
]
SUMMARY_COLUMNS = ["family", "correction", "chosen", "m", "tests", "pi0", "level", "n_below_level", "rank"]


def corrected(
    neglog10_p: FloatArray, correction: str, tests: float | None = None, stated: float | None = None
) -> Adjusted:
    """One family under one correction.

    `tests`, the effective number, and `stated`, the number that the study counts for Bonferroni in place of
    that of the tests, are for these corrections alone.
    """
    if correction == EFFECTIVE:
        return bonferroni(neglog10_p, tests)
    if correction == BONFERRONI:
        return bonferroni(neglog10_p, stated)
    return CORRECTIONS[correction](neglog10_p)


def screen_family(screen: pd.DataFrame, tests: float | None, stated: float | None = None) -> pd.DataFrame:
    """The primary method's P of every testable pair of the screen, under every correction.

    `tests`: the effective number of independent tests; without it that correction is left out. `stated`: what
    the study counts for Bonferroni.
    """
    testable = screen["status"] == ExposureStatus.ESTIMATED
    rows = screen.loc[testable, ["exposure", "outcome", "neglog10_p"]]
    return family("screen", rows.assign(tested_outcome=rows["outcome"]), tests, stated)


def validation_family(screen: pd.DataFrame, validation: pd.DataFrame) -> pd.DataFrame:
    """Every validation test of a discovered exposure, under every correction and within its exposure."""
    rows = validation.rename(columns={"validation_outcome": "tested_outcome"})
    rows = rows.loc[rows["neglog10_p"].notna(), [*KEY, "neglog10_p"]]
    return pd.concat([family("validation", rows, None), _within_exposures(screen, rows)], ignore_index=True)


def family(name: str, rows: pd.DataFrame, tests: float | None, stated: float | None = None) -> pd.DataFrame:
    """One row a test and correction (ADJUSTED_COLUMNS) of the tests in `rows` (KEY and neglog10_p).

    Raises ValueError where a correction gave an adjusted P below the raw one.
    """
    raw = rows["neglog10_p"].to_numpy(float)
    parts = []
    for correction in [*CORRECTIONS, *([EFFECTIVE] if tests is not None else [])]:
        adjusted = corrected(raw, correction, tests, stated)
        if correction not in NOT_PROPER:
            require_not_below_raw(adjusted, raw, f"{name}, {correction}")
        counted = {EFFECTIVE: tests, BONFERRONI: stated}.get(correction) or float(adjusted.m)
        parts.append(_rows(name, rows, correction, adjusted, counted))
    return pd.concat(parts, ignore_index=True)


def summary(adjusted: pd.DataFrame, budget: Mapping[str, Any]) -> pd.DataFrame:
    """One row a family and correction: its size, pi0, how many are below the level and the last one's rank.

    Of families that are adjusted one by one (hierarchical) `m` counts the tests of all.
    """
    rows = []
    for key, tests in adjusted.groupby(["family", "correction"], sort=False):
        name, correction = map(str, key)
        level = budget[name]["level"]
        below = tests["neglog10_p_adjusted"] > -np.log10(level)
        rows.append(
            {
                "family": name,
                "correction": correction,
                "chosen": budget[name]["correction"] == correction,
                "m": len(tests),
                "tests": tests["tests"].iloc[0] if correction != HIERARCHICAL else float(len(tests)),
                "pi0": tests["pi0"].iloc[0],
                "level": level,
                "n_below_level": int(below.sum()),
                "rank": int(tests.loc[below, "rank"].max()) if below.any() else 0,
            }
        )
    return pd.DataFrame(rows, columns=SUMMARY_COLUMNS)


def _within_exposures(screen: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Benjamini-Hochberg within each discovered pair, at the level that its having been selected leaves."""
    pairs = pd.MultiIndex.from_frame(screen[["exposure", "outcome"]])
    outcomes = list(dict.fromkeys(rows["tested_outcome"]))
    at = pairs.get_indexer(pd.MultiIndex.from_frame(rows[["exposure", "outcome"]]))
    column = rows["tested_outcome"].map({name: i for i, name in enumerate(outcomes)}).to_numpy(int)
    tests = np.full((len(screen), len(outcomes)), np.nan)
    tests[at, column] = rows["neglog10_p"].to_numpy(float)
    testable = screen["status"] == ExposureStatus.ESTIMATED
    discovered: BoolArray = screen["discovered"].to_numpy(bool)
    found = hierarchical_fdr(screen["neglog10_p"].where(testable).to_numpy(float), tests, discovered)
    adjusted = Adjusted(found.neglog10_p[at, column], len(rows), found.rank[at, column])
    sizes = found.tests[at].astype(float)
    return _rows("validation", rows, HIERARCHICAL, adjusted, sizes).assign(m=sizes.astype(int))


def _rows(
    name: str, rows: pd.DataFrame, correction: str, adjusted: Adjusted, tests: float | FloatArray | None
) -> pd.DataFrame:
    table = rows[[*KEY, "neglog10_p"]].assign(
        family=name,
        correction=correction,
        m=adjusted.m,
        tests=tests,
        pi0=adjusted.pi0,
        rank=adjusted.rank,
        neglog10_p_adjusted=adjusted.neglog10_p,
        p=10.0 ** -rows["neglog10_p"],
        p_adjusted=adjusted.p,
    )
    return table[ADJUSTED_COLUMNS]
