"""Mode-based estimates: the value that most instruments' ratios gather around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.wald import wald_ratios

MODE_MINIMUM = 3
MAD_SCALE = 1.4826  # times the median absolute deviation: the standard deviation of normal values
SMALLEST_BANDWIDTH = 1e-8  # in units of the largest ratio, where half of the ratios are one number
GRID = 512  # points of R's density()
CUT, MARGIN = 3.0, 7.0  # bandwidths that its output and its binned grid reach beyond the data
BLOCK = 16  # draws smoothed at a time, so that they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class ModeFit:
    """The mode with equal weights (`simple`) and with inverse-variance weights (`weighted`)."""

    simple: Estimate
    weighted: Estimate


def mode_estimates(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    draws: int,
    rng: np.random.Generator,
    nome: bool = False,
) -> ModeFit:
    """Mode of the Wald ratios of n >= 3 independent instruments (arrays of length n), P from t with n - 1 df.

    Consistent while the largest group of instruments with one ratio is the valid one (Hartwig et al. 2017,
    doi 10.1093/ije/dyx102). Variances of the ratios are second order, with `nome` (no measurement error in
    the exposure) first order. The standard error is the scaled median absolute deviation of the modes of
    `draws` normal draws of the ratios, as in TwoSampleMR. Ratios are sorted before drawing, so that the order
    of the rows changes nothing. Raises TooFewInstruments below 3.
    """
    n = len(beta_x)
    check_instruments(MODE_MINIMUM, n)
    ratio, first_order = wald_ratios(beta_x, beta_y, se_y)
    se = first_order if nome else np.hypot(first_order, beta_y * se_x / beta_x**2)
    order = np.lexsort((se, ratio))
    ratio, se = ratio[order], se[order]
    weight = np.stack((np.ones(n), se**-2.0))
    point = modes(ratio[np.newaxis], weight)[:, 0]
    drawn = modes(rng.normal(ratio, se, size=(draws, n)), weight)
    error = MAD_SCALE * np.median(np.abs(drawn - np.median(drawn, axis=1, keepdims=True)), axis=1)
    simple, weighted = (Estimate(float(b), float(s), n, n - 1) for b, s in zip(point, error, strict=True))
    return ModeFit(simple, weighted)


def modes(ratio: FloatArray, weight: FloatArray) -> FloatArray:
    """Modes (k, draws) of ratios (draws, n) under each of k weightings (k, n).

    The point where a normal kernel density is highest, with bandwidth 0.9 min(SD, scaled MAD) n^(-1/5). The
    density is that of R 4.2's density(), on its grid of 512 points; MendelianRandomization and TwoSampleMR
    rest on it, and their estimates are points of this grid.
    """
    blocks = [ratio[start : start + BLOCK] for start in range(0, len(ratio), BLOCK)]
    return np.concatenate([_block_modes(block, weight) for block in blocks], axis=1)


def _block_modes(ratio: FloatArray, weight: FloatArray) -> FloatArray:
    width = bandwidths(ratio)[:, np.newaxis]
    low = np.min(ratio, axis=1, keepdims=True) - MARGIN * width
    step = (np.max(ratio, axis=1, keepdims=True) + MARGIN * width - low) / (GRID - 1)
    density = _smooth(_binned((ratio - low) / step, weight), width / step)
    # The output's grid lies within the binned one: its points, in steps of the latter.
    inset = (MARGIN - CUT) * width / step
    place = inset + (1.0 - 2.0 * inset / (GRID - 1)) * np.arange(GRID)
    cell = place.astype(np.intp)
    share = place - cell
    cell += GRID * np.arange(len(ratio))[:, np.newaxis]
    best = np.empty((len(weight), len(ratio)))
    for found, flat in zip(best, density.reshape(len(weight), -1), strict=True):
        left, right = flat.take(cell), flat.take(cell + 1)
        top = np.argmax(left + share * (right - left), axis=1)[:, np.newaxis]
        found[:] = (low + step * np.take_along_axis(place, top, axis=1))[:, 0]
    return best


def bandwidths(ratio: FloatArray) -> FloatArray:
    """Silverman's bandwidth of each row of ratios (..., n), with the smaller of SD and scaled MAD."""
    centre = np.median(ratio, axis=-1, keepdims=True)
    spread = MAD_SCALE * np.median(np.abs(ratio - centre), axis=-1)
    rule = 0.9 * np.minimum(np.std(ratio, axis=-1, ddof=1), spread) / ratio.shape[-1] ** 0.2
    least = np.maximum(SMALLEST_BANDWIDTH * np.max(np.abs(ratio), axis=-1), np.finfo(np.float64).tiny)
    return np.asarray(np.maximum(rule, least), dtype=np.float64)


def _binned(place: FloatArray, weight: FloatArray) -> FloatArray:
    """Each weight shared between the two grid points beside its place: (k, draws, 512)."""
    cell = place.astype(np.intp)
    share = place - cell
    cell += GRID * np.arange(len(place))[:, np.newaxis]
    left, right = cell.ravel(), cell.ravel() + 1
    size = GRID * len(place)
    masses = [
        np.bincount(left, (row * (1.0 - share)).ravel(), size)
        + np.bincount(right, (row * share).ravel(), size)
        for row in weight / np.sum(weight, axis=1, keepdims=True)
    ]
    return np.reshape(masses, (len(weight), len(place), GRID))


def _smooth(mass: FloatArray, width: FloatArray) -> FloatArray:
    """Mass (k, draws, 512) under normal kernels of `width` (draws, 1) grid steps, in the same shape.

    R 4.2 spaces a kernel of 1,024 points as if they were 1,023, which its later versions mended. It pads the
    grid so that the ends do not meet; here they do, across 11 bandwidths at least: less than 1e-26.
    """
    distance = np.arange(GRID // 2 + 1) * (2.0 * (GRID - 1) / (2.0 * GRID - 1)) / width
    # The kernel is symmetric: its half gives its Fourier transform, which is real.
    spectrum = np.fft.hfft(np.exp(-0.5 * distance**2), GRID)[:, : GRID // 2 + 1]
    return np.fft.irfft(np.fft.rfft(mass) * spectrum, GRID)
