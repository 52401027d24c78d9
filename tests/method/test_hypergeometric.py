"""The hypergeometric test against counting, scipy.stats and a case by hand."""

from itertools import combinations

import pytest
from scipy.stats import hypergeom

from scripts.method.hypergeometric import overlap


def counted(universe: int, first: int, second: int, shared: int) -> float:
    """Share of the choices of `second` items that hold as many of the first ones, by trying all of them."""
    choices = list(combinations(range(universe), second))
    return sum(len(set(range(first)) & set(choice)) >= shared for choice in choices) / len(choices)


@pytest.mark.parametrize(("universe", "first", "second"), [(9, 4, 3), (8, 8, 5), (7, 2, 6), (6, 0, 3)])
def test_overlap_is_the_share_of_all_choices(universe: int, first: int, second: int):
    for shared in range(max(0, first + second - universe), min(first, second) + 1):
        found = overlap(universe, first, second, shared)
        assert 10**-found.neglog10_p == pytest.approx(counted(universe, first, second, shared), rel=1e-12)
        assert found.expected == pytest.approx(first * second / universe)


@pytest.mark.parametrize("shared", [0, 3, 20, 60, 119])
def test_overlap_equals_scipy_stats(shared: int):
    found = overlap(18_000, 1_400, 120, shared)
    expected = hypergeom.sf(shared - 1, 18_000, 1_400, 120)
    assert 10**-found.neglog10_p == pytest.approx(expected, rel=1e-9)
    assert found.fold == pytest.approx(shared / (1_400 * 120 / 18_000))


def test_a_probability_below_the_smallest_double_has_a_logarithm():
    found = overlap(20_000, 1_000, 1_000, 1_000)
    assert 1_700 < found.neglog10_p < 1_760  # log10 of 20,000 over 1,000


def test_counts_that_cannot_be_are_refused():
    for counts in ((10, 4, 3, 4), (10, 8, 7, 4), (10, 11, 2, 1)):
        with pytest.raises(ValueError, match="cannot share"):
            overlap(*counts)
