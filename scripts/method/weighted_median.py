"""Weighted median estimate."""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.egger import orient
from scripts.method.estimate import Estimate, check_instruments

MEDIAN_MINIMUM = 3


def weighted_median(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    draws: int,
    rng: np.random.Generator,
) -> Estimate:
    """Weighted median of the Wald ratios of n >= 3 independent instruments (arrays of length n), normal P.

    Consistent while valid instruments carry half of the weight (Bowden et al. 2016, doi
    10.1002/gepi.21965). Weights are the inverse second-order variances of the ratios. The standard error is
    the standard deviation over `draws` parametric draws of both effects, with the weights held, as in
    TwoSampleMR. Variants are oriented and put in order of their ratio before drawing, so that neither the
    choice of effect allele nor the order of the rows changes the result. Raises TooFewInstruments below 3.
    """
    n = len(beta_x)
    check_instruments(MEDIAN_MINIMUM, n)
    x, y = orient(beta_x, beta_y)
    order = np.lexsort((se_y, se_x, x, y / x))
    x, y, se_x, se_y = x[order], y[order], se_x[order], se_y[order]
    weight = 1.0 / (se_y**2 / x**2 + y**2 * se_x**2 / x**4)
    drawn_x = rng.normal(x, se_x, size=(draws, n))
    drawn_y = rng.normal(y, se_y, size=(draws, n))
    drawn = medians(drawn_y / drawn_x, weight)
    return Estimate(float(medians(y / x, weight)), float(np.std(drawn, ddof=1)), n)


def medians(ratio: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted median along the last axis of `ratio` (..., n), with one weight a column (n).

    Each sorted ratio stands at the middle of its share of the weight; the median is interpolated at one half.
    """
    order = np.argsort(ratio, axis=-1, kind="stable")
    sorted_ratio = np.take_along_axis(ratio, order, axis=-1)
    sorted_weight = weight[order] / np.sum(weight)
    position = np.cumsum(sorted_weight, axis=-1) - sorted_weight / 2.0
    # The last variant below one half; a variant with all the weight stands at one half and has none below.
    below = np.clip(np.sum(position < 0.5, axis=-1, keepdims=True) - 1, 0, ratio.shape[-1] - 2)
    low, high = (np.take_along_axis(sorted_ratio, below + step, axis=-1) for step in (0, 1))
    start, end = (np.take_along_axis(position, below + step, axis=-1) for step in (0, 1))
    return np.asarray((low + (high - low) * (0.5 - start) / (end - start))[..., 0], dtype=np.float64)
