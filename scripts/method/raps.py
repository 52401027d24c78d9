"""MR-RAPS: robust adjusted profile score.

Zhao et al. 2020, doi 10.1214/19-AOS1866; Zhao et al. 2019, doi 10.1093/ije/dyz142.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.profile import Profile, profile
from scripts.method.robust_loss import Loss, Score, score_of

RAPS_MINIMUM = 3
ITERATIONS = 100
LAST_STEP = 1e-10  # standard errors: what Newton's next step would leave is beyond double precision
ANGLES, DIPS = 64, 8
GRID = np.tan(np.pi * ((np.arange(ANGLES) + 0.5) / ANGLES - 0.5))


@dataclass(frozen=True, slots=True)
class RapsFit:
    """The estimate, and `tau2`, the variance of balanced pleiotropy in squared units of the outcome.

    `tau2` is 0 without overdispersion, and where its equation has no root above 0.
    """

    estimate: Estimate
    tau2: float


def raps(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    *,
    loss: Loss = "huber",
    overdispersion: bool = True,
) -> RapsFit:
    """MR-RAPS of n >= 3 independent instruments (arrays of length n), with a normal P.

    The slope is the deepest minimum of sum rho(t) over the standardised residuals t; with `overdispersion`,
    tau2 and the slope solve their two equations together. Equations and sandwich variance are those of
    mr.raps 0.4 (mr.raps.shrinkage without shrinkage). That program takes, of the roots that it reaches from
    random starting values, the one nearest to the l2 estimate, and tau2 = 0 where it reaches none; here
    nothing is random. Raises TooFewInstruments below 3.
    """
    check_instruments(RAPS_MINIMUM, len(beta_x))
    data = Data(beta_x, se_x**2, beta_y, se_y**2, score_of(loss))
    beta, tau2 = deepest_slope(data, 0.0), 0.0
    if overdispersion and tau2_equation(data, beta, 0.0) > 0.0:
        beta, tau2 = joint_root(data, beta)
    return RapsFit(Estimate(beta, math.sqrt(variance(data, beta, tau2)), len(beta_x)), tau2)


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


def deepest_slope(data: Data, tau2: float) -> float:
    """Slope with the least sum of rho(t), which can have a minimum near each group of Wald ratios.

    The sum is taken at each ratio, midway to the next, and at ANGLES slopes over the whole range, up to
    infinity, where no ratio need be near; Newton's steps then lead down from the DIPS lowest of its dips.
    """
    ratio = np.sort(data.y / data.x)
    spread = math.sqrt(float(np.median(data.var_y + tau2)) / float(np.median(data.var_x)))
    middle = (ratio[1:] + ratio[:-1]) / 2.0
    candidates = np.sort(np.concatenate((ratio, middle, spread * GRID)))
    losses = data.losses(candidates, tau2)
    around = np.concatenate((losses[-1:], losses, losses[:1]))
    dips = np.flatnonzero((losses <= around[:-2]) & (losses <= around[2:]))
    slopes = candidates[dips[np.argsort(losses[dips])[:DIPS]]]
    slopes, depths = descended(data, slopes, tau2)
    return float(slopes[np.argmin(depths)])


def descended(data: Data, beta: FloatArray, tau2: float) -> tuple[FloatArray, FloatArray]:
    """The minima of sum rho(t) below k slopes, and the sums there (k each): Newton's steps.

    A step that climbs is halved, unless it is so small that only rounding can tell.
    """
    lowest = data.losses(beta, tau2)
    for _ in range(ITERATIONS):
        step, size = newton_step(data, data.at(beta[:, np.newaxis], tau2))
        lower = data.losses(beta + step, tau2)
        while np.any(climbs := (lower > lowest) & (size > LAST_STEP)):
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
    its kink, by that of squares, which no loss exceeds.
    """
    psi, psi_slope = data.score.psi(at.residual), data.score.psi_slope(at.residual)
    squares = at.weight**2 * psi_slope
    curvature = np.sum(squares - at.weight_slope * psi, axis=1)
    if np.any(concave := curvature <= 0.0):
        bound = np.sum(np.abs(squares), axis=1)
        bound = np.where(bound > 0.0, bound, np.sum(at.weight**2, axis=1))
        curvature = np.where(concave, bound, curvature)
    step = np.sum(at.weight * psi, axis=1) / curvature
    return step, np.abs(step) * np.sqrt(curvature)


