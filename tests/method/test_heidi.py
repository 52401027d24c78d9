"""The global HEIDI-outlier test against gsmr2, and its tail against simulation."""

from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from scripts.method.gsmr import (
    GsmrFit,
    GsmrStatus,
    correlations,
    gsmr,
    ratio_covariance,
    significant_correlations,
)
from scripts.method.heidi import global_heidi_neglog10_p, global_heidi_outliers, mixture_neglog10_p
from tests.method.mr_cases import null_study
from tests.method.test_gsmr import NAMES, RELATIVE, Case

# survey::pchisqsum, by which the peer gets its P, finds the saddlepoint to 1e-8.
SADDLEPOINT = 1e-6
RUNS: dict[str, dict[str, Any]] = {"new_heidi": {}, "r2_0.1_new": {"ld_r2_max": 0.1}}


@pytest.mark.parametrize("key", RUNS)
@pytest.mark.parametrize("name", NAMES)
def test_global_heidi_matches_gsmr2(name: str, key: str) -> None:
    """The peer's used_index is wrong once HEIDI drops a variant; its outliers and estimate are right."""
    case = Case(name)
    expected = case.expected[key]
    fit = case.run(heidi_version="global", min_instruments=3, **RUNS[key])
    assert fit.estimate.beta == pytest.approx(expected["bxy"], rel=1e-10)
    assert fit.estimate.se == pytest.approx(expected["bxy_se"], rel=RELATIVE)
    assert sorted(case.names(fit, GsmrStatus.HEIDI_OUTLIER)) == sorted(expected["pleio_snps"] or [])
    p = 10.0 ** -global_heidi_neglog10_p(*ratios(case, fit))
    np.testing.assert_allclose(p, expected["multi_snp_het_pval"], rtol=SADDLEPOINT)


def ratios(case: Case, fit: GsmrFit) -> tuple[np.ndarray, np.ndarray]:
    """Wald ratios of the variants that HEIDI kept, and their covariance: LD is tested before HEIDI."""
    seen = np.flatnonzero(np.isin(fit.status, [GsmrStatus.USED, GsmrStatus.HEIDI_OUTLIER]))
    used = fit.status[seen] == GsmrStatus.USED
    correlation = significant_correlations(correlations(case.ld, seen), case.n_ref, 0.05)
    rows = seen[used]
    beta_x, se_x, beta_y, se_y = (array[rows] for array in (*case.exposure, *case.outcome))
    ratio, z_x = beta_y / beta_x, beta_x / se_x
    return ratio, ratio_covariance(ratio, z_x, se_y / beta_x, correlation[np.ix_(used, used)])


def mixture_p_of(statistic: float, weight: np.ndarray) -> float:
    return float(10.0 ** -mixture_neglog10_p(np.array([statistic]), weight[None], 0.0 * weight[None])[0])


def test_mixture_tail_matches_chi_squared() -> None:
    """Equal weights make a chi-squared variable; the saddlepoint is good to a few percent, far tails too."""
    for df in (3, 10, 40):
        for p in (0.9, 0.5, 0.1, 1e-3, 1e-8, 1e-30):
            statistic = 0.7 * stats.chi2.isf(p, df)
            assert mixture_p_of(statistic, np.full(df, 0.7)) == pytest.approx(p, rel=0.05)
        # At the mean the saddlepoint is singular; the approximation there is chi-squared itself.
        assert mixture_p_of(0.7 * df, np.full(df, 0.7)) == pytest.approx(stats.chi2.sf(df, df), rel=1e-6)


def test_mixture_tail_matches_simulation() -> None:
    weight = np.array([3.0, 1.0, 0.5, 0.2, 0.1])
    draws = np.random.default_rng(80).standard_normal((200_000, 5)) ** 2 @ weight
    for p in (0.5, 0.1, 0.01):
        assert mixture_p_of(float(np.quantile(draws, 1 - p)), weight) == pytest.approx(p, rel=0.1)


def test_no_difference_at_all_has_p_one() -> None:
    assert mixture_p_of(0.0, np.ones(3)) == 1.0
    np.testing.assert_array_equal(global_heidi_neglog10_p(np.ones(4), np.eye(4)), np.zeros(4))


