"""The effective number of tests: closed forms, and simulated exposures of known correlation."""

import numpy as np
import pytest

from scripts.method.effective_number import NULL_Z, effective_number, li_ji, null_correlation, shrunken


def blocks(sizes: list[int], r: float) -> np.ndarray:
    """A correlation matrix of blocks within which all traits correlate by r."""
    total = sum(sizes)
    matrix = np.zeros((total, total))
    start = 0
    for size in sizes:
        matrix[start : start + size, start : start + size] = r
        start += size
    np.fill_diagonal(matrix, 1.0)
    return matrix


def test_li_ji_in_closed_form():
    assert li_ji(np.ones(7)) == pytest.approx(7.0)
    assert li_ji(np.linalg.eigvalsh(blocks([6], 1.0))) == pytest.approx(1.0, abs=1e-6)
    assert li_ji(np.linalg.eigvalsh(blocks([4, 4, 1], 1.0))) == pytest.approx(3.0, abs=1e-6)
    # Two traits with r = 0.5: eigenvalues 1.5 and 0.5, so 1 + 0.5 + 0.5.
    assert li_ji(np.linalg.eigvalsh(blocks([2], 0.5))) == pytest.approx(2.0)
    # Four with r = 0.5: 2.5 and three of 0.5, so 1 + 0.5 + 1.5.
    assert li_ji(np.linalg.eigvalsh(blocks([4], 0.5))) == pytest.approx(3.0)


def test_null_correlation_of_pairs_is_the_slow_twin():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((300, 5)) @ np.linalg.cholesky(blocks([3, 2], 0.6)).T
    z[:20, 0], z[7:30, 3] = np.nan, 8.0
    correlation, n = null_correlation(z)
    counts = []
    for i in range(5):
        for j in range(5):
            use = (np.abs(z[:, i]) <= NULL_Z) & (np.abs(z[:, j]) <= NULL_Z)
            a, b = z[use, i], z[use, j]
            assert correlation[i, j] == pytest.approx((a @ b) / np.sqrt((a @ a) * (b @ b)), rel=1e-12)
            counts += [use.sum()] if i != j else []
    assert n == pytest.approx(np.mean(counts))
    assert np.isnan(null_correlation(np.full((4, 2), 9.0))[0][0, 1])


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_null_correlation_is_that_of_the_overlap(share: float):
    rng = np.random.default_rng(3)
    z = rng.standard_normal((20_000, 2)) @ np.linalg.cholesky(blocks([2], share)).T
    z[:200] += 12.0  # associated variants say nothing of the people
    correlation, n = null_correlation(z)
    assert correlation[0, 1] == pytest.approx(share, abs=4 / np.sqrt(n))


def test_shrinking_keeps_the_number_of_independent_tests_when_variants_are_few():
    rng = np.random.default_rng(5)
    z = rng.standard_normal((90, 60))
    correlation, n = null_correlation(z)
    assert li_ji(np.linalg.eigvalsh(correlation)) < 52  # what chance correlations alone would cost
    assert effective_number(correlation, n) == pytest.approx(60, abs=1.5)
    copies = np.repeat(rng.standard_normal((4000, 6)), 10, axis=1)
    # Six traits, ten copies each; an eigenvalue of 9.9 counts as 1.9 tests.
    assert 6 <= effective_number(*null_correlation(copies)) <= 12


def test_shrinking_leaves_what_many_variants_show():
    matrix = blocks([10, 10], 0.7)
    drawn, share = shrunken(matrix, 1e9)
    assert share < 1e-6
    np.testing.assert_allclose(drawn, matrix, atol=1e-6)
    alone, whole = shrunken(np.eye(3), 50)
    np.testing.assert_array_equal(alone, np.eye(3))
    assert whole == 1.0


def test_one_exposure_is_one_test():
    assert effective_number(np.ones((1, 1)), 10) == 1.0
    assert effective_number(np.ones((0, 0)), 10) == 0.0