def tau2_equation(data: Data, beta: float, tau2: float) -> float:
    """Sum of (t psi(t) - delta)/v: zero where the residuals are as spread as their variances say."""
    t, v = data.residual(beta, tau2)
    return float(np.sum((t * data.score.psi(t) - data.score.delta) / v))


def joint_root(data: Data, beta: float) -> tuple[float, float]:
    """Slope and tau2 that solve both equations, where residuals to `beta` spread too far for tau2 = 0.

    tau2 is where residuals to the deepest slope no longer do; Newton's steps in the plane then polish both.
    Where that slope jumps from one group of ratios to another just there, it solves its own equation alone.
    """
    least = float(np.median(data.residual(beta, 0.0)[1]))

    def excess(tau2: float) -> float:
        at_slope = deepest_slope(data, tau2) if tau2 > 0.0 else beta
        # Nearly linear in tau2, with this factor.
        return (least + tau2) ** 2 * tau2_equation(data, at_slope, tau2)

    low, high = 0.0, least
    while excess(high) > 0.0:
        low, high = high, 4.0 * high
    tau2 = optimize.brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-4)
    return polished(data, deepest_slope(data, tau2), tau2)


def polished(data: Data, beta: float, tau2: float) -> tuple[float, float]:
    """The root next to a start some 1e-4 away; the start itself where Newton's steps leave."""
    point = np.array([beta, tau2])
    for _ in range(ITERATIONS):
        equations, jacobian = joint_equations(data, float(point[0]), float(point[1]))
        step = np.linalg.solve(jacobian, -equations)
        point = point + step
        if not 0.5 * tau2 < point[1] < 2.0 * tau2:
            return beta, tau2
        size = abs(step[0]) * math.sqrt(abs(jacobian[0, 0])), abs(step[1]) / point[1]
        if max(size) <= LAST_STEP:
            break
    return float(point[0]), float(point[1])


def joint_equations(data: Data, beta: float, tau2: float) -> tuple[FloatArray, FloatArray]:
    """The equations of slope and tau2 (2), and their derivatives by both (2, 2)."""
    at = data.at(beta, tau2)
    v, t, g = at.variance, at.residual, at.weight
    psi, psi_slope = data.score.psi(t), data.score.psi_slope(t)
    excess, excess_slope = t * psi - data.score.delta, psi + t * psi_slope
    g_tau2 = (data.x - 1.5 * at.effect) / v**1.5
    rows = (
        (at.weight_slope * psi - g**2 * psi_slope, g_tau2 * psi - g * psi_slope * t / (2.0 * v)),
        (
            -g * excess_slope / v - 2.0 * beta * data.var_x * excess / v**2,
            -t * excess_slope / (2.0 * v**2) - excess / v**2,
        ),
    )
    equations = np.array([np.sum(g * psi), np.sum(excess / v)])
    return equations, np.array([[float(np.sum(term)) for term in row] for row in rows])


def variance(data: Data, beta: float, tau2: float) -> float:
    """Sandwich variance of the slope, A^-1 B A^-T, with the noise of tau2 where tau2 > 0.

    A holds derivatives of the equations, in which those of the exposure effects' denominators, whose
    expectation is 0, are left out, as in mr.raps; B their variances under the model.
    """
    at, score = data.at(beta, tau2), data.score
    v, psi = at.variance, score.psi(at.residual)
    slope = np.sum(
        (data.y * data.var_x / v * psi - at.effect * score.delta * data.x / np.sqrt(v)) / np.sqrt(v)
    )
    noise = score.c1 * np.sum(at.weight**2)
    if tau2 > 0.0:
        mixed = np.sum(-beta * data.y * data.var_x / ((data.var_y + tau2) * v) * psi / np.sqrt(v))
        spread = (score.delta + score.c3) / 2.0 * np.sum(v**-2)
        noise += (mixed / spread) ** 2 * score.c2 * np.sum(v**-2)
    return float(noise / slope**2)
