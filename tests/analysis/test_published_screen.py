"""Printed results beside a run's."""

from pathlib import Path

import numpy as np
import pandas as pd

from scripts.analysis.published_screen import Comparison, Found, compare_effects, compare_loci
from scripts.compare_published import compare_published
from scripts.table.files import read_tsv, write_tsv
from tests.conftest import ROOT

TABLES = ROOT / "config/studies/brain_bone/published"


def estimates() -> pd.DataFrame:
    """Of the first three printed rows: equal, in the other direction, too small by four standard errors."""
    printed = read_tsv(TABLES / "table1.tsv").head(4)
    beta = printed["beta"] * [1.0, -1.0, 0.2, np.nan]
    se = printed["beta"].abs() / 5
    table = printed[["exposure", "outcome", "method"]].assign(
        status=["estimated"] * 3 + ["no_instruments"], n_instruments=9, beta=beta, se=se, p=0.01
    )
    return table.assign(ci_low=beta - 1.96 * se, ci_high=beta + 1.96 * se)


def test_each_printed_effect_has_a_row_that_says_how_it_compares() -> None:
    table = compare_effects(read_tsv(TABLES / "table1.tsv"), estimates(), {"GCST90003162": "A name"})
    assert len(table) == 59 and table["name"].iloc[0] == "A name"
    assert table["comparison"].iloc[:4].tolist() == [
        Comparison.AGREES,
        Comparison.OTHER_DIRECTION,
        Comparison.OTHER_SIZE,
        Comparison.NOT_ESTIMATED,
    ]
    assert (table["comparison"].iloc[4:] == Comparison.NOT_ESTIMATED).all()
    assert table.loc[:2, "difference_se"].round(6).tolist() == [0.0, 10.0, 4.0]
    assert table["beta_printed"].iloc[0] == -0.16 and table["p_printed"].iloc[0] == 0.01


def test_each_printed_locus_is_looked_for(tmp_path: Path) -> None:
    columns = [
        "locus",
        "rsid",
        "chromosome",
        "position",
        "nearest_gene",
        "pops_gene",
        "pp_h4",
        "coloc_verdict",
        "p",
    ]
    rows = [
        (1, "rs2566752", 1, 68191014, "WLS", "WLS", 0.9, "shared", 1e-12),
        (2, "rs1", 6, 151689119 - 200_000, "ESR1", "ESR1", 0.8, "shared", 1e-9),
        (3, "rs2", 6, 151689119 + 10_000, "ESR1", "ESR1", 0.7, "undecided", 1e-9),
        (4, "rs3", 11, 68622433 + 300_000, "LRP5", "LRP5", 0.7, "undecided", 1e-9),
    ]
    write_tsv(pd.DataFrame(rows, columns=columns), tmp_path / "loci.tsv")
    compare_published(
        *([], [], [TABLES / "table2.tsv"], [tmp_path / "loci.tsv"], [], [tmp_path / "published.tsv"], {})
    )
    table = read_tsv(tmp_path / "published.tsv").set_index("rsid")
    assert table.loc["rs2566752", "comparison"] == Found.SAME_LEAD
    assert table.loc["rs3020333", ["comparison", "rsid_here"]].tolist() == [Found.SAME_LOCUS, "rs2"]
    assert table.loc["rs35989399", "comparison"] == Found.NOT_FOUND
    assert table.loc["rs2566752", ["pp_h4_printed", "pp_h4_here"]].tolist() == [0.763, 0.9]


def test_no_locus_of_the_run_is_no_error() -> None:
    none = pd.DataFrame(columns=["locus", "rsid", "chromosome", "position"])
    found = compare_loci(read_tsv(TABLES / "table2.tsv"), none)
    assert len(found) == 6 and set(found["comparison"]) == {Found.NOT_FOUND}
