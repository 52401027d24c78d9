"""Mediation: how much of a total effect passes through a mediator.

With a the effect of the exposure on the mediator, b that of the mediator on the outcome with the exposure
held, c the total and c' the direct effect: the indirect effect is a b (product method) or c - c' (difference
method), the proportion is indirect/c (MacKinnon, Fairchild & Fritz 2007, doi
10.1146/annurev.psych.58.110405.085542; for Mendelian randomization Carter et al. 2021, doi
10.1007/s10654-021-00757-1). Everything is additive: effects on a disease are log odds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import CONFIDENCE_TAIL, Estimate

# A total effect of fewer standard errors may be 0 or have the other sign: no share of it is known.
STRONG_TOTAL = 3.0
NOMINAL_Z = 1.96

Order = Literal["first", "second", "unbiased"]
Case = Literal["printed", "total_weak", "suppressed", "exceeds_total"]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """95% intervals from draws: ends of the indirect effect's and of the proportion's."""

    indirect: Interval
    proportion: Interval


def product_effect(a: Estimate, b: Estimate, order: Order = "first") -> Estimate:
    """Indirect effect a b of independent estimates, with the standard error of the delta method.

    `first`: a^2 s_b^2 + b^2 s_a^2 (Sobel 1982); `second` adds s_a^2 s_b^2 (Aroian 1947), `unbiased` takes it
    away (Goodman 1960) and is 0 where that leaves less than nothing. The number of instruments is the sum.
    """
    variance = (a.beta * b.se) ** 2 + (b.beta * a.se) ** 2
    variance += {"first": 0.0, "second": 1.0, "unbiased": -1.0}[order] * (a.se * b.se) ** 2
    return Estimate(a.beta * b.beta, math.sqrt(max(variance, 0.0)), a.n_instruments + b.n_instruments)


def difference_effect(first: Estimate, second: Estimate, covariance: float = 0.0) -> Estimate:
    """`first` - `second`, whose errors have this covariance, with a normal P.

    The indirect effect is total - direct, with `covariance_with_total`; the direct effect of the product
    method is total - indirect.
    """
    variance = first.se**2 + second.se**2 - 2.0 * covariance
    return Estimate(first.beta - second.beta, math.sqrt(max(variance, 0.0)), first.n_instruments)


def covariance_with_total(
    beta_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    exposure: int,
    used: BoolArray,
    information: float | None = None,
) -> FloatArray:
    """Covariance (k) of the total effect with the direct effects of multivariable IVW, from shared variants.

    `beta_x` is (n, k), the others have length n. The total effect is the IVW estimate of the exposure in
    column `exposure` from the variants in `used`, and from others where `information` (sum of beta_x^2/se_y^2
    over all of them) is given. Both are linear in beta_y: with A and D their coefficients the covariance is
    sigma^2 sum A_j D_kj se_j^2 over the variants of both, sigma^2 the residual variance of the multivariable
    regression, at least 1 (as mrMed 1.0's difference method). Raises LinAlgError on collinear columns.
    """
    weight = se_y**-2.0
    inverse = np.linalg.inv(beta_x.T @ (weight[:, None] * beta_x))
    coefficients = inverse @ (weight[:, None] * beta_x).T
    residual = beta_y - beta_x @ (coefficients @ beta_y)
    n, k = beta_x.shape
    sigma2 = max(1.0, float(np.sum(weight * residual**2)) / (n - k)) if n > k else 1.0
    x = np.where(used, beta_x[:, exposure], 0.0)
    total = float(np.sum(weight * x**2)) if information is None else information
    return np.asarray(sigma2 * (coefficients @ x) / total, dtype=np.float64)


def proportion_mediated(indirect: Estimate, total: Estimate, covariance: float = 0.0) -> Estimate:
    """indirect/total with the error of both: s_i^2/c^2 + i^2 s_c^2/c^4 - 2 i cov/c^3 (delta method)."""
    i, c = indirect.beta, total.beta
    variance = (indirect.se / c) ** 2 + (i * total.se / c**2) ** 2 - 2.0 * i * covariance / c**3
    return Estimate(i / c, math.sqrt(max(variance, 0.0)), total.n_instruments)


def proportion_total_fixed(indirect: Estimate, total: Estimate) -> Estimate:
    """indirect/total as if the total were known: too narrow, for comparison with intervals in print."""
    return Estimate(indirect.beta / total.beta, indirect.se / abs(total.beta), total.n_instruments)


def proportion_case(indirect: Estimate, direct: Estimate, total: Estimate) -> Case:
    """Whether a proportion means anything, or which reason forbids it.

    `total_weak`: the total is below 3 standard errors; `suppressed`: the indirect effect works against the
    total; `exceeds_total`: the direct effect does, significantly, so that the indirect one is the larger.
    """
    if abs(total.beta) < STRONG_TOTAL * total.se:
        return "total_weak"
    if indirect.beta * total.beta < 0.0:
        return "suppressed"
    if direct.beta * total.beta < 0.0 and abs(direct.beta) > NOMINAL_Z * direct.se:
        return "exceeds_total"
    return "printed"


def monte_carlo(
    a: Estimate,
    b: Estimate,
    total: Estimate,
    draws: int,
    rng: np.random.Generator,
    covariances: tuple[float, float] = (0.0, 0.0),
) -> MonteCarlo:
    """Intervals of a b and of a b/total from normal draws; `covariances` are those of a and b with the total.

    Percentiles of the draws (Tofighi & MacKinnon 2011, doi 10.3758/s13428-011-0076-x).
    """
    standard = rng.standard_normal((3, draws))
    steps = np.array([a.se, b.se])
    errors = steps[:, None] * standard[:2]
    slopes = np.array(covariances) / steps**2
    rest = math.sqrt(max(total.se**2 - float(slopes @ covariances), 0.0))
    indirect = (a.beta + errors[0]) * (b.beta + errors[1])
    share = indirect / (total.beta + slopes @ errors + rest * standard[2])
    return MonteCarlo(_ends(indirect), _ends(share))


def _ends(draws: FloatArray) -> Interval:
    low, high = np.quantile(draws, [1.0 - CONFIDENCE_TAIL, CONFIDENCE_TAIL])
    return float(low), float(high)
