"""Negative and positive controls beside the main result: inflation and hit rates of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.evidence import primary_estimates
from scripts.method.multiplicity import chance_of_as_many
from scripts.table.status import ExposureStatus

MEDIAN_CHI2 = 0.4549364231195727  # of 1 degree of freedom
COLUMNS = [
    *("control", "kind", "sentence", "n_tested", "lambda", "n_nominal", "nominal_rate", "n_expected", "p"),
    *("n_hits", "hit_rate"),
]
SCREEN, EXPOSURES, OUTCOME, POSITIVE = "screen", "negative_exposures", "negative_outcome", "positive"


def control_table(
    screen: pd.DataFrame,
    estimates: pd.DataFrame,
    controls: Mapping[str, Sequence[Any]],
    nominal_p: float,
) -> pd.DataFrame:
    """A row for the screen itself, one for the exposures that must be null, one a null outcome or known pair.

    `n_nominal` counts primary estimates with P below `nominal_p`, of which chance gives `n_expected`; `p` is
    the binomial probability of as many or more. `lambda` is their median z^2 over its value under no effect.
    `n_hits` are pairs that passed every gate; of a null outcome, the study's hits that are nominal on it.
    """
    testable = screen[screen["status"] == ExposureStatus.ESTIMATED]
    negative = testable["exposure"].isin(controls["negative_exposures"])
    known = {(pair["exposure"], pair["outcome"]) for pair in controls["positive"]}
    pairs = zip(testable["exposure"], testable["outcome"], strict=True)
    positive = np.array([pair in known for pair in pairs], dtype=bool)
    rows = [_row(SCREEN, SCREEN, "Pairs that are no control", testable[~negative & ~positive], nominal_p)]
    if controls["negative_exposures"]:
        sentence = "Exposures that must have no effect"
        rows.append(_row(EXPOSURES, EXPOSURES, sentence, testable[negative], nominal_p))
    primary = primary_estimates(estimates)
    hits = set(screen.loc[screen["hit"], "exposure"])
    for outcome in controls["negative_outcomes"]:
        tests = primary[primary["outcome"] == outcome]
        acting = tests["exposure"].isin(hits) & (tests["p"] < nominal_p)
        sentence = "All exposures on an outcome that they must not act on"
        rows.append(_row(outcome, OUTCOME, sentence, tests.assign(hit=acting), nominal_p))
    rows += [_positive(pair, screen, nominal_p) for pair in controls["positive"]]
    return pd.DataFrame(rows, columns=COLUMNS)


def _positive(pair: Mapping[str, Any], screen: pd.DataFrame, nominal_p: float) -> dict[str, Any]:
    """A pair that must be found: a hit counts where it has the known sign."""
    tests = screen[(screen["exposure"] == pair["exposure"]) & (screen["outcome"] == pair["outcome"])]
    tests = tests[tests["status"] == ExposureStatus.ESTIMATED]
    right = tests["hit"] & (np.sign(tests["beta"]) == pair["sign"])
    direction = "raises" if pair["sign"] > 0 else "lowers"
    sentence = f"A pair that must be found: the exposure {direction} the outcome"
    row = _row(pair["exposure"], POSITIVE, sentence, tests.assign(hit=right), nominal_p)
    return row | {"lambda": np.nan, "p": np.nan}


def _row(control: str, kind: str, sentence: str, tests: pd.DataFrame, nominal_p: float) -> dict[str, Any]:
    n, nominal, hits = len(tests), int((tests["p"] < nominal_p).sum()), int(tests["hit"].sum())
    z2 = (tests["beta"] / tests["se"]).to_numpy(float) ** 2
    return {
        "control": control,
        "kind": kind,
        "sentence": sentence,
        "n_tested": n,
        "lambda": float(np.median(z2)) / MEDIAN_CHI2 if n else np.nan,
        "n_nominal": nominal,
        "nominal_rate": nominal / n if n else np.nan,
        "n_expected": n * nominal_p,
        "p": chance_of_as_many(nominal, n, nominal_p) if n else np.nan,
        "n_hits": hits,
        "hit_rate": hits / n if n else np.nan,
    }
