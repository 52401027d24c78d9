"""The variance tau^2 between experiments, beyond their sampling errors.

Effects y and their sampling variances v are arrays of length k >= 2.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from scripts.method.arrays import FloatArray

Tau2Method = Literal["dersimonian_laird", "paule_mandel", "reml"]
STEPS = 200
CONVERGED = 1e-15  # of a Newton step, relative to tau^2
GRID = 400  # points on which the restricted likelihood is looked over before it is refined


def tau2_of(y: FloatArray, v: FloatArray, method: Tau2Method) -> float:
    """tau^2 by the named method."""
    return {"dersimonian_laird": dersimonian_laird, "paule_mandel": paule_mandel, "reml": reml}[method](y, v)


def dersimonian_laird(y: FloatArray, v: FloatArray) -> float:
    """The moment estimate of DerSimonian & Laird 1986, doi 10.1016/0197-2456(86)90046-2, at least 0."""
    weight = 1.0 / v
    _, q = _spread(y, weight)
    return moment_tau2(q, len(y) - 1, weight)


def moment_tau2(q: float, df: int, weight: FloatArray) -> float:
    """What q exceeds its expectation df by, over what a unit of tau^2 adds to it; at least 0."""
    total = float(np.sum(weight))
    unit = total - float(np.sum(weight**2)) / total  # 0 where one experiment has all the weight
    return max(0.0, (q - df) / unit) if unit > 0.0 else 0.0


def paule_mandel(y: FloatArray, v: FloatArray) -> float:
    """The tau^2 at which Q = sum (y - mu)^2/(v + tau^2) is k - 1, or 0 where Q is below that already.

    Paule & Mandel 1982, doi 10.6028/jres.087.022, by Newton's method (DerSimonian & Kacker 2007, eq. 13): Q
    is convex and falls with tau^2, so that steps from 0 never pass the root.
    """
    tau2, df = 0.0, len(y) - 1
    for _ in range(STEPS):
        weight = 1.0 / (v + tau2)
        mu, q = _spread(y, weight)
        step = (q - df) / float(np.sum((weight * (y - mu)) ** 2)) if q > df else 0.0
        tau2 += step
        if step <= CONVERGED * tau2:
            break
    return tau2


def reml(y: FloatArray, v: FloatArray) -> float:
    """The tau^2 >= 0 of the largest restricted likelihood (Viechtbauer 2005, doi 10.3102/10769986030003261).

    The likelihood may have several peaks: a grid finds the highest, the root of its slope the exact place.
    """
    most = float(np.sum((y - np.mean(y)) ** 2)) + float(np.max(v))  # the slope is negative from here on
    grid = np.append(0.0, np.geomspace(1e-6 * float(np.min(v)), most, GRID))
    best = int(np.argmax(_restricted(y, v, grid)))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID)])
    if best == 0 and _slope(0.0, y, v) <= 0.0:
        return 0.0
    while low < (middle := (low + high) / 2.0) < high:
        if _slope(middle, y, v) > 0.0:
            low = middle
        else:
            high = middle
    return middle


def _spread(y: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """The weighted mean and the weighted sum of squares around it."""
    mu = float(weight @ y) / float(np.sum(weight))
    return mu, float(weight @ (y - mu) ** 2)


def _restricted(y: FloatArray, v: FloatArray, tau2: FloatArray) -> FloatArray:
    """Restricted log likelihood at each tau2, but for a constant."""
    weight = 1.0 / (v + tau2[:, np.newaxis])
    total = np.sum(weight, axis=1)
    mu = weight @ y / total
    q = np.sum(weight * (y - mu[:, np.newaxis]) ** 2, axis=1)
    return np.asarray(np.sum(np.log(weight), axis=1) - np.log(total) - q) / 2.0


def _slope(tau2: float, y: FloatArray, v: FloatArray) -> float:
    """Derivative of twice the restricted log likelihood by tau2."""
    weight = 1.0 / (v + tau2)
    mu, _ = _spread(y, weight)
    trace = float(np.sum(weight)) - float(np.sum(weight**2)) / float(np.sum(weight))
    return float(np.sum((weight * (y - mu)) ** 2)) - trace
