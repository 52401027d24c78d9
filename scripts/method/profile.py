"""The profile of the two-sample likelihood over the variants' true exposure effects: residuals by slope."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scripts.method.arrays import FloatArray


class Profile(NamedTuple):
    """Standardised residuals and what an estimating equation needs of them (all of one shape).

    `variance` v = se_y^2 + slope^2 se_x^2 (+ tau2); `residual` t = (y - slope x)/sqrt(v); `effect`: the
    exposure effects that are most likely given the slope; `weight` = -dt/dslope = effect/sqrt(v), and
    `weight_slope` its derivative by the slope.
    """

    variance: FloatArray
    residual: FloatArray
    effect: FloatArray
    weight: FloatArray
    weight_slope: FloatArray


def residuals(
    slope: FloatArray | float, x: FloatArray, var_x: FloatArray, y: FloatArray, var_y: FloatArray
) -> FloatArray:
    """The residuals of `profile` alone."""
    return np.asarray((y - slope * x) / np.sqrt(var_y + slope**2 * var_x))


def profile(
    slope: FloatArray | float, x: FloatArray, var_x: FloatArray, y: FloatArray, var_y: FloatArray
) -> Profile:
    """Profile at `slope`, which broadcasts with the effects `x`, `y` and their variances.

    Zhao et al. 2020, doi 10.1214/19-AOS1866, section 3; overdispersion adds tau2 to `var_y`.
    """
    variance = var_y + slope**2 * var_x
    root = np.sqrt(variance)
    effect = (x * var_y + slope * y * var_x) / variance
    effect_slope = var_x * (y - 2.0 * slope * effect) / variance
    weight_slope = (effect_slope - effect * slope * var_x / variance) / root
    return Profile(variance, (y - slope * x) / root, effect, effect / root, weight_slope)
