"""LD between the variants of a region, kept as the panel's standardised genotypes.

With fewer people than variants, products with the correlation matrix and its eigenvalues cost less this way
than by the matrix itself: R = X'X for the columns of X with mean 0 and length 1. The mixture of R with no LD
at all is that of Zou et al. 2022, doi:10.1371/journal.pgen.1010299.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.ld import GenotypeArray

RANK_TOLERANCE = 1e-8  # eigenvalues below are those of directions in which no one differs


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Eigenvalues (k,) above zero and eigenvectors (p, k) of a p x p correlation matrix."""

    values: FloatArray
    vectors: FloatArray


@dataclass(frozen=True, slots=True)
class PanelLd:
    """Correlations (1 - s) X'X + s I between variants: `factor` is X (people, p), `shrinkage` is s."""

    factor: FloatArray
    shrinkage: float = 0.0

    @classmethod
    def of(cls, genotypes: GenotypeArray, sign: FloatArray) -> Self:
        """From allele counts (people, p), any negative number where missing, which take the variant's mean.

        `sign` (p,) is -1 where the other allele is wanted. ValueError where a variant does not vary.
        """
        present = genotypes >= 0
        counts = np.where(present, genotypes, 0).astype(np.float64)
        mean = counts.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        centred = np.where(present, counts - mean, 0.0)
        length = np.sqrt((centred**2).sum(axis=0))
        if not (length > 0).all():
            raise ValueError("a variant that does not vary in the panel has no LD")
        return cls(centred * (sign / length))

    @property
    def n_variants(self) -> int:
        """Variants in the region."""
        return int(self.factor.shape[1])

    def shrunken(self, shrinkage: float) -> Self:
        """The same panel, mixed with a share of no LD at all."""
        return replace(self, shrinkage=shrinkage)

    def only(self, variants: IntArray | BoolArray) -> Self:
        """The LD of some of the variants."""
        return replace(self, factor=self.factor[:, variants])

    def times(self, vector: FloatArray) -> FloatArray:
        """The correlation matrix times a vector (p,)."""
        product = self.factor.T @ (self.factor @ vector)
        return product if not self.shrinkage else (1.0 - self.shrinkage) * product + self.shrinkage * vector

    def correlation_with(self, variant: int) -> FloatArray:
        """Correlations (p,) of every variant with one, in the panel itself."""
        return self.factor.T @ self.factor[:, variant]

    def least_correlation(self, variants: IntArray, enough: float) -> float:
        """Least |r| between these variants in the panel itself, or, where one with the first is below
        `enough`, that."""
        if len(variants) == 1:
            return 1.0
        first = np.abs(self.factor[:, variants].T @ self.factor[:, variants[0]])
        if first.min() < enough:
            return float(first.min())
        chosen = self.factor[:, variants]
        return float(np.minimum(np.abs(chosen.T @ chosen), 1.0).min())

    def spectrum(self) -> Spectrum:
        """Eigenvalues and eigenvectors of the panel itself, by the smaller of X X' and X'X."""
        people, p = self.factor.shape
        small = self.factor @ self.factor.T if people < p else self.factor.T @ self.factor
        values, vectors = np.linalg.eigh(small)
        some = values > RANK_TOLERANCE
        values, vectors = values[some], vectors[:, some]
        return Spectrum(values, self.factor.T @ vectors / np.sqrt(values) if people < p else vectors)
