"""MR-cML against the peer from its start, deeper minima, slow twins, invariances, error rate."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.method.bootstrap import parametric_bootstrap
from scripts.method.cml import averaged, bic_weights, cml, cml_perturbed, fit_models
from scripts.method.cml_descent import descend_from_zero
from scripts.method.estimate import TooFewInstruments, TooWeak
from scripts.method.ivw import ivw
from scripts.method.raps import raps
from tests.method.invariance import Study, few, permuted, rescaled, studies, swapped
from tests.method.mr_cases import (
    CASES,
    Case,
    case_id,
    lipids_on_coronary_disease,
    null_study,
    smallest_sample,
)

LIPID_PEOPLE = 17_723  # the sample size that the peer was given
# Cases whose best model the peer's descent from slope 0 finds: there both agree, to the peer's stopping rule.
SAME_BEST = ("s01", "s02", "s04", "s05", "s06", "s07")


def check(study: Study, people: float, best: dict[str, Any], average: dict[str, Any]) -> None:
    """The peer's search gives its numbers; for every k the deepest minimum is at least as deep as its."""
    fit = cml(*study, people, search="from_zero")
    for estimate, expected in ((fit.best, best), (fit.average, average)):
        assert estimate.beta == pytest.approx(expected["Estimate"], rel=1e-12)
        assert estimate.se == pytest.approx(expected["StdError"], rel=1e-12)
    assert (np.flatnonzero(fit.invalid) + 1).tolist() == np.atleast_1d(best["BIC_invalid"]).tolist()
    x, se_x, y, se_y = study
    data = x[np.newaxis], se_x**2, y[np.newaxis], se_y**2
    ours = fit_models(*data, math.log(people), candidates=4 * len(x) + 1, starts=5).deviance[0]
    assert np.all(ours <= descend_from_zero(*study)[2][: len(ours)] * (1 + 1e-12))
    # The models that were not fitted carry no weight.
    assert np.all(ours.min() + 70.0 < math.log(people) * np.arange(len(ours), len(x) - 1))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_the_peer_from_its_start(case: Case) -> None:
    peer = case.expected["MendelianRandomization"]
    check(case.second_order, smallest_sample(case), peer["cML_BIC"], peer["cML_MA_BIC"])


@pytest.mark.parametrize("lipid", ["ldl", "hdl", "tg"])
def test_matches_the_peer_from_its_start_on_published_lipids(lipid: str, shared_reference: Path) -> None:
    published = lipids_on_coronary_disease(shared_reference)[lipid]
    peer = published.expected["cML"]
    check(published.data, LIPID_PEOPLE, peer["BIC"], peer["MA_BIC"])


@pytest.mark.parametrize("case", [case for case in CASES if case.name in SAME_BEST], ids=case_id)
def test_deepest_best_model_is_mostly_the_peers(case: Case) -> None:
    expected = case.expected["MendelianRandomization"]["cML_BIC"]
    fit = cml(*case.second_order, smallest_sample(case))
    assert (np.flatnonzero(fit.invalid) + 1).tolist() == np.atleast_1d(expected["BIC_invalid"]).tolist()
    # The peer stops once a round changes the slope by 1e-7, or after 100 rounds.
    assert abs(fit.best.beta - expected["Estimate"]) < 2e-5 * expected["StdError"]
    assert fit.best.se == pytest.approx(expected["StdError"], rel=1e-6)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_minima_match_a_fine_grid(case: Case) -> None:
    """Slow twin: for every k the n - k least squared residuals on 20,001 slopes."""
    x, se_x, y, se_y = case.second_order
    data = x[np.newaxis], se_x**2, y[np.newaxis], se_y**2
    models = fit_models(*data, 10.0, candidates=4 * len(x) + 1, starts=5)
    grid = np.linspace(min(y / x), max(y / x), 20_001)[:, np.newaxis]
    squares = np.sort((y - grid * x) ** 2 / (se_y**2 + grid**2 * se_x**2), axis=1)
    lowest = np.min(np.cumsum(squares, axis=1), axis=0)[::-1][: models.deviance.shape[1]]
    assert np.all(models.deviance[0] <= lowest + 1e-9)


