"""LD scores of a panel's variants: how much of the genome each one speaks for.

The LD score of a variant is the sum of its r2 with every variant near it, itself among them, each less the
r2 that chance gives in n people (Bulik-Sullivan et al. 2015, doi 10.1038/ng.3211, online methods):

    l = sum_k (r2_k - (1 - r2_k)/(n - 2)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.ld import GenotypeArray

TILE = 512  # variants at a time


@dataclass(frozen=True, slots=True)
class LdScores:
    """What the regression knows of its n variants, in genome order, and of the panel.

    `score`: sum of r2 with the panel's variants; `weight`: sum of r2 with the variants of the regression;
    `m`: number of the panel's common variants (frequency 5-50%), to which the heritability belongs.
    """

    score: FloatArray
    weight: FloatArray
    m: float


def windows(coordinates: FloatArray, width: float) -> tuple[IntArray, IntArray]:
    """First neighbour, and one past the last, of each variant: those at most `width` away on either side.

    `coordinates` (length m) ascend, in any unit of distance. ldsc by default takes some variants beyond the
    window as well, up to the next multiple of 50; these are its windows with --chunk-size 1.
    """
    first = np.searchsorted(coordinates, coordinates - width, side="left")
    return first, np.searchsorted(coordinates, coordinates + width, side="right")


def ld_scores(
    genotypes: GenotypeArray, first: IntArray, end: IntArray, of: IntArray, counted: BoolArray
) -> FloatArray:
    """LD scores of the variants `of` (ascending, shape (k)), from a chromosome's genotypes (people x m).

    `first` and `end` are its `windows`; the sums run over the neighbours that are `counted` (length m).
    Missing genotypes stand at the variant's mean. Raises ValueError with fewer than 3 people, or where a
    variant that is used does not vary.
    """
    people = len(genotypes)
    if people < 3:
        raise ValueError(f"LD scores need a panel of 3 people at least, this one has {people}")
    scores = np.empty(len(of))
    for start in range(0, len(of), TILE):
        tile = of[start : start + TILE]
        near = np.arange(first[tile[0]], end[tile[-1]])
        near = near[counted[near]]
        r = _standardised(genotypes[:, tile]).T @ _standardised(genotypes[:, near]) / people
        r *= r
        inside = (near >= first[tile, None]) & (near < end[tile, None])
        total, neighbours = np.where(inside, r, 0.0).sum(axis=1), inside.sum(axis=1)
        scores[start : start + TILE] = total - (neighbours - total) / (people - 2)
    return scores


def varying(genotypes: GenotypeArray) -> BoolArray:
    """Which variants (people x m) have two different genotypes, and so an r2 with others."""
    present = genotypes >= 0
    low, high = np.where(present, genotypes, 2).min(axis=0), np.where(present, genotypes, 0).max(axis=0)
    return np.asarray(high > low, dtype=bool)


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
