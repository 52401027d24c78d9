"""Maximum likelihood estimate, with uncertainty in both effects."""

from __future__ import annotations

import math

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, TooWeak, check_instruments
from scripts.method.ivw import IvwModel, inflation
from scripts.method.profile import profile
from scripts.method.profile_loss import Data, deepest_slope
from scripts.method.robust_loss import score_of

MAXIMUM_LIKELIHOOD_MINIMUM = 2


def maximum_likelihood(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    model: IvwModel = "multiplicative",
) -> Estimate:
    """Maximum likelihood estimate of n >= 2 independent instruments (arrays of length n), with a normal P.

    beta_x ~ N(mu, se_x^2) and beta_y ~ N(theta mu, se_y^2), the mu free (Burgess et al. 2013, doi
    10.1002/gepi.21758). The mu are profiled out, so that theta is a minimum in one dimension; its standard
    error is from the observed information, times that of `model` with Q at the optimum and n - 1 df: `fixed`
    as TwoSampleMR, `multiplicative` as MendelianRandomization. Both stop their search before the optimum that
    is given here. Raises TooFewInstruments below 2, TooWeak where the likelihood is flat to rounding.
    """
    n = len(beta_x)
    check_instruments(MAXIMUM_LIKELIHOOD_MINIMUM, n)
    theta = best_slope(beta_x, se_x, beta_y, se_y)
    information = information_at(theta, beta_x, se_x, beta_y, se_y)
    if information <= 0.0:
        raise TooWeak("maximum likelihood: no slope fits better than its neighbours")
    q = float(profile_q(theta, beta_x, se_x, beta_y, se_y))
    return Estimate(theta, inflation(q, n - 1, model) / math.sqrt(information), n)


def profile_q(
    theta: FloatArray | float, beta_x: FloatArray, se_x: FloatArray, beta_y: FloatArray, se_y: FloatArray
) -> FloatArray:
    """Minus twice the profile log-likelihood at each slope, shape of `theta`: Q with the exact weights."""
    slope = np.asarray(theta)[..., np.newaxis]
    residual = profile(slope, beta_x, se_x**2, beta_y, se_y**2).residual
    return np.asarray(np.sum(residual**2, axis=-1), dtype=np.float64)


def best_slope(beta_x: FloatArray, se_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> float:
    """The slope with the smallest `profile_q` of all, which may have several minima."""
    return deepest_slope(Data(beta_x, se_x**2, beta_y, se_y**2, score_of("l2")))


def information_at(
    theta: float, beta_x: FloatArray, se_x: FloatArray, beta_y: FloatArray, se_y: FloatArray
) -> float:
    """Minus the second derivative of the profile log-likelihood."""
    at = profile(theta, beta_x, se_x**2, beta_y, se_y**2)
    return float(np.sum(at.weight**2 - at.weight_slope * at.residual))
