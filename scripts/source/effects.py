"""Effect and standard error from what files give in their place: ratios, confidence limits, z scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray

# Half the width of a 95% confidence interval, in standard errors.
Z_95 = 1.959963984540054
# The Catalog's harmoniser writes an effect of exactly 0 as the smallest normal double.
ZERO = 2.2250738585072014e-308


def effect_and_se(chunk: pd.DataFrame, n: float | None) -> tuple[FloatArray, FloatArray]:
    """Effect (of a ratio its log) and standard error of each row, NaN where the columns leave them open.

    A row takes the first effect that it fills: beta, odds_ratio, hazard_ratio, z; and the first standard
    error: se, confidence limits, z. `n` is the number of people where a row has none.
    """
    beta, se = number(chunk, "beta"), number(chunk, "se")
    beta[np.abs(beta) == ZERO] = 0.0
    limits = number(chunk, "ci_low"), number(chunk, "ci_high")
    if "ci_low" in chunk:
        se = _first(se, se_from_limits(beta, *limits))
    for ratio in ("odds_ratio", "hazard_ratio"):
        if ratio in chunk:
            logs = log_of_ratio(number(chunk, ratio))
            beta = _first(beta, logs)
            se = _first(se, se_from_limits(logs, *map(log_of_ratio, limits)))
    if "z" in chunk:
        z = number(chunk, "z")
        se = _first(se, se_from_z(z, _people(chunk, n), number(chunk, "eaf")))
        beta = _first(beta, z * se)
    return beta, se


def log_of_ratio(ratio: FloatArray) -> FloatArray:
    """log(ratio); a ratio of 0 gives -inf, one below 0 inf, so that both are seen to be no effects."""
    return np.where(ratio < 0, np.inf, np.log(ratio))


def se_from_limits(beta: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """(high - low) / (2 * 1.96), from the limits of a 95% confidence interval on the scale of beta.

    NaN where the interval does not hold beta: it is then of another scale, such as that of the ratio whose
    log beta is.
    """
    return np.where((low <= beta) & (beta <= high) & (low < high), (high - low) / (2 * Z_95), np.nan)


def se_from_z(z: FloatArray, n: FloatArray, eaf: FloatArray) -> FloatArray:
    """1 / sqrt(2 f (1 - f) (n + z^2)): the standard error per allele of a trait with variance 1.

    From the z score, the number of people and the allele's frequency (Zhu et al. 2016, doi 10.1038/ng.3538);
    the effect is z times it.
    """
    variance = 1 / (2 * eaf * (1 - eaf) * (n + z**2))
    return np.where(np.isfinite(variance), np.sqrt(variance), np.nan)


def number(chunk: pd.DataFrame, name: str) -> FloatArray:
    """A copy of a column of numbers, NaN where there is no such column."""
    return chunk[name].to_numpy(dtype=np.float64, copy=True) if name in chunk else np.full(len(chunk), np.nan)


def _people(chunk: pd.DataFrame, n: float | None) -> FloatArray:
    listed = number(chunk, "n")
    return listed if n is None else np.where(listed > 0, listed, n)


def _first(values: FloatArray, others: FloatArray) -> FloatArray:
    return np.where(np.isnan(values), others, values)
