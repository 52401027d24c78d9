"""Spearman's rank correlation with the P of R's cor.test, and the comparison of two correlations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from scipy import special

from scripts.method.arrays import FloatArray
from scripts.method.normal import neglog10_p_from_t, neglog10_p_from_z

EXACT_MOST = 9
# Coefficients c1 to c12 of algorithm AS 89.
EDGEWORTH = (0.2274, 0.2531, 0.1745, 0.0758, 0.1033, 0.3932, 0.0879, 0.0151, 0.0072, 0.0831, 0.0131, 4.6e-4)


class PKind(StrEnum):
    """How the P of a rank correlation was computed."""

    EXACT = "exact"
    EDGEWORTH = "edgeworth"
    T = "t"


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's `rho` of n pairs with its two-sided P; both NaN where one side does not vary."""

    rho: float
    n: int
    p: float
    kind: PKind


def spearman(x: FloatArray, y: FloatArray) -> RankCorrelation:
    """Correlation of the ranks of n >= 3 pairs, ties given their mean rank.

    P as R's cor.test: without ties exact up to n = 9 and by an Edgeworth series above (Best & Roberts 1975,
    AS 89, doi 10.2307/2347111), with ties by Student's t with n - 2 df. Raises ValueError below 3 pairs.
    """
    n = len(x)
    if n < 3:
        raise ValueError(f"a rank correlation needs 3 pairs, {n} found")
    rank_x, rank_y = ranks(x), ranks(y)
    tied = len(set(x)) < n or len(set(y)) < n
    kind = PKind.T if tied else PKind.EXACT if n <= EXACT_MOST else PKind.EDGEWORTH
    if np.ptp(rank_x) == 0.0 or np.ptp(rank_y) == 0.0:
        return RankCorrelation(math.nan, n, math.nan, kind)
    rho = float(np.corrcoef(rank_x, rank_y)[0, 1])
    p = _t_p(rho, n) if tied else _rank_p(round(float(np.sum((rank_x - rank_y) ** 2))), n)
    return RankCorrelation(rho, n, p, kind)


def ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, ties given their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place], dtype=np.float64)


def compare_correlations(first: RankCorrelation, second: RankCorrelation) -> tuple[float, float]:
    """z and -log10 P that two correlations of independent samples of more than 3 are one.

    z = (atanh r1 - atanh r2)/sqrt(1/(n1 - 3) + 1/(n2 - 3)) (Fisher 1925), as cocor.indep.groups. NaN where a
    sample is too small or its correlation is 1.
    """
    if min(first.n, second.n) <= 3 or not (abs(first.rho) < 1.0 and abs(second.rho) < 1.0):
        return math.nan, math.nan
    distance = math.atanh(first.rho) - math.atanh(second.rho)
    z = distance / math.sqrt(1.0 / (first.n - 3) + 1.0 / (second.n - 3))
    return z, float(neglog10_p_from_z(z))


def _t_p(rho: float, n: int) -> float:
    if abs(rho) >= 1.0:
        return 0.0
    return float(10.0 ** -neglog10_p_from_t(rho * math.sqrt((n - 2) / (1.0 - rho**2)), n - 2.0))


def _rank_p(distance: int, n: int) -> float:
    """Two-sided P of a sum of squared differences of ranks, whose mean is (n^3 - n)/6."""
    upper = distance > (n**3 - n) / 6
    tail = _upper_tail(distance, n) if upper else 1.0 - _upper_tail(distance + 2, n)
    return min(2.0 * tail, 1.0)


def _upper_tail(distance: int, n: int) -> float:
    """P that the sum of squared differences is at least `distance`, an even number."""
    if n <= EXACT_MOST:
        counts = _distance_counts(n)
        return sum(many for value, many in counts.items() if value >= distance) / math.factorial(n)
    c = EDGEWORTH
    b = 1.0 / n
    x = (6.0 * (distance - 1) * b / (n * n - 1.0) - 1.0) * math.sqrt(n - 1.0)
    y = x * x
    inner = c[8] - c[9] * b + y * b * (c[10] - c[11] * y)
    inner = -c[3] + b * (c[4] + c[5] * b) - y * b * (c[6] + c[7] * b - y * inner)
    series = x * b * (c[0] + b * (c[1] + c[2] * b) + y * inner)
    return min(max(series / math.exp(y / 2.0) + float(special.ndtr(-x)), 0.0), 1.0)


@cache
def _distance_counts(n: int) -> dict[int, int]:
    """Number of permutations of n by their sum of squared differences of ranks, rank after rank."""
    states: dict[int, dict[int, int]] = {0: {0: 1}}  # ranks given so far, as bits -> sum -> permutations
    for position in range(n):
        following: dict[int, dict[int, int]] = {}
        for given, sums in states.items():
            for rank in range(n):
                if given & (1 << rank):
                    continue
                target = following.setdefault(given | (1 << rank), {})
                for value, many in sums.items():
                    reached = value + (rank - position) ** 2
                    target[reached] = target.get(reached, 0) + many
        states = following
    return states[(1 << n) - 1]
