"""Do z scores and a panel's LD belong together? As in Zou et al. 2022, doi:10.1371/journal.pgen.1010299.

Under no effect z ~ N(0, (1 - s) R + s I): s, the share of z that LD does not explain, is 0 where R is that of
the study's own people. Given all others, each z has a known normal distribution: one far from it is an
outlier, and one that fits it better with its sign turned has, it seems, its alleles swapped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.panel_ld import Spectrum

SMALLEST_S = 1e-8  # with fewer people than variants, s = 0 would leave directions without variance
PRECISION = 1.5e-8
FLIP_LOG_LR, FLIP_Z = 2.0, 2.0  # susieR's limits for a swapped allele
SMALLEST_SCALE, SCALE_STEP = 0.8, 1.05  # susieR's grid of scales of the errors
EM_STEPS = 300
WEIGHT_CHANGE = 1e-7


@dataclass(frozen=True, slots=True)
class Kriging:
    """Each z (p,) against its distribution given all others: `error` is the standardised difference.

    `log_lr` is the log likelihood ratio of a swapped allele; `flipped`: above 2 where |z| is above 2.
    """

    expected: FloatArray
    variance: FloatArray
    error: FloatArray
    log_lr: FloatArray
    flipped: BoolArray


def mismatch_share(z: FloatArray, spectrum: Spectrum) -> float:
    """Maximum likelihood of s between 0 and 1, for z scores (p,) shrunken for N.

    Strong signals that the panel carries badly raise it; s above a few percent means another population,
    swapped alleles or effects of several studies with different variants.
    """
    inside, outside = _split(z, spectrum)
    n_outside = len(z) - len(spectrum.values)

    def deviance(s: float) -> float:
        variance = (1.0 - s) * spectrum.values + s
        rest = n_outside * math.log(s) + outside / s if n_outside else 0.0
        return float(np.log(variance).sum() + (inside / variance).sum() + rest)

    found = optimize.minimize_scalar(
        deviance, bounds=(SMALLEST_S, 1.0), method="bounded", options={"xatol": PRECISION}
    )
    return float(found.x)


def kriging(z: FloatArray, spectrum: Spectrum, s: float) -> Kriging:
    """Compare each z (p,), shrunken for N, with what the others and the LD lead to expect."""
    s = max(s, SMALLEST_S)
    # Precision matrix of (1 - s) R + s I: I/s plus what the eigenvectors with a value above 0 change.
    change = 1.0 / ((1.0 - s) * spectrum.values + s) - 1.0 / s
    diagonal = (spectrum.vectors**2) @ change + 1.0 / s
    product = spectrum.vectors @ (change * (spectrum.vectors.T @ z)) + z / s
    expected, variance = z - product / diagonal, 1.0 / diagonal
    error = (z - expected) / np.sqrt(variance)
    log_lr = _log_lr_of_swap(z, expected, np.sqrt(variance))
    flipped = (log_lr > FLIP_LOG_LR) & (np.abs(z) > FLIP_Z)
    return Kriging(expected, variance, error, log_lr, flipped)


def _split(z: FloatArray, spectrum: Spectrum) -> tuple[FloatArray, float]:
    """Squared length of z along each eigenvector, and outside of them all."""
    along = (spectrum.vectors.T @ z) ** 2
    return along, max(float(z @ z - along.sum()), 0.0)


def _log_lr_of_swap(z: FloatArray, expected: FloatArray, sd: FloatArray) -> FloatArray:
    """Log likelihood of -z over that of z, where errors are a mixture of normals of several scales."""
    largest = 2.0 * max(float(np.abs((z - expected) / sd).max()), 1.0)
    steps = math.ceil(math.log(largest / SMALLEST_SCALE) / math.log(SCALE_STEP))
    scale = np.outer(sd, largest * SCALE_STEP ** np.arange(-steps, 1.0))
    as_it_is = _log_density(z - expected, scale)
    weights = np.log(_mixture_weights(as_it_is) + 1e-15)
    turned = special.logsumexp(_log_density(z + expected, scale) + weights, axis=1)
    return np.asarray(turned - special.logsumexp(as_it_is + weights, axis=1))


def _log_density(error: FloatArray, scale: FloatArray) -> FloatArray:
    return np.asarray(-0.5 * (error[:, np.newaxis] / scale) ** 2 - np.log(scale))


def _mixture_weights(log_density: FloatArray) -> FloatArray:
    """Weights (m,) of the mixture of highest likelihood, for log densities (p, m), by EM."""
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    weights = np.full(density.shape[1], 1.0 / density.shape[1])
    for _ in range(EM_STEPS):
        before = weights
        weights = weights * ((1.0 / (density @ weights)) @ density) / len(density)
        if np.abs(weights - before).max() < WEIGHT_CHANGE:
            break
    return weights
