"""Simple, weighted and penalised weighted median estimates."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import special

from scripts.method.arrays import FloatArray
from scripts.method.bootstrap import Bootstrap
from scripts.method.estimate import Estimate, OnlyOutliers, check_instruments

MEDIAN_MINIMUM = 3
PENALTY = 20.0
Order = Literal["first", "second"]


def simple_median(sample: Bootstrap) -> Estimate:
    """Median of the Wald ratios: consistent while half of the instruments are valid; else as the weighted."""
    check_instruments(MEDIAN_MINIMUM, len(sample.beta_x))
    return _estimate(sample, np.ones(len(sample.beta_x)))


def weighted_median(sample: Bootstrap, order: Order = "second") -> Estimate:
    """Weighted median of the Wald ratios of n >= 3 independent instruments, with a normal P.

    Consistent while valid instruments carry half of the weight (Bowden et al. 2016, doi
    10.1002/gepi.21965). Weights are the inverse variances of the ratios, of the second order as in
    TwoSampleMR, or of the `first` as in MendelianRandomization. The standard error is the standard deviation
    over the draws, with the weights held, as in both. Raises TooFewInstruments below 3.
    """
    check_instruments(MEDIAN_MINIMUM, len(sample.beta_x))
    return _estimate(sample, inverse_variances(sample, order))


def penalised_median(sample: Bootstrap, order: Order = "second") -> Estimate:
    """Weighted median with less weight for ratios far from it, as in Bowden et al. 2016.

    Weights times min(1, 20 P), where P is that of the ratio's distance to the weighted median. Raises
    OnlyOutliers where all of these P underflow.
    """
    check_instruments(MEDIAN_MINIMUM, len(sample.beta_x))
    weight, ratio = inverse_variances(sample, order), sample.beta_y / sample.beta_x
    distance = weight * (ratio - medians(ratio, weight)) ** 2
    penalised = weight * np.minimum(1.0, PENALTY * special.chdtrc(1.0, distance))
    if not np.any(penalised):
        raise OnlyOutliers
    return _estimate(sample, penalised)


def inverse_variances(sample: Bootstrap, order: Order) -> FloatArray:
    """Inverse variances of the Wald ratios (shape n), by the delta method to the given order."""
    first = sample.se_y**2 / sample.beta_x**2
    second = sample.beta_y**2 * sample.se_x**2 / sample.beta_x**4
    return np.asarray(1.0 / (first if order == "first" else first + second), dtype=np.float64)


def _estimate(sample: Bootstrap, weight: FloatArray) -> Estimate:
    drawn = medians(sample.drawn_y / sample.drawn_x, weight)
    point = medians(sample.beta_y / sample.beta_x, weight)
    return Estimate(float(point), float(np.std(drawn, ddof=1)), len(weight))


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
