"""Contamination mixture method (Burgess et al. 2020, doi 10.1038/s41467-019-14156-4), solved exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import CONFIDENCE_TAIL, check_instruments
from scripts.method.normal import neglog10_p_from_chi2

CONTAMINATION_MINIMUM = 3
PSI_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class ContaminationMixtureFit:
    """Effect of the exposure on the outcome, and where its profile likelihood stands.

    `intervals`: the 95% confidence set, one or more disjoint intervals (low, high) in order. `valid` (n): the
    variants that count as valid at the estimate. `likelihood_ratio`: twice the loss of log likelihood at no
    effect, over phi^2, chi-squared with 1 df. `phi` >= 1: overdispersion of the valid variants' ratios.
    `psi`: SD of the invalid variants' ratios. There is no standard error.
    """

    beta: float
    intervals: tuple[tuple[float, float], ...]
    valid: BoolArray
    likelihood_ratio: float
    phi: float
    psi: float

    @property
    def se(self) -> float:
        """NaN: the method gives a confidence set without a standard error."""
        return math.nan

    @property
    def n_instruments(self) -> int:
        """Number of variants given, valid or not."""
        return len(self.valid)

    @property
    def neglog10_p(self) -> float:
        """-log10 of P of no effect."""
        return float(neglog10_p_from_chi2(self.likelihood_ratio, 1.0))

    @property
    def p(self) -> float:
        """P of no effect; 0.0 where it underflows a double."""
        return float(10.0**-self.neglog10_p)

    @property
    def ci_low(self) -> float:
        """Lower end of the confidence set."""
        return self.intervals[0][0]

    @property
    def ci_high(self) -> float:
        """Upper end of the confidence set."""
        return self.intervals[-1][1]


def contamination_mixture(
    beta_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    *,
    psi: float | None = None,
    grid: FloatArray | None = None,
) -> ContaminationMixtureFit:
    """Contamination mixture estimate of n >= 3 independent instruments (arrays of length n).

    A valid variant's Wald ratio is N(theta, se^2), an invalid one's N(0, psi^2 + se^2), se = se_y/|beta_x|;
    at each theta a variant is what is likelier. `psi` None: 1.5 standard deviations of the ratios. The
    profile likelihood is a parabola between the thetas where a variant changes sides, so its top and the
    confidence set are exact and free of units; with `grid` (ascending, evenly spaced thetas) both are read
    from the grid, as in MendelianRandomization's mr_conmix, whose default step is 0.01 in any unit.

    The likelihood ratio is divided by phi^2 = max(1, Q/(m - 1)) of the m valid variants, in the interval and
    in the P; mr_conmix multiplies by it in the P, which makes doubtful effects look certain. Raises
    TooFewInstruments below 3.
    """
    check_instruments(CONTAMINATION_MINIMUM, len(beta_x))
    ratio, variance = beta_y / beta_x, (se_y / beta_x) ** 2
    psi = PSI_FACTOR * float(np.std(ratio, ddof=1)) if psi is None else psi
    invalid = log_density(ratio, psi**2 + variance)
    curve = Curve(ratio, variance, invalid)
    pieces = curve.pieces()
    beta = pieces.top() if grid is None else float(grid[np.argmax(curve.height(grid))])
    top, at_null = (float(height) for height in curve.height(np.array([beta, 0.0])))
    valid = log_density(ratio - beta, variance) > invalid
    phi2 = excess_spread(ratio[valid], variance[valid])
    cut = top - phi2 * float(special.ndtri(CONFIDENCE_TAIL)) ** 2 / 2.0
    return ContaminationMixtureFit(
        beta=beta,
        intervals=pieces.above(cut) if grid is None else runs(grid, curve.height(grid) > cut),
        valid=valid,
        likelihood_ratio=max(0.0, 2.0 * (top - at_null) / phi2),
        phi=math.sqrt(phi2),
        psi=psi,
    )


def log_density(deviation: FloatArray, variance: FloatArray) -> FloatArray:
    """Log of the normal density at a deviation from its mean."""
    return np.asarray(-(deviation**2 / variance + np.log(2.0 * np.pi * variance)) / 2.0, dtype=np.float64)


def excess_spread(ratio: FloatArray, variance: FloatArray) -> float:
    """Q/(m - 1) of m ratios around their weighted mean, at least 1; 1 for fewer than two ratios."""
    if len(ratio) < 2:
        return 1.0
    mean = np.average(ratio, weights=1.0 / variance)
    return max(1.0, float(np.sum((ratio - mean) ** 2 / variance)) / (len(ratio) - 1))


@dataclass(frozen=True, slots=True)
class Curve:
    """The profile log likelihood: ratios, their variances and log densities as invalid variants (n)."""

    ratio: FloatArray
    variance: FloatArray
    invalid: FloatArray

    def height(self, theta: FloatArray) -> FloatArray:
        """Log likelihood at each theta, every variant in its likelier component."""
        valid = log_density(theta[:, np.newaxis] - self.ratio, self.variance)
        return np.asarray(np.sum(np.maximum(valid, self.invalid), axis=1), dtype=np.float64)

    def pieces(self) -> Pieces:
        """The parabolas between the thetas where a variant changes sides, and the flat ends."""
        reach = np.sqrt(2.0 * self.variance * (log_density(np.zeros(1), self.variance) - self.invalid))
        low, high = self.ratio - reach, self.ratio + reach
        ends = np.unique(np.concatenate((low, high)))
        middle = (ends[1:, np.newaxis] + ends[:-1, np.newaxis]) / 2.0
        valid = np.zeros((len(ends) + 1, len(self.ratio)), dtype=np.bool_)
        valid[1:-1] = (low < middle) & (middle < high)
        weight = valid / self.variance
        precision = np.sum(weight, axis=1)
        centre = weight @ self.ratio / np.where(precision > 0.0, precision, 1.0)
        height = np.where(valid, log_density(centre[:, np.newaxis] - self.ratio, self.variance), self.invalid)
        bounds = np.concatenate(([-np.inf], ends, [np.inf]))
        return Pieces(bounds[:-1], bounds[1:], centre, np.sum(height, axis=1), precision)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parabolas height - precision (theta - centre)^2/2 from `low` to `high`; flat where precision is 0."""

    low: FloatArray
    high: FloatArray
    centre: FloatArray
    height: FloatArray
    precision: FloatArray

    def top(self) -> float:
        """Theta of the highest point: where likelihoods are the larger of two, kinks are no tops."""
        inside = (self.precision > 0.0) & (self.low <= self.centre) & (self.centre <= self.high)
        return float(self.centre[np.argmax(np.where(inside, self.height, -np.inf))])

    def above(self, cut: float) -> tuple[tuple[float, float], ...]:
        """The intervals on which the curve is above `cut`; neighbours that touch are joined."""
        flat = self.precision == 0.0
        half = np.sqrt(2.0 * np.maximum(self.height - cut, 0.0) / np.where(flat, 1.0, self.precision))
        half[flat] = np.inf
        start = np.maximum(self.low, self.centre - half)
        end = np.minimum(self.high, self.centre + half)
        joined: list[tuple[float, float]] = []
        for left, right in zip(
            *(side[(self.height > cut) & (start < end)] for side in (start, end)), strict=True
        ):
            if joined and left <= joined[-1][1]:
                joined[-1] = joined[-1][0], float(right)
            else:
                joined.append((float(left), float(right)))
        return tuple(joined)


def runs(grid: FloatArray, inside: BoolArray) -> tuple[tuple[float, float], ...]:
    """First and last grid point of every stretch of points that are inside."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.astype(np.int64), [0]))))
    return tuple((float(grid[a]), float(grid[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True))
