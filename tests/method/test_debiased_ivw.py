"""Debiased IVW against MendelianRandomization, and without bias where instruments are weak."""

from pathlib import Path

import numpy as np
import pytest

from scripts.method.debiased_ivw import debiased_ivw
from scripts.method.estimate import TooFewInstruments, TooWeak
from scripts.method.ivw import ivw
from tests.method.mr_cases import CASES, RELATIVE, Case, case_id, lipids_on_coronary_disease


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_matches_mendelian_randomization(case: Case) -> None:
    expected = case.expected["MendelianRandomization"]["divw"]
    estimate = debiased_ivw(*case.second_order)
    assert estimate.beta == pytest.approx(expected["Estimate"], rel=RELATIVE)
    assert estimate.se == pytest.approx(expected["StdError"], rel=RELATIVE)
    assert estimate.p == pytest.approx(expected["Pvalue"], rel=1e-8)


@pytest.mark.parametrize(("overdispersion", "key"), [(True, "od"), (False, "no_od")])
def test_matches_mendelian_randomization_on_published_data(
    shared_reference: Path, overdispersion: bool, key: str
) -> None:
    for lipid in lipids_on_coronary_disease(shared_reference).values():
        expected = lipid.expected["divw"][key]
        estimate = debiased_ivw(*lipid.data, overdispersion=overdispersion)
        assert estimate.beta == pytest.approx(expected["Estimate"], rel=RELATIVE)
        assert estimate.se == pytest.approx(expected["StdError"], rel=RELATIVE)


def test_too_weak_or_too_few_is_said() -> None:
    two, noise = np.array([0.1, 0.2]), np.array([0.3, 0.3])
    with pytest.raises(TooWeak):
        debiased_ivw(two, noise, two, two)
    with pytest.raises(TooFewInstruments):
        debiased_ivw(two[:1], two[:1], two[:1], two[:1])


@pytest.mark.parametrize("pleiotropy", [0.0, 0.02])
def test_weak_instruments_leave_no_bias_and_coverage(pleiotropy: float) -> None:
    """200 instruments with a mean F of 5, a true effect of 0.4, balanced pleiotropy."""
    rng = np.random.default_rng(51)
    se = np.full(200, 0.01)
    found, covered, diluted = [], 0, []
    for _ in range(400):
        true = rng.normal(0.0, 0.02, 200)
        x = rng.normal(true, se)
        y = rng.normal(0.4 * true + rng.normal(0.0, pleiotropy, 200), se)
        estimate = debiased_ivw(x, se, y, se)
        found.append(estimate.beta)
        diluted.append(ivw(x, y, se).beta)
        covered += estimate.ci_low < 0.4 < estimate.ci_high
    assert np.mean(found) == pytest.approx(0.4, abs=4 * np.std(found) / 20)
    assert np.mean(diluted) < 0.34
    # Nominal 95% is 380 of 400, SD 4.4.
    assert 364 <= covered <= 394
