"""Corrections for sample overlap and winner's curse, on simulated studies that have both."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from scripts.method.estimate import Estimate, TooFewInstruments, TooWeak
from scripts.method.ivw import ivw
from scripts.method.mrlap import (
    POLYGENICITY,
    Uncertain,
    corrected,
    mrlap,
    polygenicity,
    selected_square,
    tail_square,
)
from scripts.method.overlap import error_correlation, overlap_bias_bound
from scripts.method.raps import raps
from scripts.method.simss import simss, split_covariance

N_X, N_Y = 40_000, 60_000
P_THRESHOLD = 5e-8
T = 5.451310438


def study(
    rng: np.random.Generator, theta: float, correlation: float, variants: int, h2: float, acting: float
) -> tuple[np.ndarray, np.ndarray]:
    """z scores of all variants on exposure and outcome, whose errors have this correlation."""
    beta = rng.normal(0.0, math.sqrt(h2 / (acting * variants)), variants) * (rng.random(variants) < acting)
    error = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], variants)
    return beta * math.sqrt(N_X) + error[:, 0], theta * beta * math.sqrt(N_Y) + error[:, 1]


def test_bias_bound_and_error_correlation() -> None:
    assert overlap_bias_bound(5_000, 20_000, 25.0) == pytest.approx(0.01)
    assert overlap_bias_bound(0, 20_000, 25.0) == 0.0
    assert error_correlation(10_000, 10_000, 40_000, 0.6) == pytest.approx(0.3)


@pytest.mark.parametrize("overlap", [0.0, 0.5, 1.0])
def test_bias_of_weak_instruments_stays_within_the_bound(overlap: float) -> None:
    """No effect, but correlated traits: IVW is pulled to the observational slope by the bound's share."""
    rng = np.random.default_rng(1)
    phenotypic, n, f_mean, runs = 0.8, 100, 8.0, 400
    correlation = error_correlation(overlap * 1e4, 1e4, 1e4, phenotypic)
    estimates = []
    for _ in range(runs):
        error = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], n)
        z_x = rng.choice([-1, 1], n) * math.sqrt(f_mean - 1) + error[:, 0]
        estimates.append(ivw(z_x / 100, error[:, 1] / 100, np.full(n, 0.01)).beta)
    bound = overlap_bias_bound(overlap * 1e4, 1e4, f_mean) * phenotypic
    assert np.mean(estimates) == pytest.approx(bound, abs=4 * np.std(estimates) / math.sqrt(runs))


@pytest.mark.parametrize("a", [0.0, 0.7, 2.0, 5.45])
def test_tail_square_is_the_integral(a: float) -> None:
    integral = 2 * integrate.quad(lambda z: z**2 * stats.norm.pdf(z), a, 40, epsabs=0)[0]
    assert tail_square(a) == pytest.approx(integral, rel=1e-9)


def test_expressions_are_those_of_the_paper() -> None:
    """Its A, B and C, in which the correction is published, written out."""
    pi, s2, n1, lam, observed = 0.003, 4e-4, 5e4, 2e-6, 0.17
    a = stats.norm.sf(T / math.sqrt(1 + n1 * s2))
    b = 2 * T * math.exp(-(T**2) / (2 * (1 + n1 * s2))) / (math.sqrt(2 * math.pi) * (1 + n1 * s2) ** 1.5)
    c = stats.norm.sf(T) + T * stats.norm.pdf(T)
    d = pi * (2 * (s2 + 1 / n1) * a + b * (n1 * s2**2 + 2 * s2 + 1 / n1)) + (1 - pi) * 2 / n1 * c
    above = observed * d - lam * (pi * (2 * a + b + s2 * n1 * b) + (1 - pi) * 2 * c)
    expected = above / (pi * s2 * (2 * a + b * n1 * s2 + b))
    assert selected_square(np.array(pi), np.array(s2), n1, T) == pytest.approx(d, rel=1e-12)
    arguments = (np.array(value) for value in (observed, pi, s2, lam))
    assert corrected(*arguments, n1, T) == pytest.approx(expected, rel=1e-12)


