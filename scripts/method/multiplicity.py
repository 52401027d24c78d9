"""Adjustment for the number of tests, on the log scale so that the smallest P keep their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Adjusted P and the family they were adjusted in, one entry a test.

    `m` counts the tests of the family (missing P are not tests). `rank` is the number of tests whose P is
    as small or smaller, so tied tests share one; 0 where P is missing.
    """

    neglog10_p: FloatArray
    m: int
    rank: IntArray

    @property
    def p(self) -> FloatArray:
        """Adjusted P; 0 where it is below the smallest double."""
        return np.asarray(10.0**-self.neglog10_p, dtype=np.float64)


def benjamini_hochberg(neglog10_p: FloatArray) -> Adjusted:
    """Benjamini-Hochberg adjusted P as -log10 (1995, doi:10.1111/j.2517-6161.1995.tb02031.x).

    NaN (not tested) stays NaN. Adjusted P = smallest of P_(j) m / j over all ranks j from the test's own
    up, so it is never below the raw P.
    """
    adjusted = np.full(len(neglog10_p), np.nan)
    rank = np.zeros(len(neglog10_p), dtype=np.int64)
    tested = np.flatnonzero(~np.isnan(neglog10_p))
    m = len(tested)
    order = tested[np.argsort(-neglog10_p[tested], kind="stable")]
    ordered = neglog10_p[order]
    # The last place of a run of ties is the number of tests as small or smaller.
    rank[order] = np.searchsorted(-ordered, -ordered, side="right")
    candidates = ordered - np.log10(m / rank[order]) if m else ordered
    running = np.maximum.accumulate(candidates[::-1])[::-1]
    adjusted[order] = np.maximum(running, 0.0)
    return Adjusted(adjusted, m, rank)
