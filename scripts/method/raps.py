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
from scripts.method.profile_loss import LAST_STEP, Data, deepest_slope
from scripts.method.robust_loss import Loss, score_of

RAPS_MINIMUM = 3
ITERATIONS = 100


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
