"""What a pooled effect hangs on: outliers, single experiments, small experiments with large effects.

Effects y and their sampling variances v are arrays of length k.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.normal import neglog10_p_from_t
from scripts.method.random_effects import Pooled, PooledTest, TooFewExperiments, pool
from scripts.method.tau2 import Tau2Method

FENCE = 1.5
EGGER_LEAST = 3


@dataclass(frozen=True, slots=True)
class SmallStudyTest:
    """Egger's intercept: 0 where small experiments have no other effects than large ones; t with `df`."""

    intercept: float
    se: float
    df: int

    @property
    def neglog10_p(self) -> float:
        """-log10 of the two-sided P."""
        return float(neglog10_p_from_t(self.intercept / self.se, self.df))


def egger_test(y: FloatArray, v: FloatArray, tau2: float = 0.0) -> SmallStudyTest:
    """Regression of y/s on 1/s, s^2 = v + tau2 (Egger et al. 1997, doi 10.1136/bmj.315.7109.629).

    tau2 = 0 is Egger's own; with the tau2 of the random-effects model it is the test that Meta-Essentials
    reports beside such a model (Suurmond, van Rhee & Hak 2017, doi 10.1002/jrsm.1260). Raises
    TooFewExperiments below 3, and ValueError where all are equally precise.
    """
    k = len(y)
    if k < EGGER_LEAST:
        raise TooFewExperiments(f"Egger's test needs {EGGER_LEAST} experiments, {k} found")
    if not np.ptp(v) > 0.0:
        raise ValueError("Egger's test needs experiments that are not all equally precise")
    precision = 1.0 / np.sqrt(v + tau2)
    design = np.column_stack([np.ones(k), precision])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ (y * precision))
    residual = y * precision - design @ coefficients
    variance = float(residual @ residual) / (k - 2)
    return SmallStudyTest(float(coefficients[0]), math.sqrt(variance * float(inverse[0, 0])), k - 2)


def beyond_fences(y: FloatArray, fence: float = FENCE) -> BoolArray:
    """Effects more than 1.5 interquartile ranges below the first or above the third quartile (Tukey 1977).

    Quartiles interpolate between order statistics (type 7 of Hyndman & Fan 1996, R's default).
    """
    low, high = np.quantile(y, [0.25, 0.75])
    reach = fence * (high - low)
    return np.asarray((y < low - reach) | (y > high + reach))


def leave_one_out(y: FloatArray, v: FloatArray, method: Tau2Method, test: PooledTest) -> list[Pooled]:
    """The pooled effect without each experiment in turn. Raises TooFewExperiments below 3."""
    keep = ~np.eye(len(y), dtype=bool)
    return [pool(y[others], v[others], method, test) for others in keep]
