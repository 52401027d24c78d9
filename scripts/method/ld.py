"""Linkage disequilibrium between variants, from unphased genotypes of a reference panel.

Genotypes are int8 matrices of people x variants: copies (0, 1, 2) of one allele, -127 (any other number)
where missing. Every pair uses the people whose genotypes are present at both variants.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

from scripts.method.arrays import FloatArray, IntArray

GenotypeArray = npt.NDArray[np.int8]
PackedGenotypes = npt.NDArray[np.uint64]
PairR2 = Callable[[FloatArray], FloatArray]

NEWTON_STEPS = 3


def allele_count_r(genotypes: GenotypeArray) -> FloatArray:
    """Pearson correlations of allele counts, variants x variants; NaN where a variant does not vary.

    The sign belongs to the counted alleles: counting the other allele of one variant negates its row and
    column.
    """
    present = (genotypes >= 0).astype(np.float64)
    count = np.where(genotypes >= 0, genotypes, 0).astype(np.float64)
    people, total = present.T @ present, count.T @ present
    # Sums of small whole numbers are exact in a double, so nothing is lost by not centring first.
    covariance = people * (count.T @ count) - total * total.T
    variance = people * ((count**2).T @ present) - total**2
    with np.errstate(invalid="ignore", divide="ignore"):
        r = covariance / np.sqrt(variance * variance.T)
    np.fill_diagonal(r, np.where(np.diag(variance) > 0, 1.0, np.nan))
    return r


def haplotype_em_r2(index_genotype: GenotypeArray, others: GenotypeArray) -> FloatArray:
    """r2 of one variant (people) with each of `others` (people x variants), from haplotype frequencies.

    The frequencies maximise the likelihood of the unphased genotypes (Hill 1974, Heredity 33:229,
    doi:10.1038/hdy.1974.89), which PLINK 1.9 uses in --clump. NaN where either variant does not vary.
    """
    packed = pack(np.column_stack([index_genotype, others]))
    return haplotype_em_r2_of(genotype_tables(packed, 0, np.arange(1, packed.shape[1])))


def pack(genotypes: GenotypeArray) -> PackedGenotypes:
    """One bit a person for each of the genotypes 0, 1 and 2: array of 3 x variants x 64-bit words."""
    people, variants = genotypes.shape
    packed = np.zeros((3, variants, -(-people // 64) * 8), dtype=np.uint8)
    for copies in range(3):
        packed[copies, :, : -(-people // 8)] = np.packbits(genotypes == copies, axis=0).T
    return packed.view(np.uint64)


def genotype_tables(packed: PackedGenotypes, index: int, others: IntArray) -> FloatArray:
    """People by genotype of variant `index` and of each of `others`: 3 x 3 x others."""
    tables = np.empty((3, 3, len(others)))
    for copies in range(3):
        other_bits = packed[copies, others]
        for index_copies in range(3):
            shared = np.bitwise_count(other_bits & packed[index_copies, index])
            tables[index_copies, copies] = shared.sum(axis=1, dtype=np.int64)
    return tables


def allele_count_r2_of(tables: FloatArray) -> FloatArray:
    """Squared correlation of allele counts, for genotype tables (3 x 3 x pairs); NaN if one is constant."""
    people = tables.sum(axis=(0, 1))
    first, second = tables.sum(axis=1), tables.sum(axis=0)
    sum_1, sum_2 = first[1] + 2 * first[2], second[1] + 2 * second[2]
    product = tables[1, 1] + 2 * (tables[1, 2] + tables[2, 1]) + 4 * tables[2, 2]
    variance_1 = people * (first[1] + 4 * first[2]) - sum_1**2
    variance_2 = people * (second[1] + 4 * second[2]) - sum_2**2
    with np.errstate(invalid="ignore", divide="ignore"):
        r2: FloatArray = (people * product - sum_1 * sum_2) ** 2 / (variance_1 * variance_2)
    return r2


def haplotype_em_r2_of(tables: FloatArray) -> FloatArray:
    """r2 from maximum-likelihood haplotype frequencies, for genotype tables (3 x 3 x pairs)."""
    haplotypes = 2.0 * tables.sum(axis=(0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        known = _known_haplotypes(tables) / haplotypes
        phase_unknown = tables[1, 1] / haplotypes
        f11, f12, f21, f22 = _frequencies(known, phase_unknown, _most_likely_phase(known, phase_unknown))
        freq_1, freq_2 = f11 + f12, f11 + f21
        disequilibrium = f11 * f22 - f12 * f21
        varying = (freq_1 * (1.0 - freq_1)) * (freq_2 * (1.0 - freq_2))
        return np.where(_vary(tables), disequilibrium**2 / varying, np.nan)


LD_R2: dict[str, PairR2] = {"haplotype_em": haplotype_em_r2_of, "allele_count": allele_count_r2_of}


def _vary(tables: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether both alleles of both variants occur; counts decide, since frequencies carry rounding."""
    first, second = tables.sum(axis=1), tables.sum(axis=0)
    both = [(margin[0] + margin[1] > 0) & (margin[1] + margin[2] > 0) for margin in (first, second)]
    return np.asarray(both[0] & both[1])


