"""Random-effects pooling against metafor and statsmodels, by slow twins, and under known effects."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from scripts.method.arrays import FloatArray
from scripts.method.random_effects import Pooled, TooFewExperiments, pool, weights
from scripts.method.tau2 import dersimonian_laird, paule_mandel, reml, tau2_of
from tests.method.pooled_cases import CASES, Region, drawn

EXACT = 1e-8
METHODS = ("dersimonian_laird", "paule_mandel", "reml")


def case_id(case: Region) -> str:
    return case.name


def numbers(fit: Pooled) -> dict[str, float]:
    """By metafor's names."""
    (lo, hi), (i2_lo, i2_hi) = fit.interval, fit.i2_interval
    between = fit.heterogeneity
    return {
        **{"est": fit.beta, "se": fit.se, "lo": lo, "hi": hi, "z": fit.statistic, "tau2": fit.tau2},
        **{"Q": fit.q, "I2": 100 * between.i2, "I2lo": 100 * i2_lo, "I2hi": 100 * i2_hi},
        **{"p": 10**-fit.neglog10_p, "Qp": 10**-between.neglog10_p, "k": fit.k},
    }


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_dersimonian_laird_as_metafor(case: Region) -> None:
    for name, value in numbers(pool(case.y, case.v)).items():
        assert value == pytest.approx(case.all[name], rel=EXACT, abs=0), name


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_knapp_hartung_as_metafor(case: Region) -> None:
    fit = pool(case.y, case.v, test="knapp_hartung")
    found = dict(zip(("kh_lo", "kh_hi"), fit.interval, strict=True))
    found |= {"kh_se": fit.se, "kh_t": fit.statistic, "kh_p": 10**-fit.neglog10_p}
    for name, value in found.items():
        assert value == pytest.approx(case.all[name], rel=EXACT), name
    assert fit.df == len(case.y) - 1


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_reml_as_metafor_up_to_where_metafor_stops(case: Region) -> None:
    """metafor's own steps give metafor's digits; the maximum lies as far beyond as its threshold allows."""
    stopped = metafor_reml(case.y, case.v)
    assert stopped == pytest.approx(case.all["reml_tau2"], rel=EXACT)
    weight = 1 / (case.v + stopped)
    assert np.average(case.y, weights=weight) == pytest.approx(case.all["reml_est"], rel=EXACT)
    assert weight.sum() ** -0.5 == pytest.approx(case.all["reml_se"], rel=EXACT)
    fit = pool(case.y, case.v, "reml")
    assert abs(fit.tau2 - stopped) < 1e-5
    assert fit.beta == pytest.approx(case.all["reml_est"], abs=1e-6)


def metafor_reml(y: FloatArray, v: FloatArray, threshold: float = 1e-5) -> float:
    """Fisher scoring from Hedges' estimate, as metafor does it, with projection matrices."""
    k, ones = len(y), np.ones((len(y), 1))
    p = np.eye(k) - ones @ ones.T / k
    tau2 = max(0.0, (y @ p @ y - np.trace(p @ np.diag(v))) / (k - 1))
    change = math.inf
    while change > threshold:
        w = np.diag(1 / (v + tau2))
        p = w - w @ ones @ np.linalg.inv(ones.T @ w @ ones) @ ones.T @ w
        step = float((y @ p @ p @ y - np.trace(p)) / np.trace(p @ p))
        while tau2 + step < 0:
            step /= 2
        tau2, change = tau2 + step, abs(step)
    return tau2


