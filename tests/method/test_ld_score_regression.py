"""Heritability and genetic correlation against ldsc, refits without each block, and simulations."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.method.block_jackknife import block_edges
from scripts.method.genetic_correlation import (
    GeneticCovariance,
    Gwas,
    Intercepts,
    genetic_correlation,
)
from scripts.method.heritability import Heritability, heritability, to_liability
from scripts.method.ld_score import LdScores
from tests.method import ldsc_cases

TOLERANCE = 1e-10  # relative; normal equations instead of the peer's least squares lose a few digits
OF_HERITABILITY = {
    "tot": "h2",
    "tot_se": "se",
    "intercept": "intercept",
    "intercept_se": "intercept_se",
    "mean_chisq": "mean_chi2",
    "lambda_gc": "lambda_gc",
    "ratio": "ratio",
    "ratio_se": "ratio_se",
    "tot_delete_values": "deleted",
    "intercept_delete_values": "intercepts_deleted",
}
OF_COVARIANCE = {
    "tot": "covariance",
    "tot_se": "se",
    "intercept": "intercept",
    "intercept_se": "intercept_se",
    "mean_z1z2": "mean_product",
    "tot_delete_values": "deleted",
    "intercept_delete_values": "intercepts_deleted",
}


def check(found: Heritability | GeneticCovariance, expected: dict, names: dict[str, str]) -> None:
    for key, name in names.items():
        if key not in expected:
            continue
        if expected[key] in (None, "NA"):
            assert math.isnan(getattr(found, name)), key
        else:
            assert getattr(found, name) == pytest.approx(expected[key], rel=TOLERANCE, abs=0.0), key


@pytest.mark.parametrize("trait", ["t1", "t2"])
@pytest.mark.parametrize(
    ("option", "arguments", "chi2_max"),
    [
        ("default", {}, math.inf),
        ("noint", {"intercept": 1.0}, math.inf),
        ("intercept1.04", {"intercept": 1.04}, math.inf),
        ("notwostep_chisqmax80", {"two_step": 99999.0}, 80.0),
    ],
)
def test_heritability_is_ldscs(
    reference: Path, trait: str, option: str, arguments: dict, chi2_max: float
) -> None:
    gwas, ld = ldsc_cases.one_trait(reference / "ldsc", trait)
    kept = gwas.z**2 < chi2_max
    ld = LdScores(ld.score[kept], ld.weight[kept], ld.m)
    found = heritability(gwas.z[kept] ** 2, gwas.n[kept], ld, **arguments)
    check(found, ldsc_cases.expected(reference / "ldsc")["h2"][f"{trait}_{option}"], OF_HERITABILITY)


@pytest.mark.parametrize(
    ("option", "arguments", "product_max"),
    [
        ("default", {}, math.inf),
        ("noint", {"intercepts": Intercepts(1.0, 1.0, 0.0)}, math.inf),
        ("twostep30", {"two_step": 30.0}, math.inf),
        ("chisqmax80", {}, 80.0),
    ],
)
def test_genetic_correlation_is_ldscs(
    reference: Path, option: str, arguments: dict, product_max: float
) -> None:
    case = ldsc_cases.two_traits(reference / "ldsc")
    case = ldsc_cases.subset(case, np.abs(case.first.z * case.second.z) < product_max)
    expected = ldsc_cases.expected(reference / "ldsc")["rg"][option]
    found = genetic_correlation(case.first, case.second, case.ld, **arguments)
    check(found.first, expected["hsq1"], OF_HERITABILITY)
    check(found.second, expected["hsq2"], OF_HERITABILITY)
    check(found.shared, expected["gencov"], OF_COVARIANCE)
    assert found.rg == pytest.approx(expected["rg"], rel=TOLERANCE)
    assert found.se == pytest.approx(expected["rg_se"], rel=TOLERANCE)
    assert found.z == pytest.approx(expected["z"], rel=TOLERANCE)
    assert found.jackknife == pytest.approx(expected["rg_jknife"], rel=TOLERANCE)
    assert found.neglog10_p == pytest.approx(-math.log10(expected["p"]), rel=1e-9)


def simulated(
    rng: np.random.Generator, n_variants: int, h2: tuple[float, float], rg: float, overlap: float
) -> ldsc_cases.Case:
    """Two SIMULATED traits whose z scores have the moments that LD score regression supposes."""
    score = 1.0 + rng.gamma(2.0, 20.0, n_variants)
    n, m = rng.uniform(40_000, 60_000, (2, n_variants)), 5e6 * n_variants / 1e6
    genetic = np.array([[h2[0], rg * math.sqrt(h2[0] * h2[1])], [rg * math.sqrt(h2[0] * h2[1]), h2[1]]])
    effects = rng.multivariate_normal([0.0, 0.0], genetic, n_variants).T * np.sqrt(score / m * n)
    errors = rng.multivariate_normal([0.0, 0.0], [[1.0, overlap], [overlap, 1.0]], n_variants).T
    z = effects + errors
    return ldsc_cases.Case(Gwas(z[0], n[0]), Gwas(z[1], n[1]), LdScores(score, np.ones(n_variants), m))


def refit(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    root = np.sqrt(weights)
    return np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]) * root[:, None], y * root)[0]


def slow_heritability(chi2: np.ndarray, n: np.ndarray, ld: LdScores, n_blocks: int) -> tuple[float, float]:
    """One step: weights renewed twice, then every block left out and the rest fitted anew."""
    x, floor = n * ld.score / ld.m, np.maximum(ld.score, 1.0)

    def weights(h2: float, intercept: float) -> np.ndarray:
        return 1.0 / (np.maximum(ld.weight, 1.0) * (intercept + n * min(max(h2, 0), 1) * floor / ld.m) ** 2)

    w = weights((chi2.mean() - 1.0) / x.mean(), 1.0)
    for _ in range(2):
        w = weights(*refit(x, chi2, w))
    h2 = refit(x, chi2, w)[0]
    edges = block_edges(len(chi2), n_blocks)
    left = [np.r_[0:start, end : len(chi2)] for start, end in pairwise(edges)]
    pseudo = [n_blocks * h2 - (n_blocks - 1) * refit(x[rows], chi2[rows], w[rows])[0] for rows in left]
    return h2, float(np.std(pseudo, ddof=1)) / math.sqrt(n_blocks)


def test_jackknife_is_a_refit_without_each_block() -> None:
    case = simulated(np.random.default_rng(1), 3_001, (0.4, 0.2), 0.5, 0.2)
    found = heritability(case.first.z**2, case.first.n, case.ld, two_step=None, n_blocks=23)
    h2, se = slow_heritability(case.first.z**2, case.first.n, case.ld, 23)
    assert found.h2 == pytest.approx(h2, rel=1e-10)
    assert found.se == pytest.approx(se, rel=1e-8)


def test_simulated_heritability_and_correlation_are_unbiased() -> None:
    """20 SIMULATED pairs of traits: means within 3 standard errors of the truth, and so are the errors."""
    h2, rg, overlap = (0.4, 0.2), 0.5, 0.2
    fits = []
    for seed in range(20):
        case = simulated(np.random.default_rng(seed), 20_000, h2, rg, overlap)
        fits.append(genetic_correlation(case.first, case.second, case.ld))
    for truth, values, errors in (
        (h2[0], [fit.first.h2 for fit in fits], [fit.first.se for fit in fits]),
        (h2[1], [fit.second.h2 for fit in fits], [fit.second.se for fit in fits]),
        (rg, [fit.rg for fit in fits], [fit.se for fit in fits]),
        (1.0, [fit.first.intercept for fit in fits], [fit.first.intercept_se for fit in fits]),
        (overlap, [fit.shared.intercept for fit in fits], [fit.shared.intercept_se for fit in fits]),
    ):
        spread = float(np.std(values, ddof=1))
        assert abs(np.mean(values) - truth) < 3.0 * spread / math.sqrt(len(fits))
        # The spread of 20 values has a relative error of 1/sqrt(38): 3 of them are 0.49.
        assert np.mean(errors) == pytest.approx(spread, rel=0.49)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_choice_of_alleles_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    case = simulated(rng, 2_000, (0.4, 0.3), 0.6, 0.1)
    plain = genetic_correlation(case.first, case.second, case.ld, n_blocks=20)
    sign = rng.choice([-1.0, 1.0], 2_000)
    one, two = (Gwas(sign * gwas.z, gwas.n) for gwas in (case.first, case.second))
    swapped = genetic_correlation(one, two, case.ld, n_blocks=20)
    assert swapped.rg == plain.rg
    opposite = genetic_correlation(case.first, Gwas(-case.second.z, case.second.n), case.ld, n_blocks=20)
    assert opposite.rg == pytest.approx(-plain.rg, rel=1e-10)
    assert opposite.se == pytest.approx(plain.se, rel=1e-8)


def test_correlation_with_itself_is_nearly_one() -> None:
    """As ldsc: the weights of the covariance differ from those of the heritabilities."""
    case = simulated(np.random.default_rng(5), 5_000, (0.4, 0.3), 0.6, 0.1)
    fit = genetic_correlation(case.first, case.first, case.ld)
    assert fit.rg == pytest.approx(1.0, abs=1e-3)


def test_negative_heritability_gives_no_correlation() -> None:
    case = simulated(np.random.default_rng(2), 2_000, (0.4, 0.3), 0.5, 0.0)
    falling = LdScores(case.ld.score.max() + 1.0 - case.ld.score, case.ld.weight, case.ld.m)
    fit = genetic_correlation(case.first, case.second, falling)
    assert fit.first.h2 < 0.0
    assert math.isnan(fit.rg) and math.isnan(fit.se) and math.isfinite(fit.shared.intercept)


def test_too_few_variants_is_an_error_that_says_so() -> None:
    case = simulated(np.random.default_rng(3), 100, (0.4, 0.3), 0.5, 0.0)
    with pytest.raises(ValueError, match="100 variants are fewer than the jackknife's 200 blocks"):
        heritability(case.first.z**2, case.first.n, case.ld)


def test_liability_scale() -> None:
    """A half-and-half sample of a disease of 1 in 100: K^2 (1-K)^2/(P (1-P) phi(t)^2) = 0.55176 by hand."""
    assert to_liability(0.5, 0.01) == pytest.approx(0.0099**2 / (0.25 * 0.026652142203458**2), rel=1e-12)
    assert to_liability(0.01, 0.01) == pytest.approx(0.01 * 0.99 / 0.026652142203458**2, rel=1e-12)
    with pytest.raises(ValueError, match="prevalence is 0"):
        to_liability(0.0, 0.01)
