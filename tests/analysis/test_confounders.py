"""Variants that are known for a confounder, by reported and by mapped names."""

import pandas as pd
import pytest

from scripts.analysis.confounders import COLUMNS, LISTED, confounded, has_rsid, left_out, unnamed_note
from scripts.analysis.selection import place, select, select_placed
from scripts.table.status import ExposureStatus
from tests.analysis.tables import standard

KNOWN = pd.DataFrame(
    [
        ("rs2", "Height", "body height", 9.0, "1"),
        ("rs1", "Body mass index (joint analysis)", "smoking behavior, body mass index", 8.0, "2"),
        ("rs1", "BMI in men", "body mass index", 20.0, "3"),
        ("rs3", "Sitting height ratio", "sitting height ratio", 30.0, "4"),
        ("rs4", "Height", "body height", 7.2, "1"),
        ("rs5", "Height", "body height", 7.31, "1"),
        ("rs6", "Heightened mood", "", 30.0, "5"),
    ],
    columns=["rsid", "trait", "mapped_traits", "neglog10_p", "pubmed_id"],
)


@pytest.mark.parametrize(
    ("traits", "rsids"),
    [
        (["body mass index"], ["rs1", "rs1"]),
        (["BODY height"], ["rs2", "rs5"]),
        (["height"], ["rs2", "rs5"]),
        (["*height*"], ["rs2", "rs3", "rs5", "rs6"]),
        (["body mass index*"], ["rs1", "rs1"]),
        (["Body mass index (joint analysis)"], ["rs1"]),
        (["weight"], []),
        ([], []),
    ],
)
def test_names_are_whole_whatever_the_case_and_a_star_is_any_text(
    traits: list[str], rsids: list[str]
) -> None:
    found = confounded(KNOWN, traits, 5e-8)
    assert list(found.columns) == COLUMNS
    assert found["rsid"].tolist() == rsids


def test_the_strongest_association_of_a_variant_comes_first_and_p_max_counts() -> None:
    assert confounded(KNOWN, ["body mass index"], 5e-8)["trait"].iloc[0] == "BMI in men"
    assert confounded(KNOWN, ["body height"], 1e-7)["rsid"].tolist() == ["rs2", "rs4", "rs5"]
    assert confounded(KNOWN, ["body height"], 1e-8)["rsid"].tolist() == ["rs2"]


def test_instruments_that_are_known_go_and_are_listed() -> None:
    table = standard([(1, 1_000_000 * i, "A", "G", 0.4, 0.1, 0.01) for i in range(1, 6)])
    table = table.assign(rsid=["rs1", "rs2", "", "rs7", "rs8"], neglog10_p=[9.0, 8.0, 10.0, 6.5, 2.0])
    settings = {
        **{"p_thresholds": [5e-8, 1e-6], "min_count": 2},
        **{"clump_r2": 0.001, "clump_window_kb": 10_000, "clump_ld": "haplotype_em"},
    }
    known = confounded(KNOWN, ["body mass index", "body height"], 5e-8)
    (candidates,) = place([table], None)
    found = select_placed(candidates, settings, "keep", set(known["rsid"]))
    assert found.instruments["rsid"].tolist() == ["", "rs7"]
    assert found.ladder == [
        {
            "p_threshold": 5e-8,
            "n_significant": 3,
            "n_in_panel": 3,
            "n_barred": 2,
            "n_instruments": 1,
            "n_in_mhc": 0,
        },
        {
            "p_threshold": 1e-6,
            "n_significant": 4,
            "n_in_panel": 4,
            "n_barred": 2,
            "n_instruments": 2,
            "n_in_mhc": 0,
        },
    ]
    listed = left_out(found.confounded, known)
    assert listed.columns.tolist() == LISTED[1:]
    assert listed[["rsid", "known_traits", "pubmed_ids"]].to_numpy().tolist() == [
        ["rs1", "BMI in men; Body mass index (joint analysis)", "3; 2"],
        ["rs2", "Height", "1"],
    ]
    everything = select_placed(candidates, settings, "keep", {"rs1", "rs2", "rs7", ""})
    assert everything.status == ExposureStatus.ALL_CONFOUNDED and everything.instruments.empty
    assert select(table, None, settings, "keep").instruments["rsid"].tolist() == ["rs1", "rs2", ""]


def test_variants_without_an_rsid_are_told() -> None:
    table = pd.DataFrame({"rsid": ["rs1", "1:123:A:G", "", None]})
    assert has_rsid(table).tolist() == [True, False, False, False]
    assert unnamed_note("x", 3).found == "3 of its instruments have no rsid."
