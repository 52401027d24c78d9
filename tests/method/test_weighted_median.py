"""Weighted median against TwoSampleMR, a slow twin, and invalid instruments."""

from pathlib import Path

import numpy as np
import pytest

from scripts.method.bootstrap import parametric_bootstrap
from scripts.method.estimate import TooFewInstruments
from scripts.method.ivw import ivw
from scripts.method.weighted_median import medians, penalised_median, simple_median, weighted_median
from tests.method.mr_cases import (
    CASES,
    RELATIVE,
    TWO_SAMPLE_CASES,
    Case,
    case_id,
    lipids_on_coronary_disease,
    monte_carlo_se,
    null_study,
    published_bmi,
)


def slow_median(ratio: np.ndarray, weight: np.ndarray) -> float:
    """Slow twin: plain Python, one variant after the other."""
    pairs = sorted(zip(ratio.tolist(), weight.tolist(), strict=True))
    total = sum(share for _, share in pairs)
    done, previous = 0.0, None
    for value, share in pairs:
        position = (done + share / 2) / total
        if position >= 0.5:
            assert previous is not None
            start, low = previous
            return low + (value - low) * (0.5 - start) / (position - start)
        done, previous = done + share, (position, value)
    raise AssertionError("half of the weight is always reached")


METHODS = {
    "mr_simple_median": simple_median,
    "mr_weighted_median": weighted_median,
    "mr_penalised_weighted_median": penalised_median,
}
DRAWS = 20_000


def assert_matches_two_sample_mr(case: Case) -> None:
    sample = parametric_bootstrap(*case.second_order, DRAWS, np.random.default_rng(3))
    for name, method in METHODS.items():
        expected = case.expected["bootstrap"][name]
        estimate = method(sample)
        assert estimate.beta == pytest.approx(expected["b"], rel=1e-11)
        peer = expected["se_nboot1000"]
        assert abs(estimate.se - peer["mean"]) < 3 * monte_carlo_se(peer, DRAWS)
        many = {"mean": expected["se_nboot100000"], "n_seeds": 1}
        assert abs(estimate.se - many["mean"]) < 3 * monte_carlo_se(many, DRAWS, 100_000)


@pytest.mark.parametrize("case", TWO_SAMPLE_CASES, ids=case_id)
def test_matches_two_sample_mr(case: Case) -> None:
    assert_matches_two_sample_mr(case)


def test_matches_two_sample_mr_on_published_data(shared_reference: Path) -> None:
    assert_matches_two_sample_mr(published_bmi(shared_reference))


def test_first_order_weights_match_mendelian_randomization_on_published_data(shared_reference: Path) -> None:
    for lipid in lipids_on_coronary_disease(shared_reference).values():
        sample = parametric_bootstrap(*lipid.data, DRAWS, np.random.default_rng(4))
        estimates = {
            "simple": simple_median(sample),
            "weighted": weighted_median(sample, "first"),
            "penalized": penalised_median(sample, "first"),
        }
        for name, estimate in estimates.items():
            expected = lipid.expected["median"][name]
            assert estimate.beta == pytest.approx(expected["Estimate"], rel=1e-11)
            peer = expected["se_seeds"]
            assert abs(estimate.se - peer["mean"]) < 3 * monte_carlo_se(peer, DRAWS, 10_000)


def test_the_penalty_leaves_near_variants_alone_and_takes_weight_from_far_ones() -> None:
    x, se_x, _, se_y = null_study(np.random.default_rng(21), 30)
    near = parametric_bootstrap(x, se_x, 0.3 * x, se_y, 10, np.random.default_rng(0))
    assert penalised_median(near) == weighted_median(near)
    y = 0.3 * x + np.where(np.arange(30) < 14, 1.0, 0.0)
    far = parametric_bootstrap(x, se_x, y, se_y, 10, np.random.default_rng(0))
    assert penalised_median(far).beta == pytest.approx(0.3, rel=1e-9)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_medians_match_the_slow_twin(case: Case) -> None:
    rng = np.random.default_rng(5)
    ratio = rng.normal(size=(50, len(case.beta_x)))
    weight = rng.uniform(0.1, 3.0, len(case.beta_x))
    slow = [slow_median(row, weight) for row in ratio]
    np.testing.assert_allclose(medians(ratio, weight), slow, rtol=1e-10, atol=1e-14)


def test_equal_weights_give_the_ordinary_median() -> None:
    for n in (3, 4, 9):
        ratio = np.random.default_rng(6).normal(size=(5, n))
        np.testing.assert_allclose(medians(ratio, np.ones(n)), np.median(ratio, axis=1), rtol=RELATIVE)


def test_a_variant_with_nearly_all_weight_is_the_median() -> None:
    for weight in ([1e20, 1.0, 1.0], [1.0, 1e20, 1.0], [1.0, 1.0, 1e20]):
        ratio = np.array([1.0, 2.0, 3.0])
        assert medians(ratio, np.array(weight)) == pytest.approx(ratio[np.argmax(weight)], rel=1e-9)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_invariances(case: Case) -> None:
    def run(x: np.ndarray, se_x: np.ndarray, y: np.ndarray, se_y: np.ndarray) -> tuple[float, float]:
        estimate = weighted_median(parametric_bootstrap(x, se_x, y, se_y, 200, np.random.default_rng(7)))
        return estimate.beta, estimate.se

    rng = np.random.default_rng(8)
    x, se_x, y, se_y = case.second_order
    base = run(x, se_x, y, se_y)
    sign, order = rng.choice([-1.0, 1.0], len(x)), rng.permutation(len(x))
    assert run(sign * x, se_x, sign * y, se_y) == pytest.approx(base, rel=RELATIVE)
    assert run(x[order], se_x[order], y[order], se_y[order]) == pytest.approx(base, rel=RELATIVE)
    rescaled = run(1000.0 * x, 1000.0 * se_x, y, se_y)
    assert (1000.0 * rescaled[0], 1000.0 * rescaled[1]) == pytest.approx(base, rel=1e-11)


def test_same_seed_same_answer() -> None:
    runs = [
        weighted_median(parametric_bootstrap(*CASES[0].second_order, 100, np.random.default_rng(9)))
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_too_few() -> None:
    two = np.array([0.1, 0.2])
    with pytest.raises(TooFewInstruments):
        weighted_median(parametric_bootstrap(two, two, two, two, 10, np.random.default_rng(0)))


def test_error_rate_under_the_null() -> None:
    rng = np.random.default_rng(22)
    studies = (null_study(rng, 30) for _ in range(400))
    hits = sum(weighted_median(parametric_bootstrap(*study, 200, rng)).p < 0.05 for study in studies)
    # Nominal 5% is 20 of 400, SD 4.4. The bootstrap adds noise to data that have it already: conservative.
    assert 1 <= hits <= 33


def test_a_fifth_of_invalid_instruments_hardly_moves_it() -> None:
    """Six of thirty variants with large pleiotropy of one direction: IVW follows, the median does not."""
    rng = np.random.default_rng(23)
    median_sum = ivw_sum = 0.0
    for _ in range(50):
        x, se_x, y, se_y = null_study(rng, 30)
        y[:6] += 0.1
        median_sum += weighted_median(parametric_bootstrap(x, se_x, y, se_y, 2, rng)).beta
        ivw_sum += ivw(x, y, se_y).beta
    # IVW moves by about a fifth of 0.1/0.125, the median by a tenth of that.
    assert ivw_sum / 50 > 0.1
    assert abs(median_sum / 50) < 0.25 * ivw_sum / 50
