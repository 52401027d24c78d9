"""False discovery rate over two levels: families selected first, then tests within the selected ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.multiplicity import benjamini_hochberg


@dataclass(frozen=True, slots=True)
class Hierarchical:
    """Which families were selected (m,), and the tests within them (m, k).

    `neglog10_p` are adjusted P of the tests, NaN outside selected families and where there is no test: a
    test is rejected where its adjusted P is below the same `fdr` that selected the families. `rank` (m, k)
    and `tests` (m,) say where in which family a test stood.
    """

    selected: BoolArray
    neglog10_p: FloatArray
    rank: IntArray
    tests: IntArray


def hierarchical_fdr(families: FloatArray, tests: FloatArray, selected: BoolArray) -> Hierarchical:
    """Benjamini & Bogomolov's selective inference (2014, doi:10.1111/rssb.12028).

    `families` are -log10 P of the m families (NaN: not tested), of which R were `selected` (by any rule that
    does not look at the tests within), `tests` -log10 P (m, k) within them. Benjamini-Hochberg within each
    selected family at level fdr R/m keeps the average false discovery rate over the selected families at
    fdr. The adjusted P are Benjamini-Hochberg's within the family times m/R.
    """
    m = int(np.count_nonzero(~np.isnan(families)))
    chosen = selected & ~np.isnan(families)
    adjusted = np.full(tests.shape, np.nan)
    rank = np.zeros(tests.shape, dtype=np.int64)
    sizes = np.zeros(len(tests), dtype=np.int64)
    share = np.log10(m / max(int(chosen.sum()), 1)) if m else 0.0
    for at in np.flatnonzero(chosen):
        within = benjamini_hochberg(tests[at])
        adjusted[at] = np.maximum(within.neglog10_p - share, 0.0)
        rank[at], sizes[at] = within.rank, within.m
    return Hierarchical(chosen, adjusted, rank, sizes)
