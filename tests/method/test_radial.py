"""Radial IVW against RadialMR and MendelianRandomization, its outliers, its relation to other estimators."""

from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from scripts.method.estimate import TooFewInstruments
from scripts.method.heterogeneity import q_contributions
from scripts.method.ivw import ivw
from scripts.method.maximum_likelihood import maximum_likelihood
from scripts.method.radial import radial_ivw
from tests.method.mr_cases import (
    CASES,
    RELATIVE,
    TWO_SAMPLE_CASES,
    Case,
    case_id,
    lipids_on_coronary_disease,
    null_study,
    published_bmi,
)


def assert_matches_radial_mr(case: Case) -> None:
    expected = case.expected["deterministic"]["mr_ivw_radial"]
    fit = radial_ivw(*case.second_order, model="unfloored")
    # One case has ratios near 1,000 standard errors apart, which costs two digits.
    assert fit.estimate.beta == pytest.approx(expected["b"], rel=1e-12)
    assert fit.estimate.se == pytest.approx(expected["se"], rel=RELATIVE)
    assert np.sum(fit.q) == pytest.approx(expected["Q"], rel=RELATIVE)


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_radial_mr(case: Case) -> None:
    """TwoSampleMR's mr_ivw_radial is RadialMR's with weights 3."""
    assert_matches_radial_mr(case)


def test_matches_radial_mr_on_published_data(shared_reference: Path) -> None:
    assert_matches_radial_mr(published_bmi(shared_reference))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_second_order_weights_are_the_delta_weights_of_mendelian_randomization(case: Case) -> None:
    expected = case.expected["MendelianRandomization"]["ivw_delta"]
    model = "fixed" if expected["Model"] == "fixed" else "multiplicative"
    fit = radial_ivw(*case.second_order, weights="second", model=model)
    assert fit.estimate.beta == pytest.approx(expected["Estimate"], rel=RELATIVE)
    assert fit.estimate.se == pytest.approx(expected["StdError"], rel=RELATIVE)
    assert np.sum(fit.q) == pytest.approx(expected["Heter.Stat"][0], rel=RELATIVE)


def test_delta_weights_on_published_data(shared_reference: Path) -> None:
    for lipid in lipids_on_coronary_disease(shared_reference).values():
        expected = lipid.expected["ivw"]["delta"]
        estimate = radial_ivw(*lipid.data, weights="second").estimate
        assert estimate.beta == pytest.approx(expected["Estimate"], rel=RELATIVE)
        assert estimate.se == pytest.approx(expected["StdError"], rel=RELATIVE)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_first_order_weights_are_ivw(case: Case) -> None:
    fit = radial_ivw(*case.second_order, weights="first")
    assert fit.estimate == ivw(*case.first_order)
    assert np.array_equal(fit.q, q_contributions(*case.first_order))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_exact_weights_minimise_q(case: Case) -> None:
    """Slow twin: a bounded scalar search, around the modified estimate where RadialMR takes [-2, 2]."""
    x, se_x, y, se_y = case.second_order

    def q(theta: float) -> float:
        return float(np.sum((y / x - theta) ** 2 / (se_y**2 + theta**2 * se_x**2) * x**2))

    near = radial_ivw(*case.second_order).estimate
    bounds = (near.beta - 10 * near.se, near.beta + 10 * near.se)
    found = optimize.minimize_scalar(q, bounds=bounds, method="bounded", options={"xatol": 1e-12})
    fit = radial_ivw(*case.second_order, weights="exact", model="fixed")
    assert fit.estimate.beta == pytest.approx(found.x, rel=1e-5, abs=1e-8)
    assert np.sum(fit.q) == pytest.approx(found.fun, rel=1e-12)
    weight = x**2 / (se_y**2 + found.x**2 * se_x**2)
    assert fit.estimate.se == pytest.approx(np.sum(weight) ** -0.5, rel=1e-5)
    assert fit.estimate.beta == maximum_likelihood(*case.second_order).beta


def test_outliers_are_the_instruments_with_a_small_p() -> None:
    x, se_x, y, se_y = null_study(np.random.default_rng(41), 30)
    y[3] += 0.2
    fit = radial_ivw(x, se_x, y, se_y)
    p = stats.chi2.sf(fit.q, 1)
    np.testing.assert_allclose(10.0**-fit.q_neglog10_p, p, rtol=1e-12)
    assert fit.outliers(0.05 / 30).tolist() == [i == 3 for i in range(30)]
    assert np.array_equal(fit.outliers(0.05), p < 0.05)


def test_too_few() -> None:
    one = np.array([0.1])
    with pytest.raises(TooFewInstruments):
        radial_ivw(one, one, one, one)