def test_polygenicity_is_found_again() -> None:
    pi, h2 = np.array([1e-5, 1e-3, 0.02]), np.array([0.1, 0.3, 0.5])
    strength = 1e6 * selected_square(pi, h2 / (pi * 1e6), 1e5, T)
    np.testing.assert_allclose(polygenicity(strength, h2, 1e5, T, 1_000_000), pi, rtol=1e-6)
    ends = polygenicity(np.array([1e9, 0.0]), np.array([0.3, 0.3]), 1e5, T, 1_000_000)
    np.testing.assert_allclose(ends, POLYGENICITY, rtol=1e-12)


@pytest.mark.parametrize("correlation", [0.0, 0.4])
def test_mrlap_removes_what_overlap_and_selection_add(correlation: float) -> None:
    rng = np.random.default_rng(2)
    theta, variants, h2, acting, runs = 0.15, 50_000, 0.4, 0.01, 100
    observed, fixed, covered = [], [], 0
    for _ in range(runs):
        z_x, z_y = study(rng, theta, correlation, variants, h2, acting)
        taken = np.abs(z_x) > T
        ldsc = Uncertain(rng.normal(correlation, 0.01), 0.01)
        h2_x = Uncertain(rng.normal(h2, 0.02), 0.02)
        fit = mrlap(z_x[taken], z_y[taken], N_X, N_Y, h2_x, ldsc, P_THRESHOLD, 200, rng, variants)
        observed.append(fit.observed.beta)
        fixed.append(fit.corrected.beta)
        covered += fit.corrected.ci_low < theta < fit.corrected.ci_high
    error = np.std(fixed) / math.sqrt(runs)
    assert abs(np.mean(observed) - theta) > 4 * error
    assert np.mean(fixed) == pytest.approx(theta, abs=4 * error)
    assert covered >= 58  # 95, SD 2.2


def test_mrlap_does_not_depend_on_order_or_alleles() -> None:
    rng = np.random.default_rng(3)
    z_x, z_y = rng.uniform(6, 20, 30), rng.normal(2, 1, 30)

    def run(x: np.ndarray, y: np.ndarray) -> tuple[float, ...]:
        h2, intercept = Uncertain(0.3, 0.02), Uncertain(0.2, 0.01)
        fit = mrlap(x, y, 1e5, 2e5, h2, intercept, P_THRESHOLD, 100, np.random.default_rng(4))
        both = (fit.observed, fit.corrected)
        return *(value for each in both for value in (each.beta, each.se)), fit.difference_se

    order, sign = rng.permutation(30), rng.choice([-1.0, 1.0], 30)
    assert run((sign * z_x)[order], (sign * z_y)[order]) == pytest.approx(run(z_x, z_y), rel=1e-12)


def test_mrlap_refuses_what_its_model_excludes() -> None:
    z, rng = np.array([6.0, 7.0, 8.0]), np.random.default_rng(0)
    one, none = Uncertain(0.3, 0.0), Uncertain(0.0, 0.0)
    fit = mrlap(z, z, 1e5, 1e5, one, one, P_THRESHOLD, 50, rng)
    assert fit.corrected.beta != fit.observed.beta and fit.difference_neglog10_p > 0.0
    with pytest.raises(ValueError, match="threshold"):
        mrlap(z - 1.0, z, 1e5, 1e5, one, one, P_THRESHOLD, 10, rng)
    with pytest.raises(ValueError, match="heritability"):
        mrlap(z, z, 1e5, 1e5, none, one, P_THRESHOLD, 10, rng)
    with pytest.raises(TooFewInstruments):
        mrlap(z[:1], z[:1], 1e5, 1e5, one, one, P_THRESHOLD, 10, rng)


def fixed_ivw(x: np.ndarray, se_x: np.ndarray, y: np.ndarray, se_y: np.ndarray) -> Estimate:
    return ivw(x, y, se_y, model="fixed")


def profile_score(x: np.ndarray, se_x: np.ndarray, y: np.ndarray, se_y: np.ndarray) -> Estimate:
    """MR-RAPS in its plainest form."""
    return raps(x, se_x, y, se_y, loss="l2", overdispersion=False).estimate


