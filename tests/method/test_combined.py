"""The combined test of correlated outcomes: closed forms and type-I error."""

import numpy as np
import pytest
from scipy import stats

from scripts.method.combined import combined_test


def test_closed_forms():
    z = np.array([2.0, 1.0, 3.0])
    assert combined_test(z, np.eye(3)).z == pytest.approx(6 / np.sqrt(3))
    assert combined_test(z, np.ones((3, 3))).z == pytest.approx(2.0)  # the same people: their mean
    one = combined_test(np.array([np.nan, -1.7, np.nan]), np.eye(3))
    assert (one.z, one.n) == (-1.7, 1)
    assert 10**-one.neglog10_p == pytest.approx(2 * stats.norm.sf(1.7))
    nothing = combined_test(np.array([np.nan]), np.eye(1))
    assert nothing.n == 0 and np.isnan(nothing.neglog10_p)
    with pytest.raises(ValueError, match="no variance"):
        combined_test(np.array([1.0, 1.0]), np.array([[1.0, -1.0], [-1.0, 1.0]]))


@pytest.mark.parametrize("r", [0.0, 0.6])
def test_type_one_error_keeps_its_level_only_with_the_correlation(r: float):
    correlation = np.full((5, 5), r)
    np.fill_diagonal(correlation, 1.0)
    z = np.random.default_rng(4).standard_normal((20_000, 5)) @ np.linalg.cholesky(correlation).T
    p = np.array([combined_test(row, correlation).neglog10_p for row in z])
    naive = np.array([combined_test(row, np.eye(5)).neglog10_p for row in z])
    level = -np.log10(0.05)
    assert np.mean(p > level) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / len(z)))
    assert (np.mean(naive > level) > 0.2) == (r > 0)
