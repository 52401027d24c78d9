"""GSMR against gsmr2 1.1.1, each filter against a slow twin, invariances, and its error rate."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scripts.method.estimate import TooFewInstruments
from scripts.method.gsmr import (
    GsmrFit,
    GsmrStatus,
    generalised_least_squares,
    gsmr,
    in_ld,
    ratio_covariance,
    significant_correlations,
)
from scripts.method.heidi import heidi_outliers
from scripts.method.ivw import ivw
from tests.method.mr_cases import null_study

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "gsmr"
NAMES = ("g01", "g02", "g03")
# The same formulas in double precision; inverting the covariance costs two digits.
RELATIVE = 1e-12
P_THRESHOLD = 5e-8
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "no_heidi": {"heidi": False},
    "ld_fdr_off": {"ld_fdr": None},
    "r2_0.001": {"ld_r2_max": 0.001},
}


class Case:
    """One reference case: inputs, panel, and the peer's answers."""

    def __init__(self, name: str) -> None:
        table = np.genfromtxt(
            FOLDER / name / "input.tsv", names=True, delimiter="\t", dtype=None, encoding="utf-8"
        )
        self.variants = table["SNP"].tolist()
        self.exposure = table["beta_exposure"], table["se_exposure"]
        self.outcome = table["beta_outcome"], table["se_outcome"]
        self.ld = np.loadtxt(FOLDER / name / "ld.tsv.gz", delimiter="\t")
        self.n_ref = float((FOLDER / name / "n_ref").read_text())
        self.expected = json.loads((FOLDER / name / "expected.json").read_text())

    def run(self, **settings: Any) -> GsmrFit:
        return gsmr(
            *self.exposure, *self.outcome, self.ld, self.n_ref, **{"p_threshold": P_THRESHOLD, **settings}
        )

    def names(self, fit: GsmrFit, status: GsmrStatus) -> list[str]:
        return [name for name, found in zip(self.variants, fit.status, strict=True) if found == status]


@pytest.fixture(scope="module", params=NAMES)
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def check(case: Case, fit: GsmrFit, expected: dict[str, Any]) -> None:
    assert fit.estimate.beta == pytest.approx(expected["bxy"], rel=RELATIVE)
    assert fit.estimate.se == pytest.approx(expected["bxy_se"], rel=RELATIVE)
    # P in the far tail multiplies the relative error of z by z^2.
    assert fit.estimate.p == pytest.approx(expected["bxy_pval"], rel=1e-8)
    for key, status in (
        ("linkage_snps", GsmrStatus.IN_LD),
        ("pleio_snps", GsmrStatus.HEIDI_OUTLIER),
        ("weak_snps", GsmrStatus.WEAK),
        ("na_snps", GsmrStatus.MISSING),
    ):
        assert sorted(case.names(fit, status)) == sorted(expected[key] or [])
    used = expected["used_index"]
    np.testing.assert_array_equal(np.flatnonzero(fit.status == GsmrStatus.USED) + 1, used)
    assert fit.estimate.n_instruments == len(used)


@pytest.mark.parametrize("key", SETTINGS)
def test_matches_gsmr2(case: Case, key: str) -> None:
    expected = case.expected[key]
    if "error" in expected:
        with pytest.raises(TooFewInstruments) as raised:
            case.run(**SETTINGS[key])
        assert raised.value.needed == 10
    else:
        check(case, case.run(**SETTINGS[key]), expected)


def test_effect_alleles_do_not_matter(case: Case) -> None:
    rng = np.random.default_rng(30)
    sign = rng.choice([-1.0, 1.0], len(case.variants))
    (beta_x, se_x), (beta_y, se_y) = case.exposure, case.outcome
    base = case.run()
    swapped = gsmr(sign * beta_x, se_x, sign * beta_y, se_y, case.ld * np.outer(sign, sign), case.n_ref)
    assert swapped.estimate == base.estimate
    np.testing.assert_array_equal(swapped.status, base.status)


