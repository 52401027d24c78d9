"""Corrections on the log scale against statsmodels, scipy and slow twins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from scripts.method.multiplicity import (
    CORRECTIONS,
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    null_share,
    require_not_below_raw,
    storey,
)


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


@pytest.mark.parametrize("seed", range(3))
def test_yekutieli_and_bonferroni_agree_with_statsmodels_and_scipy(seed: int) -> None:
    p = np.random.default_rng(seed).beta(0.3, 4, size=70)
    by = benjamini_yekutieli(-np.log10(p))
    np.testing.assert_allclose(by.p, multipletests(p, method="fdr_by")[1], rtol=1e-12)
    np.testing.assert_allclose(by.p, stats.false_discovery_control(p, method="by"), rtol=1e-12)
    np.testing.assert_allclose(
        bonferroni(-np.log10(p)).p, multipletests(p, method="bonferroni")[1], rtol=1e-12
    )
    assert bonferroni(-np.log10(p), 7.5).p == pytest.approx(np.minimum(p * 7.5, 1.0), rel=1e-12)
    assert by.m == bonferroni(-np.log10(p)).m == 70


def null_share_twin(p: np.ndarray) -> float:
    """One lambda after the other, as in the paper."""
    lambdas = [0.05 * i for i in range(1, 20)]
    shares = [sum(x >= at for x in p) / len(p) / (1 - at) for at in lambdas]
    least = np.quantile(shares, 0.1)
    errors = []
    for at, share in zip(lambdas, shares, strict=True):
        w = sum(x >= at for x in p)
        errors.append(w / (len(p) ** 2 * (1 - at) ** 2) * (1 - w / len(p)) + (share - least) ** 2)
    return min(shares[int(np.argmin(errors))], 1.0)


@pytest.mark.parametrize("seed", range(4))
def test_pi0_agrees_with_its_slow_twin_and_with_the_truth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.uniform(size=1400), stats.norm.sf(rng.normal(3.5, 1, 600)) * 2])
    share = null_share(-np.log10(p))
    assert share == pytest.approx(null_share_twin(p), rel=1e-9)
    assert share == pytest.approx(0.7, abs=0.08)
    q = storey(-np.log10(p))
    np.testing.assert_allclose(q.p, np.minimum(stats.false_discovery_control(p) * share, 1.0), rtol=1e-10)
    assert q.pi0 == share
    falsely = np.flatnonzero(q.p < 0.1) < 1400
    assert falsely.mean() < 0.14


def test_pi0_is_one_where_nothing_says_less() -> None:
    assert null_share(np.array([])) == 1.0
    assert null_share(np.array([np.nan])) == 1.0
    assert null_share(np.array([9.0, 9.0])) == 1.0  # no P is large: 0 would call every test an effect
    assert null_share(np.full(50, 9.0)) == pytest.approx(2 / 50)
    uniform = -np.log10((np.arange(1000) + 0.5) / 1000)
    assert null_share(uniform) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("correct", [benjamini_hochberg, benjamini_yekutieli, bonferroni])
def test_the_invariant_holds_for_corrections_and_catches_columns_that_do_not_fit(correct: Callable) -> None:
    raw = np.random.default_rng(2).exponential(2, size=90)
    raw[5] = np.nan
    assert require_not_below_raw(correct(raw), raw, "screen").m == 89
    shuffled = replace(correct(raw), neglog10_p=np.roll(correct(raw).neglog10_p, 7))
    with pytest.raises(ValueError, match=r"family screen: the adjusted P of test \d+ is .*below its raw P"):
        require_not_below_raw(shuffled, raw, "screen")


def test_every_correction_by_name_takes_missing_and_no_tests() -> None:
    for correct in CORRECTIONS.values():
        assert correct(np.array([])).m == 0
        adjusted = correct(np.array([3.0, np.nan, 0.0]))
        assert adjusted.m == 2 and np.isnan(adjusted.p[1]) and adjusted.rank.tolist() == [1, 0, 2]
