"""Pairs of traits at one locus: the numbers of ABF, whichever alleles their files count."""

import numpy as np
import pandas as pd

from scripts.analysis.coloc_pairs import pairs_of_traits
from scripts.method.coloc import Priors, colocalise
from scripts.table.coloc import PAIRS
from tests.analysis.coloc_study import settings

VARIANTS = 80


def trait(name: str, log_bf: np.ndarray, outcome: str = "y", locus: str = "a") -> pd.DataFrame:
    return pd.DataFrame(
        {
            **{"trait_1": name, "trait_2": outcome, "locus": locus, "chromosome": 1},
            "position": np.arange(VARIANTS),
            **{"effect_allele": "A", "other_allele": "C", "log_bf_1": log_bf},
        }
    )


def test_every_two_traits_by_their_own_bayes_factors() -> None:
    rng = np.random.default_rng(1)
    one, two, three = rng.normal(0, 1, (3, VARIANTS))
    one[[20, 21]] += 12
    two[20] += 15
    three[60] += 14
    turned = trait("two", two).assign(effect_allele="C", other_allele="A")
    tables = [trait("one", one), turned.sample(frac=1, random_state=1), trait("three", three)]
    found = pairs_of_traits(pd.concat([*tables, trait("one", one, locus="alone")]), settings())
    assert list(found.columns) == PAIRS
    assert found[["trait_1", "trait_2", "verdict"]].to_numpy().tolist() == [
        ["one", "two", "shared"],
        ["one", "three", "distinct"],
        ["two", "three", "distinct"],
    ]
    expected = colocalise(one, two, Priors()).posterior
    np.testing.assert_allclose(
        found.loc[0, [f"pp_h{k}" for k in range(5)]].astype(float), expected, rtol=1e-12
    )


def test_traits_with_few_variants_in_common_are_not_tested() -> None:
    log_bf = np.zeros(VARIANTS)
    apart = trait("two", log_bf).assign(position=np.arange(VARIANTS) + 40)
    (row,) = pairs_of_traits(pd.concat([trait("one", log_bf), apart]), settings()).to_dict("records")
    assert (row["status"], row["verdict"], row["n_shared"]) == ("too_few_variants", "not_tested", 40)
    assert np.isnan(row["pp_h4"])


def test_nothing_tested_no_pairs() -> None:
    empty = pd.DataFrame({name: [] for name in ("trait_1", "trait_2", "locus")})
    assert pairs_of_traits(empty, settings()).empty
