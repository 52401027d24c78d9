"""Instruments, the genes nearest to them and a list of genes, small enough to reckon by hand."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.gene_list import instrument_genes, listed_genes, overlap_tests

GENES = pd.DataFrame(
    {
        "gene": ["E1", "E2", "E3", "E4", "E5"],
        "symbol": ["ONE", "TWO", "", "FOUR", "FIVE"],
        "chromosome": [1, 1, 1, 2, 3],
        "start": [1_000, 50_000, 52_000, 1_000, 1_000],
        "end": [9_000, 90_000, 53_000, 9_000, 9_000],
    }
)
LIST = pd.DataFrame(
    {
        "gene": ["ONE", "E3", "FOUR", "FIVE"],
        "log2_fold_change": [1.5, -2.0, 0.1, 3.0],
        "p_adjusted": [1e-4, 0.01, 0.8, 1e-9],
        "direction": ["up", "down", "up", "up"],
    }
)
VARIANTS = [
    ("rs_inside", 1, 5_000, 0.1, 0.02, "kept"),
    ("rs_nested", 1, 52_500, -0.2, 0.05, "kept"),  # inside E2 and, shorter, E3
    ("rs_after", 1, 10_500, 0.1, -0.01, "kept"),
    ("rs_far", 2, 900_000, 0.1, 0.0, "kept"),
    ("rs_lost", 3, 5_000, 0.1, np.nan, "not_in_outcome"),
]


def instruments() -> pd.DataFrame:
    names = ["rsid", "chromosome", "position", "beta_exposure", "beta_outcome", "status"]
    fixed = {"exposure": "x", "outcome": "y", "effect_allele": "A", "other_allele": "G"}
    return pd.DataFrame(VARIANTS, columns=names).assign(**fixed, se_exposure=0.01, se_outcome=0.01)


def crossed() -> tuple[pd.DataFrame, pd.DataFrame]:
    genes = listed_genes(GENES, LIST, 0.05)
    return instrument_genes(instruments(), genes, 100.0), genes


def test_each_instrument_has_its_nearest_gene_with_distance_side_and_direction():
    table, _ = crossed()
    rows = table.set_index("rsid")
    assert rows.loc["rs_inside", ["symbol", "distance", "side", "status", "expression"]].tolist() == [
        *("ONE", 0, "inside", "differs", "up"),
    ]
    assert rows.loc["rs_nested", ["symbol", "gene", "distance", "expression"]].tolist() == [
        "E3",
        "E3",
        0,
        "down",
    ]
    assert rows.loc["rs_after", ["symbol", "distance", "side"]].tolist() == ["ONE", 1_500, "after"]
    assert rows.loc["rs_far", "status"] == "no_gene" and pd.isna(rows.loc["rs_far", "distance"])
    assert not rows.loc["rs_lost", "used"] and rows.loc["rs_lost", "status"] == "differs"


def test_effects_are_for_the_allele_that_raises_the_exposure():
    table, _ = crossed()
    row = table.set_index("rsid").loc["rs_nested"]
    assert (row["raising_allele"], row["beta_exposure"], row["beta_outcome"]) == ("G", 0.2, -0.05)
    assert row["ratio"] == pytest.approx(-0.25)


def test_the_test_counts_genes_once_over_those_that_were_tested():
    table, genes = crossed()
    (row,) = overlap_tests(table, genes).to_dict("records")
    # E2 is not in the list; ONE twice, E3; the gene of the variant that the outcome lacks does not count.
    assert (row["n_instruments"], row["n_with_gene"]) == (4, 3)
    assert (row["n_universe"], row["n_near"], row["n_differing"], row["n_shared"]) == (4, 2, 3, 2)
    assert row["p"] == pytest.approx(3 / 6)  # both of two: 3 of the 6 pairs of four genes
    assert row["shared"] == "ONE;E3"


def test_a_list_without_p_takes_all_other_genes_as_tested():
    bare = LIST.head(1).assign(p_adjusted=np.nan, log2_fold_change=np.nan)
    genes = listed_genes(GENES, bare, 0.05)
    assert genes["status"].tolist() == ["differs", *["same"] * 4]
    (row,) = overlap_tests(instrument_genes(instruments(), genes, 100.0), genes).to_dict("records")
    assert (row["n_universe"], row["n_near"], row["n_differing"], row["n_shared"]) == (5, 2, 1, 1)
    assert row["p"] == pytest.approx(2 / 5)
