"""Adjustment for the number of tests, on the log scale so that the smallest P keep their order.

scipy's false_discovery_control and statsmodels' multipletests give the same numbers for P that a double can
hold; P of a genome-wide screen may be smaller, so the steps are taken on -log10 P here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from scripts.method.arrays import FloatArray, IntArray

LAMBDAS = np.arange(0.05, 0.951, 0.05)  # P above which tests are taken for null, as R's qvalue


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Adjusted P and the family they were adjusted in, one entry a test.

    `m` counts the tests of the family (missing P are not tests). `rank` is the number of tests whose P is
    as small or smaller, so tied tests share one; 0 where P is missing. `pi0` is the share of tests taken to
    be without effect: 1 where the method does not estimate it.
    """

    neglog10_p: FloatArray
    m: int
    rank: IntArray
    pi0: float = 1.0

    @property
    def p(self) -> FloatArray:
        """Adjusted P; 0 where it is below the smallest double."""
        return np.asarray(10.0**-self.neglog10_p, dtype=np.float64)


def benjamini_hochberg(neglog10_p: FloatArray) -> Adjusted:
    """Benjamini-Hochberg adjusted P as -log10 (1995, doi:10.1111/j.2517-6161.1995.tb02031.x).

    NaN (not tested) stays NaN. Adjusted P = smallest of P_(j) m / j over all ranks j from the test's own
    up, so it is never below the raw P.
    """
    return _step_up(neglog10_p, 1.0)


def benjamini_yekutieli(neglog10_p: FloatArray) -> Adjusted:
    """Benjamini-Yekutieli adjusted P as -log10: valid whatever the tests' correlation.

    Benjamini-Hochberg's times 1 + 1/2 + ... + 1/m (2001, doi:10.1214/aos/1013699998). NaN stays NaN.
    """
    m = int(np.count_nonzero(~np.isnan(neglog10_p)))
    return _step_up(neglog10_p, float(np.sum(1.0 / np.arange(1, m + 1))))


def bonferroni(neglog10_p: FloatArray, tests: float | None = None) -> Adjusted:
    """P times the number of tests, at most 1, as -log10; NaN stays NaN.

    `tests` may be an effective number of independent tests (`effective_number.li_ji`) in place of m.
    """
    m = int(np.count_nonzero(~np.isnan(neglog10_p)))
    factor = np.log10(max(m if tests is None else tests, 1.0))
    return Adjusted(np.maximum(neglog10_p - factor, 0.0), m, _ranks(neglog10_p))


def storey(neglog10_p: FloatArray) -> Adjusted:
    """Storey's q values as -log10: Benjamini-Hochberg times pi0, the estimated share of null tests.

    Storey, Taylor & Siegmund 2004, doi:10.1111/j.1467-9868.2004.00439.x. NaN stays NaN. With pi0 below 1 a
    q value may be below its raw P.
    """
    pi0 = null_share(neglog10_p)
    return replace(_step_up(neglog10_p, pi0), pi0=pi0)


def null_share(neglog10_p: FloatArray) -> float:
    """pi0, the share of tests without effect: tests with P >= lambda over (1 - lambda) m, at most 1.

    Of the lambdas 0.05 to 0.95 that one which minimises the estimated mean squared error against the
    10% quantile of all estimates, as R's qvalue with pi0.method = "bootstrap". NaN are no tests; 1 where
    there are none. Where the estimate would be 0, which no number of tests can show, it is (0 + 1)/(m/2),
    the paper's finite-sample form at lambda 0.5.
    """
    p = 10.0 ** -neglog10_p[~np.isnan(neglog10_p)]
    if not len(p):
        return 1.0
    above = np.sum(p[:, None] >= LAMBDAS, axis=0)
    share = above / len(p) / (1.0 - LAMBDAS)
    variance = above / (len(p) * (1.0 - LAMBDAS)) ** 2 * (1.0 - above / len(p))
    error = variance + (share - np.quantile(share, 0.1)) ** 2
    best = float(share[error == error.min()].min())
    return min(best if best > 0.0 else 2.0 / len(p), 1.0)


def chance_of_as_many(count: int, n: int, p: float) -> float:
    """Binomial probability of `count` or more of n independent tests, each with probability p of its own."""
    return float(special.bdtrc(count - 1, n, p)) if count > 0 else 1.0


def require_not_below_raw(adjusted: Adjusted, neglog10_p: FloatArray, family: str) -> Adjusted:
    """The adjusted P as they are; ValueError where one is below its raw P, which no correction may give.

    Storey's q values are no such correction. Equal numbers may differ in the last digits of a logarithm.
    """
    below = adjusted.neglog10_p > neglog10_p * (1.0 + 1e-12) + 1e-12
    if below.any():
        at = int(np.flatnonzero(below)[0])
        raise ValueError(
            f"family {family}: the adjusted P of test {at + 1} is {10.0 ** -adjusted.neglog10_p[at]:.3g}, "
            f"below its raw P {10.0 ** -neglog10_p[at]:.3g}; the two columns do not belong together"
        )
    return adjusted


CORRECTIONS: dict[str, Callable[[FloatArray], Adjusted]] = {
    "benjamini_hochberg": benjamini_hochberg,
    "benjamini_yekutieli": benjamini_yekutieli,
    "bonferroni": bonferroni,
    "storey": storey,
}


def _ranks(neglog10_p: FloatArray) -> IntArray:
    """The number of tests with as small a P or a smaller one; 0 where P is missing."""
    rank = np.zeros(len(neglog10_p), dtype=np.int64)
    tested = ~np.isnan(neglog10_p)
    ordered = np.sort(-neglog10_p[tested])
    rank[tested] = np.searchsorted(ordered, -neglog10_p[tested], side="right")
    return rank


def _step_up(neglog10_p: FloatArray, factor: float) -> Adjusted:
    """Smallest of factor m P_(j) / j over the ranks j from the test's own up, at most 1, as -log10."""
    adjusted = np.full(len(neglog10_p), np.nan)
    rank = _ranks(neglog10_p)
    tested = np.flatnonzero(~np.isnan(neglog10_p))
    m = len(tested)
    order = tested[np.argsort(-neglog10_p[tested], kind="stable")]
    if m:
        candidates = neglog10_p[order] - np.log10(factor * m / rank[order])
        running = np.maximum.accumulate(candidates[::-1])[::-1]
        adjusted[order] = np.maximum(running, 0.0)
    return Adjusted(adjusted, m, rank)
