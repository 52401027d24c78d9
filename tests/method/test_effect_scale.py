"""The scale of effects and N from standard errors, on simulated people whose truth is known."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from scripts.method.effect_scale import (
    LINEAR_MODEL,
    LOG_ODDS,
    SD,
    expected_scales,
    implied_n,
    log_odds_per_linear,
    residual_sd,
    scale_found,
    within_tolerance,
)

SHARES = st.floats(min_value=0.005, max_value=0.4)


def simulated_cases(n: int, share: float, log_odds_ratio: float, eaf: float, seed: int):  # type: ignore[no-untyped-def]
    """Allele counts and case status of n people."""
    rng = np.random.default_rng(seed)
    genotype = rng.binomial(2, eaf, n).astype(float)
    logit = math.log(share / (1 - share)) + log_odds_ratio * (genotype - 2 * eaf)
    return genotype, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(float)


@pytest.mark.parametrize(("share", "seed"), [(0.05, 1), (0.2, 2), (0.45, 3)])
def test_a_linear_models_effect_becomes_the_logistic_ones(share: float, seed: int) -> None:
    n, eaf = 60_000, 0.3
    genotype, case = simulated_cases(n, share, 0.08, eaf, seed)
    design = sm.add_constant(genotype)
    logistic, linear = sm.Logit(case, design).fit(disp=0), sm.OLS(case, design).fit()
    factor = log_odds_per_linear(float(case.mean()))
    # First order in the effect: the difference is some 5 percent of effects of this size.
    assert linear.params[1] * factor == pytest.approx(logistic.params[1], abs=0.1 * logistic.bse[1] + 0.004)
    assert linear.bse[1] * factor == pytest.approx(logistic.bse[1], rel=0.05)
    assert linear.params[1] / linear.bse[1] == pytest.approx(logistic.tvalues[1], abs=0.15)
    k = float(case.mean())
    for fit, scale in ((logistic, LOG_ODDS), (linear, LINEAR_MODEL)):
        s = float(residual_sd(fit.bse[1], n, genotype.mean() / 2))
        assert s == pytest.approx(expected_scales(k)[scale], rel=0.03)
        assert scale_found(s, k) == scale


def test_a_quantitative_trait_in_sd_units_has_scale_one() -> None:
    rng = np.random.default_rng(4)
    genotype = rng.binomial(2, 0.2, 20_000).astype(float)
    trait = 0.05 * genotype + rng.standard_normal(20_000)
    fit = sm.OLS(trait / trait.std(), sm.add_constant(genotype)).fit()
    s = float(residual_sd(fit.bse[1], 20_000, 0.2))
    assert s == pytest.approx(1.0, rel=0.02) and scale_found(s, None) == SD


@given(share=SHARES, n=st.floats(min_value=10, max_value=1e6), wrong=st.floats(min_value=1e-3, max_value=1e3))
def test_n_stated_wrongly_is_recovered(share: float, n: float, wrong: float) -> None:
    """se of n people, stated as n x wrong: the implied N is n, whatever the scale."""
    eaf = 0.37
    for expected in expected_scales(share).values():
        se = expected / math.sqrt(2 * n * eaf * (1 - eaf))
        s = float(residual_sd(se, n * wrong, eaf))
        assert implied_n(s, expected, n * wrong) == pytest.approx(n, rel=1e-9)


@given(share=SHARES, noise=st.floats(min_value=-0.3, max_value=0.3))
def test_scales_are_told_apart_up_to_the_tolerance(share: float, noise: float) -> None:
    for name, expected in expected_scales(share).items():
        others = [other for key, other in expected_scales(share).items() if key != name]
        if all(abs(math.log(other / expected)) > 2 * abs(noise) for other in others):
            assert scale_found(expected * math.exp(noise), share) == name
    assert scale_found(1.0, None) == SD and scale_found(2.0, None) is None


def test_tolerance_is_a_factor_on_both_sides() -> None:
    assert within_tolerance(1.5, 1.0) and within_tolerance(1.0, 1.5)
    assert not within_tolerance(1.51, 1.0) and not within_tolerance(1.0, 1.51)
