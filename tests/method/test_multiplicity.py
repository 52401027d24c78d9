"""Benjamini-Hochberg on the log scale against statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from scripts.method.multiplicity import benjamini_hochberg


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_statsmodels_and_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.uniform(size=80), rng.beta(0.1, 5, size=20), [0.03, 0.03, 0.03, 1.0, 1.0]])
    adjusted = benjamini_hochberg(-np.log10(p))
    # log10 and its inverse each lose a few units in the last place.
    np.testing.assert_allclose(adjusted.p, multipletests(p, method="fdr_bh")[1], rtol=1e-13)
    np.testing.assert_allclose(adjusted.p, stats.false_discovery_control(p), rtol=1e-13)
    assert adjusted.m == 105


def test_missing_tests_are_not_in_the_family() -> None:
    p = np.array([0.01, np.nan, 0.04, 0.03, np.nan])
    adjusted = benjamini_hochberg(-np.log10(p))
    expected = multipletests(p[~np.isnan(p)], method="fdr_bh")[1]
    np.testing.assert_allclose(adjusted.p[~np.isnan(p)], expected, rtol=1e-13)
    assert np.isnan(adjusted.p[[1, 4]]).all()
    assert adjusted.m == 3
    np.testing.assert_array_equal(adjusted.rank, [1, 0, 3, 2, 0])


def test_p_below_the_smallest_double_keep_their_order() -> None:
    adjusted = benjamini_hochberg(np.array([400.0, 500.0, 1.0, np.inf]))
    # p m / rank: 1e-500 * 4/2, 1e-400 * 4/3; 0 stays 0.
    expected = [400 - np.log10(4 / 3), 500 - np.log10(2), 1.0, np.inf]
    np.testing.assert_allclose(adjusted.neglog10_p, expected, rtol=1e-15)
    np.testing.assert_array_equal(adjusted.p[[0, 1, 3]], 0.0)


def test_never_below_the_raw_p_and_in_the_same_order() -> None:
    rng = np.random.default_rng(9)
    raw = rng.exponential(3, size=500)
    adjusted = benjamini_hochberg(raw)
    assert (adjusted.neglog10_p <= raw).all()
    assert (adjusted.neglog10_p >= 0).all()
    order = np.argsort(raw)
    assert (np.diff(adjusted.neglog10_p[order]) >= 0).all()


def test_order_of_tests_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    raw = np.round(rng.exponential(1, size=60), 1)  # with ties
    shuffle = rng.permutation(60)
    first, second = benjamini_hochberg(raw), benjamini_hochberg(raw[shuffle])
    np.testing.assert_array_equal(first.neglog10_p[shuffle], second.neglog10_p)
    np.testing.assert_array_equal(first.rank[shuffle], second.rank)


def test_no_tests_at_all() -> None:
    assert benjamini_hochberg(np.array([])).m == 0
    assert np.isnan(benjamini_hochberg(np.array([np.nan])).p).all()
