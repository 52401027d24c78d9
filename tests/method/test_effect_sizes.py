"""Effect sizes by hand, by statsmodels, and from samples of known distribution."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import effectsize_smd

from scripts.method.effect_sizes import (
    cohens_d,
    hedges_g,
    mean_from_quartiles,
    pool_sides,
    sd_from_quartiles,
    small_sample_factor,
    variance_of_g,
)

sizes = st.integers(3, 500)


def test_cohens_d_by_hand() -> None:
    """Pooled variance (9 x 4 + 19 x 1)/28 of groups of 10 and 20."""
    assert cohens_d(5.0, 2.0, 10, 4.0, 1.0, 20) == pytest.approx(1 / math.sqrt(55 / 28))


def test_g_as_statsmodels_up_to_its_approximation() -> None:
    """statsmodels has J = 1 - 3/(4 N - 9), off by 3e-4 in ten people and 2e-6 in 100."""
    for n, tolerance in ((5, 1e-3), (50, 5e-6)):
        g, _ = effectsize_smd(np.array([5.0]), np.array([2.0]), n, np.array([4.0]), np.array([1.0]), n)
        assert hedges_g(cohens_d(5.0, 2.0, n, 4.0, 1.0, n), n, n) == pytest.approx(g[0], rel=tolerance)


@pytest.mark.parametrize("df", [2, 3, 10, 57, 1000])
def test_small_sample_factor_by_its_gamma_functions(df: int) -> None:
    expected = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    assert small_sample_factor(df) == pytest.approx(expected, rel=1e-13)
    assert small_sample_factor(df) == pytest.approx(1 - 3 / (4 * df - 1), abs=0.3 / df**2)


def test_g_is_unbiased_where_d_is_not() -> None:
    """20,000 pairs of samples of 6 and 8, true difference 1 SD."""
    rng = np.random.default_rng(1)
    first, second = rng.normal(1.0, 1.0, (20_000, 6)), rng.normal(0.0, 1.0, (20_000, 8))
    sds = (first.std(axis=1, ddof=1), second.std(axis=1, ddof=1))
    d = cohens_d(first.mean(axis=1), sds[0], 6, second.mean(axis=1), sds[1], 8)
    error = 4 * d.std() / math.sqrt(20_000)
    assert hedges_g(d, 6, 8).mean() == pytest.approx(1.0, abs=error)
    assert d.mean() > 1.0 + error


@given(n_1=sizes, n_2=sizes, g=st.floats(-5, 5))
def test_variance_has_its_three_terms(n_1: int, n_2: int, g: float) -> None:
    assert variance_of_g(g, n_1, n_2) == pytest.approx(1 / n_1 + 1 / n_2 + g * g / (2 * (n_1 + n_2)))
    assert variance_of_g(g, n_1, n_2) == variance_of_g(-g, n_2, n_1)


def test_quartiles_give_back_mean_and_sd() -> None:
    """Wan's formulas on quartiles of 5,000 normal samples of 25."""
    rng = np.random.default_rng(2)
    q1, median, q3 = np.quantile(rng.normal(10.0, 2.0, (5_000, 25)), [0.25, 0.5, 0.75], axis=1)
    assert mean_from_quartiles(q1, median, q3).mean() == pytest.approx(10.0, abs=0.03)
    assert sd_from_quartiles(q1, q3, 25).mean() == pytest.approx(2.0, rel=0.02)


def test_quartiles_by_hand() -> None:
    """For n = 25 the quantile is that of 18.625/25.25."""
    assert mean_from_quartiles(18.5, 22, 25) == pytest.approx(65.5 / 3)
    assert sd_from_quartiles(18.5, 25, 25) == pytest.approx(6.5 / (2 * NormalDist().inv_cdf(18.625 / 25.25)))


def test_sides_are_pooled_by_mean_and_mean_variance() -> None:
    mean, sd = pool_sides([10.0, 12.0], [3.0, 4.0])
    assert (mean, sd) == (pytest.approx(11.0), pytest.approx(math.sqrt(12.5)))
    assert pool_sides([10.0], [3.0]) == (10.0, 3.0)


def test_swapping_the_groups_turns_the_sign() -> None:
    assert cohens_d(1, 2, 30, 3, 4, 50) == -cohens_d(3, 4, 50, 1, 2, 30)
