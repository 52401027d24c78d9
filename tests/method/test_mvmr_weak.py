"""Conditional F and Q_A against MVMR; the Q-minimising estimate against its optimum and weak instruments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from scripts.method.estimate import TooFewInstruments
from scripts.method.heterogeneity import Heterogeneity
from scripts.method.mvmr import mvmr_ivw
from scripts.method.mvmr_weak import conditional_f, mvmr_minimum_q, outcome_model, q_a
from scripts.method.strength import f_statistics
from tests.method.mr_cases import TWO_SAMPLE_CASES, Case
from tests.method.mvmr_cases import CASES, RELATIVE, MultivariableCase, case_id, simulated


def both_correlations(case: MultivariableCase) -> list[tuple[str, np.ndarray | None]]:
    return [("gencov0", None), ("pcor", case.correlation)]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_conditional_f_matches_mvmr(case: MultivariableCase) -> None:
    for key, correlation in both_correlations(case):
        f = conditional_f(case.beta_x, case.se_x, correlation, form="mvmr")
        np.testing.assert_allclose(f, case.expected[f"condF_{key}"], rtol=RELATIVE)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_q_a_matches_mvmr(case: MultivariableCase) -> None:
    for key, correlation in both_correlations(case):
        expected = case.expected[f"pleiotropy_{key}"]
        q = q_a(*case.second_order, correlation)
        assert q.q == pytest.approx(expected["Qstat"], rel=RELATIVE)
        # The peer takes n - k - 1 degrees of freedom; the regression has n - k.
        assert 10.0 ** -Heterogeneity(q.q, q.df - 1).neglog10_p == pytest.approx(expected["Qpval"], rel=1e-10)


def slow_q(theta: np.ndarray, case: MultivariableCase, correlation: np.ndarray, tau2: float) -> float:
    """Slow twin of Q_A, one variant after the other."""
    total = 0.0
    for x, se_x, y, se_y in zip(*case.second_order, strict=True):
        variance = se_y**2 + tau2 + theta @ np.diag(se_x) @ correlation @ np.diag(se_x) @ theta
        total += (y - x @ theta) ** 2 / variance
    return total


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_estimate_is_at_the_true_minimum(case: MultivariableCase) -> None:
    fit = mvmr_minimum_q(*case.second_order, case.correlation)
    theta = np.array([estimate.beta for estimate in fit.estimates])
    at_minimum = slow_q(theta, case, case.correlation, fit.tau2)
    df = len(case.beta_y) - case.exposures
    assert at_minimum == pytest.approx(df, rel=1e-10)
    rng = np.random.default_rng(2)
    for start in (theta + rng.normal(0, 0.3, case.exposures) for _ in range(3)):
        found = optimize.minimize(
            slow_q, start, args=(case, case.correlation, fit.tau2), method="BFGS", options={"gtol": 1e-9}
        )
        assert found.fun >= at_minimum * (1 - 1e-12)
    without = optimize.minimize(slow_q, theta, args=(case, case.correlation, 0.0), options={"gtol": 1e-9})
    assert fit.q.q == pytest.approx(without.fun, rel=1e-8)
    assert fit.q.q < q_a(*case.second_order, case.correlation).q


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=lambda case: case.name)
def test_one_exposure_is_the_profile_likelihood_of_mr_raps(case: Case) -> None:
    expected = case.expected["raps_via_mr"]["l2"]["no_od"]
    model = outcome_model(case.beta_x[:, None], case.se_x[:, None], case.beta_y, case.se_y, None)
    # The peer's optimiser stops at a relative 1e-8 or so.
    assert model.minimum()[0] == pytest.approx(expected["b"], rel=1e-7)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_derivatives_are_those_of_q(case: MultivariableCase) -> None:
    """The Newton steps' gradient and curvature against finite differences."""
    model = outcome_model(*case.second_order, case.correlation)
    theta = np.random.default_rng(3).normal(0, 0.2, case.exposures)
    score, hessian = model._derivatives(theta)
    step = 1e-5
    for i in range(case.exposures):
        shift = step * np.eye(case.exposures)[i]
        slope = (model.q(theta + shift) - model.q(theta - shift)) / (4 * step)
        assert score.sum(axis=0)[i] == pytest.approx(slope, rel=1e-5)
        up, down = (model._derivatives(theta + s * shift)[0].sum(axis=0) for s in (1, -1))
        np.testing.assert_allclose(hessian[i], (up - down) / (2 * step), rtol=1e-5, atol=1e-5 * hessian.max())