def test_order_of_rows_does_not_matter_where_no_pair_ties(case: Case) -> None:
    """Without pruning, whose ties go by row order as in the peer, a permutation changes nothing."""
    kept = np.flatnonzero(~np.isin(case.run().status, [GsmrStatus.IN_LD]))
    order = np.random.default_rng(31).permutation(kept)
    fits = [
        gsmr(
            *(array[rows] for array in (*case.exposure, *case.outcome)),
            case.ld[np.ix_(rows, rows)],
            case.n_ref,
        )
        for rows in (kept, order)
    ]
    # g03's estimate is near 0, a difference of ratios some 100 times larger.
    assert fits[1].estimate.beta == pytest.approx(fits[0].estimate.beta, rel=1e-10)
    assert fits[1].estimate.se == pytest.approx(fits[0].estimate.se, rel=RELATIVE)
    by_row = dict(zip(order.tolist(), fits[1].status.tolist(), strict=True))
    assert [by_row[row] for row in kept.tolist()] == fits[0].status.tolist()


def test_units_do_not_matter_without_ridge(case: Case) -> None:
    (beta_x, se_x), (beta_y, se_y) = case.exposure, case.outcome
    base = case.run(ridge=0.0)
    rescaled = gsmr(1e4 * beta_x, 1e4 * se_x, beta_y, se_y, case.ld, case.n_ref, ridge=0.0)
    assert 1e4 * rescaled.estimate.beta == pytest.approx(base.estimate.beta, rel=1e-10)
    assert 1e4 * rescaled.estimate.se == pytest.approx(base.estimate.se, rel=1e-10)
    np.testing.assert_array_equal(rescaled.status, base.status)


def test_the_peers_ridge_depends_on_units() -> None:
    """Why `ridge` is an argument: at 1e-6 an exposure in large units loses its weights and its precision."""
    case = Case("g01")
    (beta_x, se_x), (beta_y, se_y) = case.exposure, case.outcome
    rescaled = gsmr(1e4 * beta_x, 1e4 * se_x, beta_y, se_y, case.ld, case.n_ref)
    assert 1e4 * rescaled.estimate.se > 100 * case.run().estimate.se


def test_independent_variants_without_ridge_are_a_second_order_ivw() -> None:
    beta_x, se_x, beta_y, se_y = null_study(np.random.default_rng(32), 20)
    ratio = beta_y / beta_x
    variance = se_y**2 / beta_x**2 + ratio**2 * se_x**2 / beta_x**2
    fit = gsmr(beta_x, se_x, beta_y, se_y, heidi=False, ridge=0.0)
    twin = ivw(np.ones(20), ratio, np.sqrt(variance), model="fixed")
    assert (fit.estimate.beta, fit.estimate.se) == pytest.approx((twin.beta, twin.se), rel=RELATIVE)
    np.testing.assert_array_equal(fit.status, GsmrStatus.USED)
    # A panel that shows no correlation says the same.
    panel = gsmr(beta_x, se_x, beta_y, se_y, np.eye(20), 500, heidi=False, ridge=0.0)
    assert panel.estimate == fit.estimate


def test_covariance_and_least_squares_match_their_definitions() -> None:
    """Slow twin: loops over pairs, and the explicit inverse."""
    rng = np.random.default_rng(33)
    n = 6
    beta_x, beta_y = rng.normal(0.1, 0.05, n), rng.normal(0.0, 0.05, n)
    se_x, se_y = rng.uniform(0.005, 0.01, n), rng.uniform(0.005, 0.01, n)
    correlation = np.corrcoef(rng.normal(size=(n, 40)))
    ratio, z = beta_y / beta_x, beta_x / se_x
    slow = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            from_outcome = se_y[i] * se_y[j] / (beta_x[i] * beta_x[j])
            slow[i, j] = correlation[i, j] * (from_outcome + ratio[i] * ratio[j] / (z[i] * z[j]))
    covariance = ratio_covariance(ratio, z, se_y / beta_x, correlation)
    np.testing.assert_allclose(covariance, slow, rtol=RELATIVE)
    inverse = np.linalg.inv(slow + 1e-3 * np.eye(n))
    fit = generalised_least_squares(ratio, covariance, 1e-3)
    assert fit.beta == pytest.approx((inverse.sum(axis=0) @ ratio) / inverse.sum(), rel=1e-10)
    assert fit.se == pytest.approx(inverse.sum() ** -0.5, rel=1e-10)


