"""Weighted median estimate."""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.bootstrap import Bootstrap
from scripts.method.estimate import Estimate, check_instruments

MEDIAN_MINIMUM = 3


def weighted_median(sample: Bootstrap) -> Estimate:
    """Weighted median of the Wald ratios of n >= 3 independent instruments, with a normal P.

    Consistent while valid instruments carry half of the weight (Bowden et al. 2016, doi
    10.1002/gepi.21965). Weights are the inverse second-order variances of the ratios. The standard error is
    the standard deviation over the draws, with the weights held, as in TwoSampleMR. Raises TooFewInstruments
    below 3.
    """
    x, y = sample.beta_x, sample.beta_y
    check_instruments(MEDIAN_MINIMUM, len(x))
    weight = 1.0 / (sample.se_y**2 / x**2 + y**2 * sample.se_x**2 / x**4)
    drawn = medians(sample.drawn_y / sample.drawn_x, weight)
    return Estimate(float(medians(y / x, weight)), float(np.std(drawn, ddof=1)), len(x))


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
