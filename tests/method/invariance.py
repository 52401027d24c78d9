"""Changes of the input that must not change an answer, for hypothesis."""

from typing import Any

import hypothesis
import numpy as np
from hypothesis import strategies

Study = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

# Few examples of each: an estimator is run two to four times on every one.
few = hypothesis.settings(max_examples=15, deadline=None, derandomize=True)


@strategies.composite
def studies(draw: Any, smallest: int = 5, largest: int = 12) -> Study:
    """Effects of 5 to 12 instruments with a causal effect and pleiotropy (beta_x, se_x, beta_y, se_y)."""
    n = draw(strategies.integers(smallest, largest))
    rng = np.random.default_rng(draw(strategies.integers(0, 2**32)))
    slope = draw(strategies.sampled_from([-0.4, 0.0, 0.3]))
    se_x, se_y = rng.uniform(0.005, 0.01, n), rng.uniform(0.008, 0.016, n)
    true_x = rng.uniform(0.05, 0.2, n) * rng.choice([-1.0, 1.0], n)
    pleiotropy = rng.normal(0.0, draw(strategies.sampled_from([0.0, 0.02])), n)
    return rng.normal(true_x, se_x), se_x, rng.normal(slope * true_x + pleiotropy, se_y), se_y


def swapped(study: Study, seed: int) -> Study:
    """The other allele as effect allele in some variants."""
    x, se_x, y, se_y = study
    sign = np.random.default_rng(seed).choice([-1.0, 1.0], len(x))
    return sign * x, se_x, sign * y, se_y


def permuted(study: Study, order: np.ndarray) -> Study:
    """The variants in another order."""
    x, se_x, y, se_y = (array[order] for array in study)
    return x, se_x, y, se_y


def rescaled(study: Study, factor: float) -> Study:
    """The exposure in another unit: its slopes are 1/factor times as large."""
    x, se_x, y, se_y = study
    return factor * x, factor * se_x, y, se_y
