"""Steiger's test against TwoSampleMR, its freedom from units, and its error rate with a binary outcome."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from scripts.method.steiger import (
    LOGISTIC_VARIANCE,
    liability,
    logistic_r2,
    population_frequency,
    steiger,
    steiger_overall,
)
from scripts.method.strength import variance_explained
from tests.method.mr_cases import CASES, FOLDER, RELATIVE, Case, case_id

STEIGER_CASES = [case for case in CASES if "steiger" in case.expected]


def people(case: Case) -> tuple[np.ndarray, np.ndarray]:
    table = np.genfromtxt(FOLDER / case.name / "input.tsv", names=True, delimiter="\t", encoding="utf-8")
    return table["n_exposure"], table["n_outcome"]


@pytest.mark.parametrize("case", STEIGER_CASES, ids=case_id)
def test_overall_matches_two_sample_mr(case: Case) -> None:
    expected, (n_x, n_y) = case.expected["steiger"], people(case)
    r2_x = variance_explained(case.beta_x, case.se_x, n_x)
    fit = steiger_overall(r2_x, n_x, variance_explained(case.beta_y, case.se_y, n_y), n_y)
    assert (fit.r2_x, fit.r2_y) == pytest.approx((expected["r2_exp"], expected["r2_out"]), rel=RELATIVE)
    assert bool(fit.forward) == expected["correct_causal_direction"]
    if expected["steiger_test"] > 0.0:
        assert fit.neglog10_p == pytest.approx(-np.log10(expected["steiger_test"]), rel=RELATIVE)
    else:  # the peer's P has underflowed
        assert fit.neglog10_p > 307.0


def published(shared_reference: Path, name: str) -> np.ndarray:
    path = shared_reference / "published" / "twosamplemr_bmi_chd" / name
    return np.genfromtxt(path, names=True, delimiter="\t", dtype=None, encoding="utf-8", deletechars="")


def test_each_variant_matches_two_sample_mr_for_quantitative_traits(shared_reference: Path) -> None:
    data = published(shared_reference, "input_steiger.tsv")
    expected = published(shared_reference, "steiger_filtering_quant.tsv")
    r2 = {
        role: variance_explained(data[f"beta.{role}"], data[f"se.{role}"], data[f"samplesize.{role}"])
        for role in ("exposure", "outcome")
    }
    for role, explained in r2.items():
        np.testing.assert_allclose(explained, expected[f"rsq.{role}"], rtol=RELATIVE)
    fit = steiger(r2["exposure"], data["samplesize.exposure"], r2["outcome"], data["samplesize.outcome"])
    assert fit.forward.tolist() == (np.char.upper(expected["steiger_dir"].astype(str)) == "TRUE").tolist()
    np.testing.assert_allclose(10.0**-fit.neglog10_p, expected["steiger_pval"], rtol=1e-9)


def halved(r2: np.ndarray) -> np.ndarray:
    """R2 where the peer takes f (1 - f) for the variance of an allele count that has 2 f (1 - f)."""
    odds = r2 / (1.0 - r2) / 2.0
    return odds / (1.0 + odds)


def test_each_variant_matches_two_sample_mr_for_a_binary_outcome(shared_reference: Path) -> None:
    """Its shares of variance and its effective number differ from ours; both are rebuilt here."""
    data = published(shared_reference, "input_steiger.tsv")
    expected = published(shared_reference, "steiger_filtering.tsv")
    f = data["eaf.exposure"]
    r2_x = 2.0 * data["beta.exposure"] ** 2 * f * (1.0 - f)
    cases, controls = data["ncase.outcome"], data["ncontrol.outcome"]
    fraction = float(cases[0] / (cases[0] + controls[0]))
    r2_y = halved(logistic_r2(data["beta.outcome"], data["eaf.outcome"], fraction, prevalence=0.1))
    np.testing.assert_allclose(r2_x, expected["rsq.exposure"], rtol=RELATIVE)
    np.testing.assert_allclose(r2_y, expected["rsq.outcome"], rtol=1e-11)
    fit = steiger(r2_x, data["samplesize.exposure"], r2_y, 2.0 / (1.0 / cases + 1.0 / controls))
    np.testing.assert_allclose(10.0**-fit.neglog10_p, expected["steiger_pval"], rtol=1e-9)


def test_logistic_r2_is_twice_that_of_two_sample_mr(shared_reference: Path) -> None:
    path = shared_reference / "published" / "twosamplemr_bmi_chd" / "expected.json"
    table = {key: np.array(value) for key, value in json.loads(path.read_text())["get_r_from_lor"].items()}
    fraction = table["ncase"] / (table["ncase"] + table["ncontrol"])
    r2 = [
        logistic_r2(log_odds, eaf, p, prevalence)
        for log_odds, eaf, p, prevalence in zip(
            table["lor"], table["af"], fraction, table["prev"], strict=True
        )
    ]
    signed = np.sqrt(halved(np.array(r2))) * np.sign(table["lor"])
    np.testing.assert_allclose(signed, table["r"], rtol=1e-11)


def test_population_frequency_gives_back_the_sample() -> None:
    log_odds, eaf = np.array([-1.0, 0.0, 1e-9, 0.3, 2.0]), np.array([0.3, 0.01, 0.5, 0.9, 0.2])
    population, cases, controls = (population_frequency(log_odds, eaf, 0.3, k) for k in (0.3, 1.0, 0.0))
    np.testing.assert_allclose(population, eaf, rtol=1e-13)
    odds = cases / (1 - cases) / (controls / (1 - controls))
    np.testing.assert_allclose(np.log(odds), log_odds, atol=1e-13)


positive = st.floats(0.01, 100.0)


@given(positive, positive, st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_units_do_not_matter(unit_x: float, unit_y: float, beta_x: float, beta_y: float) -> None:
    def run(scale_x: float, scale_y: float) -> float:
        r2_x = variance_explained(np.array([beta_x * scale_x]), np.array([0.01 * scale_x]), 20_000)
        observed = variance_explained(np.array([beta_y * scale_y]), np.array([0.02 * scale_y]), 50_000)
        return float(steiger(r2_x, 20_000, *liability(observed, 50_000, 0.2, 0.05)).z[0])

    assert run(unit_x, unit_y) == pytest.approx(run(1.0, 1.0), rel=1e-9, abs=1e-9)


def test_direction_and_symmetry() -> None:
    forward, backward = steiger(0.02, 1000, 0.01, 3000), steiger(0.01, 3000, 0.02, 1000)
    assert forward.forward and not backward.forward
    assert forward.z == -backward.z
    assert steiger([0.02, 0.01], 1000, [0.01, 0.02], 1000).forward.tolist() == [True, False]


def test_refusals() -> None:
    with pytest.raises(ValueError, match="3 people"):
        steiger(0.1, 3, 0.1, 100)
    with pytest.raises(ValueError, match="variance explained"):
        steiger(1.0, 10, 0.1, 100)
    with pytest.raises(ValueError, match="prevalence"):
        liability(0.1, 100, 0.5, 0.0)


@pytest.mark.parametrize(("prevalence", "fraction"), [(0.1, 0.5), (0.02, 0.3)])
def test_liability_scale_recovers_r2_and_its_error(prevalence: float, fraction: float) -> None:
    """Cases and controls sampled by liability: the allele explains 1% of liability, and of the exposure."""
    rng = np.random.default_rng(8)
    n, share = 6000, 0.01
    n_case = int(n * fraction)
    threshold = -special.ndtri(prevalence)
    shares, z = [], []
    for _ in range(250):
        pool = int(1.3 * n_case / prevalence)
        score = rng.normal(size=pool)
        ill = np.sqrt(share) * score + rng.normal(0, np.sqrt(1 - share), pool) > threshold
        sample = np.concatenate([score[ill][:n_case], score[~ill][: n - n_case]])
        r = np.corrcoef(sample, np.arange(n) < n_case)[0, 1]
        r2, effective = liability(r**2, n, fraction, prevalence)
        shares.append(float(r2))
        exposure = rng.normal(size=n)
        r2_x = (
            np.corrcoef(exposure, np.sqrt(share) * exposure + rng.normal(0, np.sqrt(1 - share), n))[0, 1] ** 2
        )
        z.append(float(steiger(r2_x, n, r2, effective).z))
    # r2 overestimates by its own variance, 1/effective.
    assert np.mean(shares) - 1 / float(effective) == pytest.approx(
        share, abs=4 * np.std(shares) / np.sqrt(250)
    )
    assert np.mean(z) == pytest.approx(0.0, abs=0.25)
    assert np.std(z) == pytest.approx(1.0, abs=0.15)


def test_logistic_variance_is_that_of_the_logistic_distribution() -> None:
    assert (
        pytest.approx(np.var(np.random.default_rng(9).logistic(size=400_000)), rel=0.01) == LOGISTIC_VARIANCE
    )
