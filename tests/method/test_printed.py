"""Printed numbers, what rounding can do, and which datum would restore them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.method.printed import (
    as_printed,
    broken_ties,
    candidate_values,
    missed_by,
    restoring_values,
    rounding_reach,
)


def means(data: np.ndarray) -> np.ndarray:
    return np.array([data.mean(), data @ data])


@given(st.floats(-1000, 1000), st.integers(0, 5))
def test_what_is_printed_so_is_not_missed(value: float, decimals: int) -> None:
    printed = as_printed(f"{value:.{decimals}f}")
    assert printed.missed_by(value) == 0.0
    unit = 10.0**-decimals
    slack = 1e-9 * max(1.0, abs(printed.value))  # a half may be rounded either way
    assert printed.missed_by(value + 2 * unit) == pytest.approx(
        abs(value + 2 * unit - printed.value) - unit / 2 - slack, abs=1e-10
    )


def test_bounds_and_nonsense() -> None:
    assert as_printed("<0.001").missed_by(0.0009) == 0.0
    assert as_printed("<0.001").missed_by(0.0015) == pytest.approx(0.0005)
    assert as_printed("0.110").half == pytest.approx(0.0005)
    for text in ("", "n.s.", "nan", "<"):
        with pytest.raises(ValueError, match=r"not a number|could not convert"):
            as_printed(text)


def test_reach_is_never_passed_by_data_that_are_printed_so() -> None:
    """1,000 data sets that round to one printed one: results stay within reach (up to second order)."""
    rng = np.random.default_rng(3)
    data, half = np.round(rng.normal(1, 1, 8), 2), np.full(8, 0.005)
    half[0] = 0.0
    reach = rounding_reach(means, data, half)
    moved = [means(data + rng.uniform(-half, half)) - means(data) for _ in range(1000)]
    assert np.all(np.abs(moved) <= reach + 8 * 0.005**2)
    assert reach[0] == pytest.approx(7 * 0.005 / 8)
    corner = means(data + half * np.sign(data)) - means(data)
    assert corner[1] == pytest.approx(reach[1], rel=0.05)
    assert np.array_equal(rounding_reach(means, data, np.zeros(8)), [0.0, 0.0])


@given(st.integers(0, 1000), st.integers(0, 7))
def test_a_misprint_is_found(seed: int, index: int) -> None:
    """One datum misprinted by 0.1 to 0.4: the true value is among those that restore the results."""
    rng = np.random.default_rng(seed)
    truth = np.round(rng.normal(1, 1, 8), 2)
    printed = [as_printed(f"{value:.3f}") for value in means(truth)]
    wrong = truth.copy()
    wrong[index] = round(truth[index] + float(rng.choice([-1, 1])) * rng.integers(10, 40) / 100, 2)
    candidates = candidate_values(float(wrong[index]), 2, 0.5)
    found = restoring_values(means, wrong, index, candidates, printed, np.zeros(2))
    assert np.isclose(found, truth[index]).any()
    assert len(found) <= 2  # the mean alone fixes it to within a few hundredths


def test_slips_of_sign_and_point_are_candidates_too() -> None:
    candidates = candidate_values(12.5, 1, 0.3)
    assert sorted(candidates) == pytest.approx([-12.5, 1.2, 12.2, 12.3, 12.4, 12.6, 12.7, 12.8, 125.0])
    assert abs(candidates[0] - 12.5) == pytest.approx(0.1)


def test_a_result_that_is_not_there_restores_nothing() -> None:
    assert np.isnan(missed_by([as_printed("1.0")], np.array([np.nan])))[0]
    nothing = restoring_values(
        lambda data: np.array([np.nan]), np.ones(2), 0, np.ones(3), [as_printed("1")], np.ones(1)
    )
    assert len(nothing) == 0


def test_ties_are_broken_in_every_order_and_nothing_else_moves() -> None:
    values = np.array([0.5, 0.2, 0.5, 0.9, 0.2, np.nan])
    copies = broken_ties(values)
    assert len(copies) == 5 and copies[0] is values
    orders = {tuple(np.argsort(copy[:5])) for copy in copies[1:]}
    assert orders == {(1, 4, 0, 2, 3), (4, 1, 0, 2, 3), (1, 4, 2, 0, 3), (4, 1, 2, 0, 3)}
    assert broken_ties(np.array([0.1, 0.2]))[0].tolist() == [0.1, 0.2]
    assert len(broken_ties(np.ones(6))) == 1  # 720 orders are too many
