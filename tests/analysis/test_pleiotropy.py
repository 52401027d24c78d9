"""Traits are paired once, counted in full, and tested with numbers of their own."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.lead import strongest_hit
from scripts.analysis.placo_null import Draw, permuted_draws, qq_table
from scripts.analysis.pleiotropy import Pairs, find_pleiotropy, pair_traits
from scripts.method.normal import neglog10_p_from_z
from scripts.method.placo import CompositeNull, placo_neglog10_p
from scripts.table.pleiotropy import TESTED, Quantity
from tests.analysis.tables import random_table, standard, swapped

SETTINGS = {"correlation": "estimate", "p_null": 1e-4, "z2_max": 80, "permutations": 2}


def paired(exposure: pd.DataFrame, outcome: pd.DataFrame) -> Pairs:
    tables = {"exposure": exposure, "outcome": outcome}
    return pair_traits(
        lambda role, chromosome: tables[role][tables[role]["chromosome"] == chromosome], "infer", 0.42
    )


def numbers(pairs: Pairs, **changed: Any) -> dict[str, float]:
    summary = find_pleiotropy(pairs, SETTINGS | changed, 1).summary
    return dict(zip(summary["quantity"], summary["value"], strict=True))


@pytest.fixture(scope="module")
def traits() -> tuple[pd.DataFrame, pd.DataFrame]:
    exposure = random_table(9000, 1)
    outcome = exposure.assign(beta=random_table(9000, 2)["beta"].to_numpy())
    return exposure, outcome


def test_swapped_alleles_change_no_p(traits: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    exposure, outcome = traits
    turned = swapped(outcome, np.arange(len(outcome)) % 2 == 0)
    straight, other = (find_pleiotropy(paired(exposure, table), SETTINGS, 1) for table in (outcome, turned))
    for one, two in zip(straight.tables, other.tables, strict=True):
        np.testing.assert_allclose(one["neglog10_p"], two["neglog10_p"], rtol=1e-12)


def test_every_row_of_the_exposure_is_counted(traits: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    exposure, outcome = traits
    outcome = outcome.drop(index=range(100)).reset_index(drop=True)
    outcome.loc[:49, "other_allele"] = "GGG"
    found = numbers(paired(exposure, outcome))
    counted = ("n_tested", "n_strong", "n_not_in_outcome", "n_palindromic_ambiguous", "n_allele_mismatch")
    assert sum(found[name] for name in counted) == len(exposure)
    assert found["n_not_in_outcome"] == 100 and found["n_allele_mismatch"] == 50


def test_p_rests_on_variances_and_correlation_of_these_traits() -> None:
    rng = np.random.default_rng(3)
    z = rng.multivariate_normal([0, 0], [[1.3, 0.4], [0.4, 1.2]], size=20_000)
    labels = random_table(20_000, 4)
    pairs = paired(labels.assign(beta=z[:, 0], se=1.0), labels.assign(beta=z[:, 1], se=1.0))
    result = find_pleiotropy(pairs, SETTINGS, 1)
    found = dict(zip(result.summary["quantity"], result.summary["value"], strict=True))
    assert found["variance_exposure"] == pytest.approx(1.3, abs=0.05)
    assert found["correlation_used"] == pytest.approx(0.4 / np.sqrt(1.3 * 1.2), abs=0.03)
    table = pd.concat(result.tables)
    null = CompositeNull(*(found[f"variance_{trait}"] for trait in ("exposure", "outcome")),
                         found["correlation_used"])  # fmt: skip
    product = (table["z_exposure"] * table["z_outcome"]).to_numpy()
    np.testing.assert_allclose(table["neglog10_p"], placo_neglog10_p(product, null))
    assert numbers(pairs, correlation="none")["correlation_used"] == 0
    assert numbers(pairs, correlation=0.25)["correlation_used"] == 0.25


def test_strong_variants_keep_their_z_and_get_no_p(traits: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    exposure, outcome = traits
    strong = exposure.assign(beta=np.where(exposure.index % 100 == 0, 1.0, exposure["beta"]))
    pairs = paired(strong, outcome)
    table = pd.concat(find_pleiotropy(pairs, SETTINGS, 1).tables)
    missing = table["neglog10_p"].isna()
    np.testing.assert_array_equal(missing, (table[["z_exposure", "z_outcome"]] ** 2 > 80).any(axis=1))
    assert missing.sum() > 80
    assert numbers(pairs, z2_max=None)["n_strong"] == 0
    assert {name: str(kind) for name, kind in table.dtypes.items()} == TESTED


def test_variances_below_one_count_as_one() -> None:
    rng = np.random.default_rng(5)
    labels = random_table(6000, 6)
    pairs = paired(*(labels.assign(beta=rng.normal(0, 0.8, 6000), se=1.0) for _ in range(2)))
    table = pd.concat(find_pleiotropy(pairs, SETTINGS | {"correlation": "none"}, 1).tables)
    product = (table["z_exposure"] * table["z_outcome"]).to_numpy()
    np.testing.assert_allclose(table["neglog10_p"], placo_neglog10_p(product, CompositeNull(1.0, 1.0)))


def test_same_seed_same_null_and_too_few_variants_none() -> None:
    z = np.random.default_rng(7).normal(size=(6000, 2))
    null = CompositeNull(1.0, 1.0, 0.3)
    one, two = permuted_draws(z, null, 2, 1), permuted_draws(z, null, 2, 1)
    for first, again in zip(one, two, strict=True):
        np.testing.assert_array_equal(first.at_ranks, again.at_ranks)
        assert (first.n, first.inflation, first.below) == (again.n, again.inflation, again.below)
    assert len(one) == 2 and one[0].inflation != one[1].inflation
    assert permuted_draws(z[:4000], null, 2, 1) == []


def test_quantiles_of_a_uniform_p_lie_on_the_line() -> None:
    p = (np.arange(100_000) + 0.5) / 100_000
    table = qq_table(-np.log10(p), [Draw.of(-np.log10(p[::-1]))])
    np.testing.assert_allclose(table["observed"], table["expected"])
    np.testing.assert_allclose(table["permuted_low"], table["expected"])
    assert table["rank"].iloc[0] == 1 and table["rank"].iloc[-1] == 100_000


def test_three_variants_are_too_few_to_say_anything() -> None:
    rows = standard([("1", 100, "A", "G", 0.3, 0.1, 0.1), ("1", 200, "A", "G", 0.3, 0.1, 0.1)])
    with pytest.raises(ValueError, match="2 variants are in both traits"):
        find_pleiotropy(paired(rows, rows), SETTINGS, 1)


def test_lead_is_the_hit_with_the_smallest_p() -> None:
    screen = pd.DataFrame(
        {
            "exposure": ["a", "b", "c", "d", "b"],
            "outcome": ["x", "x", "x", "x", "y"],
            "hit": [True, True, False, True, True],
            "neglog10_p": [3.0, 5.0, 9.0, 8.0, 20.0],
        }
    )
    assert strongest_hit(screen, "x", ["a", "b", "c"]) == "b"
    assert strongest_hit(screen, "x", ["c"]) is None


def test_single_trait_p_are_those_of_z(traits: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table = pd.concat(find_pleiotropy(paired(*traits), SETTINGS, 1).tables)
    np.testing.assert_allclose(table["neglog10_p_outcome"], neglog10_p_from_z(table["z_outcome"]))


def test_every_quantity_is_told(traits: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    assert set(numbers(paired(*traits))) == {quantity.value for quantity in Quantity}
