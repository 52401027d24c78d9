"""Do two sets of genes share more members than chance gives? Fisher's exact test, one-sided.

Fisher 1922, doi 10.2307/2340521: with both sets' sizes fixed, the number that they share is hypergeometric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, logsumexp


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two sets share, what chance would give, and -log10 of the probability of as many or more."""

    shared: int
    expected: float
    fold: float
    neglog10_p: float


def overlap(universe: int, first: int, second: int, shared: int) -> Overlap:
    """Of `universe` items, `first` are in one set and `second` in the other, `shared` in both.

    `fold` is shared over expected, NaN where none is expected. Raises ValueError for counts that cannot be.
    """
    least, most = max(0, first + second - universe), min(first, second)
    if not (0 <= most <= universe and least <= shared <= most):
        raise ValueError(f"of {universe}, sets of {first} and {second} cannot share {shared}")
    expected = first * second / universe if universe else 0.0
    logs = _log_probability(np.arange(shared, most + 1, dtype=np.float64), universe, first, second)
    neglog10_p = 0.0 if shared == least else max(0.0, float(-logsumexp(logs) / np.log(10)))
    return Overlap(shared, expected, shared / expected if expected else float("nan"), neglog10_p)


def _log_probability(k: np.ndarray, universe: int, first: int, second: int) -> np.ndarray:
    """ln of C(first, k) C(universe - first, second - k) / C(universe, second)."""
    chosen = _log_choose(first, k) + _log_choose(universe - first, second - k)
    return np.asarray(chosen - _log_choose(universe, np.float64(second)))


def _log_choose(n: int, k: np.ndarray | np.float64) -> np.ndarray:
    """ln C(n, k) for 0 <= k <= n."""
    return np.asarray(-np.log1p(n) - betaln(n - k + 1, k + 1))
