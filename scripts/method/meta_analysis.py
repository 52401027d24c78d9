"""Fixed-effect meta-analysis of GWAS of one trait, variant by variant.

Arrays are studies x variants, every study's effects for the same alleles; NaN where a study lacks the
variant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.method.arrays import FloatArray, IntArray

# Median of chi-squared with 1 df, to the digits METAL uses.
CHI2_MEDIAN = 0.4549364


@dataclass(frozen=True, slots=True)
class MetaFit:
    """Pooled effects by variant, with Cochran's q (chi-squared with df = n_studies - 1) and i2 as a share.

    Variants in no study have n_studies 0, df 0 and NaN elsewhere.
    """

    beta: FloatArray
    se: FloatArray
    q: FloatArray
    df: IntArray
    i2: FloatArray
    n_studies: IntArray


@dataclass(frozen=True, slots=True)
class SampleSizeFit:
    """Pooled z by variant and the people behind it, with heterogeneity as in `MetaFit`."""

    z: FloatArray
    n: FloatArray
    q: FloatArray
    df: IntArray
    i2: FloatArray
    n_studies: IntArray


def fixed_effect(beta: FloatArray, se: FloatArray) -> MetaFit:
    """Inverse-variance weighted mean of `beta`: METAL's SCHEME STDERR (doi:10.1093/bioinformatics/btq340).

    w = 1/se^2, beta = sum(w b)/sum(w), se = 1/sqrt(sum w), q = sum w (b - beta)^2, i2 = max(0, (q - df)/q).
    A study counts where both its beta and its se are present. Raises ValueError where an se is not above
    zero.
    """
    if (se <= 0).any() or np.isinf(se).any():
        raise ValueError("fixed_effect: a standard error is not a finite number above zero; set it to NaN")
    present = ~(np.isnan(beta) | np.isnan(se))
    weight = np.where(present, se, np.inf) ** -2.0
    value = np.where(present, beta, 0.0)
    total = weight.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (weight * value).sum(axis=0) / total
        pooled_se = np.where(total > 0, total**-0.5, np.nan)
    n_studies = present.sum(axis=0)
    q = (weight * (value - pooled) ** 2).sum(axis=0)
    q[n_studies == 1] = 0.0  # not the rounding of the mean, which would make i2 1
    df = np.maximum(n_studies - 1, 0)
    return MetaFit(pooled, pooled_se, q, df, _i2(q, df), n_studies)


def sample_size_weighted(z: FloatArray, n_eff: FloatArray) -> SampleSizeFit:
    """Mean of `z` weighted by w = sqrt(n_eff): sum(w z)/sqrt(sum w^2) (METAL's SCHEME SAMPLESIZE).

    `n_eff` broadcasts against `z`: studies x 1 for one number a study. This is the fixed-effect mean of
    z/sqrt(n_eff), whose se is 1/sqrt(n_eff); heterogeneity follows from it.
    """
    n = np.broadcast_to(n_eff, z.shape)
    fit = fixed_effect(z / np.sqrt(n), 1.0 / np.sqrt(n))
    people = np.where(np.isnan(z) | np.isnan(n), 0.0, n).sum(axis=0)
    return SampleSizeFit(fit.beta / fit.se, people, fit.q, fit.df, fit.i2, fit.n_studies)


def genomic_control_factor(chi2: FloatArray, *, upper_median: bool = False) -> float:
    """lambda_GC: the median of 1-df chi-squared statistics over its expectation (Devlin & Roeder 1999).

    With an even number of statistics METAL takes the upper of the two middle ones: `upper_median`. NaN are
    left out. Callers inflate standard errors by sqrt(lambda_GC), and only where it is above 1. NaN without
    statistics.
    """
    present = chi2[~np.isnan(chi2)]
    if not len(present):
        return float("nan")
    middle = len(present) // 2
    median = np.partition(present, middle)[middle] if upper_median else np.median(present)
    return float(median) / CHI2_MEDIAN


def n_effective(n_case: float, n_control: float) -> float:
    """People of a balanced case-control study of the same power: 4/(1/n_case + 1/n_control)."""
    return 4.0 / (1.0 / n_case + 1.0 / n_control)


def _i2(q: FloatArray, df: IntArray) -> FloatArray:
    """Share of the variation beyond chance; 0 where q is 0."""
    share = np.divide(q - df, q, out=np.zeros_like(q), where=q != 0)
    return np.maximum(share, 0.0)
