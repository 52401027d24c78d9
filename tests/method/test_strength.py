"""Instrument strength against TwoSampleMR and MendelianRandomization."""

import numpy as np
import pytest

from scripts.method.estimate import TooFewInstruments
from scripts.method.strength import f_statistics, i2_gx, variance_explained
from tests.method.mr_cases import CASES, RELATIVE, TWO_SAMPLE_CASES, Case, case_id


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case) -> None:
    f_statistic = f_statistics(case.beta_x, case.se_x)
    assert f_statistic.mean() == pytest.approx(case.expected["F"]["mean_F"], rel=RELATIVE)
    assert f_statistic.min() == pytest.approx(case.expected["F"]["min_F"], rel=RELATIVE)
    ones = np.ones(len(case.beta_x))
    assert i2_gx(case.beta_x, case.se_x, ones) == pytest.approx(
        case.expected["Isq_GX_unweighted"], rel=RELATIVE
    )
    weighted = i2_gx(case.beta_x, case.se_x, case.se_y)
    assert weighted == pytest.approx(case.expected["Isq_GX_weighted"], rel=RELATIVE)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_i2_gx_matches_mendelian_randomization_down_to_three_variants(case: Case) -> None:
    expected = case.expected["MendelianRandomization"]["egger_normal"]["I.sq"]
    assert i2_gx(case.beta_x, case.se_x, case.se_y) == pytest.approx(expected, rel=1e-11)


def test_i2_gx_of_indistinguishable_exposure_effects_is_zero() -> None:
    assert i2_gx(np.full(4, 0.1), np.full(4, 0.01), np.full(4, 0.02)) == 0.0
    assert i2_gx(np.array([0.1, 0.101, -0.1]), np.full(3, 0.01), np.full(3, 0.02)) == 0.0
    with pytest.raises(TooFewInstruments):
        i2_gx(np.array([0.1]), np.array([0.01]), np.array([0.02]))


def test_units_do_not_matter() -> None:
    case = CASES[0]
    base = i2_gx(case.beta_x, case.se_x, case.se_y)
    assert i2_gx(50.0 * case.beta_x, 50.0 * case.se_x, 3.0 * case.se_y) == pytest.approx(base, rel=RELATIVE)


def test_variance_explained_matches_regression() -> None:
    """R2 of a simple regression of a simulated trait on genotype, from its beta and se alone."""
    rng = np.random.default_rng(12)
    n = 500
    genotype = rng.binomial(2, 0.3, n).astype(float)
    trait = 0.4 * genotype + rng.normal(size=n)
    g, t = genotype - genotype.mean(), trait - trait.mean()
    beta = g @ t / (g @ g)
    residual = t - beta * g
    se = np.sqrt(residual @ residual / (n - 2) / (g @ g))
    r2 = variance_explained(np.array([beta]), np.array([se]), n)
    assert r2[0] == pytest.approx(np.corrcoef(genotype, trait)[0, 1] ** 2, rel=1e-12)
    by_variant = variance_explained(np.array([beta, beta]), np.array([se, se]), np.array([n, 10 * n]))
    assert by_variant[0] == pytest.approx(r2[0], rel=RELATIVE)
    assert by_variant[1] < by_variant[0]
