"""One test from several correlated ones: do the outcomes together point the expected way?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.normal import neglog10_p_from_z


@dataclass(frozen=True, slots=True)
class Combined:
    """The combined test: z (positive: the expected way), -log10 of its two-sided P, and how many tests."""

    z: float
    neglog10_p: float
    n: int


def combined_test(z: FloatArray, correlation: FloatArray) -> Combined:
    """Sum of the z over its standard deviation, sqrt(1'R1), for tests of correlation R (k, k).

    Stouffer's method for correlated tests (Strube 1985, doi:10.1037/0033-2909.97.2.334). `z` (k,) are signed
    so that the expected direction is positive; NaN are left out. Taking R for the identity would count the
    same people several times. Without any test, z and P are NaN. Raises ValueError where R does not allow
    the sum to vary.
    """
    there = ~np.isnan(z)
    n = int(there.sum())
    if n == 0:
        return Combined(np.nan, np.nan, 0)
    variance = float(correlation[np.ix_(there, there)].sum())
    if not variance > 0.0:
        raise ValueError("the correlation of the tests leaves their sum no variance")
    total = float(z[there].sum()) / variance**0.5
    return Combined(total, float(neglog10_p_from_z(total)), n)
