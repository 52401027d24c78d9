"""MR-Egger against the R peers, its orientation, and its error rate under directional pleiotropy."""

import math
from pathlib import Path

import numpy as np
import pytest

from scripts.method.egger import EggerFit, egger
from scripts.method.estimate import EqualEffects, TooFewInstruments
from tests.method.mr_cases import (
    CASES,
    TWO_SAMPLE_CASES,
    Case,
    bmi_on_coronary_disease,
    case_id,
    null_study,
)

# The intercept is a difference of larger numbers and loses one digit to cancellation.
INTERCEPT_RELATIVE = 1e-11


def numbers(fit: EggerFit) -> tuple[float, ...]:
    return fit.slope.beta, fit.slope.se, fit.intercept.beta, fit.intercept.se, fit.q


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case) -> None:
    expected = case.expected["deterministic"]["mr_egger_regression"]
    fit = egger(*case.first_order)
    peer = tuple(expected[key] for key in ("b", "se", "b_i", "se_i", "Q"))
    assert numbers(fit) == pytest.approx(peer, rel=INTERCEPT_RELATIVE)
    assert fit.df == expected["Q_df"]
    assert fit.slope.p == pytest.approx(expected["pval"], rel=1e-8)
    assert fit.intercept.p == pytest.approx(expected["pval_i"], rel=1e-8)
    assert fit.intercept.p == pytest.approx(case.expected["pleiotropy"]["pval"], rel=1e-8)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_mendelian_randomization_down_to_three_variants(case: Case) -> None:
    expected = case.expected["MendelianRandomization"]["egger_normal"]
    peer = tuple(expected[key] for key in ("Estimate", "StdError.Est", "Intercept", "StdError.Int"))
    assert numbers(egger(*case.first_order))[:4] == pytest.approx(peer, rel=INTERCEPT_RELATIVE)


def test_matches_the_published_bmi_on_coronary_disease(shared_reference: Path) -> None:
    x, _, y, se_y = bmi_on_coronary_disease(shared_reference)
    fit = egger(x, y, se_y)
    # As published, to its eight decimals.
    assert fit.slope.beta == pytest.approx(0.50249351, abs=5e-9)
    assert fit.slope.se == pytest.approx(0.14396056, abs=5e-9)
    assert fit.intercept.beta == pytest.approx(-0.00171930, abs=5e-9)
    assert fit.intercept.p == pytest.approx(0.667, abs=5e-4)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_least_squares(case: Case) -> None:
    """Slow twin: the normal equations of the oriented, weighted design."""
    sign = np.where(case.beta_x < 0, -1.0, 1.0)
    design = np.column_stack((np.ones(len(sign)), sign * case.beta_x)) / case.se_y[:, None]
    response = sign * case.beta_y / case.se_y
    coefficients, (q,), _, _ = np.linalg.lstsq(design, response, rcond=None)
    se = np.sqrt(np.diag(np.linalg.inv(design.T @ design))) * max(1.0, math.sqrt(q / (len(sign) - 2)))
    peer = (coefficients[1], se[1], coefficients[0], se[0], q)
    # The normal equations square the condition number.
    assert numbers(egger(*case.first_order)) == pytest.approx(peer, rel=1e-10)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_invariances(case: Case) -> None:
    rng = np.random.default_rng(2)
    x, y, se_y = case.first_order
    base = egger(x, y, se_y)
    sign, order = rng.choice([-1.0, 1.0], len(x)), rng.permutation(len(x))
    assert egger(sign * x, sign * y, se_y) == base
    permuted = egger(x[order], y[order], se_y[order])
    assert numbers(permuted) == pytest.approx(numbers(base), rel=INTERCEPT_RELATIVE)
    # The slope scales with the exposure's unit; intercept and Q' are in outcome units and stay.
    rescaled = egger(1000.0 * x, y, se_y)
    scale = np.array([1000.0, 1000.0, 1.0, 1.0, 1.0])
    assert tuple(scale * numbers(rescaled)) == pytest.approx(numbers(base), rel=INTERCEPT_RELATIVE)


def test_too_few_or_equal_exposure_effects() -> None:
    x, y, se_y = np.array([0.1, 0.2, 0.3]), np.array([0.0, 0.1, 0.0]), np.full(3, 0.01)
    assert egger(x, y, se_y).df == 1
    with pytest.raises(TooFewInstruments):
        egger(x[:2], y[:2], se_y[:2])
    with pytest.raises(EqualEffects):
        egger(np.array([0.1, -0.1, 0.1]), y, se_y)


def test_error_rate_under_directional_pleiotropy() -> None:
    """Directional pleiotropy of constant mean moves the intercept, not the slope's error rate."""
    rng = np.random.default_rng(21)
    slopes = intercepts = 0
    for _ in range(2000):
        x, _, y, se_y = null_study(rng, 40, overdispersion=2.0, mean=0.03)
        fit = egger(x, y, se_y)
        slopes += fit.slope.p < 0.05
        intercepts += fit.intercept.p < 0.05
    # 5% of 2000 = 100, binomial SD 9.7.
    assert 70 <= slopes <= 130
    assert intercepts > 1000
