"""ABF colocalisation against coloc, a sum over all pairs of variants, and what must always hold."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.method.abf import EFFECT_SD_CASE_CONTROL, EFFECT_SD_QUANTITATIVE, log_abf, trait_sd
from scripts.method.arrays import FloatArray
from scripts.method.coloc import H3, H4, Colocalisation, Evidence, Priors, colocalise, credible_set

CASES = ["h4", "h3", "h1", "huge_z", "one_snp", "cc_cc", "weak", "clamp12000"]
SETTINGS = {"sdY_given": 1e-5, "p12_1e6": 1e-6, "p12_1e4": 1e-4, "sdY_estimated": 1e-5}
ROUNDING = 1e-8  # what is promised; measured 5e-13, from the order of the sums
TINY = 1e-300


@pytest.fixture(scope="module")
def expected(reference: Path) -> dict[str, Any]:
    return json.loads((reference / "coloc/expected.json").read_text())


def locus(reference: Path, case: str) -> pd.DataFrame:
    return pd.read_csv(reference / f"coloc/{case}.tsv.gz", sep="\t")


def bayes_factors(rows: pd.DataFrame, trait: int, kind: str, sd: float = 1.0) -> FloatArray:
    width = EFFECT_SD_CASE_CONTROL if kind == "cc" else EFFECT_SD_QUANTITATIVE * sd
    return log_abf(rows[f"beta{trait}"].to_numpy(), np.sqrt(rows[f"varbeta{trait}"].to_numpy()), width)


def estimated_sd(rows: pd.DataFrame, n: float) -> float:
    return trait_sd(np.sqrt(rows["varbeta1"].to_numpy()), rows["maf"].to_numpy(), n)


def answer(rows: pd.DataFrame, case: dict[str, Any], key: str) -> Colocalisation:
    sd = estimated_sd(rows, case["N1"]) if key == "sdY_estimated" else 1.0
    first = bayes_factors(rows, 1, case["type1"], sd)
    return colocalise(first, bayes_factors(rows, 2, case["type2"]), Priors(p12=SETTINGS[key]))


@pytest.mark.parametrize("key", SETTINGS)
@pytest.mark.parametrize("name", CASES)
def test_posteriors_are_those_of_coloc(
    reference: Path, expected: dict[str, Any], name: str, key: str
) -> None:
    if key not in expected[name]:
        pytest.skip(f"coloc was not asked for {key} of {name}")
    rows, case = locus(reference, name), expected[name]
    found, wanted = answer(rows, case, key), case[key]
    summary = [wanted["summary"][f"PP.H{k}.abf"] for k in range(5)]
    np.testing.assert_allclose(found.posterior, summary, rtol=ROUNDING, atol=TINY)
    priors = [found.priors.p1, found.priors.p2, found.priors.p12]
    np.testing.assert_allclose(priors, [wanted["priors"][p] for p in ("p1", "p2", "p12")], rtol=1e-14)
    assert list(rows["snp"].iloc[credible_set(found.variant_h4, 0.95)]) == list(np.atleast_1d(wanted["cs95"]))
    assert found.variant_h4.max() == pytest.approx(wanted["topPP"], rel=ROUNDING)


@pytest.mark.parametrize("name", CASES)
def test_each_variant_is_as_in_coloc(reference: Path, expected: dict[str, Any], name: str) -> None:
    rows, case = locus(reference, name), expected[name]
    variants = pd.read_csv(reference / f"coloc/{name}_pp.tsv.gz", sep="\t")
    for trait in (1, 2):
        found = bayes_factors(rows, trait, case[f"type{trait}"])
        np.testing.assert_allclose(found, variants[f"lABF{trait}"], rtol=ROUNDING)
    found = answer(rows, case, "sdY_given").variant_h4
    np.testing.assert_allclose(found, variants["SNP.PP.H4"], rtol=ROUNDING, atol=TINY)


@pytest.mark.parametrize("name", [name for name in CASES if name != "cc_cc"])
def test_the_trait_sd_is_estimated_as_coloc_does(
    reference: Path, expected: dict[str, Any], name: str
) -> None:
    found = estimated_sd(locus(reference, name), expected[name]["N1"])
    assert found == pytest.approx(expected[name]["sdY_est_value"], rel=1e-12)


def test_the_trait_sd_needs_a_frequency_and_takes_n_of_each_variant() -> None:
    se, eaf = np.array([0.01, 0.02, 0.03]), np.array([0.3, np.nan, 0.2])
    assert math.isnan(trait_sd(se, np.full(3, np.nan), 1000))
    alone = trait_sd(se[[0, 2]], eaf[[0, 2]], np.array([1000.0, 500.0]))
    assert trait_sd(se, eaf, np.array([1000.0, 9.0, 500.0])) == alone
    # Exact where var(beta) is var(Y)/(2 n f (1 - f)).
    n, f = np.array([1000.0, 4000.0]), np.array([0.1, 0.4])
    assert trait_sd(np.sqrt(3.0**2 / (2 * n * f * (1 - f))), f, n) == pytest.approx(3.0, rel=1e-14)


def by_all_pairs(first: FloatArray, second: FloatArray, priors: Priors) -> FloatArray:
    """The definition: every configuration with its prior, without logs."""
    one, two = np.exp(first), np.exp(second)
    distinct = sum(one[i] * two[j] for i in range(len(one)) for j in range(len(two)) if i != j)
    weights = np.array(
        [
            1.0,
            priors.p1 * one.sum(),
            priors.p2 * two.sum(),
            priors.p1 * priors.p2 * distinct,
            priors.p12 * (one * two).sum(),
        ]
    )
    return weights / weights.sum()


factors = st.lists(st.floats(-4, 25), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(factors, st.integers(0, 2**32 - 1))
def test_the_sums_are_those_over_all_configurations(first: list[float], seed: int) -> None:
    one = np.array(first)
    two = np.random.default_rng(seed).uniform(-4, 25, len(one))
    found, wanted = colocalise(one, two, Priors()).posterior, by_all_pairs(one, two, Priors())
    # H3 is a difference of sums: it loses digits where nearly all weight is on one variant.
    np.testing.assert_allclose(found[[0, 1, 2, 4]], wanted[[0, 1, 2, 4]], rtol=1e-9)
    assert found[H3] == pytest.approx(wanted[H3], rel=1e-6, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(factors, st.integers(0, 2**32 - 1))
def test_exchanging_the_traits_exchanges_h1_and_h2(first: list[float], seed: int) -> None:
    one = np.array(first)
    two = np.random.default_rng(seed).normal(size=len(one)) * 5
    forth, back = colocalise(one, two, Priors()), colocalise(two, one, Priors())
    np.testing.assert_allclose(forth.posterior[[0, 2, 1, 3, 4]], back.posterior, rtol=1e-12)
    order = np.random.default_rng(seed).permutation(len(one))
    np.testing.assert_allclose(
        colocalise(one[order], two[order], Priors()).posterior, forth.posterior, rtol=1e-9, atol=1e-15
    )


def test_one_variant_cannot_be_two_neighbours_and_identical_ones_share_the_blame() -> None:
    assert colocalise(np.array([9.0]), np.array([8.0]), Priors()).posterior[H3] == 0.0
    same = colocalise(np.full(4, 9.0), np.full(4, 8.0), Priors())
    np.testing.assert_allclose(same.variant_h4, 0.25, rtol=1e-15)
    assert len(credible_set(same.variant_h4, 0.95)) == 4
    with pytest.raises(ValueError, match="without variants"):
        colocalise(np.empty(0), np.empty(0), Priors())


def test_nothing_overflows() -> None:
    huge = colocalise(np.array([1e5, 3.0, 2.0]), np.array([9e4, 1.0, 2.0]), Priors())
    assert huge.posterior[H4] == pytest.approx(1.0)
    apart = colocalise(np.array([1e5, 0.0]), np.array([0.0, 1e5]), Priors())
    assert apart.posterior[H3] == pytest.approx(1.0)


def test_priors_are_lowered_where_variants_use_them_up() -> None:
    assert Priors().within(9_999) == Priors()
    assert Priors().within(12_000) == Priors(1 / 12_001, 1 / 12_001, 1e-5)


@pytest.mark.parametrize("pp_h4", [0.5, 0.8])
def test_the_turning_p12_gives_the_posterior_asked_for(
    reference: Path, expected: dict[str, Any], pp_h4: float
) -> None:
    found = answer(locus(reference, "h4"), expected["h4"], "sdY_given")
    turning = found.evidence.p12_at(found.priors, pp_h4)
    at, below = found.evidence.posterior_by_p12(found.priors, np.array([turning, turning * 0.9]))[:, H4]
    assert at == pytest.approx(pp_h4, rel=1e-10)
    assert below < pp_h4


def test_no_p12_makes_two_neighbours_one(reference: Path, expected: dict[str, Any]) -> None:
    found = answer(locus(reference, "h3"), expected["h3"], "sdY_given")
    assert found.evidence.p12_at(found.priors, 0.8) > 1.0


def test_a_sweep_lowers_each_prior_as_a_single_answer_does() -> None:
    evidence = Evidence.of(np.linspace(0, 9, 15_000), np.linspace(0, 8, 15_000))
    sweep = evidence.posterior_by_p12(Priors(), np.array([1e-6, 1e-4]))
    np.testing.assert_array_equal(sweep[1], evidence.posterior(Priors(p12=1e-4).within(15_000)))
