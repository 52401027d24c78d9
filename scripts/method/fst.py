"""Distance of two populations by allele frequencies: Hudson's F_ST.

Bhatia et al. 2013, doi 10.1101/gr.154831.113, equation 9.
"""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import FloatArray


def fst_parts(p: FloatArray, q: FloatArray) -> FloatArray:
    """Numerator and denominator (2, ...) of F_ST, summed over the first axis (variants).

    F_ST is their ratio: a ratio of sums, to which rare variants add little. The terms for sampling are left
    out: with people by the hundred they are of the order of 0.001. A variant without one of the two
    frequencies (NaN) does not count.
    """
    apart, total = (p - q) ** 2, p * (1.0 - q) + q * (1.0 - p)
    known = ~np.isnan(apart)
    return np.stack([np.where(known, part, 0.0).sum(axis=0) for part in (apart, total)])


def fst(parts: FloatArray) -> FloatArray:
    """F_ST from summed `fst_parts`; NaN where nothing was compared."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(parts[0] / parts[1], dtype=np.float64)
