"""Genetic covariance and correlation of two traits by cross-trait LD score regression.

Bulik-Sullivan et al. 2015, doi 10.1038/ng.3406: for z scores of the same allele,

    E[z1 z2] = sqrt(N1 N2) rho_g l/M + intercept,

where the intercept, rho N_s/sqrt(N1 N2), is what N_s shared people with phenotypic correlation rho add.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray
from scripts.method.block_jackknife import jackknife_mean, jackknife_se
from scripts.method.heritability import N_BLOCKS, Heritability, check_blocks, heritability
from scripts.method.ld_regression import (
    LEAST_LD,
    Start,
    Weights,
    fit_in_two_steps,
    fit_line,
    fit_slope,
)
from scripts.method.ld_score import LdScores
from scripts.method.normal import neglog10_p_from_z

NULL_INTERCEPT = 0.0  # of products of z scores, without shared people


@dataclass(frozen=True, slots=True)
class Gwas:
    """z scores and numbers of people of n variants (length n each)."""

    z: FloatArray
    n: FloatArray


@dataclass(frozen=True, slots=True)
class GeneticCovariance:
    """Genetic covariance on the observed scale, and the intercept (its SE is NaN where it was given).

    `deleted` has the covariance without each block.
    """

    covariance: float
    se: float
    intercept: float
    intercept_se: float
    mean_product: float
    deleted: FloatArray
    intercepts_deleted: FloatArray


@dataclass(frozen=True, slots=True)
class GeneticCorrelation:
    """rg with its standard error, and the three regressions behind it.

    rg and its standard error are NaN where a heritability is not above 0; the error alone is where one
    falls to 0 without some block. `jackknife` is rg less the bias that the jackknife sees.
    """

    rg: float
    se: float
    jackknife: float
    first: Heritability
    second: Heritability
    shared: GeneticCovariance

    @property
    def z(self) -> float:
        """rg in standard errors."""
        return self.rg / self.se

    @property
    def neglog10_p(self) -> float:
        """-log10 of the two-sided P that rg is 0."""
        return float(neglog10_p_from_z(self.z))


@dataclass(frozen=True, slots=True)
class Intercepts:
    """Intercepts that are given: of the two heritabilities and of the covariance."""

    first: float | None = None
    second: float | None = None
    shared: float | None = None


def genetic_correlation(
    first: Gwas,
    second: Gwas,
    ld: LdScores,
    *,
    intercepts: Intercepts = Intercepts(),
    two_step: float | None = None,
    n_blocks: int = N_BLOCKS,
) -> GeneticCorrelation:
    """rg of two traits at the same n variants, z scores of the same allele, in genome order.

    Heritabilities are from these variants and, like the covariance, from one step unless `two_step` says
    which chi2 bounds the first (a variant must be below it in both traits for the covariance).
    Raises ValueError with fewer variants than blocks, or where weights would not be positive.
    """
    h2_1 = heritability(
        first.z**2, first.n, ld, intercept=intercepts.first, two_step=two_step, n_blocks=n_blocks
    )
    h2_2 = heritability(
        second.z**2, second.n, ld, intercept=intercepts.second, two_step=two_step, n_blocks=n_blocks
    )
    shared = genetic_covariance(
        first, second, ld, h2_1, h2_2, intercept=intercepts.shared, two_step=two_step, n_blocks=n_blocks
    )
    with np.errstate(invalid="ignore"):
        scale = np.sqrt(h2_1.deleted * h2_2.deleted)
    if h2_1.h2 <= 0.0 or h2_2.h2 <= 0.0:
        return GeneticCorrelation(math.nan, math.nan, math.nan, h2_1, h2_2, shared)
    rg, deleted = shared.covariance / math.sqrt(h2_1.h2 * h2_2.h2), shared.deleted / scale
    return GeneticCorrelation(rg, jackknife_se(rg, deleted), jackknife_mean(rg, deleted), h2_1, h2_2, shared)


def error_correlation(fit: GeneticCorrelation) -> tuple[float, float]:
    """Correlation of the two traits' errors, and its standard error: NaN where an intercept is not above 0.

    It is the covariance's intercept over the root of the heritabilities' ones, which takes out what
    confounding adds to the variance of z scores.
    """
    with np.errstate(invalid="ignore"):
        scale = np.sqrt(fit.first.intercepts_deleted * fit.second.intercepts_deleted)
    if not (fit.first.intercept > 0.0 and fit.second.intercept > 0.0):
        return math.nan, math.nan
    value = fit.shared.intercept / math.sqrt(fit.first.intercept * fit.second.intercept)
    return value, jackknife_se(value, fit.shared.intercepts_deleted / scale)


def genetic_covariance(
    first: Gwas,
    second: Gwas,
    ld: LdScores,
    h2_1: Heritability,
    h2_2: Heritability,
    *,
    intercept: float | None = None,
    two_step: float | None = None,
    n_blocks: int = N_BLOCKS,
) -> GeneticCovariance:
    """rho_g of two traits with these heritabilities; arguments and errors as in `genetic_correlation`."""
    check_blocks(len(first.z), n_blocks)
    y, n = first.z * second.z, np.sqrt(first.n * second.n)
    n_mean = float(np.mean(n))
    x, per_slope = n * ld.score / n_mean, ld.m / n_mean
    level = NULL_INTERCEPT if intercept is None else intercept
    weights = _weights(first, second, ld.score, ld, (h2_1, h2_2), per_slope)
    start = Start.of(x, y, level, weights)
    if intercept is not None:
        line = fit_slope(x, y, start, weights, n_blocks, intercept)
    elif two_step is None:
        line = fit_line(x, y, start, weights, n_blocks)
    else:
        modest = (first.z**2 < two_step) & (second.z**2 < two_step)
        scaled = _weights(first, second, x, ld, (h2_1, h2_2), per_slope)
        line = fit_in_two_steps(x, y, start, scaled, weights, n_blocks, modest)
    covariance, deleted = line.slope * per_slope, line.slopes * per_slope
    return GeneticCovariance(
        covariance=covariance,
        se=jackknife_se(covariance, deleted),
        intercept=line.intercept,
        intercept_se=math.nan if intercept is not None else jackknife_se(line.intercept, line.intercepts),
        mean_product=float(np.mean(y)),
        deleted=deleted,
        intercepts_deleted=line.intercepts,
    )


def _weights(
    first: Gwas,
    second: Gwas,
    score: FloatArray,
    ld: LdScores,
    traits: tuple[Heritability, Heritability],
    per_slope: float,
) -> Weights:
    """Weights 1/(l_w (E chi2_1 E chi2_2 + E[z1 z2]^2)), with rho_g held between -1 and 1."""
    raised = np.maximum(score, LEAST_LD) / ld.m
    apart = _expected(first.n * raised, traits[0]) * _expected(second.n * raised, traits[1])
    if not np.all(apart > 0.0):
        raise ValueError("a weight would not be positive: an intercept is far below 0, or all z scores are 0")
    rise, share = np.sqrt(first.n * second.n) * raised, np.maximum(ld.weight, LEAST_LD)

    def weights(slope: float, intercept: float, part: slice) -> FloatArray:
        variance = rise[part] * min(max(slope * per_slope, -1.0), 1.0)
        variance += intercept
        variance *= variance
        variance += apart[part]
        variance *= share[part]
        return np.asarray(np.reciprocal(variance, out=variance), dtype=np.float64)

    return weights


def _expected(rise: FloatArray, trait: Heritability) -> FloatArray:
    """Expected chi2 of a trait, with its h2 held between 0 and 1."""
    return np.asarray(rise * min(max(trait.h2, 0.0), 1.0) + trait.intercept, dtype=np.float64)
