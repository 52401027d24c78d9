"""LD scores of a panel's variants: how much of the genome each one speaks for.

The LD score of a variant is the sum of its r2 with every variant near it, itself among them, each less the
r2 that chance gives in n people (Bulik-Sullivan et al. 2015, doi 10.1038/ng.3211, online methods):

    l = sum_k (r2_k - (1 - r2_k)/(n - 2)).
"""

from __future__ import annotations

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.ld import GenotypeArray

TILE = 512  # variants at a time


def windows(coordinates: FloatArray, width: float) -> tuple[IntArray, IntArray]:
    """First neighbour, and one past the last, of each variant: those at most `width` away on either side.

    `coordinates` (length m) ascend, in any unit of distance. ldsc by default takes some variants beyond the
    window as well, up to the next multiple of 50; these are its windows with --chunk-size 1.
    """
    first = np.searchsorted(coordinates, coordinates - width, side="left")
    return first, np.searchsorted(coordinates, coordinates + width, side="right")


def ld_scores(
    genotypes: GenotypeArray, first: IntArray, end: IntArray, counted: BoolArray | None = None
) -> FloatArray:
    """LD score of each variant (people x m, one chromosome, windows as from `windows`), all of which vary.

    Missing genotypes stand at the variant's mean. Where `counted` (length m) is given, the sums run over
    these neighbours only. Raises ValueError with fewer than 3 people, or where a variant does not vary.
    """
    people, m = genotypes.shape
    if people < 3:
        raise ValueError(f"LD scores need a panel of 3 people at least, this one has {people}")
    counted = np.ones(m, dtype=bool) if counted is None else counted
    scores = np.empty(m)
    for start in range(0, m, TILE):
        tile = np.arange(start, min(start + TILE, m))
        near = np.arange(first[tile[0]], end[tile[-1]])[counted[first[tile[0]] : end[tile[-1]]]]
        r = _standardised(genotypes[:, tile]).T @ _standardised(genotypes[:, near]) / people
        r *= r
        inside = (near >= first[tile, None]) & (near < end[tile, None])
        total, neighbours = np.where(inside, r, 0.0).sum(axis=1), inside.sum(axis=1)
        scores[tile] = total - (neighbours - total) / (people - 2)
    return scores


def _standardised(genotypes: GenotypeArray) -> FloatArray:
    """Columns of mean 0 and variance 1 over all people, missing genotypes at 0."""
    present = genotypes >= 0
    x = np.where(present, genotypes, 0).astype(np.float64)
    called = present.sum(axis=0)
    x -= np.where(present, x.sum(axis=0) / np.maximum(called, 1), 0.0)
    spread = np.sqrt(np.mean(x * x, axis=0))
    if not np.all(spread > 0.0):
        raise ValueError("a variant of the panel does not vary: it has no LD score")
    x /= spread
    return x
