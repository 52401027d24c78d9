"""Clumping: the most significant variants of a trait, no two of them in linkage disequilibrium."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scripts.method.arrays import FloatArray, IntArray
from scripts.method.ld import LD_R2, GenotypeArray, PairR2, genotype_tables, pack

UNCLAIMED = -1
BASES_PER_KB = 1000


def clump(
    neglog10_p: FloatArray,
    chromosome: IntArray,
    position: IntArray,
    genotypes: Callable[[IntArray], GenotypeArray],
    *,
    r2_max: float,
    window_kb: float,
    ld: str = "haplotype_em",
) -> IntArray:
    """For each candidate, which candidate's clump it is in; index variants hold their own number.

    Greedy as PLINK 1.9 --clump with p1 = p2 (Purcell 2007, doi:10.1086/519795): the smallest P first, ties
    in the order given (the panel's), claims every free candidate of its chromosome within +-`window_kb`
    (inclusive) whose r2 is above `r2_max`. `genotypes(candidates)` gives people x candidates; it is called
    at most once a chromosome, with candidates in the order given. `ld` is a key of `LD_R2`. A variant that
    does not vary in the panel has no r2 and is never claimed. Raises ValueError where a P is missing or
    `ld` is unknown.
    """
    if np.isnan(neglog10_p).any():
        raise ValueError("clump: neglog10_p has missing values; leave those variants out before clumping")
    if ld not in LD_R2:
        raise ValueError(f"clump: ld is {ld!r}, expected one of {', '.join(LD_R2)}")
    claimed_by = np.arange(len(neglog10_p))
    for one_chromosome in np.unique(chromosome):
        members = np.flatnonzero(chromosome == one_chromosome)
        if len(members) > 1:
            order = np.argsort(-neglog10_p[members], kind="stable")
            reach = window_kb * BASES_PER_KB
            claims = _claim(order, position[members], genotypes(members), reach, r2_max, LD_R2[ld])
            claimed_by[members] = members[claims]
    return claimed_by


def _claim(
    order: IntArray,
    position: IntArray,
    genotypes: GenotypeArray,
    reach: float,
    r2_max: float,
    pair_r2: PairR2,
) -> IntArray:
    """`clump` on one chromosome, with candidates taken in `order`."""
    packed = pack(genotypes)
    place = position.astype(np.int64)
    claimed_by = np.full(len(order), UNCLAIMED, dtype=np.int64)
    for index in order:
        if claimed_by[index] != UNCLAIMED:
            continue
        claimed_by[index] = index
        near = np.flatnonzero((claimed_by == UNCLAIMED) & (np.abs(place - place[index]) <= reach))
        r2 = pair_r2(genotype_tables(packed, int(index), near))
        claimed_by[near[r2 > r2_max]] = index
    return claimed_by