def restricted_log_likelihood(y: FloatArray, v: FloatArray, tau2: float) -> float:
    """Slow twin: the density of the contrasts of y, which no mean is in."""
    contrasts = np.column_stack([np.eye(len(y) - 1), -np.ones(len(y) - 1)])
    covariance = contrasts @ np.diag(v + tau2) @ contrasts.T
    return float(stats.multivariate_normal(cov=covariance).logpdf(contrasts @ y))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_reml_is_the_highest_point_of_the_likelihood(case: Region) -> None:
    tau2 = reml(case.y, case.v)
    best = restricted_log_likelihood(case.y, case.v, tau2)
    assert best >= restricted_log_likelihood(case.y, case.v, case.all["reml_tau2"])
    grid = np.append(np.linspace(0, 4, 401), tau2 * (1 + np.array([-1e-3, 1e-3])))
    assert all(best >= restricted_log_likelihood(case.y, case.v, float(other)) for other in grid)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_paule_mandel_as_statsmodels_and_as_its_equation(case: Region) -> None:
    """metafor's are not at hand; statsmodels' iteration ends at 0 in three regions, which is no root."""
    fit = pool(case.y, case.v, "paule_mandel")
    weight = 1 / (case.v + fit.tau2)
    q = np.sum(weight * (case.y - np.average(case.y, weights=weight)) ** 2)
    assert q == pytest.approx(len(case.y) - 1, rel=1e-12)
    peer = combine_effects(case.y, case.v, method_re="iterated", atol=1e-12)
    assert (peer.tau2 == 0.0) == (case.name in ("GP", "HIP", "THAL"))
    if peer.tau2 > 0.0:
        assert fit.tau2 == pytest.approx(peer.tau2, rel=EXACT)
        assert fit.beta == pytest.approx(peer.mean_effect_re, rel=EXACT)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_dersimonian_laird_as_statsmodels(case: Region) -> None:
    peer = combine_effects(case.y, case.v, method_re="chi2")
    fit = pool(case.y, case.v, test="knapp_hartung")
    assert fit.tau2 == pytest.approx(peer.tau2, rel=1e-12)
    assert fit.se == pytest.approx(peer.sd_eff_w_re_hksj, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_no_variance_where_experiments_agree_better_than_chance(method) -> None:
    y, v = np.array([0.50, 0.51, 0.49, 0.50]), np.full(4, 0.1)
    fit = pool(y, v, method)
    assert fit.tau2 == 0.0
    assert fit.beta == pytest.approx(0.5) and fit.se == pytest.approx(math.sqrt(0.1 / 4))
    assert fit.heterogeneity.i2 == 0.0 and fit.i2_interval[0] == 0.0


@pytest.mark.parametrize("method", METHODS)
@given(seed=st.integers(0, 10_000), shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
def test_shift_and_scale(method, seed: int, shift: float, scale: float) -> None:
    y, v = drawn(seed)
    fit, moved = pool(y, v, method), pool(shift + scale * y, scale**2 * v, method)
    assert moved.beta == pytest.approx(shift + scale * fit.beta, rel=1e-7, abs=1e-7)
    assert moved.se == pytest.approx(scale * fit.se, rel=1e-7)
    assert moved.tau2 == pytest.approx(scale**2 * fit.tau2, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_tau2_is_found_on_average(method) -> None:
    """500 meta-analyses of 40 experiments, tau2 0.16: the mean estimate within 4 standard errors."""
    found = [tau2_of(*drawn(seed, k=40), method) for seed in range(500)]
    assert np.mean(found) == pytest.approx(0.16, abs=4 * np.std(found) / math.sqrt(500) + 0.002)


def test_intervals_cover_as_often_as_they_say() -> None:
    """2,000 meta-analyses of 8: Knapp and Hartung's interval covers 95%, the normal one fewer.

    The prediction interval, which takes tau2 as known, covers 89% of further true effects.
    """
    covered = {"normal": 0, "knapp_hartung": 0}
    predicted = 0
    rng = np.random.default_rng(1)
    for seed in range(2000):
        y, v = drawn(seed, k=8)
        for test in covered:
            low, high = pool(y, v, test=test).interval
            covered[test] += low <= 0.5 <= high
        low, high = pool(y, v).prediction
        predicted += low <= rng.normal(0.5, 0.4) <= high
    assert 0.935 <= covered["knapp_hartung"] / 2000 <= 0.965
    assert 0.85 <= covered["normal"] / 2000 < 0.94
    assert 0.87 <= predicted / 2000 <= 0.91


def test_prediction_interval_by_hand() -> None:
    y, v = drawn(3)
    fit = pool(y, v)
    half = stats.t.ppf(0.975, len(y) - 2) * math.sqrt(fit.tau2 + fit.se**2)
    assert fit.prediction == pytest.approx((fit.beta - half, fit.beta + half), rel=1e-12)
    assert all(map(math.isnan, pool(y[:2], v[:2]).prediction))


def test_weights_make_the_pooled_effect() -> None:
    y, v = drawn(4)
    fit = pool(y, v)
    share = weights(v, fit.tau2)
    assert share.sum() == pytest.approx(1.0) and share @ y == pytest.approx(fit.beta)


def test_what_cannot_be_pooled() -> None:
    with pytest.raises(TooFewExperiments, match="2 experiments are needed, 1 found"):
        pool(np.array([1.0]), np.array([1.0]))
    for bad in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="variance"):
            pool(np.array([1.0, 2.0]), np.array([1.0, bad]))


def test_one_experiment_with_all_the_weight() -> None:
    y, v = np.array([1.0, 2.0]), np.array([1e-30, 1.0])
    assert dersimonian_laird(y, v) == 0.0
    assert paule_mandel(np.array([0.0, 10.0]), np.array([1.0, 1.0])) == pytest.approx(49.0)
