"""Multivariable MR: direct effects of k exposures on one outcome, by IVW and by MR-Egger."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.heterogeneity import Heterogeneity

# How the residual standard error sigma enters the standard errors: times max(1, sigma), sigma, or 1.
Residual = Literal["floored", "plain", "fixed"]
Reference = Literal["normal", "t"]
SINGULAR = 1e-10  # a column closer than this to the others' span, in lengths of its own, is one of them


@dataclass(frozen=True, slots=True)
class MvmrFit:
    """One estimate an exposure (in the order of the columns), Cochran's Q of the residuals, the intercept.

    `intercept` is None for a regression through the origin.
    """

    estimates: tuple[Estimate, ...]
    q: Heterogeneity
    intercept: Estimate | None = None


def mvmr_ivw(
    beta_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    *,
    residual: Residual = "floored",
    reference: Reference = "normal",
) -> MvmrFit:
    """Multivariable IVW of n > k independent instruments: `beta_x` is (n, k), the others have length n.

    Regression of beta_y on all columns without intercept, weights 1/se_y^2 (Burgess & Thompson 2015, doi
    10.1093/aje/kwu283). `floored` with `normal` is mr_mvivw of MendelianRandomization, `plain` with `t`
    (n - k df) ivw_mvmr of MVMR. Raises TooFewInstruments below k + 1, LinAlgError on collinear columns.
    """
    n, k = beta_x.shape
    check_instruments(k + 1, n)
    beta, se, q = weighted_regression(beta_x, beta_y, se_y)
    return MvmrFit(_estimates(beta, se, q, n, residual, reference), Heterogeneity(q, n - k))


def mvmr_egger(
    beta_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    orient_to: int,
    *,
    residual: Residual = "floored",
    reference: Reference = "normal",
) -> MvmrFit:
    """Multivariable MR-Egger of n > k + 1 independent instruments (arrays as in `mvmr_ivw`).

    Every variant is oriented to raise the exposure in column `orient_to`, which the answer depends on; the
    regression has an intercept, mean directional pleiotropy (Rees et al. 2017, doi 10.1002/sim.7492).
    `floored` with `normal` is mr_mvegger of MendelianRandomization. Raises TooFewInstruments below k + 2,
    LinAlgError where columns are collinear.
    """
    n, k = beta_x.shape
    check_instruments(k + 2, n)
    sign = np.where(beta_x[:, orient_to] < 0.0, -1.0, 1.0)
    design = np.column_stack([sign[:, None] * beta_x, np.ones(n)])
    beta, se, q = weighted_regression(design, sign * beta_y, se_y)
    *slopes, intercept = _estimates(beta, se, q, n, residual, reference)
    return MvmrFit(tuple(slopes), Heterogeneity(q, n - k - 1), intercept)


def weighted_regression(
    design: FloatArray, response: FloatArray, se: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Coefficients (m), their fixed-effect standard errors (m) and the weighted residual sum of squares.

    `design` is (n, m); weights are 1/se^2. Raises LinAlgError where the columns are collinear, whatever
    their units.
    """
    rows = design / se[:, None]
    length = np.linalg.norm(rows, axis=0)
    if not np.all(length > 0.0):
        raise np.linalg.LinAlgError("an exposure has no effect on any instrument")
    basis, triangle = np.linalg.qr(rows / length)
    if np.min(np.abs(np.diag(triangle)), initial=1.0) < SINGULAR:
        raise np.linalg.LinAlgError("the exposures' effects are collinear")
    inverse = np.linalg.inv(triangle)
    beta = inverse @ (basis.T @ (response / se)) / length
    q = float(np.sum((response / se - rows @ beta) ** 2))
    return beta, np.linalg.norm(inverse, axis=1) / length, q


def _estimates(
    beta: FloatArray, se: FloatArray, q: float, n: int, residual: Residual, reference: Reference
) -> tuple[Estimate, ...]:
    df = n - len(beta)
    sigma = math.sqrt(q / df)
    inflation = {"floored": max(1.0, sigma), "plain": sigma, "fixed": 1.0}[residual]
    tail = math.inf if reference == "normal" else df
    return tuple(Estimate(float(b), float(s) * inflation, n, tail) for b, s in zip(beta, se, strict=True))
