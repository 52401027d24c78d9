"""Contamination mixture against MendelianRandomization's grid, a slow twin, invariances, error rate."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scripts.method.contamination_mixture import ContaminationMixtureFit, contamination_mixture
from scripts.method.estimate import TooFewInstruments
from scripts.method.ivw import ivw
from tests.benchmarks.scenarios import SCENARIOS, simulate
from tests.method.invariance import Study, few, permuted, rescaled, studies, swapped
from tests.method.mr_cases import CASES, RELATIVE, Case, case_id, lipids_on_coronary_disease, null_study


def fit_of(study: Study, **options: Any) -> ContaminationMixtureFit:
    x, _, y, se_y = study
    return contamination_mixture(x, y, se_y, **options)


def check_grid(data: tuple[np.ndarray, np.ndarray, np.ndarray], expected: dict[str, Any]) -> None:
    """On the peer's grid all is the peer's, but its P multiplies by phi^2 where it should divide."""
    steps = math.floor((expected["CIMax"] - expected["CIMin"]) / expected["CIStep"] + 1e-9)
    grid = expected["CIMin"] + expected["CIStep"] * np.arange(steps + 1)
    fit = contamination_mixture(*data, grid=grid)
    assert fit.psi == pytest.approx(expected["Psi"], rel=RELATIVE)
    assert (np.flatnonzero(fit.valid) + 1).tolist() == expected["Valid"]
    half_step = expected["CIStep"] / 2
    assert fit.beta == pytest.approx(expected["Estimate"], abs=1e-9 * half_step)
    lows, highs = np.atleast_1d(expected["CILower"]), np.atleast_1d(expected["CIUpper"])
    np.testing.assert_allclose(fit.intervals, np.column_stack((lows, highs)), atol=1e-9 * half_step)
    peer_p = stats.chi2.sf(fit.likelihood_ratio * fit.phi**4, 1)
    assert peer_p == pytest.approx(expected["Pvalue"], rel=1e-8)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_the_peer_on_its_grid(case: Case) -> None:
    check_grid(case.first_order, case.expected["MendelianRandomization"]["conmix"])


@pytest.mark.parametrize("lipid", ["ldl", "hdl", "tg"])
def test_matches_the_peer_on_published_lipids(lipid: str, shared_reference: Path) -> None:
    published = lipids_on_coronary_disease(shared_reference)[lipid]
    x, _, y, se_y = published.data
    check_grid((x, y, se_y), published.expected["conmix"])


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_exact_answer_is_the_limit_of_a_fine_grid(case: Case) -> None:
    """Slow twin: the same likelihood on 40,001 slopes."""
    x, y, se_y = case.first_order
    reach = max(abs(y / x) + 4 * se_y / abs(x))
    grid = np.linspace(-reach, reach, 40_001)
    fine, exact = contamination_mixture(x, y, se_y, grid=grid), contamination_mixture(x, y, se_y)
    step = grid[1] - grid[0]
    assert exact.beta == pytest.approx(fine.beta, abs=step)
    assert exact.valid.tolist() == fine.valid.tolist()
    assert exact.likelihood_ratio >= fine.likelihood_ratio * (1 - 1e-12)
    np.testing.assert_allclose(np.clip(exact.intervals, -reach, reach), fine.intervals, atol=1.01 * step)


def slow_mixture(
    x: np.ndarray, y: np.ndarray, se_y: np.ndarray, grid: np.ndarray
) -> tuple[float, list[float], int]:
    """The paper's formulas in plain loops: the estimate, thetas in the 95% set, number of valid ones."""
    ratio, se = [b / a for a, b in zip(x, y, strict=True)], [abs(s / a) for a, s in zip(x, se_y, strict=True)]
    mean = sum(ratio) / len(ratio)
    psi2 = 1.5**2 * sum((r - mean) ** 2 for r in ratio) / (len(ratio) - 1)

    def sides(theta: float) -> list[tuple[float, float]]:
        pairs = zip(ratio, se, strict=True)
        return [(normal(r - theta, s * s), normal(r, s * s + psi2)) for r, s in pairs]

    def normal(deviation: float, variance: float) -> float:
        return -(deviation**2) / (2 * variance) - math.log(2 * math.pi * variance) / 2

    height = [sum(max(pair) for pair in sides(theta)) for theta in grid]
    best = max(range(len(grid)), key=height.__getitem__)
    valid = [i for i, (inside, outside) in enumerate(sides(grid[best])) if inside > outside]
    weight = [se[i] ** -2 for i in valid]
    centre = sum(w * ratio[i] for w, i in zip(weight, valid, strict=True)) / sum(weight)
    q = sum(w * (ratio[i] - centre) ** 2 for w, i in zip(weight, valid, strict=True))
    phi2 = max(1.0, q / (len(valid) - 1)) if len(valid) > 1 else 1.0
    cut = stats.chi2.ppf(0.95, 1) * phi2
    inside = [theta for theta, h in zip(grid, height, strict=True) if 2 * (height[best] - h) < cut]
    return grid[best], inside, len(valid)


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_the_formulas_in_plain_loops(seed: int) -> None:
    """The scenarios of the calibration in which its interval covers an effect too rarely, and others."""
    data = simulate(SCENARIOS[seed % 4], 0.08 * (seed % 3), np.random.default_rng(seed))
    grid = np.linspace(-1.0, 1.5, 2501)
    beta, inside, n_valid = slow_mixture(data.beta_x, data.beta_y, data.se_y, grid)
    fit = contamination_mixture(data.beta_x, data.beta_y, data.se_y)
    assert fit.beta == pytest.approx(beta, abs=0.00051)
    assert int(np.sum(fit.valid)) == n_valid
    covered = [theta for theta in grid if any(low < theta < high for low, high in fit.intervals)]
    assert len(set(covered) ^ set(inside)) <= 2 * len(fit.intervals)


