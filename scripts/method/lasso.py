"""MR-Lasso: direct effects under an L1 penalty (Rees et al. 2019, doi 10.1371/journal.pone.0222362)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.egger import orient
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.ivw import ivw
from scripts.method.leave_one_out import sum_of_others

LASSO_MINIMUM = 3
PENALTIES = 100
SMALLEST_SHARE = 1e-4  # of the largest penalty
EXPLAINED = 0.999  # share of the sum of squares at which the path ends
FEWEST_PENALTIES = 5
LEAST_GAIN = 1e-5  # relative gain in that share at which the path ends
ROUNDING = 1e-9
CHI2_5_PERCENT = 3.841458820694124


@dataclass(frozen=True, slots=True)
class LassoFit:
    """`estimate`: IVW of the `valid` variants (n); `penalised`: the slope under the `penalty` chosen."""

    estimate: Estimate
    valid: BoolArray
    penalised: float
    penalty: float


def lasso(
    beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray, *, penalty: float | None = None
) -> LassoFit:
    """MR-Lasso of n >= 3 independent instruments (arrays of length n), post-lasso estimate with normal P.

    Minimises sum (y - theta x - a)^2/(2 n se_y^2) + penalty sum kappa |a|/se_y over theta and direct effects
    a; those with a = 0 are valid and give the IVW estimate. The weights kappa are the standard deviations of
    glmnet's columns, and `penalty` None takes glmnet's sequence and stops at the least penalty before
    residual heterogeneity jumps, both as MendelianRandomization's mr_lasso. Given a penalty, the slope is the
    root of a piecewise linear function, found exactly; glmnet stops up to 1e-3 from it. Raises
    TooFewInstruments below 3, or where fewer than 2 variants are valid.
    """
    check_instruments(LASSO_MINIMUM, len(beta_x))
    x, y = orient(beta_x, beta_y)
    u, v = x / se_y, y / se_y
    scale = len(x) * column_deviations(u)
    if penalty is None:
        penalty = chosen_penalty(u, v, scale)
    limit = (penalty * scale)[np.newaxis]
    slope = huber_slopes(u, v, limit)
    valid = valid_variants(u, v, slope, limit)[0]
    return LassoFit(ivw(x[valid], y[valid], se_y[valid]), valid, float(slope[0]), penalty)


def column_deviations(u: FloatArray) -> FloatArray:
    """Standard deviations (n) of the columns of I - u u'/(u'u), by which glmnet scales the penalties."""
    unit = u / np.linalg.norm(u)
    others = sum_of_others(unit**2)  # 1 - unit^2
    mean = (others - unit * sum_of_others(unit)) / len(u)
    return np.asarray(np.sqrt(others / len(u) - mean**2), dtype=np.float64)


def huber_slopes(u: FloatArray, v: FloatArray, limit: FloatArray) -> FloatArray:
    """For every row of `limit` (penalties, n) the root of sum u clip(v - slope u, -limit, limit).

    The sum falls from all at +limit to all at -limit; each variant takes part between two bends.
    """
    bend = np.concatenate(((v - limit) / u, (v + limit) / u), axis=1)
    order = np.argsort(bend, axis=1)
    bend = np.take_along_axis(bend, order, axis=1)
    decline = np.cumsum(np.concatenate((u**2, -(u**2)))[order], axis=1)[:, :-1]
    drop = np.cumsum(decline * np.diff(bend, axis=1), axis=1)
    height = np.sum(u * limit, axis=1, keepdims=True)
    after = np.minimum(np.sum(drop < height, axis=1, keepdims=True), drop.shape[1] - 1)
    end, excess = (
        np.take_along_axis(bend, after + 1, axis=1),
        np.take_along_axis(drop, after, axis=1) - height,
    )
    rate = np.take_along_axis(decline, after, axis=1)
    return np.asarray((end - excess / np.where(rate > 0.0, rate, np.inf))[:, 0], dtype=np.float64)


def valid_variants(u: FloatArray, v: FloatArray, slope: FloatArray, limit: FloatArray) -> BoolArray:
    """Variants (penalties, n) without a direct effect: residual within the limit, up to rounding."""
    return np.asarray(np.abs(v - slope[:, np.newaxis] * u) <= limit * (1.0 + ROUNDING), dtype=np.bool_)


def chosen_penalty(u: FloatArray, v: FloatArray, scale: FloatArray) -> float:
    """The heterogeneity criterion over the path, from the least penalty up.

    The penalty before the first at which the residual standard error of the valid variants exceeds 1 and has
    grown by more than the 5% quantile of chi-squared (1 df) over their number; the largest where none does,
    and one with two valid variants at least.
    """
    path = penalty_path(u, v, scale)[::-1]
    limit = path[:, np.newaxis] * scale
    valid = valid_variants(u, v, huber_slopes(u, v, limit), limit)
    count = np.sum(valid, axis=1)
    error = np.array([residual_error(u[row], v[row]) for row in valid])
    jump = (error[1:] > 1.0) & (error[1:] - error[:-1] > CHI2_5_PERCENT / np.maximum(count[1:], 1))
    first = int(np.argmax(jump)) if np.any(jump) else len(path) - 1
    return float(path[max(first, int(np.argmax(count > 1)))])


def residual_error(u: FloatArray, v: FloatArray) -> float:
    """Residual standard error of v on u without intercept; NaN, which no jump starts from, below 2 points."""
    if len(u) < 2:
        return np.nan
    return float(np.sqrt(np.sum((v - u * (u @ v) / (u @ u)) ** 2) / (len(u) - 1)))


def penalty_path(u: FloatArray, v: FloatArray, scale: FloatArray) -> FloatArray:
    """glmnet's penalties, largest first: log-spaced from where all variants are valid, ended by its rules."""
    residual = v - u * (u @ v) / (u @ u)
    penalties = np.max(np.abs(residual) / scale) * SMALLEST_SHARE ** np.linspace(0.0, 1.0, PENALTIES)
    if not np.any(residual):  # a perfect fit: nothing is left to explain
        return penalties
    limit = penalties[:, np.newaxis] * scale
    left = np.clip(v - huber_slopes(u, v, limit)[:, np.newaxis] * u, -limit, limit)
    explained = 1.0 - np.sum(left**2, axis=1) / float(residual @ residual)
    gain = np.diff(explained, prepend=0.0)
    ends = (explained > EXPLAINED) | (gain < LEAST_GAIN * explained)
    ends[: FEWEST_PENALTIES - 1] = False
    return penalties[: int(np.argmax(ends)) + 1] if np.any(ends) else penalties
