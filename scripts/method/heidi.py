"""HEIDI-outlier: variants whose Wald ratio differs from the others'.

Zhu et al. 2018, doi 10.1038/s41467-017-02317-2; the global version is gsmr2's.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy import special

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.normal import LN10, neglog10_p_from_chi2, neglog10_p_from_z

HeidiVersion = Literal["reference", "global"]
MIDDLE_QUINTILE = (0.4, 0.6)
HEIDI_MINIMUM = 3
# Nearer to the mean than this saddlepoint, two terms cancel and Satterthwaite's chi-squared is used.
SADDLE_AT_MEAN = 1e-4
ROUNDING = 1e-15


def heidi_outliers(ratio: FloatArray, z_x: FloatArray, covariance: FloatArray, p_max: float) -> BoolArray:
    """Original HEIDI-outlier: variants whose ratio departs from a reference variant's at P < `p_max`.

    The reference is the strongest variant (largest |z_x|) with a ratio in the middle fifth of all ratios.
    gsmr2 means the same but compares (beta_x/P)^2, which picks another variant where P has underflowed to
    0, or where nearly equal P meet unequal beta_x; with P = 0 its choice depends on the order of rows. Four
    variants have none in the middle fifth; then, where gsmr2 has no answer, the two central ones stand in.
    """
    low, high = np.quantile(ratio, MIDDLE_QUINTILE)
    central = np.flatnonzero((ratio >= low) & (ratio <= high))
    if len(central) == 0:
        central = np.argsort(ratio, kind="stable")[(len(ratio) - 1) // 2 : len(ratio) // 2 + 1]
    reference = central[np.argmax(np.abs(z_x[central]))]
    difference = ratio - ratio[reference]
    variance = np.diag(covariance) + covariance[reference, reference] - 2.0 * covariance[reference]
    others = np.arange(len(ratio)) != reference
    outlier = np.zeros(len(ratio), dtype=np.bool_)
    outlier[others] = neglog10_p_from_z(difference[others] / np.sqrt(variance[others])) > -np.log10(p_max)
    return outlier


def global_heidi_outliers(ratio: FloatArray, covariance: FloatArray, p_max: float) -> BoolArray:
    """Global HEIDI-outlier: while a variant differs from all others at P < `p_max`, the one of least P goes.

    As gsmr2 with gsmr2_beta = 1. At least two variants stay.
    """
    kept = np.arange(len(ratio))
    while len(kept) >= HEIDI_MINIMUM:
        neglog10_p = global_heidi_neglog10_p(ratio[kept], covariance[np.ix_(kept, kept)])
        if np.max(neglog10_p) <= -np.log10(p_max):
            break
        kept = np.delete(kept, np.argmax(neglog10_p))
    return np.isin(np.arange(len(ratio)), kept, invert=True)


def global_heidi_neglog10_p(ratio: FloatArray, covariance: FloatArray) -> FloatArray:
    """-log10 of P of every variant's ratio against all other ratios together (n).

    The sum of the squared standardised differences is a mixture of chi-squared variables, whose weights are
    the eigenvalues of the differences' correlation matrix.
    """
    neglog10_p = np.empty(len(ratio))
    for reference in range(len(ratio)):
        others = np.arange(len(ratio)) != reference
        shared = covariance[reference]
        matrix = (covariance - shared - shared[:, np.newaxis] + shared[reference])[np.ix_(others, others)]
        se = np.sqrt(np.diag(matrix))
        statistic = float(np.sum(((ratio[others] - ratio[reference]) / se) ** 2))
        # Rounding leaves some of a singular matrix below 0.
        weight = np.maximum(np.linalg.eigvalsh(matrix / np.outer(se, se)), 0.0)
        neglog10_p[reference] = mixture_neglog10_p(statistic, weight)
    return neglog10_p


def mixture_neglog10_p(statistic: float, weight: FloatArray) -> float:
    """-log10 of the upper tail of sum weight_i chi-squared(1).

    By saddlepoint: Kuonen 1999, doi 10.1093/biomet/86.4.929.
    """
    if statistic <= 0.0:
        return 0.0
    unit = float(np.max(weight))
    weight, x = weight / unit, statistic / unit
    zeta = saddlepoint(x, weight)
    if abs(zeta) < SADDLE_AT_MEAN:
        mean, second = float(np.sum(weight)), float(np.sum(weight**2))
        return float(neglog10_p_from_chi2(x * mean / second, mean**2 / second))
    shrunk = 1.0 - 2.0 * zeta * weight
    w = math.copysign(math.sqrt(2.0 * zeta * x + float(np.sum(np.log(shrunk)))), zeta)
    v = zeta * math.sqrt(2.0 * float(np.sum((weight / shrunk) ** 2)))
    return -float(special.log_ndtr(-(w + math.log(v / w) / w))) / LN10


def saddlepoint(x: float, weight: FloatArray) -> float:
    """Where the slope of the cumulant generating function, sum w/(1 - 2 zeta w), is x; weights at most 1.

    It rises from 0 at minus infinity to infinity at zeta = 1/2: bisection, to rounding.
    """
    low, high = -len(weight) / (2.0 * x), 0.5
    while high - low > ROUNDING * max(abs(low), abs(high)):
        middle = (low + high) / 2.0
        if middle < 0.5 and float(np.sum(weight / (1.0 - 2.0 * middle * weight))) < x:
            low = middle
        else:
            high = middle
    return low
