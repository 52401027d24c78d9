"""The slope with the least loss over standardised residuals: the deepest of what may be many minima.

The loss is that of Zhao et al. 2020, doi 10.1214/19-AOS1866, section 5; with squares, minus twice the profile
log-likelihood of section 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.profile import Profile, profile
from scripts.method.robust_loss import Score

ITERATIONS = 100
LAST_STEP = 1e-8  # standard errors: what Newton's next step would leave is beyond double precision
ROUNDING = 1e-13  # of a loss
ANGLES, DIPS = 64, 8
GRID = np.tan(np.pi * ((np.arange(ANGLES) + 0.5) / ANGLES - 0.5))
INFINITE = 1e6  # times the largest slope tried: nothing changes any more


@dataclass(frozen=True, slots=True)
class Data:
    """Effects on exposure and outcome, their variances (arrays of length n), and the score used on them."""

    x: FloatArray
    var_x: FloatArray
    y: FloatArray
    var_y: FloatArray
    score: Score

    def at(self, beta: FloatArray | float, tau2: float) -> Profile:
        """The profile of the likelihood at a slope and a variance of pleiotropy."""
        return profile(beta, self.x, self.var_x, self.y, self.var_y + tau2)

    def residual(self, beta: FloatArray | float, tau2: float) -> tuple[FloatArray, FloatArray]:
        """Standardised residuals t and their variances alone, which is most of what is asked for."""
        variance = self.var_y + tau2 + beta**2 * self.var_x
        return (self.y - beta * self.x) / np.sqrt(variance), variance

    def losses(self, beta: FloatArray, tau2: float) -> FloatArray:
        """Sum of rho(t) at each of k slopes."""
        return np.asarray(np.sum(self.score.rho(self.residual(beta[:, np.newaxis], tau2)[0]), axis=1))


def deepest_slope(data: Data, tau2: float = 0.0) -> float:
    """Slope with the least sum of rho(t), which can have a minimum near each group of Wald ratios.

    The sum is taken at each ratio, midway to the next, and at ANGLES slopes over the whole range, up to
    infinity, where no ratio need be near; Newton's steps then lead down from the DIPS lowest of its dips.
    """
    ratio = np.sort(data.y / data.x)
    middle = (ratio[1:] + ratio[:-1]) / 2.0
    unit = math.sqrt(float(np.median(data.var_y + tau2)) / float(np.median(data.var_x)))
    candidates = np.sort(np.concatenate((ratio, middle, unit * GRID)))
    losses = data.losses(candidates, tau2)
    around = np.concatenate((losses[-1:], losses, losses[:1]))
    dips = np.flatnonzero((losses <= around[:-2]) & (losses <= around[2:]))
    slopes = candidates[dips[np.argsort(losses[dips])[:DIPS]]]
    slopes, depths = descended(data, slopes, tau2, INFINITE * float(np.max(np.abs(candidates))))
    return float(slopes[np.argmin(depths)])


def descended(data: Data, beta: FloatArray, tau2: float, infinite: float) -> tuple[FloatArray, FloatArray]:
    """The minima of sum rho(t) below k slopes, and the sums there (k each): Newton's steps.

    A step that climbs, by more than rounding, is halved. Slopes stay between minus and plus `infinite`.
    """
    lowest = data.losses(beta, tau2)
    for _ in range(ITERATIONS):
        step, size = newton_step(data, data.at(beta[:, np.newaxis], tau2))
        step = np.clip(step, -infinite - beta, infinite - beta)
        lower = data.losses(beta + step, tau2)
        while np.any(climbs := (lower > lowest * (1.0 + ROUNDING)) & (size > LAST_STEP)):
            step, size = np.where(climbs, step / 2.0, step), np.where(climbs, size / 2.0, size)
            lower = data.losses(beta + step, tau2)
        beta, lowest = beta + step, lower
        if np.all(size <= LAST_STEP):
            break
    return beta, lowest


def newton_step(data: Data, at: Profile) -> tuple[FloatArray, FloatArray]:
    """Steps of k slopes (profile of shape (k, n)) towards the minimum of sum rho(t), and their sizes.

    The size is that in standard errors, 1 over the root of the curvature. Where the curve is concave, the
    step is by the size of its curvature; where it has none, as with Huber's loss and all residuals beyond
    its kink, by that of squares, which no loss exceeds. 0 where the exposure has no effect to speak of.
    """
    psi, psi_slope = data.score.psi(at.residual), data.score.psi_slope(at.residual)
    squares = at.weight**2 * psi_slope
    curvature = np.sum(squares - at.weight_slope * psi, axis=1)
    if np.any(concave := curvature <= 0.0):
        bound = np.sum(np.abs(squares), axis=1)
        bound = np.where(bound > 0.0, bound, np.sum(at.weight**2, axis=1))
        curvature = np.where(concave, bound, curvature)
    gradient = np.sum(at.weight * psi, axis=1)
    step = np.divide(gradient, curvature, out=np.zeros_like(gradient), where=curvature > 0.0)
    return step, np.abs(step) * np.sqrt(curvature)
