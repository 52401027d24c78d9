"""Multivariable IVW and MR-Egger against the R peers, a slow twin, invariances and the null."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.method.egger import egger
from scripts.method.estimate import Estimate, TooFewInstruments
from scripts.method.ivw import ivw
from scripts.method.mvmr import mvmr_egger, mvmr_ivw
from tests.method.mvmr_cases import CASES, RELATIVE, MultivariableCase, case_id, simulated

SINGLE = CASES[0]


def numbers(estimates: tuple[Estimate, ...]) -> np.ndarray:
    return np.array([(estimate.beta, estimate.se) for estimate in estimates])


def check(estimates: tuple[Estimate, ...], beta: list[float], se: list[float], p: list[float]) -> None:
    np.testing.assert_allclose(numbers(estimates), np.column_stack([beta, se]), rtol=RELATIVE)
    # An error of beta/se grows by (beta/se)^2 in P.
    np.testing.assert_allclose([estimate.p for estimate in estimates], p, rtol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_ivw_matches_mvmr(case: MultivariableCase) -> None:
    expected = case.expected["ivw"]
    fit = mvmr_ivw(*case.first_order, residual="plain", reference="t")
    check(fit.estimates, expected["Estimate"], expected["Std. Error"], expected["Pr(>|t|)"])


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_ivw_matches_mendelian_randomization(case: MultivariableCase) -> None:
    expected = case.expected["mvivw"]
    fit = mvmr_ivw(*case.first_order)
    check(fit.estimates, expected["Estimate"], expected["StdError"], expected["Pvalue"])
    q, p = expected["Heter.Stat"]
    assert fit.q.q == pytest.approx(q, rel=RELATIVE)
    assert 10.0**-fit.q.neglog10_p == pytest.approx(p, rel=1e-10)
    assert fit.intercept is None


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_egger_matches_mendelian_randomization_in_every_orientation(case: MultivariableCase) -> None:
    for exposure in range(case.exposures):
        expected = case.expected[f"mvegger_orient{exposure + 1}"]
        fit = mvmr_egger(*case.first_order, exposure)
        check(fit.estimates, expected["Estimate"], expected["StdError.Est"], expected["Pvalue.Est"])
        assert fit.intercept is not None
        intercept: dict[str, Any] = {"Intercept": fit.intercept.beta, "StdError.Int": fit.intercept.se}
        assert intercept == pytest.approx({key: expected[key] for key in intercept}, rel=1e-11)
        assert fit.intercept.p == pytest.approx(expected["Pvalue.Int"], rel=1e-10)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_one_exposure_is_the_univariable_method(case: MultivariableCase) -> None:
    x, y, se_y = case.first_order
    single = mvmr_ivw(x[:, :1], y, se_y).estimates[0]
    expected = ivw(x[:, 0], y, se_y)
    assert (single.beta, single.se) == pytest.approx((expected.beta, expected.se), rel=RELATIVE)
    line = mvmr_egger(x[:, :1], y, se_y, 0, reference="t").estimates[0]
    slope = egger(x[:, 0], y, se_y).slope
    assert (line.beta, line.se, line.df) == pytest.approx((slope.beta, slope.se, slope.df), rel=1e-11)


@pytest.mark.parametrize("case", CASES, ids=case_id)
@pytest.mark.parametrize("egger_first", [False, True])
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_invariances(case: MultivariableCase, egger_first: bool, seed: int) -> None:
    def run(x: np.ndarray, y: np.ndarray, se_y: np.ndarray) -> np.ndarray:
        return numbers((mvmr_egger(x, y, se_y, 0) if egger_first else mvmr_ivw(x, y, se_y)).estimates)

    rng = np.random.default_rng(seed)
    n = len(case.beta_y)
    unit = 10.0 ** rng.integers(-4, 5, case.exposures)
    x, _, y, se_y = case.changed(rng.choice([-1.0, 1.0], n), rng.permutation(n), unit)
    np.testing.assert_allclose(run(x, y, se_y) * unit[:, None], run(*case.first_order), rtol=1e-10)


def test_fixed_effects_and_the_floor() -> None:
    consistent = SINGLE.beta_x, SINGLE.beta_x @ np.array([0.2, -0.1, 0.0]), SINGLE.se_y
    fixed, floored = mvmr_ivw(*consistent, residual="fixed"), mvmr_ivw(*consistent)
    assert numbers(floored.estimates) == pytest.approx(numbers(fixed.estimates))
    plain = mvmr_ivw(*consistent, residual="plain")
    assert max(estimate.se for estimate in plain.estimates) < 1e-9
    np.testing.assert_allclose(numbers(fixed.estimates)[:, 0], [0.2, -0.1, 0.0], atol=1e-14)


def test_too_few_and_collinear() -> None:
    x, y, se_y = SINGLE.first_order
    with pytest.raises(TooFewInstruments):
        mvmr_ivw(x[:3], y[:3], se_y[:3])
    mvmr_ivw(x[:4], y[:4], se_y[:4])
    with pytest.raises(TooFewInstruments):
        mvmr_egger(x[:4], y[:4], se_y[:4], 0)
    mvmr_egger(x[:5], y[:5], se_y[:5], 0)
    for third in (x[:, 0] - 1e-6 * x[:, 1], np.zeros(len(x))):
        with pytest.raises(np.linalg.LinAlgError):
            mvmr_ivw(np.column_stack([x[:, :2], third]), y, se_y)


def test_error_rate_and_coverage() -> None:
    """The second of three exposures has no effect; the first's interval covers its own in 95%."""
    rng = np.random.default_rng(31)
    theta = np.array([0.3, 0.0, -0.2])
    hits = covered = 0
    for _ in range(1000):
        x, _, y, se_y = simulated(rng, theta, 40, strength=30.0, pleiotropy=0.02)
        first, second, _ = mvmr_ivw(x, y, se_y, reference="t").estimates
        hits += second.p < 0.05
        covered += first.ci_low < 0.3 < first.ci_high
    # Binomial SD 6.9.
    assert 29 <= hits <= 71
    assert 929 <= covered <= 971
