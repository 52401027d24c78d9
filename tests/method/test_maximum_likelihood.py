"""Maximum likelihood at its true optimum: against brute force, and peers that reach it or stop early."""

from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from scripts.method.estimate import TooFewInstruments
from scripts.method.maximum_likelihood import best_slope, maximum_likelihood, profile_q
from tests.method.mr_cases import (
    CASES,
    TWO_SAMPLE_CASES,
    Case,
    case_id,
    lipids_on_coronary_disease,
    null_study,
    published_bmi,
)


def q_at(theta: float, case: Case) -> float:
    return float(profile_q(np.array([theta]), *case.second_order)[0])


def full_likelihood(parameters: np.ndarray, case: Case) -> float:
    """Slow twin: minus the log-likelihood in every mu and theta."""
    mu, theta = parameters[:-1], parameters[-1]
    x, se_x, y, se_y = case.second_order
    return float(np.sum(((x - mu) / se_x) ** 2 + ((y - theta * mu) / se_y) ** 2) / 2)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_is_the_optimum_of_the_full_likelihood(case: Case) -> None:
    theta = best_slope(*case.second_order)
    x, se_x, y, se_y = case.second_order
    mu = (x / se_x**2 + theta * y / se_y**2) / (1 / se_x**2 + theta**2 / se_y**2)
    best = np.append(mu, theta)
    assert full_likelihood(best, case) == pytest.approx(q_at(theta, case) / 2, rel=1e-12)
    start = np.append(x, np.sum(x * y / se_y**2) / np.sum(x**2 / se_y**2))
    found = optimize.minimize(
        full_likelihood, start, args=(case,), method="BFGS", options={"maxiter": 20_000}
    )
    assert full_likelihood(best, case) <= found.fun * (1 + 1e-12)
    assert theta == pytest.approx(found.x[-1], rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_standard_error_is_that_of_the_full_information(case: Case) -> None:
    """The inverse of the Hessian in all parameters, by differences of the exact gradient."""
    estimate = maximum_likelihood(*case.second_order, model="fixed")
    x, se_x, y, se_y = case.second_order
    theta, n = estimate.beta, len(x)
    mu = (x / se_x**2 + theta * y / se_y**2) / (1 / se_x**2 + theta**2 / se_y**2)
    hessian = np.diag(np.append(1 / se_x**2 + theta**2 / se_y**2, np.sum(mu**2 / se_y**2)))
    hessian[:n, n] = hessian[n, :n] = (2 * theta * mu - y) / se_y**2
    assert estimate.se == pytest.approx(np.sqrt(np.linalg.inv(hessian)[n, n]), rel=1e-9)


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_the_estimating_equation_of_raps(case: Case) -> None:
    """MR-RAPS without overdispersion or robust loss solves the profile score to its own tolerance."""
    expected = case.expected["raps_via_mr"]["l2"]["no_od"]
    assert best_slope(*case.second_order) == pytest.approx(expected["b"], rel=1e-9)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_constrained_likelihood_without_invalid_instruments(case: Case) -> None:
    expected = case.expected["MendelianRandomization"]["cML_BIC"]
    if expected["BIC_invalid"]:
        pytest.skip("the peer found invalid instruments")
    estimate = maximum_likelihood(*case.second_order, model="fixed")
    # The peer alternates between mu and theta until steps are below 1e-7.
    assert estimate.beta == pytest.approx(expected["Estimate"], rel=1e-6)
    assert estimate.se == pytest.approx(expected["StdError"], rel=1e-6)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_peers_stop_before_the_optimum(case: Case) -> None:
    """Near ours, never below it: the searches of TwoSampleMR and MendelianRandomization end at a larger Q."""
    model = "fixed" if len(case.beta_x) < 4 else "multiplicative"
    estimate = maximum_likelihood(*case.second_order, model=model)
    peer = case.expected["MendelianRandomization"]["maxlik"]
    assert q_at(estimate.beta, case) <= peer["Heter.Stat"][0]
    assert estimate.beta == pytest.approx(peer["Estimate"], rel=0.01)
    assert estimate.se == pytest.approx(peer["StdError"], rel=0.03)
    two_sample = case.expected.get("deterministic", {}).get("mr_two_sample_ml")  # stops with an error on s08
    if two_sample:
        fixed = maximum_likelihood(*case.second_order, model="fixed")
        assert q_at(fixed.beta, case) <= two_sample["Q"]
        assert fixed.se == pytest.approx(two_sample["se"], rel=0.02)


def test_optimum_of_the_published_cases(shared_reference: Path) -> None:
    bmi = published_bmi(shared_reference)
    estimate = maximum_likelihood(*bmi.second_order, model="fixed")
    # TwoSampleMR stops at 0.44990 with Q 141.82.
    assert (estimate.beta, q_at(estimate.beta, bmi)) == pytest.approx((0.45807, 140.74), abs=5e-3)
    assert estimate.beta == pytest.approx(0.45807, abs=5e-6)
    for lipid in lipids_on_coronary_disease(shared_reference).values():
        beta = maximum_likelihood(*lipid.data).beta
        q = profile_q(np.array([beta]), *lipid.data)[0]
        assert q < lipid.expected["maxlik"]["default"]["Heter.Stat"][0]


def test_finds_the_lower_of_two_minima() -> None:
    """Two groups of instruments with slopes of both signs; the better supported wins from any start."""
    x, se = np.array([1.0, 1.1, 0.9, 1.0, 1.2]), np.full(5, 0.05)
    y = np.array([3.0, 3.3, 2.7, -3.0, -3.6])
    slopes = np.linspace(-30, 30, 200_001)
    brute = slopes[
        np.argmin(np.concatenate([profile_q(part, x, se, y, se) for part in np.split(slopes[:-1], 50)]))
    ]
    assert best_slope(x, se, y, se) == pytest.approx(brute, abs=3e-4)


def test_too_few() -> None:
    one = np.array([0.1])
    with pytest.raises(TooFewInstruments):
        maximum_likelihood(one, one, one, one)


def test_little_bias_with_weak_instruments() -> None:
    """F near 5: IVW loses a fifth of the effect, maximum likelihood little."""
    rng = np.random.default_rng(31)
    found = []
    for _ in range(200):
        x, se_x, _, se_y = null_study(rng, 60)
        true = rng.normal(0.0, 0.02, 60)
        x = rng.normal(true, se_x)
        found.append(best_slope(x, se_x, rng.normal(0.5 * true, se_y), se_y))
    assert np.median(found) == pytest.approx(0.5, abs=0.04)
