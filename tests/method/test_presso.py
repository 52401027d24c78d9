"""MR-PRESSO against slow twins of its definition, outliers put in on purpose, invariances, error rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.method.estimate import OneDominates, OnlyOutliers, TooFewInstruments
from scripts.method.ivw import ivw, weighted_slope
from scripts.method.presso import PressoFit, distortion_test, exceedances, presso, slopes_of_others
from tests.method.invariance import Study, few, permuted, rescaled, studies, swapped
from tests.method.mr_cases import CASES, RELATIVE, Case, case_id, null_study

LARGE = [case for case in CASES if len(case.beta_x) >= 4]


def run(study: Study, draws: int = 300, seed: int = 1) -> PressoFit:
    return presso(*study, draws=draws, rng=np.random.default_rng(seed))


def slow_slopes(x: np.ndarray, y: np.ndarray, se_y: np.ndarray) -> np.ndarray:
    """Slow twin: one regression without each variant."""
    rows = [np.arange(len(x)) != i for i in range(len(x))]
    return np.array([weighted_slope(x[row], y[row], se_y[row])[0] for row in rows])


def slow_rss(x: np.ndarray, y: np.ndarray, se_y: np.ndarray) -> float:
    return float(np.sum(((y - slow_slopes(x, y, se_y) * x) / se_y) ** 2))


@pytest.mark.parametrize("case", LARGE, ids=case_id)
def test_residual_sum_matches_one_regression_a_variant(case: Case) -> None:
    assert run(case.second_order).rss == pytest.approx(slow_rss(*case.first_order), rel=RELATIVE)


@pytest.mark.parametrize("case", [case for case in LARGE if len(case.beta_x) < 50], ids=case_id)
def test_null_distribution_matches_simulated_regressions(case: Case) -> None:
    """Slow twin: every drawn study refitted without each variant; exceedances at its quartiles."""
    x, se_x, y, se_y = case.second_order
    slopes, rng = slopes_of_others(x, y, se_y), np.random.default_rng(2)
    sums = [slow_rss(rng.normal(x, se_x), rng.normal(slopes * x, se_y), se_y) for _ in range(200)]
    for share in (0.25, 0.5, 0.75):
        above = exceedances(float(np.quantile(sums, share)), x, se_x, slopes, se_y, 20_000, rng) / 20_000
        # Binomial SD of a quartile of 200 draws is 0.031 (median 0.035).
        assert above == pytest.approx(1 - share, abs=4 * 0.035)


def test_blocks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    x, se_x, y, se_y = LARGE[1].second_order
    counts = []
    for block in (1, 10_000_000):
        monkeypatch.setattr("scripts.method.presso.BLOCK", block)
        rng = np.random.default_rng(3)
        counts.append(exceedances(30.0, x, se_x, slopes_of_others(x, y, se_y), se_y, 500, rng))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("case", LARGE, ids=case_id)
def test_outlier_p_is_the_limit_of_the_simulated_one(case: Case) -> None:
    """Slow twin: simulated residuals to the observed slopes of the others, Bonferroni-adjusted."""
    x, se_x, y, se_y = case.second_order
    rng, draws, n = np.random.default_rng(4), 20_000, len(x)
    slopes = slow_slopes(x, y, se_y)
    drawn = rng.normal(slopes * x, se_y, (draws, n)) - slopes * rng.normal(x, se_x, (draws, n))
    share = np.mean(drawn**2 > (y - slopes * x) ** 2, axis=0)
    adjusted = 10.0 ** -run(case.second_order).outlier_neglog10_p
    monte_carlo = 5 * n * np.sqrt((share + 1 / draws) / draws)
    assert np.all(np.abs(adjusted - np.minimum(n * share, 1.0)) <= monte_carlo)


def test_outliers_put_in_are_found_and_removed() -> None:
    """Case s05 was simulated with two gross outliers, its first two variants."""
    case = next(case for case in CASES if case.name == "s05")
    fit = run(case.second_order, draws=1000)
    assert np.flatnonzero(fit.outlier).tolist() == [0, 1]
    assert fit.global_p == 1 / 1001
    x, y, se_y = (array[2:] for array in case.first_order)
    assert fit.estimate.beta == pytest.approx(ivw(x, y, se_y).beta, rel=RELATIVE)
    assert fit.raw == ivw(*case.first_order)
    assert fit.distortion is not None
    moved = (fit.raw.beta - fit.estimate.beta) / abs(fit.estimate.beta)
    assert fit.distortion.coefficient == pytest.approx(moved, rel=RELATIVE)
    assert fit.distortion.p == 1 / 1001


def test_without_global_significance_there_are_no_outliers() -> None:
    fit = run(null_study(np.random.default_rng(5), 20))
    assert fit.global_p > 0.05
    assert not fit.outlier.any()
    assert fit.estimate == fit.raw
    assert fit.distortion is None


@pytest.mark.parametrize("null", ["substitution", "resampling"])
def test_distortion_matches_refitted_studies(null: str) -> None:
    """Slow twin: one variant set and one regression a draw, for both nulls."""
    x, _, y, se_y = null_study(np.random.default_rng(6), 15, overdispersion=2.0)
    outlier = np.zeros(15, dtype=bool)
    outlier[[2, 7]] = True
    valid, rng = np.flatnonzero(~outlier), np.random.default_rng(7)
    every, without = ivw(x, y, se_y).beta, ivw(x[valid], y[valid], se_y[valid]).beta
    beyond = 0
    for _ in range(3000):
        if null == "substitution":
            rows = np.concatenate((valid, rng.choice(valid, 2)))
            expected = (ivw(x[rows], y[rows], se_y[rows]).beta - without) / abs(without)
        else:
            rows = np.concatenate(([2, 7], rng.choice(valid, 11)))
            study = ivw(x[rows], y[rows], se_y[rows]).beta
            expected = (every - study) / abs(study)
        beyond += abs(expected) > abs((every - without) / abs(without))
    fast = distortion_test(x, y, se_y, outlier, 20_000, np.random.default_rng(8), null)  # type: ignore[arg-type]
    assert fast.p == pytest.approx(beyond / 3000, abs=4 * 0.5 / np.sqrt(3000))


@few
@given(studies(), st.integers(0, 99))
def test_invariances(study: Study, seed: int) -> None:
    base = run(study)
    order = np.random.default_rng(seed).permutation(len(study[0]))
    moved = run(permuted(study, order))
    for other in (run(swapped(study, seed)), moved, run(rescaled(study, 64.0))):
        assert other.rss == pytest.approx(base.rss, rel=1e-9)
        assert other.global_p == base.global_p
        assert (other.distortion is None) == (base.distortion is None)
        if base.distortion and other.distortion:
            assert other.distortion.p == base.distortion.p
    np.testing.assert_allclose(moved.outlier_neglog10_p, base.outlier_neglog10_p[order], atol=1e-9)
    np.testing.assert_array_equal(moved.outlier, base.outlier[order])
    assert 64.0 * run(rescaled(study, 64.0)).estimate.beta == pytest.approx(base.estimate.beta, rel=1e-9)


def test_too_few() -> None:
    three = np.array([0.1, 0.2, 0.3])
    with pytest.raises(TooFewInstruments):
        run((three, three, three, three))


def test_outliers_alone_are_told_but_give_no_estimate() -> None:
    x, se_x, se_y = np.full(4, 0.1), np.full(4, 0.001), np.full(4, 0.001)
    fit = run((x, se_x, np.array([0.1, -0.1, 0.2, -0.2]), se_y))
    assert fit.outlier.all() and fit.corrected is None and fit.distortion is None
    assert fit.rss > 1e4 and fit.global_p < 0.05
    with pytest.raises(OnlyOutliers):
        assert fit.estimate


def test_nothing_is_relative_to_an_estimate_of_exactly_0() -> None:
    x, se = np.array([0.1, 0.12, 0.08, 0.09, 0.1]), np.full(5, 0.005)
    fit = run((x, se, np.array([0.0, 0.0, 0.0, 0.0, 0.03]), se))
    assert list(fit.outlier) == [False, False, False, False, True]
    assert (fit.estimate.beta, fit.distortion) == (0.0, None)


def test_a_variant_with_all_the_weight_leaves_nothing_to_compare() -> None:
    x, se_x, y = np.array([0.1, 0.1, 0.1, 0.1]), np.full(4, 0.01), np.array([0.1, 0.2, 0.1, 0.0])
    assert run((x, se_x, y, np.array([1e-5, 1.0, 1.0, 1.0]))).rss > 0.0
    with pytest.raises(OneDominates):
        run((x, se_x, y, np.array([1e-6, 1.0, 1.0, 1.0])))


def test_error_rate_of_the_global_test() -> None:
    rng = np.random.default_rng(9)
    tests = [presso(*null_study(rng, 20), draws=199, rng=rng).global_p <= 0.05 for _ in range(400)]
    # Nominal 20 of 400, SD 4.4; drawing around noisy effects makes the test conservative.
    assert 3 <= sum(tests) <= 33
