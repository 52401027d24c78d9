"""Multivariable median against MendelianRandomization, a linear programme and invalid instruments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from scripts.method.estimate import TooFewInstruments
from scripts.method.least_absolute import least_absolute
from scripts.method.mvmr import mvmr_ivw
from scripts.method.mvmr_median import mvmr_median
from tests.method.mvmr_cases import CASES, RELATIVE, MultivariableCase, case_id, simulated


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_mendelian_randomization(case: MultivariableCase) -> None:
    expected = case.expected["mvmedian"]
    draws = 2000
    estimates = mvmr_median(*case.second_order, draws=draws, rng=np.random.default_rng(1))
    np.testing.assert_allclose([e.beta for e in estimates], expected["Estimate"], rtol=RELATIVE)
    # SDs of normal draws have a relative Monte-Carlo SE of 1/sqrt(2 draws); the peer has at least 1,000.
    monte_carlo = np.hypot((2 * draws) ** -0.5, (2 * 1000) ** -0.5)
    np.testing.assert_allclose([e.se for e in estimates], expected["StdError"], rtol=3 * monte_carlo)


def by_linear_programme(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """Slow twin: the smallest weighted sum of absolute residuals, by a general solver."""
    n, k = x.shape
    costs = np.concatenate([np.zeros(k), weight, weight])
    bounds = [(None, None)] * k + [(0, None)] * (2 * n)
    return optimize.linprog(costs, A_eq=np.hstack([x, np.eye(n), -np.eye(n)]), b_eq=y, bounds=bounds).fun


@pytest.mark.parametrize(("n", "k"), [(4, 1), (9, 2), (40, 3), (60, 6)])
def test_median_regression_matches_a_linear_programme(n: int, k: int) -> None:
    rng = np.random.default_rng(n)
    x, y, weight = rng.normal(size=(20, n, k)), rng.standard_cauchy((20, n)), rng.uniform(0.1, 3.0, n)
    beta, _ = least_absolute(x, y, weight)
    reached = np.abs(y - np.einsum("dnk,dk->dn", x, beta)) @ weight
    np.testing.assert_allclose(reached, [by_linear_programme(*one, weight) for one in zip(x, y, strict=True)])


def test_ties_and_exact_fits_settle() -> None:
    rng = np.random.default_rng(2)
    x, weight = rng.integers(-2, 3, (30, 2)).astype(float), np.ones(30)
    exact, _ = least_absolute(x[None], (x @ [1.0, -2.0])[None], weight)
    np.testing.assert_allclose(exact[0], [1.0, -2.0], rtol=1e-12)
    y = rng.integers(-3, 4, 30).astype(float)
    tied, _ = least_absolute(x[None], y[None], weight)
    assert np.abs(y - x @ tied[0]).sum() == pytest.approx(by_linear_programme(x, y, weight))


@pytest.mark.parametrize("case", CASES, ids=case_id)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_invariances(case: MultivariableCase, seed: int) -> None:
    def run(data: tuple[np.ndarray, ...]) -> np.ndarray:
        estimates = mvmr_median(*data, draws=50, rng=np.random.default_rng(3))
        return np.array([(estimate.beta, estimate.se) for estimate in estimates])

    rng = np.random.default_rng(seed)
    n, k = case.beta_x.shape
    unit = 10.0 ** rng.integers(-4, 5, k)
    changed = case.changed(rng.choice([-1.0, 1.0], n), rng.permutation(n), unit)
    np.testing.assert_allclose(run(changed) * unit[:, None], run(case.second_order), rtol=1e-9)


def test_too_few_and_collinear() -> None:
    rng = np.random.default_rng(5)
    x, se_x, y, se_y = CASES[0].second_order
    with pytest.raises(TooFewInstruments):
        mvmr_median(x[:3], se_x[:3], y[:3], se_y[:3], draws=2, rng=rng)
    with pytest.raises(np.linalg.LinAlgError):
        mvmr_median(x[:, [0, 0]], se_x[:, [0, 0]], y, se_y, draws=2, rng=rng)


def test_a_fifth_of_invalid_instruments_hardly_moves_it() -> None:
    rng = np.random.default_rng(6)
    theta, moved, plain, hits = np.array([0.2, 0.0]), [], [], 0
    for _ in range(60):
        x, se_x, y, se_y = simulated(rng, theta, 40, strength=15.0)
        y[:8] += 0.15 * np.sign(x[:8, 1])
        estimates = mvmr_median(x, se_x, y, se_y, draws=50, rng=rng)
        moved.append(estimates[1].beta)
        plain.append(mvmr_ivw(x, y, se_y).estimates[1].beta)
        hits += estimates[0].ci_low < 0.2 < estimates[0].ci_high
    assert np.mean(plain) > 0.1
    assert abs(np.mean(moved)) < 0.4 * np.mean(plain)
    assert hits >= 52
