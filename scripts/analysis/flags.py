"""Flags: what readers must know of each estimate of the screen before they trust it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.diagnostics import WEAK_F
from scripts.analysis.estimates import GSMR_ADVISED
from scripts.analysis.evidence import PAIR
from scripts.method.arrays import BoolArray
from scripts.table.status import Direction, Flag

LARGE_I2 = 0.5  # of the variation between instruments is more than chance gives


def with_flags(
    screen: pd.DataFrame,
    diagnostics: pd.DataFrame,
    leave_one_out: pd.DataFrame,
    negative: Collection[str],
    nominal_p: float,
    mhc: str,
) -> pd.DataFrame:
    """The screen with a column `flags`: the keys of Flag that hold, joined by spaces; '' for none.

    `negative` are exposures that must have no effect, `mhc` is the study's policy. A pair without an
    estimate has no flags.
    """
    facts = screen[PAIR].merge(diagnostics, on=PAIR, how="left")
    holds: dict[Flag, Any] = {
        Flag.RELAXED_THRESHOLD: screen["relaxed_threshold"].eq(True),
        Flag.WEAK_INSTRUMENTS: facts["f_min"] < WEAK_F,
        Flag.FEW_INSTRUMENTS: screen["n_instruments"] < GSMR_ADVISED,
        Flag.OUTLIER_DRIVEN: outlier_driven(screen, leave_one_out, nominal_p),
        Flag.IN_MHC: (facts["n_in_mhc"] > 0) & (mhc == "flag"),
        Flag.HETEROGENEOUS: facts["i2"] > LARGE_I2,
        Flag.DIRECTIONAL_PLEIOTROPY: facts["egger_intercept_neglog10_p"] > -np.log10(nominal_p),
        Flag.STEIGER_REVERSE: facts["steiger_direction"] == Direction.REVERSE,
        Flag.NEGATIVE_CONTROL: screen["exposure"].isin(negative),
    }
    names = np.array([flag.value for flag in holds])
    held = np.column_stack([np.asarray(column, dtype=bool) for column in holds.values()])
    held &= screen["beta"].notna().to_numpy()[:, None]
    words = pd.Series([" ".join(names[row]) for row in held], index=screen.index, dtype="str")
    return screen.assign(flags=words)


def outlier_driven(screen: pd.DataFrame, leave_one_out: pd.DataFrame, nominal_p: float) -> BoolArray:
    """Nominal pairs whose IVW estimate is no more so, or has the other sign, without one variant."""
    single = leave_one_out[leave_one_out["rsid"] != "All"]
    whole = screen[[*PAIR, "beta", "neglog10_p"]].rename(
        columns={"beta": "beta_all", "neglog10_p": "neglog10_p_all"}
    )
    joined = single[[*PAIR, "beta", "neglog10_p"]].merge(whole, on=PAIR)
    threshold = -np.log10(nominal_p)
    lost = (joined["neglog10_p"] < threshold) | (np.sign(joined["beta"]) != np.sign(joined["beta_all"]))
    changed = joined.loc[lost & (joined["neglog10_p_all"] > threshold), PAIR].drop_duplicates()
    pairs = pd.MultiIndex.from_frame(screen[PAIR])
    return np.asarray(pairs.isin(pd.MultiIndex.from_frame(changed)), dtype=np.bool_)
