"""Cochran's Q and Rucker's Q' against TwoSampleMR, and under the null."""

import math
from pathlib import Path

import numpy as np
import pytest

from scripts.method.egger import egger
from scripts.method.estimate import TooFewInstruments
from scripts.method.heterogeneity import Heterogeneity, cochran_q, q_contributions, rucker_q
from tests.method.mr_cases import (
    CASES,
    RELATIVE,
    TWO_SAMPLE_CASES,
    Case,
    bmi_on_coronary_disease,
    case_id,
    null_study,
)


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case) -> None:
    expected = case.expected["heterogeneity"]
    found = {
        "MR Egger": rucker_q(egger(*case.first_order)),
        "Inverse variance weighted": cochran_q(*case.first_order),
    }
    for row, method in enumerate(expected["method"]):
        assert found[method].q == pytest.approx(expected["Q"][row], rel=RELATIVE)
        assert found[method].df == expected["Q_df"][row]
        # An error of Q is multiplied by Q/2 in P, hence the wider tolerance.
        assert found[method].neglog10_p == pytest.approx(-math.log10(expected["Q_pval"][row]), rel=1e-8)


def test_matches_the_published_bmi_on_coronary_disease(shared_reference: Path) -> None:
    x, _, y, se_y = bmi_on_coronary_disease(shared_reference)
    heterogeneity = cochran_q(x, y, se_y)
    assert heterogeneity.q == pytest.approx(143.65084, abs=5e-6)
    assert heterogeneity.df == 78
    assert heterogeneity.i2 == pytest.approx(1 - 78 / 143.65084, abs=1e-7)


def test_q_is_the_weighted_spread_of_the_ratios() -> None:
    """Slow twin: Q as a sum over ratios around their weighted mean."""
    case = TWO_SAMPLE_CASES[0]
    ratio, weight = case.beta_y / case.beta_x, (case.beta_x / case.se_y) ** 2
    spread = sum(w * (r - np.average(ratio, weights=weight)) ** 2 for r, w in zip(ratio, weight, strict=True))
    assert cochran_q(*case.first_order).q == pytest.approx(spread, rel=1e-11)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_contributions_add_up_to_q(case: Case) -> None:
    parts = q_contributions(*case.first_order)
    assert np.sum(parts) == pytest.approx(cochran_q(*case.first_order).q, rel=RELATIVE)
    ratio, se = case.beta_y / case.beta_x, case.se_y / np.abs(case.beta_x)
    mean = np.average(ratio, weights=se**-2.0)
    np.testing.assert_allclose(parts, ((ratio - mean) / se) ** 2, rtol=1e-8)


def test_i2_is_never_negative() -> None:
    assert Heterogeneity(3.0, 10).i2 == 0.0
    assert Heterogeneity(0.0, 1).i2 == 0.0
    assert Heterogeneity(20.0, 10).i2 == pytest.approx(0.5)


def test_extreme_heterogeneity_keeps_its_p() -> None:
    # P underflows a double beyond 308; for 2 df -log10 P is q/(2 ln 10) exactly.
    assert Heterogeneity(1e5, 2).neglog10_p == pytest.approx(1e5 / (2 * math.log(10)), rel=RELATIVE)


def test_too_few() -> None:
    one = np.array([0.1])
    with pytest.raises(TooFewInstruments):
        cochran_q(one, one, one)


def test_error_rate_without_pleiotropy() -> None:
    rng = np.random.default_rng(23)
    hits = 0
    for _ in range(2000):
        x, _, y, se_y = null_study(rng, 25)
        hits += cochran_q(x, y, se_y).neglog10_p > -math.log10(0.05)
    # 5% of 2000 = 100, binomial SD 9.7.
    assert 70 <= hits <= 130