def _known_haplotypes(tables: FloatArray) -> FloatArray:
    """Haplotypes 11, 12, 21, 22 (1: counted allele) of everyone but the double heterozygotes."""
    return np.stack(
        [
            2 * tables[2, 2] + tables[2, 1] + tables[1, 2],
            2 * tables[2, 0] + tables[2, 1] + tables[1, 0],
            2 * tables[0, 2] + tables[1, 2] + tables[0, 1],
            2 * tables[0, 0] + tables[0, 1] + tables[1, 0],
        ]
    )


def _frequencies(known: FloatArray, phase_unknown: FloatArray, x: FloatArray) -> FloatArray:
    """Haplotype frequencies where a share `x` of all haplotypes is 11 (and 22) in double heterozygotes."""
    return known + np.stack([x, phase_unknown - x, phase_unknown - x, x])


def _most_likely_phase(known: FloatArray, phase_unknown: FloatArray) -> FloatArray:
    """The x between 0 and `phase_unknown` of highest likelihood: an end, or a root of the score's cubic."""
    a, b, c, d = known
    h = phase_unknown
    # Score = 0  <=>  x (b+h-x) (c+h-x) = (h-x) (a+x) (d+x), a cubic in x; here divided by its leading 2.
    square = 0.5 * (a + d - b - c - 3.0 * h)
    linear = 0.5 * ((b + h) * (c + h) - h * (a + d) + a * d)
    constant = -0.5 * h * a * d
    roots = np.clip(_cubic_roots(square, linear, constant), 0.0, h)
    candidates = np.concatenate([np.zeros_like(h)[None], h[None], roots])
    likelihood = np.stack([_log_likelihood(known, h, x) for x in candidates])
    # NaN (no people) would win argmax only in columns that are NaN throughout.
    best = np.argmax(likelihood, axis=0)
    chosen: FloatArray = np.take_along_axis(candidates, best[None], axis=0)[0]
    return chosen


def _log_likelihood(known: FloatArray, phase_unknown: FloatArray, x: FloatArray) -> FloatArray:
    """Log-likelihood per haplotype, up to a constant."""
    frequencies = np.maximum(_frequencies(known, phase_unknown, x), 0.0)
    f11, f12, f21, f22 = frequencies
    phased = special.xlogy(known, frequencies).sum(axis=0)
    return np.asarray(phased + special.xlogy(phase_unknown, f11 * f22 + f12 * f21))


def _cubic_roots(square: FloatArray, linear: FloatArray, constant: FloatArray) -> FloatArray:
    """Real roots of x^3 + square x^2 + linear x + constant, 3 x pairs; a single real root is repeated."""
    centre = square / 3.0
    p = linear / 3.0 - centre**2
    q = centre**3 - 0.5 * centre * linear + 0.5 * constant
    discriminant = q**2 + p**3
    radius = np.sqrt(np.maximum(-p, 0.0))
    angle = np.arccos(np.clip(-q / np.where(radius > 0, radius**3, 1.0), -1.0, 1.0)) / 3.0
    three = 2.0 * radius * np.cos(angle + 2.0 * np.pi / 3.0 * np.arange(3)[:, None])
    # Cardano's form with the two cube roots added where they have one sign, so that nothing cancels.
    cube = -np.copysign(np.cbrt(np.abs(q) + np.sqrt(np.maximum(discriminant, 0.0))), q)
    one = cube - p / np.where(cube != 0, cube, 1.0)
    roots = np.where(discriminant > 0, one, three) - centre
    return _polish(roots, square, linear, constant)


def _polish(roots: FloatArray, square: FloatArray, linear: FloatArray, constant: FloatArray) -> FloatArray:
    """Newton steps, each kept only where it brings the polynomial nearer to zero."""

    def value(x: FloatArray) -> FloatArray:
        return ((x + square) * x + linear) * x + constant

    for _ in range(NEWTON_STEPS):
        slope = (3.0 * roots + 2.0 * square) * roots + linear
        step = roots - value(roots) / np.where(slope != 0, slope, 1.0)
        roots = np.where(np.abs(value(step)) < np.abs(value(roots)), step, roots)
    return roots
