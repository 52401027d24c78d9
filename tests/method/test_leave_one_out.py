"""Leave-one-out in closed form against TwoSampleMR and against refitting."""

import numpy as np
import pytest

from scripts.method.estimate import TooFewInstruments
from scripts.method.ivw import ivw
from scripts.method.leave_one_out import leave_one_out
from tests.method.mr_cases import CASES, RELATIVE, TWO_SAMPLE_CASES, Case, case_id


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case) -> None:
    expected = case.expected["leaveoneout"]
    assert expected["SNP"][-1] == "All"
    fits = leave_one_out(*case.first_order)
    np.testing.assert_allclose(fits.beta, expected["b"], rtol=1e-11)
    np.testing.assert_allclose(fits.se, expected["se"], rtol=1e-11)
    np.testing.assert_allclose(fits.neglog10_p, -np.log10(expected["p"]), rtol=1e-9)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_refitting(case: Case) -> None:
    """Slow twin: IVW on the other variants, one refit a variant."""
    x, y, se_y = case.first_order
    rows = [np.arange(len(x)) != left_out for left_out in range(len(x))] + [np.ones(len(x), dtype=bool)]
    slow = [ivw(x[row], y[row], se_y[row]) for row in rows]
    fits = leave_one_out(x, y, se_y)
    # The closed form subtracts from the full Q, which costs a digit where one outlier makes most of it.
    np.testing.assert_allclose(fits.beta, [fit.beta for fit in slow], rtol=1e-11)
    np.testing.assert_allclose(fits.se, [fit.se for fit in slow], rtol=1e-11)
    np.testing.assert_allclose(fits.ci_low, [fit.ci_low for fit in slow], rtol=1e-10)
    np.testing.assert_allclose(fits.ci_high, [fit.ci_high for fit in slow], rtol=1e-10)
    np.testing.assert_allclose(fits.neglog10_p, [fit.neglog10_p for fit in slow], rtol=1e-10)


def test_a_dominant_outlier_costs_no_accuracy() -> None:
    rng = np.random.default_rng(10)
    x, se_y = rng.uniform(0.05, 0.2, 12), np.full(12, 0.01)
    y = 0.1 * x + rng.normal(0.0, 0.03, 12)
    x[4], y[4] = 30.0, -20.0
    fits = leave_one_out(x, y, se_y)
    rest = np.arange(12) != 4
    slow = ivw(x[rest], y[rest], se_y[rest])
    # The outlier has 99.98% of the weight and a million times the residuals.
    assert fits.beta[4] == pytest.approx(slow.beta, rel=1e-8)
    assert fits.se[4] == pytest.approx(slow.se, rel=1e-8)


def test_invariances() -> None:
    x, y, se_y = CASES[3].first_order
    rng = np.random.default_rng(11)
    sign, order = rng.choice([-1.0, 1.0], len(x)), rng.permutation(len(x))
    base = leave_one_out(x, y, se_y)
    np.testing.assert_array_equal(leave_one_out(sign * x, sign * y, se_y).beta, base.beta)
    permuted = leave_one_out(x[order], y[order], se_y[order])
    np.testing.assert_allclose(permuted.beta[:-1], base.beta[:-1][order], rtol=RELATIVE)
    np.testing.assert_allclose(permuted.se[:-1], base.se[:-1][order], rtol=1e-11)


def test_three_variants_and_two() -> None:
    x, y, se_y = np.array([0.1, 0.2, 0.3]), np.array([0.01, 0.03, 0.02]), np.full(3, 0.01)
    assert leave_one_out(x, y, se_y).beta.shape == (4,)
    with pytest.raises(TooFewInstruments):
        leave_one_out(x[:2], y[:2], se_y[:2])