def test_pruning_takes_the_variant_with_more_partners() -> None:
    correlation = np.eye(5)
    # 1 is tied to 0 and 2; 3 and 4 only to each other.
    for i, j in ((0, 1), (1, 2), (3, 4)):
        correlation[i, j] = correlation[j, i] = -0.5
    np.testing.assert_array_equal(in_ld(correlation, 0.05), [False, True, False, True, False])
    # The threshold itself is allowed.
    np.testing.assert_array_equal(in_ld(correlation, 0.25), np.zeros(5, dtype=bool))


def test_pruning_is_simultaneous() -> None:
    """A chain of four: the ends have one partner, the middle two two each; both middle ones cannot stay."""
    correlation = np.eye(4)
    for i in range(3):
        correlation[i, i + 1] = correlation[i + 1, i] = 0.5
    np.testing.assert_array_equal(in_ld(correlation, 0.05), [False, True, True, False])


def test_insignificant_correlations_match_benjamini_hochberg() -> None:
    """Slow twin: scipy's Benjamini-Hochberg q values over the pairs."""
    rng = np.random.default_rng(34)
    n, people = 15, 300
    mixed = rng.normal(size=(people, n)) + 0.35 * rng.normal(size=(people, 1))
    correlation = np.corrcoef(mixed.T)
    correlation = (correlation + correlation.T) / 2
    pair = np.triu_indices(n, k=1)
    q = stats.false_discovery_control(stats.chi2.sf(people * correlation[pair] ** 2, 1))
    kept = significant_correlations(correlation, people, 0.05)
    np.testing.assert_array_equal(kept[pair], np.where(q < 0.05, correlation[pair], 0.0))
    np.testing.assert_array_equal(kept, kept.T)
    assert 0 < np.count_nonzero(kept[pair]) < len(q)


def test_no_significant_correlation_leaves_the_identity() -> None:
    correlation = np.array([[1.0, 0.01], [0.01, 1.0]])
    np.testing.assert_array_equal(significant_correlations(correlation, 100, 0.05), np.eye(2))


def test_heidi_tests_each_variant_against_the_reference() -> None:
    """Slow twin for independent variants: the two variances add."""
    rng = np.random.default_rng(35)
    ratio, z_x = rng.normal(0.1, 0.05, 11), rng.normal(0.0, 10.0, 11)
    variance = rng.uniform(0.02, 0.04, 11) ** 2
    outlier = heidi_outliers(ratio, z_x, np.diag(variance), 0.01)
    low, high = np.quantile(ratio, [0.4, 0.6])
    inside = [i for i in range(11) if low <= ratio[i] <= high]
    top = max(inside, key=lambda i: abs(z_x[i]))
    for i in range(11):
        chi2 = (ratio[i] - ratio[top]) ** 2 / (variance[i] + variance[top])
        assert outlier[i] == (i != top and stats.chi2.sf(chi2, 1) < 0.01)


