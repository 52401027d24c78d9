"""The ledger of gates: how many exposures entered each, how many passed, how many chance alone would pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.evidence import primary_estimates
from scripts.table.methods import method_names
from scripts.table.status import ExposureStatus


def gate_table(
    screen: pd.DataFrame,
    estimates: pd.DataFrame,
    signs: Mapping[str, int],
    negative_controls: Sequence[str],
    discovery: Mapping[str, Any],
    validate_fdr: float,
) -> pd.DataFrame:
    """Gates in the order of the flow; `n_expected_by_chance` is an upper bound under no effect anywhere.

    A null exposure passes the nominal gate with probability at most `p_max`; how many of them the
    Benjamini-Hochberg gate lets pass holds for independent exposures. Validation does not lower the bound:
    outcomes that share people or heritability with the primary one may repeat what chance gave there.
    """
    rows: list[tuple[str, str, int, int, float | None]] = []
    readable = int((screen["status"] != ExposureStatus.UNREADABLE).sum())
    testable = int((screen["status"] == ExposureStatus.ESTIMATED).sum())
    nominal = int(screen["nominal"].sum())
    concordant = int(screen["concordant"].sum())
    discovered = int(screen["discovered"].sum())
    by_chance = testable * discovery["p_max"]
    methods = method_names(discovery["methods"])
    rows += [
        ("listed", "Exposures listed, once for each primary outcome", len(screen), len(screen), None),
        ("readable", "Files that could be read", len(screen), readable, None),
        ("testable", f"Instruments enough for {methods}", readable, testable, None),
        ("nominal", f"P < {discovery['p_max']:g} in {methods}", testable, nominal, by_chance),
        ("concordant", "One direction in all discovery methods", nominal, concordant, by_chance),
    ]
    if discovery["correction"] != "none":
        by_chance = expected_by_benjamini_hochberg(testable, discovery["p_max"])
        sentence = f"Benjamini-Hochberg adjusted P < {discovery['p_max']:g} over the testable"
        rows.append(("benjamini_hochberg", sentence, concordant, discovered, by_chance))
    if signs:
        sentence = (
            f"Adjusted P < {validate_fdr:g} and the expected sign in a validation outcome, none against it"
        )
        rows.append(("validated", sentence, discovered, int(screen["hit"].sum()), by_chance))
    rows += [_control(control, screen, estimates, discovery["p_max"]) for control in negative_controls]
    columns = ["gate", "sentence", "n_entered", "n_passed", "n_expected_by_chance"]
    return pd.DataFrame(rows, columns=columns)


def expected_by_benjamini_hochberg(m: int, fdr: float) -> float:
    """Tests that Benjamini-Hochberg at `fdr` rejects on average among m independent ones without effect.

    Finner & Roters 2002, Annals of Statistics 30:220. Close to `fdr`, but above it: the false discovery rate
    is then the probability of any rejection, and sometimes there are several.
    """
    k = np.arange(1, m)
    several = np.cumprod((m - k) / m * fdr * (k + 1) / k).sum() if m else -1.0
    return float(fdr * (1.0 + several))


def _control(
    control: str, screen: pd.DataFrame, estimates: pd.DataFrame, p_max: float
) -> tuple[str, str, int, int, float]:
    """How many hits also 'act' on an outcome that they should not touch."""
    hits = screen.loc[screen["hit"], "exposure"].unique()
    primary = primary_estimates(estimates)
    rows = primary[(primary["outcome"] == control) & primary["exposure"].isin(hits)]
    passed = int((rows["p"] < p_max).sum())
    sentence = f"Hits with P < {p_max:g} on the negative control {control}"
    return f"negative_control:{control}", sentence, len(rows), passed, len(rows) * p_max
