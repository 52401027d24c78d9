"""SuSiE on z scores against susieR, colocalised credible sets, and what LD mismatch looks like."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scripts.method.arrays import FloatArray
from scripts.method.coloc import H3, H4, Priors, colocalise
from scripts.method.coloc_sets import colocalise_sets
from scripts.method.ld import allele_count_r
from scripts.method.ld_mismatch import kriging, mismatch_share
from scripts.method.panel_ld import PanelLd
from scripts.method.susie import SusieFit, SusieSettings, shrunken_z, susie

CASES = ["shared", "two_in_ld", "few_people", "null", "other_panel"]
BOTH = [f"{case}_{trait}" for case in CASES for trait in (1, 2)]
# Both search the prior variance until it moves by less than 1.5e-8 on the log scale.
SEARCH = 1e-7
P12_OF_SETS = Priors(p12=5e-6)


@pytest.fixture(scope="module")
def expected(reference: Path) -> dict[str, Any]:
    return json.loads(gzip.decompress((reference / "susie/expected.json.gz").read_bytes()))


def panel_of(reference: Path, case: str) -> PanelLd:
    table = pd.read_csv(reference / f"susie/{case}_panel.tsv.gz", sep="\t", header=None)
    genotypes = table.to_numpy(np.int8)
    return PanelLd.of(genotypes, np.ones(genotypes.shape[1]))


def z_of(reference: Path, key: str) -> FloatArray:
    case, _, trait = key.rpartition("_")
    return pd.read_csv(reference / f"susie/{case}_z.tsv", sep="\t")[f"z{trait}"].to_numpy()


def fit(reference: Path, key: str, n: float, shrinkage: float = 0.0) -> SusieFit:
    ld = panel_of(reference, key.rpartition("_")[0]).shrunken(shrinkage)
    return susie(z_of(reference, key), ld, n, SusieSettings())


@pytest.mark.parametrize("regularised", [False, True])
@pytest.mark.parametrize("key", BOTH)
def test_single_effects_are_those_of_susier(
    reference: Path, expected: dict[str, Any], key: str, regularised: bool
) -> None:
    wanted = expected[f"{key}_regularised" if regularised else key]
    found = fit(reference, key, wanted["n"], wanted["s"] if regularised else 0.0)
    np.testing.assert_allclose(found.pip, wanted["pip"], atol=SEARCH)
    np.testing.assert_allclose(found.variance, wanted["V"], atol=SEARCH)
    assert (found.iterations, found.converged) == (wanted["niter"], wanted["converged"])
    for effect, log_bf in zip(wanted["cs_index"], wanted["lbf_variable"], strict=True):
        np.testing.assert_allclose(found.log_bf[effect], log_bf, atol=1e-5 * np.abs(log_bf).max())


@pytest.mark.parametrize("key", BOTH)
def test_credible_sets_are_those_of_susier(reference: Path, expected: dict[str, Any], key: str) -> None:
    wanted = expected[key]
    found = fit(reference, key, wanted["n"]).sets
    assert [sorted(one.variants.tolist()) for one in found] == [sorted(one) for one in wanted["cs"]]
    assert [one.effect for one in found] == wanted["cs_index"]
    np.testing.assert_allclose([one.purity for one in found], wanted["purity"], rtol=1e-9)
    if key != "other_panel_2":  # the peer gives the sets left by purity the coverage of those before it
        np.testing.assert_allclose([one.coverage for one in found], wanted["coverage"], rtol=1e-6)
    assert all(one.coverage >= 0.95 for one in found)


def test_purity_is_that_of_the_panel_also_where_its_ld_is_shrunken(
    reference: Path, expected: dict[str, Any]
) -> None:
    """susieR takes it from the shrunken matrix, where half of the LD is gone, and so has one set less."""
    wanted = expected["other_panel_2_regularised"]
    found = fit(reference, "other_panel_2", wanted["n"], wanted["s"]).sets
    assert [sorted(one.variants.tolist()) for one in found][:2] == wanted["cs"]
    (further,) = found[2:]
    assert further.purity > 0.5 > further.purity * (1 - wanted["s"])


@pytest.mark.parametrize("case", ["shared", "two_in_ld", "few_people"])
def test_pairs_of_sets_are_as_in_coloc(reference: Path, expected: dict[str, Any], case: str) -> None:
    fits = [fit(reference, f"{case}_{k}", expected[f"{case}_{k}"]["n"]) for k in (1, 2)]
    found = {
        (pair.set_1.effect, pair.set_2.effect): pair.colocalisation.posterior
        for pair in colocalise_sets(*fits, P12_OF_SETS)
    }
    wanted = json.loads((reference / "susie/coloc_pairs.json").read_text())[case]
    assert len(found) == len(wanted)
    for pair in wanted:
        np.testing.assert_allclose(found[pair["idx1"], pair["idx2"]], pair["pp"], rtol=1e-5, atol=1e-30)


@pytest.mark.parametrize("key", BOTH)
def test_the_share_that_ld_does_not_explain_is_that_of_susier(
    reference: Path, expected: dict[str, Any], key: str
) -> None:
    wanted = expected[key]
    spectrum = panel_of(reference, key.rpartition("_")[0]).spectrum()
    found = mismatch_share(shrunken_z(z_of(reference, key), wanted["n"]), spectrum)
    assert found == pytest.approx(wanted["s"], abs=1e-7)


# Where s is 0, the peer divides by eigenvalues that are 0 but for rounding.
@pytest.mark.parametrize("key", ["shared_2", "null_1", "null_2", "other_panel_1", "other_panel_2"])
def test_each_z_is_foretold_as_by_susier(reference: Path, expected: dict[str, Any], key: str) -> None:
    wanted, z = expected[key], z_of(reference, key)
    spectrum = panel_of(reference, key.rpartition("_")[0]).spectrum()
    found = kriging(shrunken_z(z, wanted["n"]), spectrum, wanted["s"])
    np.testing.assert_allclose(found.error, wanted["z_std_diff"], atol=1e-9)
    np.testing.assert_allclose(found.expected, wanted["condmean"], atol=1e-9)
    log_lr = np.array(wanted["logLR"])
    # The peer finds the mixture's weights by another algorithm: alike where it matters.
    np.testing.assert_allclose(found.log_lr[log_lr > -3], log_lr[log_lr > -3], atol=0.25)
    assert found.flipped.tolist() == ((log_lr > 2) & (np.abs(z) > 2)).tolist()


def test_swapped_alleles_are_found(reference: Path, expected: dict[str, Any]) -> None:
    wanted, z = expected["other_panel_2"], z_of(reference, "other_panel_2")
    ld = panel_of(reference, "other_panel")
    found = kriging(shrunken_z(z, wanted["n"]), ld.spectrum(), wanted["s"])
    assert np.flatnonzero(found.flipped).tolist() == [148, 155, 160]
    mended = z.copy()
    mended[[148, 155, 160]] *= -1
    assert mismatch_share(shrunken_z(mended, wanted["n"]), ld.spectrum()) < 0.3 < wanted["s"]


def test_susie_separates_what_abf_merges(reference: Path, expected: dict[str, Any]) -> None:
    """Trait 1 has two causal variants, one of them trait 2's: ABF, which knows of one, sees neighbours."""
    z = [z_of(reference, f"two_in_ld_{k}") for k in (1, 2)]
    n = [expected[f"two_in_ld_{k}"]["n"] for k in (1, 2)]
    abf = [0.5 * (np.log(1 / (1 + w)) + w / (1 + w) * one**2) for one, w in ((z[0], 225.0), (z[1], 225.0))]
    assert colocalise(abf[0], abf[1], Priors()).posterior[H3] > 0.9
    best, other = colocalise_sets(*(fit(reference, f"two_in_ld_{k}", n[k - 1]) for k in (1, 2)), P12_OF_SETS)
    assert best.colocalisation.posterior[H4] > 0.99
    assert other.colocalisation.posterior[H3] > 0.99


