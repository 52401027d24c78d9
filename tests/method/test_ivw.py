"""IVW against the R peers, its invariances, and its error rate under the null."""

import math
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from scripts.method.estimate import TooFewInstruments
from scripts.method.heterogeneity import cochran_q
from scripts.method.ivw import ivw, ivw_additive
from tests.method.mr_cases import (
    CASES,
    RELATIVE,
    TWO_SAMPLE_CASES,
    Case,
    bmi_on_coronary_disease,
    case_id,
    null_study,
)


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
@pytest.mark.parametrize(
    ("model", "peer"), [("multiplicative", "mr_ivw"), ("fixed", "mr_ivw_fe"), ("unfloored", "mr_ivw_mre")]
)
def test_matches_two_sample_mr(case: Case, model: str, peer: str) -> None:
    expected = case.expected["deterministic"][peer]
    estimate = ivw(*case.first_order, model=model)
    assert (estimate.beta, estimate.se) == pytest.approx((expected["b"], expected["se"]), rel=RELATIVE)
    # The peer's P loses digits in the far tail; 1e-8 is what is asked.
    assert estimate.p == pytest.approx(expected["pval"], rel=1e-8)
    assert estimate.n_instruments == expected["nsnp"]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_additive_random_effects_match_statsmodels(case: Case) -> None:
    ratio, variance = case.beta_y / case.beta_x, (case.se_y / case.beta_x) ** 2
    found = ivw_additive(*case.first_order)
    if cochran_q(*case.first_order).i2 == 0.0:  # where statsmodels works with a negative variance
        fixed = ivw(*case.first_order, model="fixed")
        assert (found.beta, found.se) == pytest.approx((fixed.beta, fixed.se), rel=RELATIVE)
        return
    pooled = combine_effects(ratio, variance, method_re="dl", use_t=False)
    assert found.beta == pytest.approx(pooled.mean_effect_re, rel=1e-10)
    assert found.se == pytest.approx(pooled.sd_eff_w_re, rel=1e-10)


def every_variant_valid(case: Case) -> bool:
    lasso = case.expected["MendelianRandomization"]["lasso"]
    return lasso["Valid"] == len(case.beta_x)


@pytest.mark.parametrize("case", [case for case in CASES if every_variant_valid(case)], ids=case_id)
def test_matches_mendelian_randomization_down_to_three_variants(case: Case) -> None:
    """MR-Lasso with every variant valid is the random-effects IVW."""
    expected = case.expected["MendelianRandomization"]["lasso"]
    estimate = ivw(*case.first_order)
    assert (estimate.beta, estimate.se) == pytest.approx(
        (expected["Estimate"], expected["StdError"]), rel=RELATIVE
    )


def test_matches_the_published_bmi_on_coronary_disease(shared_reference: Path) -> None:
    x, _, y, se_y = bmi_on_coronary_disease(shared_reference)
    estimate = ivw(x, y, se_y)
    # As published, to its eight decimals.
    assert estimate.beta == pytest.approx(0.44590910, abs=5e-9)
    assert estimate.se == pytest.approx(0.05898302, abs=5e-9)
    assert estimate.n_instruments == 79


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_least_squares(case: Case) -> None:
    """Slow twin: numpy's least squares on rows divided by se_y."""
    x, y = case.beta_x / case.se_y, case.beta_y / case.se_y
    (slope,), (residual,), _, _ = np.linalg.lstsq(x[:, None], y, rcond=None)
    sigma = math.sqrt(residual / (len(x) - 1))
    estimate = ivw(*case.first_order)
    assert estimate.beta == pytest.approx(slope, rel=RELATIVE)
    assert estimate.se == pytest.approx(max(1.0, sigma) / np.linalg.norm(x), rel=RELATIVE)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_invariances(case: Case) -> None:
    rng = np.random.default_rng(1)
    x, y, se_y = case.first_order
    base = ivw(x, y, se_y)
    sign, order = rng.choice([-1.0, 1.0], len(x)), rng.permutation(len(x))
    swapped, permuted = ivw(sign * x, sign * y, se_y), ivw(x[order], y[order], se_y[order])
    assert swapped == base
    assert (permuted.beta, permuted.se) == pytest.approx((base.beta, base.se), rel=RELATIVE)
    # An exposure in units 1000 times smaller has effects 1000 times larger.
    rescaled = ivw(1000.0 * x, y, se_y)
    assert (1000.0 * rescaled.beta, 1000.0 * rescaled.se) == pytest.approx((base.beta, base.se), rel=RELATIVE)


def test_two_instruments_and_one() -> None:
    x, y, se_y = np.array([0.1, 0.2]), np.array([0.01, 0.02]), np.array([0.01, 0.01])
    # Both ratios are 0.1, so Q = 0 and the floor holds: se = 0.01/sqrt(0.1^2 + 0.2^2).
    estimate = ivw(x, y, se_y)
    assert estimate.beta == pytest.approx(0.1, rel=RELATIVE)
    assert estimate.se == pytest.approx(0.01 / math.sqrt(0.05), rel=RELATIVE)
    for model in ("multiplicative", "fixed"):
        with pytest.raises(TooFewInstruments):
            ivw(x[:1], y[:1], se_y[:1], model=model)


def test_additive_random_effects_where_one_instrument_has_all_the_weight() -> None:
    x, y, se_y = np.array([0.1, 0.2, 0.1]), np.array([0.01, 0.04, 0.0]), np.array([1e-12, 0.01, 0.01])
    assert ivw_additive(x, y, se_y).beta == pytest.approx(0.1, rel=RELATIVE)


@pytest.mark.parametrize("overdispersion", [0.0, 2.0])
def test_error_rate_under_the_null(overdispersion: float) -> None:
    """Without effect 5% of studies reach P < 0.05, with balanced pleiotropy too."""
    rng = np.random.default_rng(20)
    hits = 0
    for _ in range(2000):
        x, _, y, se_y = null_study(rng, 40, overdispersion)
        hits += ivw(x, y, se_y).p < 0.05
    # 5% of 2000 = 100, binomial SD 9.7. The floor on sigma makes it conservative without pleiotropy (95);
    # with it, normal tails where t with 39 df would be exact make P < 0.05 happen in 5.7% (133).
    assert 60 <= hits <= 145
