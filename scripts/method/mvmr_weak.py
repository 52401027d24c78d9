"""Multivariable MR with weak instruments: conditional F, Q_A, and the estimate that minimises Q_A.

Sanderson, Spiller & Bowden 2021, doi 10.1002/sim.9133. Throughout, `beta_x` and `se_x` are (n, k), `beta_y`
and `se_y` have length n, and `correlation` (k, k) is that of the exposures' errors: the phenotypic
correlation of exposures measured in the same people, or their cross-trait LDSC intercepts; None where samples
are distinct.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from scripts.method.arrays import FloatArray
from scripts.method.errors_in_variables import ErrorsInVariables
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.heterogeneity import Heterogeneity
from scripts.method.mvmr import mvmr_ivw, weighted_regression

# Where the variance of pleiotropy is sought: its log, from that of the median squared standard error.
LOG_RANGE = (-30.0, 60.0)

ConditionalF = Literal["weighted", "mvmr"]


@dataclass(frozen=True, slots=True)
class MinimumQFit:
    """One estimate an exposure, the variance of balanced pleiotropy `tau2`, and Q_A at its minimum.

    `tau2` is in squared outcome units; `q` is Q_A without it, the test that there is none.
    """

    estimates: tuple[Estimate, ...]
    tau2: float
    q: Heterogeneity


def conditional_f(
    beta_x: FloatArray,
    se_x: FloatArray,
    correlation: FloatArray | None = None,
    form: ConditionalF = "weighted",
) -> FloatArray:
    """Conditional F of each exposure (k): how well the instruments tell it from the other exposures.

    Two-sample form of Sanderson & Windmeijer's F: one exposure's effects are regressed on those of the
    others; F is the residuals' Q, with the errors of all exposures in its weights, over n - k + 1. `weighted`
    regresses with weights 1/se_x^2. `mvmr` is strength_mvmr of MVMR: no weights, and Q over n. (A regression
    that minimised Q would give every exposure the same F.) Raises TooFewInstruments below k + 1,
    LinAlgError where the others are collinear.
    """
    n, k = beta_x.shape
    check_instruments(k + 1, n)
    covariance = exposure_covariance(se_x, correlation)
    values = np.empty(k)
    for exposure in range(k):
        first = [exposure, *(other for other in range(k) if other != exposure)]
        se = se_x[:, exposure] if form == "weighted" else np.ones(n)
        delta, _, _ = weighted_regression(beta_x[:, first[1:]], beta_x[:, exposure], se)
        model = ErrorsInVariables(beta_x[:, first], covariance[:, first][:, :, first])
        values[exposure] = model.q(delta) / (n - k + 1 if form == "weighted" else n)
    return values


def q_a(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    correlation: FloatArray | None = None,
) -> Heterogeneity:
    """Q_A of n > k instruments around multivariable IVW, with the exposures' errors in its weights; n - k df.

    The statistic of MVMR's pleiotropy_mvmr, whose P counts one degree of freedom less.
    """
    n, k = beta_x.shape
    model = outcome_model(beta_x, se_x, beta_y, se_y, correlation)
    theta = [estimate.beta for estimate in mvmr_ivw(beta_x, beta_y, se_y).estimates]
    return Heterogeneity(model.q(np.array(theta)), n - k)


def mvmr_minimum_q(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    correlation: FloatArray | None = None,
) -> MinimumQFit:
    """Estimates of n > k instruments that minimise Q_A, which weak instruments do not bias; normal P.

    Where Q_A exceeds its n - k df, a variance tau2 is added to every variant's so that the minimum is n - k.
    Standard errors are the sandwich of the estimating equations, times sqrt(n/(n - k)). With one exposure and
    tau2 = 0 this is the profile likelihood of MR-RAPS. Raises TooFewInstruments below k + 1, LinAlgError
    where Q_A has no minimum.
    """
    n, k = beta_x.shape
    check_instruments(k + 1, n)
    model = outcome_model(beta_x, se_x, beta_y, se_y, correlation)
    theta = model.minimum()
    q = Heterogeneity(model.q(theta), n - k)
    tau2 = _balanced_pleiotropy(model, theta, n - k) if q.q > q.df else 0.0
    spread = model.with_variance(tau2)
    theta = spread.minimum(theta)
    se = np.sqrt(np.diag(spread.sandwich(theta)) * n / (n - k))
    estimates = tuple(Estimate(float(b), float(s), n) for b, s in zip(theta, se, strict=True))
    return MinimumQFit(estimates, tau2, q)


def exposure_covariance(se_x: FloatArray, correlation: FloatArray | None) -> FloatArray:
    """Covariances (n, k, k) of the errors of each variant's effects."""
    shared = np.eye(se_x.shape[1]) if correlation is None else correlation
    return np.asarray(se_x[:, :, None] * shared * se_x[:, None, :])


def outcome_model(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    correlation: FloatArray | None,
) -> ErrorsInVariables:
    """The outcome's effects as response, with errors independent of the exposures'."""
    n, k = beta_x.shape
    covariance = np.zeros((n, k + 1, k + 1))
    covariance[:, 0, 0] = se_y**2
    covariance[:, 1:, 1:] = exposure_covariance(se_x, correlation)
    return ErrorsInVariables(np.column_stack([beta_y, beta_x]), covariance)


def _balanced_pleiotropy(model: ErrorsInVariables, theta: FloatArray, df: int) -> float:
    """The variance at which the minimum of Q, found by way of `theta`, is `df`; Q falls as it grows."""

    def excess(log_variance: float) -> float:
        spread = model.with_variance(math.exp(log_variance))
        return spread.q(spread.minimum(theta)) - df

    scale = math.log(np.median(model.covariance[:, 0, 0]))
    low, high = scale + LOG_RANGE[0], scale
    while excess(high) > 0.0 and high < scale + LOG_RANGE[1]:
        high += 2.0
    return math.exp(optimize.brentq(excess, low, high, xtol=1e-12)) if excess(low) > 0.0 else 0.0