def small_panel(people: int, variants: int) -> tuple[np.ndarray[Any, Any], PanelLd]:
    genotypes = np.random.default_rng(7).binomial(2, 0.3, (people, variants)).astype(np.int8)
    genotypes[:, 1] = genotypes[:, 0]
    return genotypes, PanelLd.of(genotypes, np.ones(variants))


@pytest.mark.parametrize(("people", "variants"), [(60, 20), (15, 20)])
def test_ld_by_genotypes_is_that_by_the_matrix(people: int, variants: int) -> None:
    genotypes, ld = small_panel(people, variants)
    r, vector = allele_count_r(genotypes), np.arange(variants) - 3.0
    np.testing.assert_allclose(ld.times(vector), r @ vector, atol=1e-12)
    half = 0.5 * r + 0.5 * np.eye(variants)
    np.testing.assert_allclose(ld.shrunken(0.5).times(vector), half @ vector, atol=1e-12)
    np.testing.assert_allclose(ld.correlation_with(4), r[4], atol=1e-12)
    spectrum = ld.spectrum()
    np.testing.assert_allclose(spectrum.vectors * spectrum.values @ spectrum.vectors.T, r, atol=1e-12)
    assert ld.least_correlation(np.arange(3), 0.0) == pytest.approx(np.abs(r[:3, :3]).min())
    assert ld.only(np.array([4, 2])).correlation_with(0)[1] == pytest.approx(r[4, 2])


