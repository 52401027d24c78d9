"""Loci against FUMA's own tables, and what the definition implies."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.method.arrays import FloatArray, IntArray
from scripts.method.loci import Loci, Locus, Rules, find_loci
from scripts.table.files import read_json

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "loci"
SETTINGS = read_json(REFERENCE / "expected.json")
MHC = (29_614_758, 33_170_276)
WITH_TABLES = [name for name in SETTINGS if (REFERENCE / f"{name}_leadSNPs.tsv").exists()]


@pytest.fixture(scope="module")
def ld() -> dict[str, pd.DataFrame]:
    pairs = pd.read_csv(REFERENCE / "ld.tsv.gz", sep="\t")
    return {str(rsid): near for rsid, near in pairs.groupby("rs1")}


@pytest.fixture(scope="module")
def variants() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "variants.tsv.gz", sep="\t")


def usable(variants: pd.DataFrame, given: dict[str, Any]) -> pd.DataFrame:
    """What FUMA's parameters leave of the variants; P is missing for those of the reference alone."""
    known = variants["in_gwas"].to_numpy()
    rows = variants.assign(neglog10_p=np.where(known, -np.log10(variants["p"]), np.nan))
    keep = (rows["maf_ref"] >= float(given["MAF"])).to_numpy() & (known | (given["refSNPs"] == "1"))
    if given["exMHC"] == "1":
        keep &= ~((rows["chr"] == 6) & rows["pos"].between(*MHC)).to_numpy()
    return rows[keep]


def loci_of(rows: pd.DataFrame, ld: dict[str, pd.DataFrame], given: dict[str, Any]) -> Loci:
    """Loci of one chromosome's rows."""
    row_of = {rsid: row for row, rsid in enumerate(rows["rsID"])}

    def neighbours(row: int) -> tuple[IntArray, FloatArray]:
        near = ld[rows["rsID"].iloc[row]]
        near = near[near["rs2"].isin(row_of)]
        return near["rs2"].map(row_of).to_numpy(np.int64), near["r2"].to_numpy(float)

    return find_loci(
        rows["pos"].to_numpy(np.int64),
        rows["neglog10_p"].to_numpy(float),
        neighbours,
        Rules(
            p_lead=float(given["leadP"]),
            p_candidate=float(given["gwasP"]),
            r2_independent=float(given["r2"]),
            r2_lead=float(given["r2_2"]),
            merge_kb=float(given["mergeDist"]),
        ),
    )


def tables(
    variants: pd.DataFrame, ld: dict[str, pd.DataFrame], given: dict[str, Any]
) -> dict[str, list[tuple[Any, ...]]]:
    """What FUMA prints, from our loci; lists of variants as sets, since FUMA's order follows its loops."""
    found: dict[str, list[tuple[Any, ...]]] = {"loci": [], "lead": [], "independent": [], "candidate": []}
    for _, rows in usable(variants, given).groupby("chr"):
        rsid, gwas = rows["rsID"].to_numpy(), rows["in_gwas"].to_numpy()
        result = loci_of(rows, ld, given)
        for locus in result.loci:
            number = len(found["loci"]) + 1
            inside = list(locus.candidates)
            found["loci"].append((*summary(locus, rsid), len(inside), int(gwas[inside].sum())))
            found["lead"] += [
                (number, rsid[lead.row], frozenset(rsid[list(lead.independent)])) for lead in locus.leads
            ]
            for row in locus.independent:
                tagged = [other for other in inside if result.tags[other][0] == row]
                found["independent"].append((number, rsid[row], len(tagged), int(gwas[tagged].sum())))
            for row in inside:
                tag, r2 = result.tags[row]
                found["candidate"].append((number, rsid[row], rsid[tag], round(r2, 6)))
    return {name: sorted(lines, key=str) for name, lines in found.items()}


def summary(locus: Locus, rsid: Any) -> tuple[Any, ...]:
    leads, independent = [lead.row for lead in locus.leads], list(locus.independent)
    return rsid[leads[0]], locus.start, locus.end, frozenset(rsid[leads]), frozenset(rsid[independent])


def fuma(setting: str) -> dict[str, list[tuple[Any, ...]]]:
    """The columns of FUMA's tables that `tables` makes."""
    columns = {
        "loci": (
            "GenomicRiskLoci.tsv",
            ["rsID", "start", "end", "LeadSNPs", "IndSigSNPs", "nSNPs", "nGWASSNPs"],
        ),
        "lead": ("leadSNPs.tsv", ["GenomicLocus", "rsID", "IndSigSNPs"]),
        "independent": ("IndSigSNPs.tsv", ["GenomicLocus", "rsID", "nSNPs", "nGWASSNPs"]),
        "candidate": ("snps.tsv.gz", ["GenomicLocus", "rsID", "IndSigSNP", "r2"]),
    }
    found = {}
    for name, (file, chosen) in columns.items():
        table = pd.read_csv(REFERENCE / f"{setting}_{file}", sep="\t")[chosen]
        for lists in {"LeadSNPs", "IndSigSNPs"} & set(chosen):
            table[lists] = table[lists].str.split(";").map(frozenset)
        found[name] = sorted(table.itertuples(index=False, name=None), key=str)
    return found


@pytest.mark.parametrize("setting", WITH_TABLES)
def test_every_table_is_fumas(variants: pd.DataFrame, ld: dict[str, pd.DataFrame], setting: str) -> None:
    """Exact: the same variants, tags, r2, loci and bounds."""
    ours, theirs = tables(variants, ld, SETTINGS[setting]["params"]), fuma(setting)
    for name, rows in theirs.items():
        assert ours[name] == rows, name


@pytest.mark.parametrize("setting", SETTINGS)
def test_counts_are_fumas(variants: pd.DataFrame, ld: dict[str, pd.DataFrame], setting: str) -> None:
    """Also of the two settings of which FUMA's tables were not kept."""
    found = tables(variants, ld, SETTINGS[setting]["params"])
    files = {"loci": "GenomicRiskLoci", "lead": "leadSNPs", "independent": "IndSigSNPs", "candidate": "snps"}
    counts = {name: len(found[name]) for name in files}
    assert counts == {name: SETTINGS[setting][f"{file}.txt"] for name, file in files.items()}


def no_ld(row: int) -> tuple[IntArray, FloatArray]:
    return np.empty(0, dtype=np.int64), np.empty(0)


def test_no_significant_variant_no_locus() -> None:
    assert find_loci(np.arange(3), np.array([1.0, np.nan, 7.0]), no_ld, Rules()).loci == ()


def test_loci_as_far_apart_as_the_limit_are_one() -> None:
    position = np.array([1_000_000, 1_250_000, 1_500_001])
    found = find_loci(position, np.array([9.0, 8.0, 10.0]), no_ld, Rules(merge_kb=250))
    assert [(locus.start, locus.end) for locus in found.loci] == [(1_000_000, 1_250_000), (1_500_001,) * 2]
    assert found.loci[0].leads[0].row == 0


def test_a_region_of_long_ld_counts_as_one_locus() -> None:
    position = np.array([24_000_000, 26_000_000, 33_000_000, 36_000_000])
    p = np.array([9.0, 9.5, 10.0, 11.0])
    found = find_loci(position, p, no_ld, Rules(), one_locus=(25_000_000, 34_000_000))
    assert [(locus.start, locus.end) for locus in found.loci] == [
        (24_000_000, 24_000_000),
        (26_000_000, 33_000_000),
        (36_000_000, 36_000_000),
    ]
    assert [lead.row for lead in found.loci[1].leads] == [2, 1]
