"""Where traits are colocalised: windows of instruments, genes and tables, and the rows that lie in them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.coloc_loci import (
    genes_of_traits,
    loci_of_genes,
    loci_of_instruments,
    loci_of_trait,
    read_loci,
    touches_mhc,
)
from scripts.table import frames, sumstats
from scripts.table.genes import read_genes
from scripts.table.sumstats import place
from scripts.table.windows import Windows, rows_within
from tests.table.test_sumstats import table

ANNOTATION = (
    "ENSGID\tNAME\tCHR\tSTART\tEND\tTSS\nENSG2\tBBB\t2\t900\t1500\t900\nENSG1\tAAA\tX\t100\t300\t100\n"
)
MAGMA = "79501\t1\t69091\t70008\t+\tOR4F5\n7\tX\t5\t9\t-\tXG\n8\tHG104\t5\t9\t-\tELSE\n"


def test_tables_of_genes_with_and_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "genes.txt"
    path.write_text(ANNOTATION)
    genes = read_genes(path)
    assert genes["symbol"].tolist() == ["BBB", "AAA"]
    assert genes["chromosome"].tolist() == [2, 23]
    path.write_text(MAGMA)
    assert read_genes(path)["symbol"].tolist() == ["OR4F5", "XG"], "other sequences are left out"
    path.write_text("gene_id.1\tchr\tstart\tend\nx\t1\t2\t3\n")
    with pytest.raises(ValueError, match="no column of gene, symbol among"):
        read_genes(path)


def test_the_published_tables_of_genes_agree(shared_data: Path) -> None:
    by_ensembl, by_entrez = (
        read_genes(shared_data / "genes" / name) for name in ("gene_annot_jun10.txt", "NCBI37.3.gene.loc")
    )
    assert len(by_ensembl) == 18_383
    for genes in (by_ensembl, by_entrez):
        (mark3,) = genes[genes["symbol"] == "MARK3"].to_dict("records")
        assert (mark3["chromosome"], mark3["end"]) == (14, 103_970_168)


def test_windows_around_genes_by_id_or_symbol(tmp_path: Path) -> None:
    path = tmp_path / "genes.txt"
    path.write_text(ANNOTATION)
    names = {"ENSG2.7": "whatever", "t1": "AAA", "BBB": "B in blood", "t2": "none", "ENSG1_lung": "AAA"}
    found = genes_of_traits(names, read_genes(path))
    assert found[["trait", "symbol"]].to_numpy().tolist() == [
        ["ENSG2.7", "BBB"],
        ["t1", "AAA"],
        ["BBB", "BBB"],
        ["ENSG1_lung", "AAA"],
    ]
    loci = loci_of_genes(read_genes(path), names, window_kb=0.5)
    assert loci[["trait", "locus", "chromosome", "start", "end"]].to_numpy().tolist() == [
        ["ENSG2.7", "BBB", 2, 400, 2000],
        ["t1", "AAA", 23, 1, 800],
        ["BBB", "BBB", 2, 400, 2000],
        ["ENSG1_lung", "AAA", 23, 1, 800],
    ]


def instruments(*rows: tuple[str, int, int, float, str]) -> pd.DataFrame:
    names = ["exposure", "chromosome", "position", "f_statistic", "status"]
    found = pd.DataFrame(rows, columns=names)
    return found.assign(outcome="y", rsid=[f"rs{k}" for k in range(len(found))])


def test_near_instruments_share_the_window_of_the_strongest() -> None:
    loci = loci_of_instruments(
        instruments(
            ("a", 1, 1_000_000, 30.0, "kept"),
            ("a", 1, 1_400_000, 50.0, "kept"),
            ("a", 1, 2_000_000, 40.0, "kept"),
            ("a", 2, 1_000_000, 90.0, "not_in_outcome"),
            ("b", 1, 1_000_000, 20.0, "kept"),
            ("c", 1, 1_000_000, 20.0, "kept"),
        ),
        ["a", "b"],
        "y",
        window_kb=500,
    )
    assert loci[["trait", "locus", "start", "end"]].to_numpy().tolist() == [
        ["a", "rs1", 900_000, 1_900_000],
        ["a", "rs2", 1_500_000, 2_500_000],
        ["b", "rs4", 500_000, 1_500_000],
    ]
    assert loci_of_trait("b", loci)["locus"].tolist() == ["rs4"]
    assert loci_of_instruments(instruments(), ["a"], "y", 500).empty


def test_a_table_of_loci_may_name_a_trait_and_a_lead(tmp_path: Path) -> None:
    path = tmp_path / "loci.tsv"
    path.write_text(
        "locus\tchromosome\tstart\tend\tlead\ttrait\tmore\nB\tchr6\t34000100\t34000200\trs2\t\t1\n"
    )
    loci = read_loci(path, 1)
    assert loci.to_dict("records") == [
        {"trait": "", "locus": "B", "chromosome": 6, "start": 33_999_100, "end": 34_001_200, "lead": "rs2"}
    ]
    assert touches_mhc(loci).tolist() == [True]
    assert touches_mhc(read_loci(path, 0)).tolist() == [False]
    assert len(loci_of_trait("anything", loci)) == 1
    path.write_text("locus\tchromosome\tstart\tend\na\t1\t10\t20\nb\t1\t30\t20\n")
    with pytest.raises(ValueError, match=r"loci\.tsv: line 3 has no chromosome, start and end"):
        read_loci(path, 1)
    path.write_text("locus\tchromosome\tstart\tend\na\t1\t10\t20\na\t2\t30\t40\n")
    with pytest.raises(
        ValueError, match=r"loci\.tsv: line 3 calls its locus a; each needs a name of its own"
    ):
        read_loci(path, 1)
    path.write_text("locus\tchrom\tstart\tend\na\t1\t10\t20\n")
    with pytest.raises(ValueError, match="column chromosome is missing; it has locus, chrom"):
        read_loci(path, 1)


def test_overlapping_windows_become_one() -> None:
    windows = Windows.of([1, 1, 1, 2], [100, 150, 201, 100], [200, 160, 300, 110])
    assert windows.first.tolist() == [int(place(1, 100)), int(place(2, 100))]
    assert windows.last.tolist() == [int(place(1, 300)), int(place(2, 110))]
    assert windows.hold(place([1, 1, 1, 2], [99, 100, 300, 111])).tolist() == [False, True, True, False]
    assert windows.touch(int(place(1, 300)), int(place(1, 400)))
    assert not windows.touch(int(place(1, 301)), int(place(2, 99)))


def test_rows_within_windows_are_those_of_the_whole_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ROW_GROUP_SIZE", 64)
    rows = table(3000, seed=4)
    sumstats.write(rows, tmp_path / "t.parquet")
    rng = np.random.default_rng(9)
    chromosome, start = rng.integers(1, 24, 12), rng.integers(1, 30_000, 12)
    end = start + rng.integers(0, 3000, 12)
    found = rows_within(tmp_path / "t.parquet", Windows.of(chromosome, start, end))
    inside = np.zeros(len(rows), dtype=bool)
    for code, low, high in zip(chromosome, start, end, strict=True):
        inside |= ((rows["chromosome"] == code) & rows["position"].between(low, high)).to_numpy()
    assert 0 < inside.sum() < len(rows)
    pd.testing.assert_frame_equal(found, rows[inside].reset_index(drop=True))
    nothing = rows_within(tmp_path / "t.parquet", Windows.of([24], [1], [2]))
    assert list(nothing.columns) == list(sumstats.COLUMNS) and nothing.empty
