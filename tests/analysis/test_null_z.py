"""z scores at the same variants: alignment, thinning, and the correlation that shared people give."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.null_z import correlations_of, effective_number_of, known_number, thinned, z_at
from tests.analysis.tables import on_other_strand, random_table, standard, swapped


def plain(table: pd.DataFrame) -> pd.DataFrame:
    pairs = table["effect_allele"] + table["other_allele"]
    return table[~pairs.isin(["AT", "TA", "CG", "GC"])].reset_index(drop=True)


def test_z_is_told_for_the_reference_alleles():
    table = plain(random_table(60, seed=2))
    z = (table["beta"] / table["se"]).to_numpy()
    np.testing.assert_allclose(z_at(table, table), z)
    np.testing.assert_allclose(z_at(table, swapped(table, table.index[::2])), z)
    single = table[table["effect_allele"].str.len() == 1].reset_index(drop=True)
    told = on_other_strand(single, single.index[::3])
    np.testing.assert_allclose(z_at(single, told), single["beta"] / single["se"])


def test_what_a_trait_lacks_is_missing():
    table = plain(random_table(30, seed=3))
    absent, other = table.drop(index=[4]), table.copy()
    other.loc[7, ["effect_allele", "other_allele"]] = ["AAAT", "G"]
    assert np.isnan(z_at(table, absent)).tolist() == [i == 4 for i in range(len(table))]
    assert np.isnan(z_at(table, other))[7] and np.isfinite(z_at(table, other)).sum() == len(table) - 1


def test_one_variant_of_each_window_none_palindromic_none_of_the_mhc():
    rows = [
        (1, 10, "A", "T"),
        (1, 20, "A", "G"),
        (1, 30, "A", "C"),
        (1, 250_001, "C", "T"),
        (2, 40, "A", "G"),
    ]
    rows += [(6, 26_000_000, "A", "G"), (6, 40_000_000, "G", "C")]
    table = thinned(standard([(*row, 0.3, 0.1, 0.1) for row in rows]))
    assert table["position"].tolist() == [20, 250_001, 40]


def test_copies_of_one_exposure_are_fewer_than_independent_ones():
    rng = np.random.default_rng(1)
    independent = rng.standard_normal((400, 20))
    copies = np.repeat(independent[:, :5], 4, axis=1)
    alone, shared = known_number(effective_number_of(independent)), known_number(effective_number_of(copies))
    assert alone == pytest.approx(20, abs=0.5) and shared < 14
    table = effective_number_of(rng.standard_normal((10, 3)))
    assert known_number(table) is None and table["n_variants"][0] == 10


def test_correlations_of_outcomes_by_name():
    rng = np.random.default_rng(2)
    z = rng.standard_normal((5_000, 3)) @ np.linalg.cholesky([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]).T
    table = correlations_of(["a", "b", "c"], z)
    assert table[["first", "second"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    np.testing.assert_allclose(table["r"], [0.5, 0, 0], atol=0.06)
    assert np.isnan(correlations_of(["a", "b"], z[:5, :2])["r"][0])