def test_parts_of_a_split_are_independent_with_their_own_variance() -> None:
    correlation = 0.6
    around = split_covariance(0.4, correlation)
    traits = np.array([0, 0, 1])
    whole = np.array([[1, correlation], [correlation, 1]])[np.ix_(traits, traits)]
    np.testing.assert_allclose(around + whole, np.diag([1 / 0.4, 1 / 0.3, 1 / 0.3]), atol=1e-12)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_simss_removes_what_overlap_and_selection_add(correlation: float) -> None:
    """Many small effects, so that selection and weakness take a tenth off, and overlap adds as much."""
    rng = np.random.default_rng(5)
    theta, runs, variants = 0.15, 8, 4_000
    se_x, se_y = np.full(variants, N_X**-0.5), np.full(variants, N_Y**-0.5)
    options = {"error_correlation": correlation, "p_threshold": 5e-5, "rng": rng}
    naive, split, raps, covered = [], [], [], 0
    for _ in range(runs):
        z_x, z_y = study(rng, theta, correlation, variants, h2=0.3, acting=0.3)
        x, y = z_x * se_x, z_y * se_y
        taken = np.abs(z_x) > 4.0556
        naive.append(ivw(x[taken], y[taken], se_y[taken]).beta)
        fit = simss(x, se_x, y, se_y, fixed_ivw, draws=1000, **options)
        split.append(fit.beta)
        covered += fit.ci_low < theta < fit.ci_high
        raps.append(simss(x, se_x, y, se_y, profile_score, draws=400, **options).beta)
    error = np.std(raps) / math.sqrt(runs)
    assert abs(np.mean(naive) - theta) > 4 * np.std(naive) / math.sqrt(runs)
    assert np.mean(raps) == pytest.approx(theta, abs=4 * error)
    # IVW in the splits is unbiased but for weak instruments, which pull it to the null.
    assert 0.7 * theta < np.mean(split) < np.mean(raps)
    assert covered >= 5


def test_simss_does_not_depend_on_order_alleles_or_units() -> None:
    rng = np.random.default_rng(6)
    x, y = rng.normal(0.0, 0.05, 200), rng.normal(0.0, 0.01, 200)
    se_x, se_y = rng.uniform(0.008, 0.012, 200), rng.uniform(0.008, 0.012, 200)

    def run(*data: np.ndarray) -> tuple[float, float]:
        options = {"error_correlation": 0.2, "p_threshold": 1e-3, "draws": 50}
        fit = simss(*data, profile_score, rng=np.random.default_rng(7), **options)
        return fit.beta, fit.se

    order, sign = rng.permutation(200), rng.choice([-1.0, 1.0], 200)
    turned = run((sign * x)[order], se_x[order], (sign * y)[order], se_y[order])
    assert turned == pytest.approx(run(x, se_x, y, se_y), rel=1e-8)
    beta, se = run(1000.0 * x, 1000.0 * se_x, y, se_y)
    assert (1000.0 * beta, 1000.0 * se) == pytest.approx(run(x, se_x, y, se_y), rel=1e-8)


def test_simss_leaves_out_splits_that_are_too_weak() -> None:
    """A debiased estimate has a sign to lose in some splits; in all of them nothing is left."""
    rng = np.random.default_rng(9)
    x, y, se = rng.normal(0.0, 0.05, 100), rng.normal(0.0, 0.01, 100), np.full(100, 0.01)

    def sometimes(share: float) -> Estimate:
        def estimator(*data: np.ndarray) -> Estimate:
            if rng.random() < share:
                raise TooWeak("nothing left")
            return fixed_ivw(*data)

        options = {"error_correlation": 0.0, "p_threshold": 1e-3, "draws": 300}
        return simss(x, se, y, se, estimator, rng=np.random.default_rng(10), **options)

    assert sometimes(0.3).beta == pytest.approx(sometimes(0.0).beta, abs=3 * sometimes(0.0).se)
    with pytest.raises(TooWeak):
        sometimes(0.9)


def test_simss_without_instruments() -> None:
    null, se = np.zeros(50), np.ones(50)
    with pytest.raises(TooFewInstruments):
        simss(
            null,
            se,
            null,
            se,
            fixed_ivw,
            error_correlation=0.0,
            p_threshold=5e-8,
            draws=20,
            rng=np.random.default_rng(8),
        )
