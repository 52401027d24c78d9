"""Selective inference over screen and validation."""

import numpy as np
import pytest
from scipy import stats

from scripts.method.hierarchical import hierarchical_fdr
from scripts.method.multiplicity import benjamini_hochberg


def test_within_selected_families_at_the_level_of_their_share():
    p_family = np.array([1e-6, 1e-4, 0.5, 0.9, np.nan])
    p_tests = np.array(
        [[0.001, 0.04, np.nan], [0.02, 0.9, 0.8], [1e-9, 1e-9, 1e-9], [0.1, 0.2, 0.3], [0.001, 0.001, 0.001]]
    )
    chosen = np.array([True, True, False, False, True])
    found = hierarchical_fdr(-np.log10(p_family), -np.log10(p_tests), chosen)
    assert found.selected.tolist() == [True, True, False, False, False]
    assert found.tests.tolist() == [2, 3, 0, 0, 0]
    assert found.rank[:2].tolist() == [[1, 2, 0], [1, 3, 2]]
    expected = stats.false_discovery_control(p_tests[0, :2]) * 4 / 2
    np.testing.assert_allclose(10 ** -found.neglog10_p[0, :2], expected, rtol=1e-12)
    expected = np.minimum(stats.false_discovery_control(p_tests[1]) * 4 / 2, 1)
    np.testing.assert_allclose(10 ** -found.neglog10_p[1], expected, rtol=1e-12)
    assert np.isnan(found.neglog10_p[2:]).all() and np.isnan(found.neglog10_p[0, 2])


def test_never_below_benjamini_hochberg_within_the_family():
    rng = np.random.default_rng(2)
    families, tests = rng.exponential(1, 50), rng.exponential(1, (50, 4))
    found = hierarchical_fdr(families, tests, families > 0.7)
    for i in np.flatnonzero(found.selected):
        assert (found.neglog10_p[i] <= benjamini_hochberg(tests[i]).neglog10_p).all()


def test_nothing_selected_or_tested():
    assert not hierarchical_fdr(np.array([np.nan]), np.ones((1, 2)), np.array([True])).selected.any()
    assert np.isnan(hierarchical_fdr(np.array([0.1]), np.ones((1, 2)), np.array([False])).neglog10_p).all()


def test_average_false_discovery_rate_over_selected_families_is_kept():
    """300 exposures of which 30 act; a validation outcome each shows it in half of these."""
    rng, fdr, realised, pooled = np.random.default_rng(11), 0.1, [], []
    for _ in range(60):
        acts = np.arange(300) < 30
        families = -np.log10(2 * stats.norm.sf(np.abs(rng.normal(np.where(acts, 4.0, 0.0)))))
        true = acts[:, None] & (np.arange(6) < 3)
        tests = -np.log10(2 * stats.norm.sf(np.abs(rng.normal(np.where(true, 4.0, 0.0)))))
        chosen = benjamini_hochberg(families).p < fdr
        found = hierarchical_fdr(families, tests, chosen)
        rejected = 10**-found.neglog10_p < fdr
        wrong = (rejected & ~true).sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)
        realised.append(wrong[chosen].mean())
        naive = np.array([benjamini_hochberg(row).p < fdr for row in tests[chosen]])
        pooled.append(((naive & ~true[chosen]).sum(axis=1) / np.maximum(naive.sum(axis=1), 1)).mean())
    assert np.mean(realised) < fdr
    assert np.mean(pooled) > 1.2 * np.mean(realised)  # what ignoring the selection would give
    assert np.mean(realised) == pytest.approx(0.02, abs=0.02)