def test_two_groups_give_two_intervals() -> None:
    x, se_y = np.full(6, 0.1), np.full(6, 0.004)
    y = np.array([0.05, 0.051, 0.049, -0.05, -0.0505, -0.0495])
    fit = contamination_mixture(x, y, se_y)
    assert len(fit.intervals) == 2
    assert fit.ci_low == fit.intervals[0][0] < -0.4 and fit.ci_high == fit.intervals[1][1] > 0.4
    assert math.isnan(fit.se)


def test_nothing_known_leaves_the_interval_open() -> None:
    """Three ratios that disagree: no slope is better than taking all as invalid, and the set says so."""
    case = next(case for case in CASES if case.name == "s07")
    fit = contamination_mixture(*case.first_order)
    assert fit.intervals == ((-math.inf, math.inf),)
    assert fit.p > 0.05


@few
@given(studies(3), st.integers(0, 99))
def test_invariances(study: Study, seed: int) -> None:
    def answer(data: Study, unit: float = 1.0) -> list[float]:
        fit = fit_of(data)
        return [unit * fit.beta, *(unit * end for pair in fit.intervals for end in pair), fit.neglog10_p]

    base = answer(study)
    order = np.random.default_rng(seed).permutation(len(study[0]))
    assert answer(swapped(study, seed)) == pytest.approx(base, rel=1e-9)
    assert answer(permuted(study, order)) == pytest.approx(base, rel=1e-9)
    assert answer(rescaled(study, 1000.0), 1000.0) == pytest.approx(base, rel=1e-9)


@few
@given(studies(3))
def test_p_and_interval_agree(study: Study) -> None:
    fit = fit_of(study)
    inside = any(low < 0.0 < high for low, high in fit.intervals)
    assert inside == (fit.p > 0.05)


def test_too_few() -> None:
    two = np.array([0.1, 0.2])
    with pytest.raises(TooFewInstruments):
        contamination_mixture(two, two, two)


def test_error_rate_and_a_third_of_invalid_instruments() -> None:
    rng = np.random.default_rng(50)
    hits, moved, ivw_moved = 0, [], []
    for _ in range(300):
        study = null_study(rng, 30)
        hits += fit_of(study).p < 0.05
        x, _, y, se_y = study
        y = y + np.where(np.arange(30) < 10, 0.1, 0.0)
        moved.append(contamination_mixture(x, y, se_y).beta)
        ivw_moved.append(ivw(x, y, se_y).beta)
    # Nominal 15 of 300, SD 3.8.
    assert 3 <= hits <= 30
    assert abs(np.mean(moved)) < 0.05 * np.mean(ivw_moved)