def test_signs_and_missing_genotypes() -> None:
    genotypes, _ = small_panel(60, 4)
    genotypes[3, 2] = -127
    sign = np.array([1.0, -1.0, 1.0, 1.0])
    ld = PanelLd.of(genotypes, sign)
    assert ld.correlation_with(0)[1] == pytest.approx(-1.0)
    filled = genotypes.astype(float)
    filled[3, 2] = genotypes[genotypes[:, 2] >= 0, 2].mean()
    assert ld.correlation_with(0)[2] == pytest.approx(np.corrcoef(filled[:, 0], filled[:, 2])[0, 1])
    with pytest.raises(ValueError, match="does not vary"):
        PanelLd.of(np.zeros((5, 2), dtype=np.int8), np.ones(2))


@pytest.mark.parametrize(("people", "variants"), [(60, 20), (15, 20)])
def test_mismatch_and_kriging_are_those_of_the_full_matrices(people: int, variants: int) -> None:
    genotypes, ld = small_panel(people, variants)
    z = np.random.default_rng(8).normal(size=variants)
    r, s = allele_count_r(genotypes), mismatch_share(z, ld.spectrum())
    grid = np.linspace(0.01, 0.99, 99)
    density = [stats.multivariate_normal(cov=(1 - t) * r + t * np.eye(variants)).logpdf(z) for t in grid]
    assert grid[int(np.argmax(density))] == pytest.approx(s, abs=0.011)
    precision = np.linalg.inv(0.7 * r + 0.3 * np.eye(variants))
    found = kriging(z, ld.spectrum(), 0.3)
    for j in range(variants):
        others = np.arange(variants) != j
        mean = -precision[j, others] @ z[others] / precision[j, j]
        assert found.expected[j] == pytest.approx(mean, abs=1e-10)
        assert found.variance[j] == pytest.approx(1 / precision[j, j], rel=1e-10)


def test_turning_an_allele_changes_nothing_but_its_sign(reference: Path, expected: dict[str, Any]) -> None:
    case = expected["few_people_1"]
    ld, z = panel_of(reference, "few_people"), z_of(reference, "few_people_1")
    sign = np.random.default_rng(3).choice([-1.0, 1.0], len(z))
    turned = susie(z * sign, PanelLd(ld.factor * sign), case["n"], SusieSettings())
    np.testing.assert_allclose(turned.pip, case["pip"], atol=SEARCH)


def test_what_cannot_be_fitted_is_said(reference: Path) -> None:
    ld = panel_of(reference, "null")
    with pytest.raises(ValueError, match="finite z"):
        susie(np.full(ld.n_variants, np.nan), ld, 1000, SusieSettings())
    with pytest.raises(ValueError, match="two people"):
        susie(np.zeros(ld.n_variants), ld, 2, SusieSettings())
    silent = susie(np.zeros(ld.n_variants), ld, 1000, SusieSettings())
    assert silent.converged and not silent.sets and not silent.pip.any()
