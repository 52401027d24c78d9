"""Radial IVW: second-order weights, and the outliers that they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.ivw import IVW_MINIMUM, IvwModel, inflation, weighted_slope
from scripts.method.maximum_likelihood import best_slope
from scripts.method.normal import neglog10_p_from_chi2

RadialWeights = Literal["first", "second", "modified", "exact"]


@dataclass(frozen=True, slots=True)
class RadialFit:
    """The estimate, and of each instrument (n) its part of Q around it, chi-squared with 1 df if valid.

    `weight` (n) is 1/variance of the ratio beta_y/beta_x: with its root across and the ratio times its root
    up, the estimate is a slope through the origin and the vertical distance to it the root of `q`.
    """

    estimate: Estimate
    q: FloatArray
    weight: FloatArray

    @property
    def q_neglog10_p(self) -> FloatArray:
        """-log10 P of each part of Q."""
        return neglog10_p_from_chi2(self.q, 1.0)

    def outliers(self, alpha: float) -> BoolArray:
        """Instruments with P < `alpha` (shape n); RadialMR takes 0.05, whatever their number."""
        return np.asarray(self.q_neglog10_p > -np.log10(alpha), dtype=np.bool_)


def radial_ivw(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    weights: RadialWeights = "modified",
    model: IvwModel = "multiplicative",
) -> RadialFit:
    """Radial IVW of n >= 2 independent instruments (arrays of length n), with a normal P.

    Variance of beta_y given the line (Bowden et al. 2018, doi 10.1093/ije/dyy101): `first` se_y^2; `second`
    se_y^2 + ratio^2 se_x^2 (the delta method, MendelianRandomization's "delta"); `modified`
    se_y^2 + theta^2 se_x^2 with theta from the first-order fit, RadialMR's default; `exact` the same with
    theta chosen so that Q is smallest (Bowden et al. 2019, doi 10.1093/ije/dyy258). The standard error is
    that of `model`; RadialMR's is `unfloored`, `fixed` where it is exact. Raises TooFewInstruments below 2.
    """
    n = len(beta_x)
    check_instruments(IVW_MINIMUM, n)
    if weights == "second":
        line = beta_y / beta_x
    elif weights == "modified":
        line = np.full(n, weighted_slope(beta_x, beta_y, se_y)[0])
    elif weights == "exact":
        line = np.full(n, best_slope(beta_x, se_x, beta_y, se_y))
    else:
        line = np.zeros(n)
    se_line = np.hypot(se_y, line * se_x)
    slope, se, _ = weighted_slope(beta_x, beta_y, se_line)
    beta = float(line[0]) if weights == "exact" else slope
    q = ((beta_y - beta * beta_x) / se_line) ** 2
    estimate = Estimate(beta, se * inflation(float(np.sum(q)), n - 1, model), n)
    return RadialFit(estimate, q, (beta_x / se_line) ** 2)
