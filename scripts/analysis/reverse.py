"""The reverse direction: do the outcome's own instruments act on the exposures that were found?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.corrections import corrected
from scripts.analysis.evidence import NUMBERS, primary_estimates
from scripts.table.status import Reverse

SWAPPED = {
    "r2_exposure": "r2_outcome",
    "r2_outcome": "r2_exposure",
    "r2_scale_exposure": "r2_scale_outcome",
    "r2_scale_outcome": "r2_scale_exposure",
}
BACK = {"exposure": "outcome", "outcome": "exposure"}  # roles of the reverse direction in the study's words
PAIR = ["exposure", "outcome"]
CONFIRMING = "weighted_median"  # not misled by a few of the outcome's variants that act through the exposure
# Of the outcome's instruments: their strength, and Steiger's test whether they explain more of the outcome.
OF_INSTRUMENTS = [
    *("f_mean", "r2_exposure", "r2_outcome", "r2_scale_exposure", "r2_scale_outcome"),
    *("steiger_z", "steiger_neglog10_p", "steiger_direction"),
]
COLUMNS = [
    *(*PAIR, "n_instruments", "method", *NUMBERS),
    *("median_beta", "median_neglog10_p", "p_adjusted", "adjust_method", "m", "rank", "verdict"),
]


def reverse_table(
    hits: pd.DataFrame,
    estimates: pd.DataFrame,
    diagnostics: pd.DataFrame,
    budget: Mapping[str, Any],
    nominal_p: float,
) -> pd.DataFrame:
    """One row per hit: the effect of its outcome on it, adjusted over the hits, and a Reverse verdict.

    `estimates` and `diagnostics` are of `screening.screen_pairs` with the roles exchanged, in whose words the
    study's outcome is the exposure. A reverse effect must be significant by the primary method and, where
    there is one, have a nominal weighted median in its direction: variants of the outcome that act through
    the exposure are few, but strong.
    """
    back, told = estimates.rename(columns=BACK), diagnostics.rename(columns=BACK)
    primary = primary_estimates(back)[[*PAIR, "n_instruments", "method", *NUMBERS]]
    median = back.loc[back["method"] == CONFIRMING, [*PAIR, "beta", "neglog10_p"]]
    median = median.rename(columns={"beta": "median_beta", "neglog10_p": "median_neglog10_p"})
    table = hits[PAIR].merge(primary, on=PAIR, how="left").merge(median, on=PAIR, how="left")
    adjusted = corrected(table["neglog10_p"].to_numpy(float), budget["correction"])
    table = table.assign(
        n_instruments=table["n_instruments"].astype("Int64"),
        p_adjusted=adjusted.p,
        adjust_method=budget["correction"],
        m=adjusted.m,
        rank=pd.Series(adjusted.rank, table.index, dtype="Int64").where(table["p"].notna()),
    )
    agrees = np.sign(table["median_beta"]) == np.sign(table["beta"])
    confirmed = table["median_beta"].isna() | (agrees & (table["median_neglog10_p"] > -np.log10(nominal_p)))
    significant = table["p_adjusted"] < budget["level"]
    table["verdict"] = np.select(
        [table["p"].isna(), significant & confirmed, significant],
        [Reverse.NOT_TESTABLE.value, Reverse.REVERSED.value, Reverse.UNCONFIRMED.value],
        Reverse.SILENT.value,
    )
    steiger = told.rename(columns=SWAPPED)[[*PAIR, *OF_INSTRUMENTS]]
    return table[COLUMNS].merge(steiger, on=PAIR, how="left")


def untested(hits: pd.DataFrame, budget: Mapping[str, Any]) -> pd.DataFrame:
    """The same table where the outcome has no instruments, or there is no hit."""
    said = {"adjust_method": budget["correction"], "m": 0, "verdict": Reverse.NOT_TESTABLE.value}
    table = hits[PAIR].assign(**{**dict.fromkeys([*COLUMNS[2:], *OF_INSTRUMENTS], np.nan), **said})
    return table.astype({"n_instruments": "Int64", "rank": "Int64"})[[*COLUMNS, *OF_INSTRUMENTS]]