@pytest.mark.parametrize("case", CASES, ids=case_id)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_invariances(case: MultivariableCase, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = case.beta_x.shape
    unit = 10.0 ** rng.integers(-4, 5, k)
    changed = case.changed(rng.choice([-1.0, 1.0], n), rng.permutation(n), unit)
    base, other = (mvmr_minimum_q(*data, case.correlation) for data in (case.second_order, changed))
    for fit, scale in ((other, unit), (base, np.ones(k))):
        numbers = np.array([(estimate.beta, estimate.se) for estimate in fit.estimates]) * scale[:, None]
        expected = np.array([(estimate.beta, estimate.se) for estimate in base.estimates])
        np.testing.assert_allclose(numbers, expected, rtol=1e-8)
    assert other.tau2 == pytest.approx(base.tau2, rel=1e-8)
    np.testing.assert_allclose(
        conditional_f(*changed[:2], case.correlation),
        conditional_f(case.beta_x, case.se_x, case.correlation),
        rtol=1e-10,
    )


def test_one_exposure_has_its_mean_f() -> None:
    x, se_x = CASES[0].beta_x[:, :1], CASES[0].se_x[:, :1]
    assert conditional_f(x, se_x) == pytest.approx(np.mean(f_statistics(x, se_x)), rel=RELATIVE)


def test_conditional_f_is_one_where_an_exposure_is_the_others() -> None:
    rng = np.random.default_rng(5)
    values = []
    for _ in range(300):
        x, se_x, _, _ = simulated(rng, np.zeros(2), 50, strength=20.0)
        x = np.column_stack([x, rng.normal((x - rng.normal(0, se_x)) @ [0.5, 1.0], 0.01)])
        values.append(conditional_f(x, np.full((50, 3), 0.01))[2])
    # Chi-squared with 48 df over 48 has SD 0.2; least squares through noisy predictors gives a little more.
    assert np.mean(values) == pytest.approx(1.0, abs=0.15)


def test_weak_instruments_bias_ivw_but_not_the_minimum_of_q() -> None:
    rng = np.random.default_rng(6)
    theta = np.array([0.4, -0.2])
    plain, minimum, covered = [], [], 0
    for _ in range(150):
        data = simulated(rng, theta, 200, strength=2.0, pleiotropy=0.01)
        plain.append(mvmr_ivw(data[0], data[2], data[3]).estimates[0].beta)
        first = mvmr_minimum_q(*data).estimates[0]
        minimum.append(first.beta)
        covered += first.ci_low < 0.4 < first.ci_high
    # Reliability of x is 4/5, so IVW should lose a fifth of 0.4.
    assert np.mean(plain) == pytest.approx(0.32, abs=0.015)
    assert np.mean(minimum) == pytest.approx(0.4, abs=3 * np.std(minimum) / np.sqrt(150))
    assert 134 <= covered <= 150  # 95% of 150 is 142.5, SD 2.7


def test_no_variance_is_added_without_heterogeneity() -> None:
    rng = np.random.default_rng(7)
    x, se_x, y, se_y = simulated(rng, np.array([0.1, 0.2]), 30, strength=20.0)
    fit = mvmr_minimum_q(x, se_x, 0.9 * x @ [0.1, 0.2] + 0.1 * y, se_y)
    assert fit.tau2 == 0.0 and fit.q.q < fit.q.df


def test_too_few() -> None:
    x, se_x, y, se_y = (array[:3] for array in CASES[0].second_order)
    with pytest.raises(TooFewInstruments):
        mvmr_minimum_q(x, se_x, y, se_y)
    with pytest.raises(TooFewInstruments):
        conditional_f(x, se_x)
