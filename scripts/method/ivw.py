"""Inverse-variance weighted (IVW) estimate."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.tau2 import moment_tau2

IVW_MINIMUM = 2
IvwModel = Literal["multiplicative", "fixed", "unfloored"]


def ivw(
    beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray, model: IvwModel = "multiplicative"
) -> Estimate:
    """IVW estimate of n >= 2 independent instruments (arrays of length n), with a normal P.

    Regression of beta_y on beta_x without intercept, weights 1/se_y^2 (Burgess et al. 2013,
    doi 10.1002/gepi.21758), with the standard error of `model` (see `inflation`); as TwoSampleMR's mr_ivw,
    mr_ivw_fe and mr_ivw_mre. Raises TooFewInstruments below 2.
    """
    n = len(beta_x)
    check_instruments(IVW_MINIMUM, n)
    beta, se, q = weighted_slope(beta_x, beta_y, se_y)
    return Estimate(beta=beta, se=se * inflation(q, n - 1, model), n_instruments=n)


def ivw_additive(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> Estimate:
    """IVW estimate whose ratios have an additional variance tau^2 between instruments (n >= 2), normal P.

    tau^2 is DerSimonian & Laird's (1986, doi 10.1016/0197-2456(86)90046-2), for first-order variances of the
    ratios. Raises TooFewInstruments below 2.
    """
    n = len(beta_x)
    check_instruments(IVW_MINIMUM, n)
    _, _, q = weighted_slope(beta_x, beta_y, se_y)
    tau2 = moment_tau2(q, n - 1, (beta_x / se_y) ** 2)
    beta, se, _ = weighted_slope(beta_x, beta_y, np.sqrt(se_y**2 + tau2 * beta_x**2))
    return Estimate(beta=beta, se=se, n_instruments=n)


def inflation(q: float, df: int, model: IvwModel) -> float:
    """What multiplies a fixed-effect standard error, given Q and its degrees of freedom.

    sigma = sqrt(q/df) where the model is `unfloored`, at least 1 where it is `multiplicative`: instruments
    that agree better than chance would have it make no estimate more precise. 1 for `fixed`.
    """
    if model == "fixed":
        return 1.0
    sigma = math.sqrt(q / df)
    return sigma if model == "unfloored" else max(1.0, sigma)


def weighted_slope(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> tuple[float, float, float]:
    """Slope through the origin, its fixed-effect standard error, and Cochran's Q (weighted residual sum)."""
    weight = 1.0 / se_y**2
    information = float(np.sum(weight * beta_x**2))
    slope = float(np.sum(weight * beta_x * beta_y)) / information
    q = float(np.sum(weight * (beta_y - slope * beta_x) ** 2))
    return slope, 1.0 / math.sqrt(information), q
