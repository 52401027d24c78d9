"""MRlap: IVW corrected for sample overlap, winner's curse and weak instruments in closed form.

Mounier & Kutalik 2023, doi 10.1002/gepi.22522. Effects are standardised, z/sqrt(n), so that estimates are in
standard deviations. A share pi of M independent variants acts on the exposure, with effects of variance
s2 = h2/(pi M); an instrument is a variant with |z_x| > T. With u = T/sqrt(1 + n_x s2) and
W(a) = 2 (Phi(-a) + a phi(a)), the mean of Z^2 beyond a normal's +-a,

    E[beta_x^2; selected]      = pi (s2 + 1/n_x) W(u) + (1 - pi) W(T)/n_x
    E[beta_x beta_y; selected] = theta pi s2 W(u) + lambda (pi W(u) + (1 - pi) W(T))

lambda is the covariance of the errors, the cross-trait LDSC intercept over sqrt(n_x n_y). IVW estimates the
second over the first; `corrected` solves that for theta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate
from scripts.method.ivw import ivw
from scripts.method.normal import abs_z_from_neglog10_p, neglog10_p_from_z

VARIANTS = 1_150_000  # M of the paper: HapMap 3 variants
POLYGENICITY = (1e-7, 0.3)  # where pi is sought
BISECTIONS = 60
LEAST_H2 = 0.01  # of the estimate: draws of h2 below this are raised to it


@dataclass(frozen=True, slots=True)
class MrlapFit:
    """IVW as observed and corrected (both in standard deviations), and whether they differ.

    `polygenicity` is the pi that explains the instruments' strength; at an end of `POLYGENICITY` nothing in
    between does. `difference_se` is the standard error of corrected - observed.
    """

    observed: Estimate
    corrected: Estimate
    difference_se: float
    polygenicity: float

    @property
    def difference_neglog10_p(self) -> float:
        """-log10 of the two-sided P that the correction changes nothing."""
        return float(neglog10_p_from_z((self.corrected.beta - self.observed.beta) / self.difference_se))


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number and its standard error."""

    value: float
    se: float


def mrlap(
    z_x: FloatArray,
    z_y: FloatArray,
    n_x: float,
    n_y: float,
    h2_x: Uncertain,
    intercept: Uncertain,
    p_threshold: float,
    draws: int,
    rng: np.random.Generator,
    variants: int = VARIANTS,
) -> MrlapFit:
    """Corrected IVW of instruments with these z scores (length n), all selected by P < `p_threshold`.

    `h2_x`: heritability of the exposure; `intercept`: of cross-trait LD score regression; `variants`: M.
    Standard errors come from `draws` draws of both, of the instruments' effects and of the IVW estimate.
    Variants are put in order before drawing. Raises TooFewInstruments below 2, ValueError where an
    instrument's P is not below the threshold or h2 is not positive.
    """
    threshold = float(abs_z_from_neglog10_p(-math.log10(p_threshold)))
    if not (np.all(np.abs(z_x) > threshold) and h2_x.value > 0.0):
        raise ValueError("MRlap needs instruments with P below the threshold, and a heritability above 0")
    observed = ivw(z_x / math.sqrt(n_x), z_y / math.sqrt(n_y), np.full(len(z_y), 1.0 / math.sqrt(n_y)))

    def correct(estimate: FloatArray, z: FloatArray, h2: FloatArray, ldsc: FloatArray) -> FloatArray:
        strength = np.sum(z**2, axis=-1) / n_x
        pi = polygenicity(strength, h2, n_x, threshold, variants)
        return corrected(estimate, pi, h2 / (pi * variants), ldsc / math.sqrt(n_x * n_y), n_x, threshold)

    z = np.sort(np.abs(z_x))
    one = [np.array([value]) for value in (observed.beta, h2_x.value, intercept.value)]
    drawn_h2 = np.maximum(rng.normal(h2_x.value, h2_x.se, draws), LEAST_H2 * h2_x.value)
    drawn_ldsc = rng.normal(intercept.value, intercept.se, draws)
    drawn_ivw = rng.normal(observed.beta, observed.se, draws)
    drawn = correct(drawn_ivw, rng.normal(z, 1.0, (draws, len(z))), drawn_h2, drawn_ldsc)
    return MrlapFit(
        observed,
        Estimate(float(correct(one[0], z[None], *one[1:])[0]), float(np.std(drawn, ddof=1)), len(z)),
        difference_se=float(np.std(drawn - drawn_ivw, ddof=1)),
        polygenicity=float(polygenicity(np.sum(z**2)[None] / n_x, one[1], n_x, threshold, variants)[0]),
    )


def tail_square(a: FloatArray | float) -> FloatArray:
    """W(a): the mean of Z^2 where |Z| > a, and 0 elsewhere, for a standard normal Z."""
    density = np.exp(-(np.asarray(a) ** 2) / 2.0) / math.sqrt(2.0 * math.pi)
    return np.asarray(2.0 * (special.ndtr(-np.asarray(a)) + a * density), dtype=np.float64)


def selected_square(pi: FloatArray, s2: FloatArray, n_x: float, threshold: float) -> FloatArray:
    """E[beta_x^2; selected] of one variant (any shape)."""
    acting = (s2 + 1.0 / n_x) * tail_square(threshold / np.sqrt(1.0 + n_x * s2))
    return np.asarray(pi * acting + (1.0 - pi) * tail_square(threshold) / n_x, dtype=np.float64)


def corrected(
    observed: FloatArray, pi: FloatArray, s2: FloatArray, covariance: FloatArray, n_x: float, threshold: float
) -> FloatArray:
    """theta for an observed IVW estimate; `covariance` is lambda (all of one shape)."""
    acting, null = tail_square(threshold / np.sqrt(1.0 + n_x * s2)), tail_square(threshold)
    shared = covariance * (pi * acting + (1.0 - pi) * null)
    product = observed * selected_square(pi, s2, n_x, threshold) - shared
    return np.asarray(product / (pi * s2 * acting), dtype=np.float64)


def polygenicity(
    strength: FloatArray, h2: FloatArray, n_x: float, threshold: float, variants: int
) -> FloatArray:
    """The pi (in `POLYGENICITY`) for which instruments have this sum of squared effects (shapes (draws)).

    The expected sum, M E[beta_x^2; selected], falls as the same heritability is spread over more variants.
    """
    low, high = (np.full(len(h2), math.log(end)) for end in POLYGENICITY)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        pi = np.exp(middle)
        above = variants * selected_square(pi, h2 / (pi * variants), n_x, threshold) > strength
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(np.exp((low + high) / 2.0), dtype=np.float64)
