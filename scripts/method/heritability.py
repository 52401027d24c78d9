"""Heritability from GWAS summary statistics by LD score regression.

Bulik-Sullivan et al. 2015, doi 10.1038/ng.3211: under polygenicity a variant with LD score l has

    E[chi2] = N h2 l/M + intercept,

where confounding raises the intercept above 1 and heritability makes the slope.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from scripts.method.arrays import FloatArray
from scripts.method.block_jackknife import jackknife_se
from scripts.method.ld_regression import (
    LEAST_LD,
    Line,
    Start,
    Weights,
    fit_in_two_steps,
    fit_line,
    fit_slope,
)
from scripts.method.ld_score import LdScores

N_BLOCKS = 200
TWO_STEP_CHI2 = 30.0  # variants below this tell the intercept
NULL_INTERCEPT = 1.0  # of chi-squared statistics without confounding
MEDIAN_CHI2 = 0.4549  # of one degree of freedom


@dataclass(frozen=True, slots=True)
class Heritability:
    """Heritability on the observed scale, and the intercept (its standard error is NaN where it was given).

    `ratio` is the share of the inflation that is not polygenic, (intercept - 1)/(mean chi2 - 1), and NaN
    where the intercept was given or the mean is not above 1. `deleted` has h2 without each block.
    """

    h2: float
    se: float
    intercept: float
    intercept_se: float
    mean_chi2: float
    lambda_gc: float
    ratio: float
    ratio_se: float
    n_variants: int
    deleted: FloatArray
    intercepts_deleted: FloatArray

    @property
    def z(self) -> float:
        """h2 in standard errors."""
        return self.h2 / self.se


def heritability(
    chi2: FloatArray,
    n: FloatArray,
    ld: LdScores,
    *,
    intercept: float | None = None,
    two_step: float | None = TWO_STEP_CHI2,
    n_blocks: int = N_BLOCKS,
) -> Heritability:
    """h2 from chi-squared statistics and numbers of people of n variants (length n, in genome order).

    A given `intercept` is kept; otherwise variants below `two_step` tell it (None: all do, in one step).
    Raises ValueError with fewer variants (below `two_step`, too) than blocks, or LD scores of mean 0.
    """
    check_blocks(len(chi2), n_blocks)
    n_mean = float(np.mean(n))
    x, per_slope = n * ld.score / n_mean, ld.m / n_mean
    level = NULL_INTERCEPT if intercept is None else intercept
    weights = _weights(n, ld.score, ld, per_slope)
    start = Start.of(x, chi2, level, weights)
    if intercept is not None:
        line = fit_slope(x, chi2, start, weights, n_blocks, intercept)
    elif two_step is None:
        line = fit_line(x, chi2, start, weights, n_blocks)
    else:
        first = _weights(n, x, ld, per_slope)
        line = fit_in_two_steps(x, chi2, start, first, weights, n_blocks, chi2 < two_step)
    return _told(line, per_slope, chi2, given=intercept is not None)


def to_liability(prevalence_sample: float, prevalence: float) -> float:
    """What turns h2 of a 0/1 trait in a sample into h2 of the liability behind it in the population.

    K^2 (1 - K)^2 / (P (1 - P) phi(t)^2) with K the population's prevalence, P the sample's share of cases
    and t the threshold of liability (Lee et al. 2011, doi 10.1016/j.ajhg.2011.02.002, equation 23). The
    covariance with another trait takes its square root. ValueError where either is not between 0 and 1.
    """
    for share in (prevalence_sample, prevalence):
        if not 0.0 < share < 1.0:
            raise ValueError(f"a prevalence is {share}, expected a number between 0 and 1")
    threshold = float(special.ndtri(1.0 - prevalence))
    density = math.exp(-(threshold**2) / 2.0) / math.sqrt(2.0 * math.pi)
    population, sample = prevalence * (1.0 - prevalence), prevalence_sample * (1.0 - prevalence_sample)
    return population**2 / (sample * density**2)


def check_blocks(n_variants: int, n_blocks: int) -> None:
    """ValueError where there are fewer variants than blocks to leave out."""
    if n_variants < n_blocks:
        raise ValueError(f"{n_variants} variants are fewer than the jackknife's {n_blocks} blocks")


def _weights(n: FloatArray, score: FloatArray, ld: LdScores, per_slope: float) -> Weights:
    """Weights 1/(l_w (intercept + N h2 l/M)^2), with h2 held between 0 and 1."""
    rise = n * np.maximum(score, LEAST_LD) / ld.m
    share = np.maximum(ld.weight, LEAST_LD)

    def weights(slope: float, intercept: float, part: slice) -> FloatArray:
        expected = rise[part] * min(max(slope * per_slope, 0.0), 1.0)
        expected += intercept
        expected *= expected
        expected *= share[part]
        return np.asarray(np.reciprocal(expected, out=expected), dtype=np.float64)

    return weights


def _told(line: Line, per_slope: float, chi2: FloatArray, given: bool) -> Heritability:
    mean = float(np.mean(chi2))
    intercept_se = math.nan if given else jackknife_se(line.intercept, line.intercepts)
    inflation = math.nan if given or mean <= 1.0 else mean - 1.0
    h2, deleted = line.slope * per_slope, line.slopes * per_slope
    return Heritability(
        h2=h2,
        se=jackknife_se(h2, deleted),
        intercept=line.intercept,
        intercept_se=intercept_se,
        mean_chi2=mean,
        lambda_gc=float(np.median(chi2)) / MEDIAN_CHI2,
        ratio=(line.intercept - 1.0) / inflation,
        ratio_se=intercept_se / inflation,
        n_variants=len(chi2),
        deleted=deleted,
        intercepts_deleted=line.intercepts,
    )
