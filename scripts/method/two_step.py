"""Two-step Mendelian randomization: exposure to mediator, mediator to outcome with the exposure held.

Relton & Davey Smith 2012, doi 10.1093/ije/dyr233; the second step by multivariable regression, Burgess et al.
2015, doi 10.1093/ije/dyu176.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.heterogeneity import Heterogeneity
from scripts.method.ivw import ivw
from scripts.method.mediation import covariance_with_total, difference_effect, product_effect
from scripts.method.mvmr import mvmr_ivw, weighted_regression
from scripts.method.wald import wald_ratio

EXPOSURE, MEDIATOR = 0, 1  # columns


@dataclass(frozen=True, slots=True)
class TwoStep:
    """a, b, c and c' of one triple, Q of the second step's residuals, and covariances with the total.

    `q` is None where there are as many coefficients as variants. What the exposure's instruments do to the
    mediator beyond the exposure reaches the outcome too: it is an error of step 1 and, times b, of the total.
    """

    step_1: Estimate
    step_2: Estimate
    total: Estimate
    direct: Estimate
    q: Heterogeneity | None
    covariance_step_1: float
    covariance_step_2: float
    covariance_direct: float

    @property
    def indirect(self) -> Estimate:
        """a b, the product method."""
        return product_effect(self.step_1, self.step_2)

    @property
    def indirect_by_difference(self) -> Estimate:
        """c - c', the difference method."""
        return difference_effect(self.total, self.direct, self.covariance_direct)

    @property
    def covariance_indirect(self) -> float:
        """Of a b with the total, through the errors that either step shares with it."""
        return self.step_1.beta * self.covariance_step_2 + self.step_2.beta * self.covariance_step_1


def two_step(
    beta_x: FloatArray, se_m: FloatArray, beta_y: FloatArray, se_y: FloatArray, own: BoolArray
) -> TwoStep:
    """The steps from n independent variants: `beta_x` is (n, 2), effects on exposure and mediator.

    `own` marks the exposure's instruments: step 1 is by those with an effect on the mediator, the total by
    those with one on the outcome (the Wald ratio of one, IVW of more); the others are the mediator's. Step 2
    takes every variant with both. NaN where an effect is not known. Two variants in all identify step 2
    exactly, with fixed-effect errors. Raises TooFewInstruments where step 2 has no instrument of one of them,
    LinAlgError where the effects are collinear.
    """
    x, m = beta_x[:, EXPOSURE], beta_x[:, MEDIATOR]
    in_m, in_y = np.isfinite(m), np.isfinite(beta_y)
    first, whole, both = own & in_m, own & in_y, np.isfinite(x) & in_m & in_y
    check_instruments(1, int(np.sum(both & own)))
    check_instruments(1, int(np.sum(both & ~own)))
    direct, step_2, q = _second_step(beta_x[both], beta_y[both], se_y[both])
    information = float(np.sum((x[whole] / se_y[whole]) ** 2))
    shared = beta_x[both], beta_y[both], se_y[both], EXPOSURE, own[both]
    covariance = covariance_with_total(*shared, information)
    step_1 = single_or_ivw(x[first], m[first], se_m[first])
    # Beyond the errors of measurement; the part of it that the variants of the total have seen.
    excess = step_1.se**2 - 1.0 / float(np.sum((x[first] / se_m[first]) ** 2))
    seen = float(np.sum((x[first & whole] / se_y[first & whole]) ** 2)) / information
    return TwoStep(
        step_1=step_1,
        step_2=step_2,
        total=single_or_ivw(x[whole], beta_y[whole], se_y[whole]),
        direct=direct,
        q=q,
        covariance_step_1=step_2.beta * max(excess, 0.0) * seen,
        covariance_step_2=float(covariance[MEDIATOR]),
        covariance_direct=float(covariance[EXPOSURE]),
    )


def single_or_ivw(beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray) -> Estimate:
    """The Wald ratio of one instrument, IVW of more. Raises TooFewInstruments on none."""
    return (wald_ratio if len(beta_x) < 2 else ivw)(beta_x, beta_y, se_y)


def _second_step(
    beta_x: FloatArray, beta_y: FloatArray, se_y: FloatArray
) -> tuple[Estimate, Estimate, Heterogeneity | None]:
    """Direct effects of exposure and mediator, and the residuals' Q."""
    n, k = beta_x.shape
    if n > k:
        fit = mvmr_ivw(beta_x, beta_y, se_y)
        return fit.estimates[EXPOSURE], fit.estimates[MEDIATOR], fit.q
    beta, se, _ = weighted_regression(beta_x, beta_y, se_y)
    direct, mediator = (Estimate(float(b), float(s), n) for b, s in zip(beta, se, strict=True))
    return direct, mediator, None
