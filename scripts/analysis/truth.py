"""The screen of a simulated study against its truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.table.status import ExposureStatus, TruthVerdict

FROM_SCREEN = ["exposure", "status", "n_instruments", "beta", "se", "discovered", "validation", "hit"]


def compare(truth: pd.DataFrame, screen: pd.DataFrame) -> pd.DataFrame:
    """One row per exposure with its `verdict` (a TruthVerdict).

    `truth` has exposure, class and effect (0: the exposure does not act on the outcome).
    """
    columns = ["exposure", "class", "effect"]
    table = truth[columns].merge(screen[FROM_SCREEN], on="exposure", how="left")
    acts, hit = table["effect"] != 0, table["hit"].astype(bool)
    right_sign = np.sign(table["effect"]) == np.sign(table["beta"])
    testable = table["status"] == ExposureStatus.ESTIMATED
    table["verdict"] = np.select(
        [~testable, acts & hit & right_sign, acts & hit, acts, hit],
        [
            TruthVerdict.NOT_TESTABLE.value,
            TruthVerdict.FOUND.value,
            TruthVerdict.WRONG_SIGN.value,
            TruthVerdict.MISSED.value,
            TruthVerdict.FALSE_POSITIVE.value,
        ],
        TruthVerdict.RIGHTLY_NOT_FOUND.value,
    )
    return table