def test_heidi_reference_is_the_strongest_where_p_underflows() -> None:
    """Central variants whose P is 0 in double precision: the stronger is the reference, in any order."""
    ratio = 0.01 * np.arange(11)
    covariance = np.diag(np.full(11, 1e-4))
    order = np.random.default_rng(39).permutation(11)
    # Ratios apart by 2.576 sqrt(2e-4) = 0.0364 or more differ at P < 0.01. Variants 4 to 6 are central.
    for reference, weaker, outliers in ((4, 6, [0, 8, 9, 10]), (6, 4, [0, 1, 2, 10])):
        z_x = np.full(11, 6.0)
        z_x[reference], z_x[weaker] = -60.0, 45.0
        found = heidi_outliers(ratio, z_x, covariance, 0.01)
        assert np.flatnonzero(found).tolist() == outliers
        np.testing.assert_array_equal(
            heidi_outliers(ratio[order], z_x[order], covariance, 0.01), found[order]
        )


def test_heidi_with_four_variants_uses_a_central_one() -> None:
    """The middle fifth of four ratios is empty; the outlier is still found."""
    x, se_x = np.array([0.1, 0.2, 0.15, 0.12]), np.full(4, 0.005)
    y, se_y = np.array([0.01, 0.02, 0.015, 0.2]), np.full(4, 0.004)
    fit = gsmr(x, se_x, y, se_y, min_instruments=3)
    assert fit.status.tolist() == ["used", "used", "used", "heidi_outlier"]
    with pytest.raises(TooFewInstruments) as raised:
        gsmr(x, se_x, y, se_y, min_instruments=4)
    assert (raised.value.needed, raised.value.found) == (4, 3)


def test_unusable_variants_are_missing() -> None:
    beta_x, se_x, beta_y, se_y = null_study(np.random.default_rng(36), 20)
    ld = np.eye(20)
    beta_x[0], beta_x[1], se_x[2], beta_y[3], se_y[4] = np.nan, 0.0, 0.0, np.inf, -1.0
    ld[5, :], ld[:, 5] = np.nan, np.nan
    fit = gsmr(beta_x, se_x, beta_y, se_y, ld, 500, heidi=False, p_threshold=P_THRESHOLD)
    assert np.flatnonzero(fit.status == GsmrStatus.MISSING).tolist() == [0, 1, 2, 3, 4, 5]
    rest = slice(6, None)
    strong = fit.status[rest] != GsmrStatus.WEAK
    weak = [
        stats.norm.sf(abs(b / s)) * 2 > P_THRESHOLD for b, s in zip(beta_x[rest], se_x[rest], strict=True)
    ]
    np.testing.assert_array_equal(~strong, weak)


def test_ld_needs_its_number_of_people_and_no_holes() -> None:
    study = null_study(np.random.default_rng(37), 12)
    with pytest.raises(ValueError, match="n_ref"):
        gsmr(*study, np.eye(12))
    ld = np.eye(12)
    ld[2, 3] = ld[3, 2] = np.nan
    with pytest.raises(np.linalg.LinAlgError, match="missing"):
        gsmr(*study, ld, 500)


def test_an_impossible_covariance_is_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        generalised_least_squares(np.array([0.1, 0.2]), np.array([[1.0, 2.0], [2.0, 1.0]]), 0.0)


def test_no_variant_at_all() -> None:
    empty = np.array([])
    with pytest.raises(TooFewInstruments):
        gsmr(empty, empty, empty, empty)


def test_error_rate_under_the_null_with_ld() -> None:
    """Correlated variants (r up to 0.2, a panel of 2,000): 5% of studies reach P < 0.05."""
    rng = np.random.default_rng(38)
    n, hits = 20, 0
    truth = 0.2 ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    root = np.linalg.cholesky(truth)
    for _ in range(1000):
        se_x, se_y = np.full(n, 0.005), rng.uniform(0.008, 0.016, n)
        beta_x = rng.uniform(0.05, 0.2, n) + se_x * (root @ rng.normal(size=n))
        beta_y = se_y * (root @ rng.normal(size=n))
        panel = np.corrcoef(root @ rng.normal(size=(n, 2000)))
        hits += gsmr(beta_x, se_x, beta_y, se_y, panel, 2000, heidi=False).estimate.p < 0.05
    # 5% of 1000 = 50, binomial SD 6.9.
    assert 30 <= hits <= 71
