"""Debiased IVW, for many weak instruments."""

from __future__ import annotations

import math

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, TooWeak, check_instruments

DEBIASED_MINIMUM = 2


def debiased_ivw(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    overdispersion: bool = True,
) -> Estimate:
    """Debiased IVW of n >= 2 independent instruments (arrays of length n), with a normal P.

    IVW with beta_x^2 less its expected error se_x^2 in the denominator (Ye, Shao & Kang 2021, doi
    10.1214/20-AOS2027); with `overdispersion`, balanced pleiotropy of variance tau^2 enters the standard
    error, as in MendelianRandomization's mr_divw. Raises TooFewInstruments below 2, TooWeak where the
    denominator is not positive.
    """
    n = len(beta_x)
    check_instruments(DEBIASED_MINIMUM, n)
    weight = se_y**-2.0
    strength = float(np.sum(weight * (beta_x**2 - se_x**2)))
    if strength <= 0.0:
        raise TooWeak
    beta = float(np.sum(weight * beta_x * beta_y)) / strength
    from_x = (beta * se_x) ** 2
    excess = float(np.average((beta_y - beta * beta_x) ** 2 - se_y**2 - from_x, weights=weight))
    tau2 = max(0.0, excess) if overdispersion else 0.0
    noise = beta_x**2 * (1.0 + weight * tau2) + weight * from_x * (beta_x**2 + se_x**2)
    return Estimate(beta, math.sqrt(float(np.sum(weight * noise))) / strength, n)
