"""GSMR: generalised least squares of Wald ratios with linkage disequilibrium, and the HEIDI-outlier filter.

Zhu et al. 2018, doi 10.1038/s41467-017-02317-2. Numbers agree with gsmr2 1.1.1, except where its code departs
from its intent; `gsmr` and `heidi.heidi_outliers` say where.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import linalg, special

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import Estimate, check_instruments
from scripts.method.heidi import HeidiVersion, global_heidi_outliers, heidi_outliers
from scripts.method.normal import neglog10_p_from_z

# gsmr2 adds this to the variance of every Wald ratio, in squared units of the ratio.
RIDGE = 1e-6


class GsmrStatus(StrEnum):
    """What became of a variant."""

    USED = "used"
    HEIDI_OUTLIER = "heidi_outlier"
    IN_LD = "in_ld"
    WEAK = "weak"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class GsmrFit:
    """The estimate, and the status of each variant given (a GsmrStatus value, shape n)."""

    estimate: Estimate
    status: npt.NDArray[np.str_]


def gsmr(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    ld: FloatArray | None = None,
    n_ref: float | None = None,
    *,
    heidi: bool = True,
    heidi_version: HeidiVersion = "reference",
    heidi_p: float = 0.01,
    ld_r2_max: float = 0.05,
    ld_fdr: float | None = 0.05,
    min_instruments: int = 10,
    p_threshold: float | None = None,
    ridge: float = RIDGE,
) -> GsmrFit:
    """GSMR estimate of n variants (arrays of length n), with a normal P.

    `ld`: correlations (n, n), oriented to the effect alleles of the betas, from `n_ref` people; None takes
    the variants as independent. Filters in order: missing (a beta or se that is not finite, se <= 0, beta_x
    = 0, a variant that does not vary in the panel); weak, P of the exposure above `p_threshold` (None: no
    filter); one of each pair with r2 > `ld_r2_max`; correlations whose Benjamini-Hochberg q is not below
    `ld_fdr` are set to 0 (None: all kept); with `heidi`, HEIDI-outliers at P < `heidi_p`, by the original
    test against a reference variant or the newer `global` one against all others (gsmr2_beta = 1).

    `ridge` is added to the variance of every ratio. The peer's 1e-6 is absolute, so it matters where ratios
    have standard errors near 1e-3 or less, as with exposures in raw units of large numbers; 0 makes the
    estimate free of units. The peer's further filter se < 1e-6, which depends on units too, is left out.

    Raises TooFewInstruments where fewer than `min_instruments` remain, numpy's LinAlgError where the
    covariance is not positive definite or lacks the correlation of two variants, both of which vary.
    """
    status = np.full(len(beta_x), GsmrStatus.USED, dtype="U16")
    status[missing(beta_x, se_x, beta_y, se_y, ld)] = GsmrStatus.MISSING
    if p_threshold is not None:
        weak = neglog10_p_from_z(beta_x / np.where(se_x > 0.0, se_x, np.nan)) < -np.log10(p_threshold)
        status[weak & (status == GsmrStatus.USED)] = GsmrStatus.WEAK
    kept = used(status, min_instruments)
    correlation = correlations(ld, kept)
    pruned = in_ld(correlation, ld_r2_max)
    status[kept[pruned]] = GsmrStatus.IN_LD
    kept, correlation = used(status, min_instruments), correlation[np.ix_(~pruned, ~pruned)]
    if ld is not None and ld_fdr is not None:
        if n_ref is None:
            raise ValueError("n_ref, the number of people behind ld, is needed to test its correlations")
        correlation = significant_correlations(correlation, n_ref, ld_fdr)
    ratio = beta_y[kept] / beta_x[kept]
    z_x = beta_x[kept] / se_x[kept]
    covariance = ratio_covariance(ratio, z_x, se_y[kept] / beta_x[kept], correlation)
    if heidi:
        outlier = (
            heidi_outliers(ratio, z_x, covariance, heidi_p)
            if heidi_version == "reference"
            else global_heidi_outliers(ratio, covariance, heidi_p)
        )
        status[kept[outlier]] = GsmrStatus.HEIDI_OUTLIER
        used(status, min_instruments)
        ratio, covariance = ratio[~outlier], covariance[np.ix_(~outlier, ~outlier)]
    return GsmrFit(generalised_least_squares(ratio, covariance, ridge), status)


def used(status: npt.NDArray[np.str_], min_instruments: int) -> npt.NDArray[np.intp]:
    """Indices of the variants still in use; raises TooFewInstruments where they are too few."""
    kept = np.flatnonzero(status == GsmrStatus.USED)
    check_instruments(min_instruments, len(kept))
    return kept


def missing(
    beta_x: FloatArray, se_x: FloatArray, beta_y: FloatArray, se_y: FloatArray, ld: FloatArray | None
) -> BoolArray:
    """Variants without a usable number, or that do not vary in the panel (diagonal of `ld` not finite)."""
    finite = np.isfinite(beta_x) & np.isfinite(se_x) & np.isfinite(beta_y) & np.isfinite(se_y)
    usable = finite & (se_x > 0.0) & (se_y > 0.0) & (beta_x != 0.0)
    if ld is not None:
        usable &= np.isfinite(np.diag(ld))
    return np.asarray(~usable, dtype=np.bool_)


def correlations(ld: FloatArray | None, kept: npt.NDArray[np.intp]) -> FloatArray:
    """Correlations of the kept variants, with ones on the diagonal."""
    if ld is None:
        return np.eye(len(kept))
    correlation = ld[np.ix_(kept, kept)]
    if not np.all(np.isfinite(correlation)):
        raise np.linalg.LinAlgError("a correlation between two variants of the panel is missing")
    # Rounding makes the halves of a matrix product differ; every later comparison must see one value a pair.
    upper = np.triu(correlation, k=1)
    return upper + upper.T + np.eye(len(kept))


def in_ld(correlation: FloatArray, r2_max: float) -> BoolArray:
    """Variants to prune: of every pair with r2 > `r2_max` the one in more such pairs, the earlier in a tie.

    All pairs are judged at once, by counts that do not change, as in gsmr2; removing one variant at a time
    would leave more of them.
    """
    first, second = np.nonzero(np.triu(correlation**2 > r2_max, k=1))
    partners = np.bincount(np.concatenate((first, second)), minlength=len(correlation))
    pruned = np.zeros(len(correlation), dtype=np.bool_)
    pruned[np.where(partners[first] >= partners[second], first, second)] = True
    return pruned


def significant_correlations(correlation: FloatArray, n_ref: float, fdr: float) -> FloatArray:
    """Set to 0 what `n_ref` people cannot tell from 0: Benjamini-Hochberg q >= `fdr` over all pairs.

    Under no correlation, n_ref r^2 is chi-squared with 1 df.
    """
    p = special.erfc(np.sqrt(n_ref / 2.0) * np.abs(correlation))
    ordered = np.sort(p[np.triu_indices(len(p), k=1)])
    below = np.flatnonzero(ordered * len(ordered) < fdr * np.arange(1, len(ordered) + 1))
    cutoff = ordered[below[-1]] if len(below) else -1.0
    return np.where((p <= cutoff) | np.eye(len(p), dtype=np.bool_), correlation, 0.0)


def ratio_covariance(
    ratio: FloatArray, z_x: FloatArray, ratio_se: FloatArray, correlation: FloatArray
) -> FloatArray:
    """Covariance (n, n) of the Wald ratios b: r_ij (s_yi s_yj/(b_xi b_xj) + b_i b_j/(z_i z_j)).

    `ratio_se` is se_y/beta_x with the sign of beta_x. The paper's further term -b_i b_j/(z_i z_j)^2 is of
    second order and left out, as in gsmr2.
    """
    from_exposure = ratio / z_x
    return correlation * (np.outer(ratio_se, ratio_se) + np.outer(from_exposure, from_exposure))


def generalised_least_squares(ratio: FloatArray, covariance: FloatArray, ridge: float) -> Estimate:
    """Mean of the ratios, weighted by the inverse of their covariance plus `ridge` on its diagonal."""
    factor = linalg.cho_factor(covariance + ridge * np.eye(len(ratio)), lower=True)
    weight = linalg.cho_solve(factor, np.ones(len(ratio)))
    information = float(np.sum(weight))
    return Estimate(float(weight @ ratio) / information, float(information**-0.5), len(ratio))