def test_without_invalid_variants_it_is_the_profile_likelihood() -> None:
    """k = 0 is MR-RAPS with squared loss; its standard error is the curvature of the deviance."""
    x, se_x, y, se_y = CASES[0].second_order
    data = x[np.newaxis], se_x**2, y[np.newaxis], se_y**2
    models = fit_models(*data, 10.0, candidates=49, starts=5)
    twin = raps(x, se_x, y, se_y, loss="l2", overdispersion=False).estimate
    assert models.slope[0, 0] == pytest.approx(twin.beta, rel=1e-10)

    def deviance(slope: float) -> float:
        return float(np.sum((y - slope * x) ** 2 / (se_y**2 + slope**2 * se_x**2)))

    step = 1e-3 * twin.se
    ends = deviance(twin.beta + step) + deviance(twin.beta - step) - 2 * deviance(twin.beta)
    assert models.se[0, 0] == pytest.approx((ends / step**2 / 2) ** -0.5, rel=1e-5)


def test_average_of_models() -> None:
    weight = bic_weights(np.array([30.0, 10.0, 9.0]), math.log(1000.0))
    bic = np.array([30.0, 10.0 + math.log(1000.0), 9.0 + 2 * math.log(1000.0)])
    np.testing.assert_allclose(weight, np.exp(-bic / 2) / np.exp(-bic / 2).sum(), rtol=1e-12)
    slope, se = np.array([0.1, 0.2, 0.3]), np.array([0.01, 0.02, 0.03])
    estimate = averaged(slope, se, weight, 5)
    mean = float(np.sum(weight * slope))
    assert estimate.beta == pytest.approx(mean, rel=1e-12)
    spread = [w * math.sqrt(s**2 + (b - mean) ** 2) for w, s, b in zip(weight, se, slope, strict=True)]
    assert estimate.se == pytest.approx(sum(spread), rel=1e-12)


def test_perturbation_of_published_lipids(shared_reference: Path) -> None:
    """The peer's descent on our draws gives its answer; our deeper minima move the slope by 0.3 SE."""
    published = lipids_on_coronary_disease(shared_reference)["ldl"]
    expected = published.expected["cML"]["MA_BIC_DP_seeds"]
    sample, draws = parametric_bootstrap(*published.data, 400, np.random.default_rng(60)), 100
    descents = [
        descend_from_zero(x, sample.se_x, y, sample.se_y)
        for x, y in zip(sample.drawn_x[:draws], sample.drawn_y[:draws], strict=True)
    ]
    slope = np.array([descent[0] for descent in descents])
    deviance = np.mean([descent[2] for descent in descents], axis=0)
    weight = bic_weights(deviance, math.log(LIPID_PEOPLE))
    twin = averaged(slope.mean(axis=0), slope.std(axis=0, ddof=1), weight, 28)
    # A mean of k draws has SE sd/sqrt(k), an SD of them the relative SE 1/sqrt(2 k).
    assert abs(twin.beta - expected["b"]["mean"]) < 3 * twin.se / math.sqrt(draws)
    assert twin.se == pytest.approx(expected["se"]["mean"], rel=3 / math.sqrt(2 * draws))
    ours = cml_perturbed(sample, LIPID_PEOPLE, 400)
    assert ours.se == pytest.approx(expected["se"]["mean"], rel=3 / math.sqrt(2 * 200))
    assert abs(ours.beta - expected["b"]["mean"]) < 0.5 * ours.se


