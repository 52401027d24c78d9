"""MR-PRESSO: pleiotropy residual sum and outlier (Verbanck et al. 2018, doi 10.1038/s41588-018-0099-7)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.egger import orient
from scripts.method.estimate import Estimate, OneDominates, OnlyOutliers, check_instruments
from scripts.method.ivw import IVW_MINIMUM, ivw, weighted_slope
from scripts.method.leave_one_out import sum_of_others
from scripts.method.normal import neglog10_p_from_z

PRESSO_MINIMUM = 4
DOMINANCE = 1e-10  # share of the weight that all variants but one must have
# Draws are made in blocks of about this many numbers, which stay in the processor's cache.
BLOCK = 1 << 16

DistortionNull = Literal["substitution", "resampling"]


@dataclass(frozen=True, slots=True)
class Distortion:
    """What the outliers did to the estimate: (all - without)/|without|, and its empirical P."""

    coefficient: float
    p: float


@dataclass(frozen=True, slots=True)
class PressoFit:
    """Global test, outlier test and outlier-corrected estimate of n variants.

    `rss`: the observed residual sum of squares, `global_p` its empirical P. `outlier_neglog10_p` (n):
    Bonferroni-adjusted P of each variant; `outlier` (n): those at or below the threshold, none where the
    global test is not below it. `raw` is the IVW estimate of all variants, `corrected` that without outliers:
    the same where there are none, None where they leave fewer than 2. `distortion` is None where there are
    no outliers, or no estimate but 0 without them.
    """

    rss: float
    global_p: float
    outlier_neglog10_p: FloatArray
    outlier: BoolArray
    raw: Estimate
    corrected: Estimate | None
    distortion: Distortion | None

    @property
    def estimate(self) -> Estimate:
        """The estimate without outliers; raises OnlyOutliers where they leave fewer than 2 variants."""
        if self.corrected is None:
            raise OnlyOutliers
        return self.corrected


def presso(
    beta_x: FloatArray,
    se_x: FloatArray,
    beta_y: FloatArray,
    se_y: FloatArray,
    draws: int,
    rng: np.random.Generator,
    *,
    threshold: float = 0.05,
    distortion_null: DistortionNull = "substitution",
) -> PressoFit:
    """MR-PRESSO of n >= 4 independent instruments (arrays of length n).

    Both estimates are `ivw`'s, whose standard error is at least the fixed-effect one and whose P is normal
    (the R program: no floor, Student t with n - 1 df). The global P is (1 + exceedances)/(1 + draws) (the R
    program: exceedances/draws). The outlier test needs no draws: under its null the residual to the other
    variants' slope b is normal with variance se_y^2 + b^2 se_x^2, so its P is exact where the R program
    simulates it and cannot go below 1/draws. `distortion_null`: see `distortion_test`. Variants are oriented
    and put in order of their ratio, so that neither effect alleles nor row order matter. Raises
    TooFewInstruments below 4, OneDominates where one variant's share of the weight is 1 to rounding.
    """
    n = len(beta_x)
    check_instruments(PRESSO_MINIMUM, n)
    check_dominance(np.hypot(beta_x, se_x) / se_y)
    x, y = orient(beta_x, beta_y)
    order = np.lexsort((se_y, se_x, x, y / x))
    x, y, s_x, s_y = x[order], y[order], se_x[order], se_y[order]
    slopes = slopes_of_others(x, y, s_y)
    residual = y - slopes * x
    rss = float(np.sum((residual / s_y) ** 2))
    global_p = (1 + exceedances(rss, x, s_x, slopes, s_y, draws, rng)) / (1 + draws)
    adjusted = bonferroni(neglog10_p_from_z(residual / np.hypot(s_y, slopes * s_x)))
    outlier = (adjusted >= -math.log10(threshold)) & (global_p < threshold)
    raw = ivw(beta_x, beta_y, se_y)
    corrected = raw if not np.any(outlier) else without(outlier, x, y, s_y)
    judged = corrected is not None and corrected is not raw and corrected.beta != 0.0
    back = np.argsort(order)
    return PressoFit(
        rss=rss,
        global_p=global_p,
        outlier_neglog10_p=adjusted[back],
        outlier=outlier[back],
        raw=raw,
        corrected=corrected,
        distortion=distortion_test(x, y, s_y, outlier, draws, rng, distortion_null) if judged else None,
    )


def check_dominance(u: FloatArray) -> None:
    """Raise OneDominates where one of the weights u^2 is the sum of all, but for a share near rounding."""
    squared = u**2
    if np.min(sum_of_others(squared)) < DOMINANCE * np.sum(squared):
        raise OneDominates


def without(outlier: BoolArray, x: FloatArray, y: FloatArray, se_y: FloatArray) -> Estimate | None:
    """IVW of the other variants; None where they are fewer than 2."""
    kept = ~outlier
    return ivw(x[kept], y[kept], se_y[kept]) if np.sum(kept) >= IVW_MINIMUM else None


def slopes_of_others(x: FloatArray, y: FloatArray, se_y: FloatArray) -> FloatArray:
    """IVW slope without each variant in turn (n)."""
    weight = 1.0 / se_y**2
    return sum_of_others(weight * x * y) / sum_of_others(weight * x**2)


def exceedances(
    rss: float,
    x: FloatArray,
    se_x: FloatArray,
    slopes: FloatArray,
    se_y: FloatArray,
    draws: int,
    rng: np.random.Generator,
) -> int:
    """How many of `draws` studies without pleiotropy have a residual sum of squares above `rss`.

    Effects on the exposure are drawn around `x`, on the outcome around what the other variants' slopes
    predict. With u = x/se_y, v = y/se_y, S = sum u^2 and b = sum uv/S, the residual to the slope of the
    others is (v - b u)/(1 - u^2/S). Memory is bounded by BLOCK, and the stream does not depend on it.
    """
    centre_u, centre_v, spread = x / se_y, slopes * x / se_y, se_x / se_y
    count = 0
    rows = max(1, BLOCK // len(x))
    for start in range(0, draws, rows):
        u, v = np.moveaxis(rng.standard_normal((min(rows, draws - start), 2, len(x))), 1, 0)
        u = u * spread + centre_u
        v = v + centre_v
        squared = u * u
        total = squared.sum(axis=1, keepdims=True)
        v -= (np.einsum("ij,ij->i", u, v)[:, np.newaxis] / total) * u
        v /= 1.0 - squared / total
        count += int(np.count_nonzero(np.einsum("ij,ij->i", v, v) > rss))
    return count


def bonferroni(neglog10_p: FloatArray) -> FloatArray:
    """-log10 of each P times their number, P at most 1."""
    return np.maximum(neglog10_p - math.log10(len(neglog10_p)), 0.0)


def distortion_test(
    x: FloatArray,
    y: FloatArray,
    se_y: FloatArray,
    outlier: BoolArray,
    draws: int,
    rng: np.random.Generator,
    null: DistortionNull = "substitution",
) -> Distortion:
    """Whether removing the outliers moved the estimate more than chance; P = (1 + exceedances)/(1 + draws).

    `substitution`, the paper's idea: in each null study non-outliers, drawn with replacement, stand in for
    the outliers, and its distortion is (study - without)/|without|. `resampling`, what the R program does
    (its issue 25): each null study is the outliers and n - 2 k of the n - k non-outliers, drawn with
    replacement, and its distortion is (all - study)/|study|. That program cuts its list of variants at n - k,
    which leaves outliers alone where they are half or more; here all k stay.
    """
    weight = 1.0 / se_y**2
    covered, squared = weight * x * y, weight * x**2
    valid = np.flatnonzero(~outlier)
    n, k = len(x), len(x) - len(valid)
    every, _, _ = weighted_slope(x, y, se_y)
    without, _, _ = weighted_slope(x[valid], y[valid], se_y[valid])
    observed = (every - without) / abs(without)
    fixed, drawn = (valid, k) if null == "substitution" else (np.flatnonzero(outlier), max(n - 2 * k, 0))
    chosen = valid[rng.integers(0, len(valid), size=(draws, drawn))]
    numerator = np.sum(covered[fixed]) + np.sum(covered[chosen], axis=1)
    study = numerator / (np.sum(squared[fixed]) + np.sum(squared[chosen], axis=1))
    expected = (study - without) / abs(without) if null == "substitution" else (every - study) / np.abs(study)
    beyond = int(np.count_nonzero(np.abs(expected) > abs(observed)))
    return Distortion(observed, (1 + beyond) / (1 + draws))
