"""The quality page and its figure: complete, readable with few and with thousands of files, escaped."""

import html
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.figure.quality import FEW, MEASURES, draw_quality, stands_out, usable_share
from scripts.show_quality import show_quality
from scripts.table.frames import write_tsv
from tests.figure.conftest import Tables, make_tables
from tests.figure.test_figures import check_layout, texts_of
from tests.figure.test_page import read, with_findings


def written(tables: Tables, folder: Path, title: str = "A screen") -> str:
    for name in ("quality", "quality_findings"):
        write_tsv(getattr(tables, name), folder / f"{name}.tsv")
    show_quality(
        table=folder / "quality.tsv",
        findings=folder / "quality_findings.tsv",
        page=folder / "quality.html",
        figure=folder / "quality.svg",
        title=title,
        labels=tables.names,
    )
    return (folder / "quality.html").read_text()


def outlying(tables: Tables, trait: int, findings: str, **values: float) -> Tables:
    quality = tables.quality.astype({"findings": object})
    quality.loc[trait, [*values, "findings"]] = [*values.values(), findings]
    return replace(tables, quality=quality)


@pytest.mark.parametrize("n", [1, 7, FEW, FEW + 1, 500])
def test_no_text_of_the_figure_overlaps_or_is_cut(n: int) -> None:
    tables = make_tables(n=20, n_hits=1, seed=5)
    quality = pd.concat([tables.quality] * (n // 20 + 1), ignore_index=True).head(n)
    quality = quality.astype({"findings": object})
    quality.loc[0, ["lambda_gc", "n_implied", "findings"]] = [12.0, 3e6, "lambda_gc;sample_size"]
    quality.loc[n - 1, "eaf_correlation"] = np.nan
    check_layout(draw_quality(quality))


def test_outliers_of_many_files_are_named() -> None:
    tables = outlying(make_tables(n=60, n_hits=1, seed=5), 3, "swapped_alleles", eaf_correlation=-0.98)
    named = [text for text, _ in texts_of(draw_quality(tables.quality)) if "0.98" in text]
    assert len(named) == 1
    red = {measure.head: stands_out(tables.quality, measure).sum() for measure in MEASURES}
    assert red["Correlation of frequencies"] == 1 and sum(red.values()) == 1


def test_rows_left_out_as_not_significant_are_usable() -> None:
    assert usable_share(make_tables(n=20, n_hits=1, seed=5).quality).tolist() == [99.0] * 20


def test_page_has_every_file_and_what_stands_out(tables: Tables, tmp_path: Path) -> None:
    note = ("note", "eaf_filled", "exposure.02", "7 of its frequencies are those of the LD panel.")
    warned = ("warn", "ancestry", "exposure.02", "It is declared European.")
    found = outlying(with_findings(tables, warned, note), 2, "ancestry")
    found.quality.loc[2, ["ancestry_found", "rows_kept", "eaf_source"]] = ["EAS", 900, "both"]
    words = read(written(found, tmp_path))
    for name in tables.quality["name"]:
        assert name in words
    assert "60 source files: something stands out in 1 of them." in words
    assert "Ancestry Look at it. Trait Found Ferritin It is declared European." in words
    assert "Frequencies from the panel" in words and "7 of its frequencies" in words
    assert "EUR → EAS" in words and "file and panel" in words
    assert "1,000 missing value" in words and "not significant" not in words


def test_page_of_thousands_of_files_is_short_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    tables = make_tables(n=30, n_hits=1, seed=5)
    many = pd.concat([tables.quality] * 100, ignore_index=True)
    many["name"] = [f"Phenotype {i}" for i in range(len(many))]
    rows = [("warn", "lambda_gc", f"t{i}", f"Inflation {i}.") for i in range(70)]
    found = outlying(replace(with_findings(tables, *rows), quality=many), 2999, "lambda_gc")
    words = read(written(found, tmp_path))
    assert "Phenotype 2999" in words and "And 2,600 more files: tables/quality.tsv." in words
    assert "And 45 more: tables/quality_findings.tsv." in words and "Genomic inflation (70)" in words


def test_page_is_self_contained_escaped_and_the_same_each_time(tables: Tables, tmp_path: Path) -> None:
    attack = "<script>alert(1)</script>&"
    quality = tables.quality.assign(name=attack, ancestry_declared=attack)
    rows = with_findings(tables, ("warn", "lambda_gc", "exposure.02", attack)).quality_findings
    page = written(replace(tables, quality=quality, quality_findings=rows), tmp_path, title=attack)
    assert "<script" not in page and html.escape(attack) in page
    assert not re.search(r"src=|<link|<img|@import", page)
    assert page.count("<svg") == 1
    assert page == written(replace(tables, quality=quality, quality_findings=rows), tmp_path, title=attack)


def test_a_study_without_findings_says_so(tables: Tables, tmp_path: Path) -> None:
    words = read(written(tables, tmp_path))
    assert "No file stands out." in words and "all numbers are those of the files" in words
