"""HEIDI-outlier: variants whose Wald ratio differs from the others'.

Zhu et al. 2018, doi 10.1038/s41467-017-02317-2; the global version is gsmr2's.
"""

from __future__ import annotations

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
LAST_STEP = 1e-12  # of the largest zeta: the next one would be lost in rounding
SADDLEPOINT_STEPS = 100


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
    n = len(ratio)
    variance = np.diag(covariance)
    squared_se = variance + variance[:, np.newaxis] - 2.0 * covariance + np.eye(n)  # a row for a reference
    statistic = np.sum((ratio - ratio[:, np.newaxis]) ** 2 / squared_se, axis=1)
    coupled = np.any((covariance != 0.0) & ~np.eye(n, dtype=np.bool_), axis=1)
    weight, shared = np.zeros((n, n)), np.zeros((n, n))
    weight[~coupled], shared[~coupled] = rank_one_weights(covariance, squared_se, coupled)
    for reference in np.flatnonzero(coupled):
        others = np.arange(n) != reference
        row = covariance[reference]
        matrix = (covariance - row - row[:, np.newaxis] + row[reference])[np.ix_(others, others)]
        se = np.sqrt(squared_se[reference, others])
        # Rounding leaves some of a singular matrix below 0.
        weight[reference, others] = np.maximum(np.linalg.eigvalsh(matrix / np.outer(se, se)), 0.0)
    return mixture_neglog10_p(statistic, weight, shared)


def rank_one_weights(
    covariance: FloatArray, squared_se: FloatArray, coupled: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Weights of the mixtures of references that correlate with no other variant (each: such references, n).

    The differences share the reference's error alone: their correlation is a block matrix, diagonal but for
    the `coupled` variants, plus u u'. Returned are the block matrix's eigenvalues and, in its eigenvectors'
    basis, u^2; both are 0 in the reference's own column.
    """
    alone = np.flatnonzero(~coupled)
    variance, squared = np.diag(covariance), squared_se[alone]
    weight, shared = variance / squared, variance[alone, np.newaxis] / squared
    own = np.arange(len(alone)), alone
    weight[own] = shared[own] = 0.0
    if np.any(coupled):
        scale = squared[:, coupled] ** -0.5
        block = scale[:, :, np.newaxis] * covariance[np.ix_(coupled, coupled)] * scale[:, np.newaxis, :]
        values, vectors = np.linalg.eigh(block)
        weight[:, coupled] = np.maximum(values, 0.0)
        shared[:, coupled] = variance[alone, np.newaxis] * np.einsum("rij,ri->rj", vectors, scale) ** 2
    return weight, shared


def mixture_neglog10_p(statistic: FloatArray, weight: FloatArray, shared: FloatArray) -> FloatArray:
    """-log10 of the upper tails of m sums of lambda_i chi-squared(1), at `statistic` (m).

    The lambda are the eigenvalues of diag(weight) + u u', u^2 = `shared` (both (m, n); 0: those of `weight`).
    By saddlepoint: Kuonen 1999, doi 10.1093/biomet/86.4.929.
    """
    neglog10_p = np.zeros(len(statistic))
    some = statistic > 0.0
    x, d, u2 = statistic[some], weight[some], shared[some]
    total = np.sum(u2, axis=1)
    mean, second = np.sum(d, axis=1) + total, np.sum(d**2 + 2.0 * d * u2, axis=1) + total**2
    zeta = saddlepoint(x, d, u2)
    # The largest lambda is at most this; the scale matters only where P is near one half.
    at_mean = np.abs(zeta) * (np.max(d, axis=1) + total) < SADDLE_AT_MEAN
    zeta = np.where(at_mean, 0.25 / mean, zeta)
    log_determinant, _, curvature = cumulants(zeta, d, u2)
    w = np.copysign(np.sqrt(2.0 * zeta * x + log_determinant, where=~at_mean, out=np.ones_like(x)), zeta)
    v = zeta * np.sqrt(curvature)
    tail = -special.log_ndtr(-(w + np.log(v / w) / w)) / LN10
    neglog10_p[some] = np.where(at_mean, neglog10_p_from_chi2(x * mean / second, mean**2 / second), tail)
    return neglog10_p


def cumulants(zeta: FloatArray, d: FloatArray, u2: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """-2 times the cumulant generating functions of m mixtures at `zeta` (m), and their two derivatives.

    The function is -log det(1 - 2 zeta (diag(d) + u u'))/2; by the determinant lemma the determinant is
    prod s_i (1 - 2 zeta sum u_i^2/s_i), s_i = 1 - 2 zeta d_i. Beyond its pole the slope is infinite.
    """
    s = 1.0 - 2.0 * zeta[:, np.newaxis] * d
    a, b = d / s, u2 / s
    q, q1, q2 = np.sum(b, axis=1), 2.0 * np.sum(a * b, axis=1), 8.0 * np.sum(a * a * b, axis=1)
    g = 1.0 - 2.0 * zeta * q
    inside = g > 0.0
    g = np.where(inside, g, 1.0)
    first = (q + zeta * q1) / g
    slope = np.where(inside, np.sum(a, axis=1) + first, np.inf)
    curvature = 2.0 * np.sum(a * a, axis=1) + (2.0 * q1 + zeta * q2) / g + 2.0 * first**2
    return np.sum(np.log(s), axis=1) + np.log(g), slope, curvature


def saddlepoint(x: FloatArray, d: FloatArray, u2: FloatArray) -> FloatArray:
    """Where the slope of each cumulant generating function is x (m); it rises from 0 at minus infinity.

    Newton's steps on its inverse, which is nearly linear in both tails, within an interval that shrinks. The
    pole is below one half of the inverse of the largest d, and of u'(diag(d) + u u')u/u'u.
    """
    total = np.sum(u2, axis=1)
    quotient = np.sum(d * u2, axis=1) / np.where(total > 0.0, total, 1.0) + total
    scale = 0.5 / np.maximum(np.max(d, axis=1), quotient)
    low, high, zeta = -d.shape[1] / (2.0 * x), scale, np.zeros_like(x)
    for _ in range(SADDLEPOINT_STEPS):
        _, slope, curvature = cumulants(zeta, d, u2)
        low, high = np.where(slope < x, zeta, low), np.where(slope < x, high, zeta)
        finite = np.isfinite(slope)
        slope = np.where(finite, slope, x)
        step = zeta + slope * (1.0 - slope / x) / curvature
        inside = finite & (step >= low) & (step <= high)
        last, zeta = zeta, np.where(inside, step, (low + high) / 2.0)
        if np.all(np.abs(zeta - last) <= LAST_STEP * scale):
            break
    return zeta
