"""Modes against TwoSampleMR, MendelianRandomization and a slow twin of R's density()."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.method.estimate import Estimate, TooFewInstruments
from scripts.method.mode import mode_estimates, modes
from tests.method.mr_cases import (
    CASES,
    TWO_SAMPLE_CASES,
    Case,
    case_id,
    lipids_on_coronary_disease,
    monte_carlo_se,
    null_study,
    published_bmi,
)

DRAWS = 4000
# Of normal values, a scaled median absolute deviation has 1.65 times the Monte-Carlo error of their SD
# (asymptotic efficiency 0.37).
MAD_FACTOR = 0.37**-0.5


def slow_density_mode(ratio: np.ndarray, weight: np.ndarray) -> float:
    """Slow twin: R 4.2's density() point by point, by the definition of its steps."""
    n, points = len(ratio), 512
    mad = 1.4826 * np.median(np.abs(ratio - np.median(ratio)))
    width = 0.9 * min(np.std(ratio, ddof=1), mad) / n**0.2
    low, high = ratio.min() - 7 * width, ratio.max() + 7 * width
    step = (high - low) / (points - 1)
    mass = np.zeros(points)
    for value, share in zip(ratio, weight / weight.sum(), strict=True):
        cell, beside = divmod((value - low) / step, 1.0)
        mass[int(cell)] += share * (1.0 - beside)
        mass[int(cell) + 1] += share * beside
    spacing = 2 * (high - low) / (2 * points - 1)
    kernel = np.exp(-0.5 * (np.arange(-points + 1, points) * spacing / width) ** 2)
    density = [mass @ kernel[points - 1 - i : 2 * points - 1 - i] for i in range(points)]
    out = np.linspace(low + 4 * width, high - 4 * width, points)
    return float(out[np.argmax(np.interp(out, np.linspace(low, high, points), density))])


def assert_matches(found: Estimate, beta: float, se: dict[str, Any], df: int) -> None:
    assert found.beta == pytest.approx(beta, rel=1e-12)
    assert abs(found.se - se["mean"]) < 3 * max(
        MAD_FACTOR * monte_carlo_se(se, DRAWS),
        se["sd"] * np.hypot(se["n_seeds"] ** -0.5, (1000 / DRAWS) ** 0.5),
    )
    assert found.df == df


@pytest.mark.parametrize("nome", [False, True])
@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case, nome: bool) -> None:
    compare_with_two_sample_mr(case, nome)


@pytest.mark.parametrize("nome", [False, True])
def test_matches_two_sample_mr_on_published_data(shared_reference: Path, nome: bool) -> None:
    compare_with_two_sample_mr(published_bmi(shared_reference), nome)


def compare_with_two_sample_mr(case: Case, nome: bool) -> None:
    fit = mode_estimates(*case.second_order, DRAWS, np.random.default_rng(71), nome)
    for kind in ("simple", "weighted"):
        expected = case.expected["bootstrap"][f"mr_{kind}_mode{'_nome' if nome else ''}"]
        assert_matches(getattr(fit, kind), expected["b"], expected["se_nboot1000"], len(case.beta_x) - 1)


@pytest.mark.parametrize("nome", [False, True])
def test_matches_mendelian_randomization_on_published_data(shared_reference: Path, nome: bool) -> None:
    """Its mode-based estimate has the same point and standard error, and a normal P."""
    for lipid in lipids_on_coronary_disease(shared_reference).values():
        fit = mode_estimates(*lipid.data, DRAWS, np.random.default_rng(72), nome)
        for kind, peer in (("simple", "unweighted"), ("weighted", "weighted")):
            expected = lipid.expected["mbe"][f"{peer}_{'simple' if nome else 'delta'}"]
            assert_matches(getattr(fit, kind), expected["Estimate"], expected["se_seeds_it1000"], 27)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_modes_match_the_slow_twin(case: Case) -> None:
    rng = np.random.default_rng(73)
    ratio = rng.standard_t(3, size=(70, len(case.beta_x)))
    weight = rng.uniform(0.1, 3.0, (2, len(case.beta_x)))
    slow = [[slow_density_mode(row, w) for row in ratio] for w in weight]
    np.testing.assert_allclose(modes(ratio, weight), slow, rtol=1e-9, atol=1e-12)


def test_equal_ratios_are_their_own_mode() -> None:
    assert modes(np.full((1, 5), 0.3), np.ones((1, 5)))[0, 0] == pytest.approx(0.3, rel=1e-7)
    assert modes(np.array([[0.3, 0.3, 0.3, 0.9]]), np.ones((1, 4)))[0, 0] == pytest.approx(0.3, abs=0.002)
    assert modes(np.zeros((1, 4)), np.ones((1, 4)))[0, 0] == pytest.approx(0.0, abs=1e-300)


def test_the_largest_group_wins_though_most_are_invalid() -> None:
    """Twelve of thirty agree on 0.2, the others spread over positive pleiotropy: the median moves further."""
    rng = np.random.default_rng(74)
    x, se_x, _, se_y = null_study(rng, 30)
    y = rng.normal(0.2 * x + np.where(np.arange(30) < 12, 0.0, rng.uniform(0.03, 0.5, 30)), 0.2 * se_y)
    mode = mode_estimates(x, se_x, y, se_y, 2, rng).simple.beta
    assert abs(mode - 0.2) < 0.25 * abs(np.median(y / x) - 0.2)


def test_too_few() -> None:
    two = np.array([0.1, 0.2])
    with pytest.raises(TooFewInstruments):
        mode_estimates(two, two, two, two, 10, np.random.default_rng(0))
