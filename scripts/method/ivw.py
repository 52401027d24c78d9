"""Inverse-variance weighted (IVW) estimate."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments

IVW_MINIMUM = 2
IvwModel = Literal["multiplicative", "fixed"]


def ivw(
    beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray, model: IvwModel = "multiplicative"
) -> Estimate:
    """IVW estimate of n >= 2 independent instruments (arrays of length n), with a normal P.

    Regression of beta_y on beta_x without intercept, weights 1/se_y^2 (Burgess et al. 2013,
    doi 10.1002/gepi.21758). `multiplicative`: the fixed-effect standard error times max(1, sigma), where
    sigma^2 = Q/(n - 1), as TwoSampleMR's mr_ivw; `fixed`: the fixed-effect standard error.
    Raises TooFewInstruments below 2.
    """
    n = len(beta_x)
    check_instruments(IVW_MINIMUM, n)
    beta, se, q = weighted_slope(beta_x, beta_y, se_y)
    inflation = max(1.0, math.sqrt(q / (n - 1))) if model == "multiplicative" else 1.0
    return Estimate(beta=beta, se=se * inflation, n_instruments=n)


def weighted_slope(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> tuple[float, float, float]:
    """Slope through the origin, its fixed-effect standard error, and Cochran's Q (weighted residual sum)."""
    weight = 1.0 / se_y**2
    information = float(np.sum(weight * beta_x**2))
    slope = float(np.sum(weight * beta_x * beta_y)) / information
    q = float(np.sum(weight * (beta_y - slope * beta_x) ** 2))
    return slope, 1.0 / math.sqrt(information), q
