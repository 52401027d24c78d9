"""MR-Egger's bootstrap: a slow twin, what TwoSampleMR computes instead, and its use with weak instruments."""

import numpy as np
import pytest

from scripts.method.bootstrap import Bootstrap, parametric_bootstrap
from scripts.method.egger import egger
from scripts.method.egger_bootstrap import egger_bootstrap, slopes
from tests.method.mr_cases import CASES, RELATIVE, TWO_SAMPLE_CASES, Case, case_id, monte_carlo_se

DRAWS = 5000


def sample_of(case: Case, draws: int = DRAWS) -> Bootstrap:
    return parametric_bootstrap(*case.second_order, draws, np.random.default_rng(81))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_each_draw_is_an_mr_egger_fit(case: Case) -> None:
    sample = sample_of(case, draws=200)
    slow = [egger(x, y, sample.se_y).slope.beta for x, y in zip(sample.drawn_x, sample.drawn_y, strict=True)]
    line = egger(*case.first_order)
    found = egger_bootstrap(line, sample)
    assert found.se == pytest.approx(np.std(slow, ddof=1), rel=1e-9)
    assert (found.beta, found.n_instruments) == (line.slope.beta, len(case.beta_x))


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_two_sample_mr_regresses_products_instead_of_weighting(case: Case) -> None:
    """Its numbers are those of a regression of w beta_y on w beta_x, w = 1/se_y^2: ours differ on purpose."""
    expected = case.expected["bootstrap"]["mr_egger_regression_bootstrap"]
    sample = sample_of(case)
    weight = sample.se_y**-2.0
    x, y = np.abs(sample.drawn_x), sample.drawn_y * np.sign(sample.drawn_x)
    drawn = slopes(weight * x, weight * y, np.ones(len(weight)))
    peer = expected["se_nboot1000"]
    # The draws' tails are heavier than normal: four Monte-Carlo standard errors.
    assert abs(np.std(drawn, ddof=1) - peer["mean"]) < 4 * monte_carlo_se(peer, DRAWS)
    error = np.hypot(peer["mean"] * DRAWS**-0.5, peer["mean"] * (1000 * peer["n_seeds"]) ** -0.5)
    assert abs(np.mean(drawn) - expected["b"]["mean"]) < 4 * error


def test_with_precise_exposures_it_is_the_fixed_effect_error() -> None:
    case = TWO_SAMPLE_CASES[0]
    x, se_x, y, se_y = case.second_order
    sample = parametric_bootstrap(x, 1e-9 * se_x, y, se_y, 20_000, np.random.default_rng(82))
    line = egger(x, y, se_y)
    fixed = line.slope.se / max(1.0, np.sqrt(line.q / line.df))
    assert egger_bootstrap(line, sample).se == pytest.approx(fixed, rel=0.02)


def test_weights_are_relative() -> None:
    rng = np.random.default_rng(83)
    x, y, weight = rng.normal(size=(3, 9)), rng.normal(size=(3, 9)), rng.uniform(1, 2, 9)
    np.testing.assert_allclose(slopes(x, y, weight), slopes(x, y, 7 * weight), rtol=RELATIVE)
