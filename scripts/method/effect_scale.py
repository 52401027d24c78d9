"""On which scale effects are, read from their standard errors.

For an additive effect on a trait of residual variance v, se^2 = v / (2 N f (1 - f)) (Yang et al. 2012,
doi 10.1038/ng.2213). So s = se sqrt(2 N f (1 - f)) is 1 in SD units, 1/sqrt(k(1 - k)) for log odds with a
share k of cases, and sqrt(k(1 - k)) where a linear model was fitted to a trait of 0 and 1. To first order the
log odds ratio is the linear model's effect over k(1 - k) (Lloyd-Jones et al. 2018,
doi 10.1534/genetics.118.301360).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import FloatArray

SD, LOG_ODDS, LINEAR_MODEL = "SD", "log odds", "linear model"
TOLERANCE = 1.5  # a factor; cohorts that differ, covariates and rounding explain less


def residual_sd(se: npt.ArrayLike, n: npt.ArrayLike, eaf: npt.ArrayLike) -> FloatArray:
    """s = se sqrt(2 N f (1 - f)) of each variant, in units of the trait."""
    f = np.asarray(eaf, dtype=np.float64)
    # Two roots, since a product with an absurd N would overflow.
    return np.asarray(np.asarray(se) * np.sqrt(n) * np.sqrt(2.0 * f * (1.0 - f)), dtype=np.float64)


def expected_scales(case_share: float | None) -> dict[str, float]:
    """s of each scale; `case_share` is None for a quantitative trait."""
    if case_share is None:
        return {SD: 1.0}
    spread = math.sqrt(case_share * (1.0 - case_share))
    return {LOG_ODDS: 1.0 / spread, LINEAR_MODEL: spread, SD: 1.0}


def scale_found(s: float, case_share: float | None) -> str | None:
    """Name of the scale whose s is nearest to the one observed, None where none is within TOLERANCE."""
    scales = expected_scales(case_share)
    name = min(scales, key=lambda scale: abs(math.log(s / scales[scale])))
    return name if within_tolerance(s, scales[name]) else None


def implied_n(s: float, expected: float, n: float) -> float:
    """People that the standard errors speak of, where `n` are stated and the scale's s is `expected`."""
    return n * (expected / s) ** 2


def within_tolerance(first: float, second: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two positive numbers agree up to a factor."""
    return bool(1.0 / tolerance <= first / second <= tolerance)


def log_odds_per_linear(case_share: float) -> float:
    """1 / (k (1 - k)): what a linear model's effect and standard error are multiplied by."""
    return 1.0 / (case_share * (1.0 - case_share))
