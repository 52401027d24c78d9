"""Maximum likelihood estimate, with uncertainty in both effects."""

from __future__ import annotations

import math

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.ivw import IvwModel, inflation
from scripts.method.profile import profile

MAXIMUM_LIKELIHOOD_MINIMUM = 2
GRID = 65  # slopes tried at a time, as angles of the line
ZOOMS = 4
NEWTON_STEPS = 20
CONVERGED = 1e-15


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
    is given here. Raises TooFewInstruments below 2.
    """
    n = len(beta_x)
    check_instruments(MAXIMUM_LIKELIHOOD_MINIMUM, n)
    theta = best_slope(beta_x, se_x, beta_y, se_y)
    _, information = _score(theta, beta_x, se_x, beta_y, se_y)
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
    """The slope with the smallest `profile_q` of all, which may have several minima.

    Slopes are searched as angles, on a scale on which both effects are equally uncertain, by grids that zoom
    in; Newton's method on the score gives the last digits.
    """
    scale = float(np.median(se_y) / np.median(se_x))
    low, high = -math.pi / 2, math.pi / 2
    for _ in range(ZOOMS):
        angles = np.linspace(low, high, GRID)
        q = profile_q(scale * np.tan(angles), beta_x, se_x, beta_y, se_y)
        centre, width = float(angles[np.argmin(q)]), float(angles[1] - angles[0])
        low, high = centre - width, centre + width
    theta = scale * math.tan(centre)
    for _ in range(NEWTON_STEPS):
        score, information = _score(theta, beta_x, se_x, beta_y, se_y)
        theta += score / information
        if abs(score / information) <= CONVERGED * abs(theta):
            break
    return theta


def _score(
    theta: float, beta_x: FloatArray, se_x: FloatArray, beta_y: FloatArray, se_y: FloatArray
) -> tuple[float, float]:
    """First derivative of the profile log-likelihood, and minus the second."""
    at = profile(theta, beta_x, se_x**2, beta_y, se_y**2)
    curvature = at.weight**2 - at.weight_slope * at.residual
    return float(np.sum(at.weight * at.residual)), float(np.sum(curvature))
