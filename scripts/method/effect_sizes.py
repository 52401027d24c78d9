"""Standardised differences between two groups from what a paper prints: means, medians, or Cohen's d.

Arguments broadcast and are arrays of any one shape; group 1 minus group 2.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from scripts.method.arrays import FloatArray


def cohens_d(
    mean_1: npt.ArrayLike,
    sd_1: npt.ArrayLike,
    n_1: npt.ArrayLike,
    mean_2: npt.ArrayLike,
    sd_2: npt.ArrayLike,
    n_2: npt.ArrayLike,
) -> FloatArray:
    """Difference of means over the SD that both groups are taken to share (Cohen 1988, eq. 2.5.1)."""
    first, second = _degrees(n_1), _degrees(n_2)
    variance = (first * np.square(sd_1) + second * np.square(sd_2)) / (first + second)
    return np.asarray(np.subtract(mean_1, mean_2) / np.sqrt(variance), dtype=np.float64)


def small_sample_factor(df: npt.ArrayLike) -> FloatArray:
    """J(df): what makes Cohen's d unbiased (Hedges 1981, eq. 6e, doi 10.3102/10769986006002107).

    Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)), of which 1 - 3/(4 df - 1) is an approximation.
    """
    half = np.asarray(df, dtype=np.float64) / 2.0
    ratio = np.exp(special.gammaln(half) - special.gammaln(half - 0.5))
    return np.asarray(ratio / np.sqrt(half), dtype=np.float64)


def hedges_g(d: npt.ArrayLike, n_1: npt.ArrayLike, n_2: npt.ArrayLike) -> FloatArray:
    """Cohen's d of groups of n_1 and n_2 people, corrected for its bias in small samples."""
    return np.asarray(np.asarray(d) * small_sample_factor(_degrees(n_1) + _degrees(n_2)), dtype=np.float64)


def variance_of_g(g: npt.ArrayLike, n_1: npt.ArrayLike, n_2: npt.ArrayLike) -> FloatArray:
    """Sampling variance 1/n_1 + 1/n_2 + g^2/(2 (n_1 + n_2)) (Hedges & Olkin 1985, ch. 5, eq. 15)."""
    one, two = np.asarray(n_1, dtype=np.float64), np.asarray(n_2, dtype=np.float64)
    return np.asarray(1.0 / one + 1.0 / two + np.square(g) / (2.0 * (one + two)), dtype=np.float64)


def mean_from_quartiles(q1: npt.ArrayLike, median: npt.ArrayLike, q3: npt.ArrayLike) -> FloatArray:
    """Mean of a sample from its printed quartiles (Wan et al. 2014, eq. 14, doi 10.1186/1471-2288-14-135)."""
    return np.asarray(np.add(np.add(q1, median), q3) / 3.0, dtype=np.float64)


def sd_from_quartiles(q1: npt.ArrayLike, q3: npt.ArrayLike, n: npt.ArrayLike) -> FloatArray:
    """SD of a sample of n from its printed quartiles (Wan et al. 2014, eq. 16)."""
    people = np.asarray(n, dtype=np.float64)
    width = 2.0 * special.ndtri((0.75 * people - 0.125) / (people + 0.25))
    return np.asarray(np.subtract(q3, q1) / width, dtype=np.float64)


def pool_sides(means: npt.ArrayLike, sds: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Mean of one group over its sides (last axis), and the root of their mean variance.

    As for independent samples of one size (Cohen 1988), which the two sides of one person are not: the mean
    of both sides varies less between people than either, so that d is too small by the factor
    sqrt((1 + r)/2), where r is the correlation of the sides.
    """
    return np.mean(np.asarray(means), axis=-1), np.sqrt(np.mean(np.square(sds), axis=-1))


def _degrees(n: npt.ArrayLike) -> FloatArray:
    return np.asarray(n, dtype=np.float64) - 1.0
