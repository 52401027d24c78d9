"""MR-Egger regression."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import EqualEffects, Estimate, check_instruments

EGGER_MINIMUM = 3


@dataclass(frozen=True, slots=True)
class EggerFit:
    """Slope (the causal estimate), intercept (mean directional pleiotropy), Rucker's Q' and its df."""

    slope: Estimate
    intercept: Estimate
    q: float
    df: int


def egger(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> EggerFit:
    """MR-Egger of n >= 3 independent instruments (arrays of length n); P from Student t with n - 2 df.

    Every variant is oriented to beta_x >= 0, then beta_y is regressed on beta_x with an intercept, weights
    1/se_y^2, both standard errors times max(1, sigma), sigma^2 = Q'/(n - 2) (Bowden et al. 2015,
    doi 10.1093/ije/dyv080; the floor as in TwoSampleMR). Raises TooFewInstruments below 3, EqualEffects
    where all exposure effects have one size and no slope exists.
    """
    n = len(beta_x)
    check_instruments(EGGER_MINIMUM, n)
    x, y = orient(beta_x, beta_y)
    if np.ptp(x) == 0.0:
        raise EqualEffects
    weight = 1.0 / se_y**2
    x_mean, y_mean = float(np.average(x, weights=weight)), float(np.average(y, weights=weight))
    spread = float(np.sum(weight * (x - x_mean) ** 2))
    slope = float(np.sum(weight * (x - x_mean) * (y - y_mean))) / spread
    intercept = y_mean - slope * x_mean
    q = float(np.sum(weight * (y - intercept - slope * x) ** 2))
    inflation = max(1.0, math.sqrt(q / (n - 2)))
    slope_se = inflation / math.sqrt(spread)
    intercept_se = inflation * math.sqrt(1.0 / float(np.sum(weight)) + x_mean**2 / spread)
    return EggerFit(
        slope=Estimate(slope, slope_se, n, n - 2),
        intercept=Estimate(intercept, intercept_se, n, n - 2),
        q=q,
        df=n - 2,
    )


def orient(beta_x: FloatArray, beta_y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Both effects for the allele that raises the exposure; beta_x = 0 stays as given."""
    return np.abs(beta_x), np.where(beta_x < 0.0, -beta_y, beta_y)
