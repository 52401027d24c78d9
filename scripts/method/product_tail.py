"""The tail of a product of two standard normal variables, correlated or not, at any depth.

With correlation rho, z1 z2 has the density exp(rho t/(1-rho^2)) K0(|t|/(1-rho^2)) / (pi sqrt(1-rho^2)) (Craig
1936, doi:10.1214/aoms/1177732541; Nadarajah & Pogany 2016, doi:10.1016/j.crma.2015.10.019). Writing K0 as an
integral of exp(-y cosh u) and integrating over t first leaves, for a = 1 - |rho|, b = 1 + |rho| and
y = x/(1-rho^2),

    P(|z1 z2| > x) = sqrt(1-rho^2)/pi  *  integral over u > 0 of  exp(-y(c+a))/(c+a) + exp(-y(c+b))/(c+b),

where c = cosh u - 1. The factor exp(-ya) = exp(-x/(1+|rho|)) is taken out before the sum, so that nothing
underflows. The integrand is analytic in a strip of half-width arccos|rho|, hence the trapezoidal rule
converges like exp(-2 pi arccos|rho| / step) (Trefethen & Weideman 2014, doi:10.1137/130932132).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from scripts.method.arrays import FloatArray

DIGITS = 45.0  # exp(-45) is left out of every sum
FARTHEST = 42.0  # u beyond which the integrand is below exp(-DIGITS), however small x is
FEWEST_STEPS = 120
BLOCK = 2_000  # values of x at a time: 20 MB at the usual number of steps


def log_product_tail(x: npt.ArrayLike, rho: float = 0.0) -> FloatArray:
    """Natural log of P(|z1 z2| > x) for x >= 0 (k,), with an absolute error below 1e-12; rho in (-1, 1)."""
    if not -1.0 < rho < 1.0:
        raise ValueError(f"log_product_tail: rho is {rho}, expected a number between -1 and 1")
    values = np.asarray(x, dtype=np.float64)
    parts = [_log_tail(values[at : at + BLOCK], abs(rho)) for at in range(0, max(values.size, 1), BLOCK)]
    return np.concatenate(parts)


def _log_tail(x: FloatArray, rho: float) -> FloatArray:
    y = x / ((1.0 - rho) * (1.0 + rho))
    steps = max(FEWEST_STEPS, math.ceil(FARTHEST * DIGITS / (2.0 * math.pi * math.acos(rho))))
    with np.errstate(divide="ignore", over="ignore"):
        end = np.minimum(np.arccosh(1.0 + DIGITS / y), FARTHEST)
    u = end[:, None] * (np.arange(steps + 1) / steps)
    c = 2.0 * np.sinh(0.5 * u) ** 2
    a, b = 1.0 - rho, 1.0 + rho
    cy = c * y[:, None]
    heights = np.exp(-cy) / (c + a) + np.exp(-(cy + 2.0 * rho * y[:, None])) / (c + b)
    heights[:, 0] *= 0.5  # the integrand is even in u: half of the rule on the whole line
    area = heights.sum(axis=1) * (end / steps)
    return np.asarray(np.log(area * (math.sqrt(a * b) / math.pi)) - x / b)
