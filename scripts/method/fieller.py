"""Confidence set of a ratio whose denominator has an error of its own."""

from __future__ import annotations

import math

from scripts.method.estimate import Estimate, confidence_quantile

Parts = tuple[tuple[float, float], ...]


def fieller(numerator: Estimate, denominator: Estimate, covariance: float = 0.0) -> Parts:
    """95% confidence set of numerator/denominator, as intervals in ascending order, whose ends may be open.

    The ratios r for which numerator - r denominator is within its error of 0 (Fieller 1954, doi
    10.1111/j.2517-6161.1954.tb00159.x): one interval where the denominator differs from 0, else all but a
    gap, or every number.
    """
    z2 = confidence_quantile(math.inf) ** 2
    square = denominator.beta**2 - z2 * denominator.se**2
    middle = numerator.beta * denominator.beta - z2 * covariance
    rest = numerator.beta**2 - z2 * numerator.se**2
    discriminant = middle**2 - square * rest
    if square > 0.0:
        root = math.sqrt(max(discriminant, 0.0))
        return (((middle - root) / square, (middle + root) / square),)
    if discriminant <= 0.0 or square == 0.0:
        return ((-math.inf, math.inf),)
    root = math.sqrt(discriminant)
    return ((-math.inf, (middle + root) / square), ((middle - root) / square, math.inf))
