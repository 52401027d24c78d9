"""PLACO: does a variant affect two traits? A test of the composite null "none, or one of the two".

Ray & Chatterjee 2020 (doi:10.1371/journal.pgen.1009218); PLACO+ for correlated z scores: Park & Ray 2023
(the R package PLACO 0.2.0). T = z1 z2, and with F the two-sided tail of a product of standard normals,

    P = F(T/sqrt(V1)) + F(T/sqrt(V2)) - F(T),

V1, V2 the variances of the two z scores over the genome. P depends on |T| alone, so a study of millions of
variants tabulates it once and interpolates within a checked error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline

from scripts.method.arrays import FloatArray, IntArray
from scripts.method.normal import LN10, abs_z_from_neglog10_p
from scripts.method.product_tail import log_product_tail

NULL_P = 1e-4  # a variant with a single-trait P below this is taken to affect the trait
LEAST_T = 1e-16  # below it P is 1 to 1e-13
FEW = 2_000  # so many P are integrated one by one
DENSITIES = (16, 32, 64, 128)  # knots of the table for a factor of e in T, until it is exact
DEGREE = 7
MARGIN = 1.0  # of log T beyond the largest one, since a spline is least exact at its ends
TOLERANCE = 2e-12  # of the interpolated natural log of P
BLOCK = 1 << 18  # variants at a time


@dataclass(frozen=True, slots=True)
class CompositeNull:
    """What T is compared with: variances of both z scores and their correlation (0: PLACO, else PLACO+)."""

    variance_1: float
    variance_2: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what has no tail: where both variances are below 1 the formula becomes negative."""
        if not max(self.variance_1, self.variance_2) >= 1.0 or not min(self.variance_1, self.variance_2) > 0:
            raise ValueError(
                f"PLACO: variances {self.variance_1} and {self.variance_2}; expected positive numbers, one "
                "of them at least 1 (z scores that vary less were over-corrected)"
            )


def null_variances(z: FloatArray, neglog10_p: FloatArray, p: float = NULL_P) -> tuple[float, float]:
    """Sample variances of both z scores (variants, 2) over the variants without P < `p` in both traits."""
    both = (neglog10_p > -math.log10(p)).all(axis=1)
    kept = z[~both]
    return float(np.var(kept[:, 0], ddof=1)), float(np.var(kept[:, 1], ddof=1))


def null_correlation(z: FloatArray, neglog10_p: FloatArray, p: float = NULL_P) -> float:
    """Pearson correlation of the z scores (variants, 2) over the variants with P < `p` in neither trait."""
    either = (neglog10_p > -math.log10(p)).any(axis=1)
    return float(np.asarray(np.corrcoef(z[~either], rowvar=False))[0, 1])


def log_p_exact(t: FloatArray, null: CompositeNull) -> FloatArray:
    """Natural log of P for T >= 0 (k,), each tail integrated.

    Where both variances are large the formula is above 1 for the smallest T, which counts as P = 1.
    """
    return np.minimum(_log_formula(t, null), 0.0)


def _log_formula(t: FloatArray, null: CompositeNull) -> FloatArray:
    """log of F(T/sqrt(V1)) + F(T/sqrt(V2)) - F(T), scaled by the larger of the first two."""
    scales = (math.sqrt(null.variance_1), math.sqrt(null.variance_2), 1.0)
    tails = np.stack([log_product_tail(t / scale, null.correlation) for scale in scales])
    largest = tails[:2].max(axis=0)
    ratios = np.exp(tails - largest)
    return np.asarray(largest + np.log(ratios[0] + ratios[1] - ratios[2]))


def placo_neglog10_p(t: FloatArray, null: CompositeNull) -> FloatArray:
    """-log10 P of the products T = z1 z2 (k,), of either sign, to 1e-11 at any depth.

    Many of them are interpolated: log P + T/d, with d the decay of the longest tail, is smooth in log T. The
    table is made denser until, between its knots, it is exact to TOLERANCE beside the rounding of T/d.
    Raises ArithmeticError where that never comes true.
    """
    size = np.abs(t)
    if size.size <= FEW:
        return -log_p_exact(size, null) / LN10
    longest = math.sqrt(max(null.variance_1, null.variance_2))
    decay = longest * (1.0 + abs(null.correlation))
    spline = _table(float(size.max()), null, decay)
    result = np.empty_like(size)
    for at in range(0, size.size, BLOCK):
        part = np.maximum(size[at : at + BLOCK], LEAST_T)
        result[at : at + BLOCK] = np.maximum(part / decay - spline(np.log(part)), 0.0) / LN10
    return result


def _table(largest: float, null: CompositeNull, decay: float) -> BSpline:
    """log P + T/decay over log T, from LEAST_T to beyond `largest`."""
    low, high = math.log(LEAST_T), math.log(max(largest, 1.0)) + MARGIN
    for density in DENSITIES:
        knots = np.linspace(low, high, math.ceil((high - low) * density))
        spline: BSpline = make_interp_spline(knots, _smooth(knots, null, decay), k=DEGREE)
        between = 0.5 * (knots[1:] + knots[:-1])
        error = np.abs(spline(between) - _smooth(between, null, decay))
        allowed = TOLERANCE + 8.0 * np.spacing(np.exp(between) / decay)
        if np.all((error <= allowed) | (between > high - 0.5 * MARGIN)):
            return spline
    raise ArithmeticError(f"PLACO: no table of {null} is exact to {TOLERANCE}")


def _smooth(log_t: FloatArray, null: CompositeNull, decay: float) -> FloatArray:
    t = np.exp(log_t)
    return _log_formula(t, null) + t / decay


def inflation(neglog10_p: FloatArray) -> float:
    """Genomic inflation: chi-squared of the median P over chi-squared of 1/2 (Devlin & Roeder 1999)."""
    return float((abs_z_from_neglog10_p(np.median(neglog10_p)) / abs_z_from_neglog10_p(math.log10(2.0))) ** 2)


def permuted_blocks(n: int, blocks: int, rng: np.random.Generator) -> IntArray:
    """For each of the n variants in genome order, which variant of the other trait it is paired with.

    Blocks of one size, so long that LD between them is small, change places as wholes, none staying where it
    is: pairs keep the LD of their traits, and no variant can affect both traits but by chance. The last
    n % blocks variants take no part.
    """
    size = n // blocks
    order = rng.permutation(blocks)
    partner = np.empty(blocks, dtype=np.int64)
    partner[order] = np.roll(order, 1)
    return np.asarray(partner[:, None] * size + np.arange(size), dtype=np.int64).ravel()