def neglog10_p_by_eigenvalues(ratio: np.ndarray, covariance: np.ndarray, reference: int) -> float:
    """Slow twin: the whole correlation matrix of the differences, and the saddlepoint by a root finder."""
    others = np.delete(np.arange(len(ratio)), reference)
    contrast = np.eye(len(ratio))[others] - np.eye(len(ratio))[reference]
    matrix = contrast @ covariance @ contrast.T
    se = np.sqrt(np.diag(matrix))
    weight = np.linalg.eigvalsh(matrix / np.outer(se, se))
    x = float(np.sum((contrast @ ratio / se) ** 2))

    def slope(zeta: float) -> float:
        return float(np.sum(weight / (1.0 - 2.0 * zeta * weight)))

    top = 0.5 / weight[-1]
    zeta = optimize.brentq(lambda z: 1.0 / slope(z) - 1.0 / x, -len(ratio) / x, top * (1 - 1e-12), xtol=1e-14)
    shrunk = 1.0 - 2.0 * zeta * weight
    w = np.sign(zeta) * np.sqrt(2.0 * zeta * x + np.sum(np.log(shrunk)))
    v = zeta * np.sqrt(2.0 * np.sum((weight / shrunk) ** 2))
    return float(-stats.norm.logsf(w + np.log(v / w) / w) / np.log(10.0))


@pytest.mark.parametrize("n_coupled", [0, 2, 5, 12])
@pytest.mark.parametrize("spread", [0.3, 3.0, 30.0])
def test_global_heidi_matches_its_slow_twin(n_coupled: int, spread: float) -> None:
    """With correlations among none, some or all of 12 variants, whose ratios agree too well or not."""
    rng = np.random.default_rng(n_coupled)
    correlation = np.eye(12)
    chosen = np.corrcoef(rng.normal(size=(n_coupled, 40))).reshape(n_coupled, n_coupled)
    rows = rng.choice(12, n_coupled, replace=False)
    correlation[np.ix_(rows, rows)] = chosen
    se = rng.uniform(0.01, 0.05, 12)
    ratio, covariance = rng.normal(0.2, spread * se), correlation * np.outer(se, se)
    slow = [neglog10_p_by_eigenvalues(ratio, covariance, reference) for reference in range(12)]
    np.testing.assert_allclose(global_heidi_neglog10_p(ratio, covariance), slow, rtol=1e-8)


def test_one_far_ratio_is_removed_in_any_order() -> None:
    ratio = np.array([0.10, 0.11, 0.09, 0.105, 0.4, 0.095])
    covariance = np.diag(np.full(6, 0.02**2))
    assert np.flatnonzero(global_heidi_outliers(ratio, covariance, 0.01)).tolist() == [4]
    order = np.random.default_rng(81).permutation(6)
    found = global_heidi_outliers(ratio[order], covariance, 0.01)
    assert order[found].tolist() == [4]


def test_outliers_whose_p_underflows_are_told_apart() -> None:
    """The farther of two goes first, in any order; the nearer one is then judged without it."""
    ratio = np.array([0.10, 0.101, 0.099, 0.1005, 0.0995, 1.0, 3.0])
    covariance = np.diag(np.full(7, 0.002**2))
    assert np.all(global_heidi_neglog10_p(ratio, covariance) > 330)
    for order in (np.arange(7), np.arange(7)[::-1]):
        found = global_heidi_outliers(ratio[order], covariance, 0.01)
        assert sorted(order[found].tolist()) == [5, 6]


def test_two_variants_always_stay() -> None:
    ratio = np.array([0.0, 1.0, 5.0, 20.0])
    assert np.sum(~global_heidi_outliers(ratio, 1e-4 * np.eye(4), 0.01)) == 2


def test_effect_alleles_do_not_matter() -> None:
    case = Case("g01")
    rng = np.random.default_rng(82)
    sign = rng.choice([-1.0, 1.0], len(case.variants))
    (beta_x, se_x), (beta_y, se_y) = case.exposure, case.outcome
    ld = case.ld * np.outer(sign, sign)
    base = gsmr(beta_x, se_x, beta_y, se_y, case.ld, case.n_ref, heidi_version="global")
    swapped = gsmr(sign * beta_x, se_x, sign * beta_y, se_y, ld, case.n_ref, heidi_version="global")
    np.testing.assert_array_equal(swapped.status, base.status)


def test_error_rate_of_the_global_test() -> None:
    """Any variant called an outlier, of 20 without pleiotropy: at 0.01 each, rarely more than 20%."""
    rng = np.random.default_rng(83)
    found = 0
    for _ in range(100):
        fit = gsmr(*null_study(rng, 20), heidi_version="global", heidi_p=0.01)
        found += bool(np.any(fit.status == GsmrStatus.HEIDI_OUTLIER))
    # 20 dependent tests at 0.01: at most 20 of 100 expected, SD 4.
    assert found <= 32