def test_perturbation_matches_one_study_at_a_time() -> None:
    """Slow twin: every drawn study fitted alone, all its models."""
    study = null_study(np.random.default_rng(61), 8, overdispersion=2.0)
    sample = parametric_bootstrap(*study, 60, np.random.default_rng(62))
    fits = [
        fit_models(
            *(sample.drawn_x[i : i + 1], sample.se_x**2, sample.drawn_y[i : i + 1], sample.se_y**2),
            1e-3,
            candidates=40,
            starts=1,
        )
        for i in range(50)
    ]
    slopes = np.concatenate([fit.slope for fit in fits])
    deviances = np.concatenate([fit.deviance for fit in fits])
    weight = bic_weights(deviances.mean(axis=0), math.log(5000.0))
    twin = averaged(slopes.mean(axis=0), slopes.std(axis=0, ddof=1), weight, 8)
    fast = cml_perturbed(sample, 5000.0, 50)
    assert (fast.beta, fast.se) == pytest.approx((twin.beta, twin.se), rel=1e-9)


@few
@given(studies(), st.integers(0, 99))
def test_invariances(study: Study, seed: int) -> None:
    def answer(data: Study, unit: float = 1.0) -> list[float]:
        fit = cml(*data, 10_000.0)
        sample = parametric_bootstrap(*data, 20, np.random.default_rng(63))
        perturbed = cml_perturbed(sample, 10_000.0, 20)
        estimates = fit.average, fit.best, perturbed
        return [unit * number for estimate in estimates for number in (estimate.beta, estimate.se)]

    base = answer(study)
    order = np.random.default_rng(seed).permutation(len(study[0]))
    assert answer(swapped(study, seed)) == pytest.approx(base, rel=1e-8)
    assert answer(permuted(study, order)) == pytest.approx(base, rel=1e-8)
    assert answer(rescaled(study, 64.0), 64.0) == pytest.approx(base, rel=1e-8)


def test_too_few() -> None:
    two = np.array([0.1, 0.2])
    with pytest.raises(TooFewInstruments):
        cml(two, two, two, two, 1000.0)


def test_error_rate_and_a_third_of_invalid_instruments() -> None:
    rng = np.random.default_rng(64)
    hits, moved, ivw_moved = 0, [], []
    for _ in range(300):
        x, se_x, y, se_y = null_study(rng, 30)
        hits += cml(x, se_x, y, se_y, 50_000.0).average.p < 0.05
        y = y + np.where(np.arange(30) < 10, 0.1, 0.0)
        moved.append(cml(x, se_x, y, se_y, 50_000.0).average.beta)
        ivw_moved.append(ivw(x, y, se_y).beta)
    # Nominal 15 of 300, SD 3.8.
    assert 3 <= hits <= 30
    assert abs(np.mean(moved)) < 0.05 * np.mean(ivw_moved)


@pytest.mark.filterwarnings("error")
def test_weak_instruments_have_bounded_answers_or_none() -> None:
    """Where the exposure's effects are noise, a vertical line may fit best: no slope runs off to infinity."""
    answered = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x, se = rng.normal(0.0, 1.5, 12), np.ones(12)
        y = rng.normal(0.0, 4.0, 12)
        try:
            fits = (
                cml(x, se, y, se, 50_000).average,
                cml_perturbed(parametric_bootstrap(x, se, y, se, 50, rng), 50_000, 50),
            )
        except TooWeak:
            continue
        answered += 1
        for fit in fits:
            assert abs(fit.beta) <= 100.0 * np.max(np.abs(y / x))
            assert math.isfinite(fit.se) and fit.se > 0.0
    assert answered >= 40


def test_no_slope_at_all_is_too_weak() -> None:
    """A vertical line fits best, all variants valid; or, in most draws, without the worst one."""
    x, se, y = np.array([1.0, -1.0, 1.0, -1.0]), np.ones(4), np.full(4, 30.0)
    with pytest.raises(TooWeak):
        cml(x, se, y, se, n_people=1e300)  # its penalty allows no invalid variant
    with pytest.raises(TooWeak):
        cml_perturbed(parametric_bootstrap(x, se, y, se, 50, np.random.default_rng(1)), 1e300, 50)
