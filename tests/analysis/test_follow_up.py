"""What later stages say of hits, and how it gets into the ledger and the table of pleiotropic loci."""

import pandas as pd
import pytest

from scripts.analysis.annotation import shared_signals
from scripts.analysis.coloc_loci import pleiotropic_loci
from scripts.analysis.follow_up import (
    BESIDE,
    FROM_LDSC,
    beside_hits,
    colocalised,
    genetically_correlated,
    pleiotropic,
)
from scripts.table.coloc import LOCI as COLOC


def coloc(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Rows of coloc.tsv on the outcome d: trait, status, verdict."""
    table = pd.DataFrame(rows, columns=["trait_1", "status", "verdict"])
    return table.assign(trait_2="d").reindex(columns=COLOC)


def test_a_hit_is_colocalised_where_one_of_its_tested_loci_is_shared() -> None:
    table = coloc(
        ("a", "tested", "distinct"),
        ("a", "tested", "shared"),
        ("b", "tested", "undecided"),
        ("c", "too_few_variants", "not_tested"),
    )
    found = colocalised(table)
    assert found.to_dict("list") == {"exposure": ["a", "b"], "outcome": ["d", "d"], "passed": [True, False]}
    nothing = colocalised(table.head(0).astype(float))  # as an empty file is read
    assert nothing.empty and nothing.dtypes.equals(found.dtypes)


def test_a_correlation_without_a_p_was_not_asked() -> None:
    table = pd.DataFrame({"trait_1": ["a", "b", "c"], "trait_2": "d", "p": [0.01, 0.2, float("nan")]})
    assert genetically_correlated(table, 0.05)["passed"].tolist() == [True, False]


@pytest.mark.parametrize(("exposure", "passed"), [("a", [True]), (None, [])])
def test_only_the_lead_exposure_is_asked_for_loci(exposure: str | None, passed: list[bool]) -> None:
    found = pleiotropic(pd.DataFrame({"locus": [1]}), {"exposure": exposure, "outcome": "d"})
    assert found["passed"].tolist() == passed


def test_loci_of_pleiotropy_are_named_by_their_lead_variant_or_its_place() -> None:
    loci = pd.DataFrame(
        {
            **{"chromosome": [1, 2], "start": [500, 900_000], "end": [700, 950_000]},
            **{"lead_rsid": ["rs1", None], "lead_position": [600, 920_000]},
        }
    )
    found = pleiotropic_loci(loci, 500)
    assert found["locus"].tolist() == ["rs1", "2:920000"]
    assert found["start"].tolist() == [1, 400_000] and found["end"].tolist() == [500_700, 1_450_000]


def test_signals_at_a_locus_are_of_the_lead_exposure_of_genes_or_of_neither() -> None:
    table = coloc(("lead", "tested", "shared"), ("gene", "tested", "shared"), ("x", "tested", "shared"))
    found = shared_signals(table, "lead", "d", {"gene": "MARK3"}).set_index("trait_1")
    assert found["is_lead"].to_dict() == {"lead": True, "gene": False, "x": False}
    assert found["gene"].dropna().to_dict() == {"gene": "MARK3"}
    assert shared_signals(table, "lead", "other", {}).empty


def test_what_stands_beside_a_hit_comes_from_either_stage() -> None:
    correlations = pd.DataFrame(
        [("a", "d", 0.3, 0.1, 0.002, 0.05, 0.01)], columns=["trait_1", "trait_2", *FROM_LDSC]
    )
    loci = coloc(("a", "tested", "shared"), ("a", "tested", "distinct"), ("b", "tested", "undecided"))
    found = beside_hits(correlations, loci).set_index("exposure")
    assert found.loc["a", BESIDE].tolist() == [0.3, 0.1, 0.002, 0.05, 0.01, 2, 1]
    assert found.loc["b", ["n_coloc_tested", "n_coloc_shared"]].tolist() == [1, 0]
    assert found.loc["b", list(FROM_LDSC.values())].isna().all()
    nothing = pd.DataFrame(columns=correlations.columns, dtype=float)  # as an empty file is read
    assert beside_hits(nothing, loci.head(0)).empty
    assert beside_hits(nothing, loci)["exposure"].tolist() == ["a", "b"]
