"""Figures and page of a colocalisation: what they show, that nothing overlaps, same bytes each time."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.figure.coloc_locus import Along, caption_of, draw_locus
from scripts.figure.coloc_overview import draw_overview, in_order
from scripts.figure.coloc_page import coloc_page
from scripts.figure.coloc_points import colour_class, lead_of
from scripts.figure.coloc_words import basis, conclusion, method, notes, places, posterior
from scripts.figure.words import labels_of
from scripts.plot_coloc import plot_coloc
from scripts.table.coloc import LOCI, PAIR, PAIRS, PRIORS
from scripts.table.frames import write_parquet, write_tsv
from tests.figure.test_figures import check_layout

LABELS = labels_of({"gene1": "EXAMPLE1 expression in whole blood", "bone": "Heel bone mineral density"}, {})
SETTINGS = {"p1": 1e-4, "p2": 1e-4, "p12": 1e-5, "p12_susie": 5e-6, "min_posterior": 0.8, "max_figures": 2}
SETTINGS |= {"lead": True, "traits": ["gene1"], "loci": "genes", "window_kb": 500}


def locus(name: str, **values: Any) -> dict[str, Any]:
    tested = {"trait_1": "gene1", "trait_2": "bone", "locus": name, "chromosome": 7, "lead": name}
    tested |= {"start": 10_000_000, "end": 11_000_000, "status": "tested", "verdict": "shared", "notes": ""}
    tested |= {f"pp_h{k}": value for k, value in enumerate((0.0, 0.01, 0.01, 0.05, 0.93))}
    tested |= {"susie": "fitted", "susie_pp_h3": 0.02, "susie_pp_h4": 0.97, "p12": 1e-5, "p12_needed": 3e-6}
    tested |= {"n_sets_1": 1.0, "n_sets_2": 2.0}
    tested |= {"neglog10_p_1": 21.0, "neglog10_p_2": 9.0, "top_h4": "rs50", "top_h4_pp": 0.4, "n_credible": 4}
    return tested | values


def loci(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=LOCI)


def variants(name: str, known: bool = True) -> pd.DataFrame:
    k = np.arange(300)
    near = np.exp(-np.abs(k - 150) / 20.0)
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "trait_1": "gene1",
            "trait_2": "bone",
            "locus": name,
            "chromosome": 7,
            "position": 10_000_000 + 3_300 * k,
            "rsid": [f"rs{j}" for j in k],
            "neglog10_p_1": 20 * near + rng.exponential(0.5, 300),
            "neglog10_p_2": 8 * near + rng.exponential(0.5, 300),
            "r2": np.where(k % 7 == 0, np.nan, near) if known else np.nan,
            "susie_pp_h4": np.nan,
            "pp_h4": near**9 / (near**9).sum(),
            "in_credible_set": np.abs(k - 150) < 3,
        }
    )


def pairs(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=PAIRS)


def priors(name: str) -> pd.DataFrame:
    p12 = 10.0 ** np.linspace(-7, -4, 13)
    h4 = p12 / (p12 + 1e-6)
    swept = {"pp_h0": 0.0, "pp_h1": 0.0, "pp_h2": 0.0, "pp_h3": 1 - h4, "pp_h4": h4}
    return pd.DataFrame({"trait_1": "gene1", "trait_2": "bone", "locus": name, "p12": p12, **swept})


def genes(n: int) -> pd.DataFrame:
    start = 10_000_000 + np.linspace(-50_000, 990_000, n).astype(int)
    found = {"gene": "g", "symbol": [f"GENE{k}" for k in range(n)], "chromosome": 7, "start": start}
    return pd.DataFrame({**found, "end": start + 40_000})


def along(n_genes: int, n_rates: int) -> Along:
    position = 9_000_000 + 20_000 * np.arange(n_rates)
    rate = np.where(np.arange(n_rates) % 17 == 0, 61.0, 0.4)
    rates = pd.DataFrame({"chromosome": 7, "position": position, "rate": rate})
    return Along(genes(n_genes), rates)


@pytest.mark.parametrize(
    ("n_genes", "known", "n_rates"), [(12, True, 200), (90, True, 0), (0, False, 0), (0, True, 200)]
)
def test_a_locus_is_drawn_without_overlaps(n_genes: int, known: bool, n_rates: int) -> None:
    figure = draw_locus(
        locus("rs50"), variants("rs50", known), priors("rs50"), along(n_genes, n_rates), LABELS, 0.8
    )
    check_layout(figure)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert ("GENE3" in texts) == (n_genes > 0)
    assert any("more genes" in text for text in texts) == (n_genes == 90)


def test_the_overview_shows_shared_then_distinct_loci() -> None:
    table = loci(
        locus("a", verdict="distinct", susie_pp_h4=0.01),
        locus("b", verdict="undecided", susie="no_panel", susie_pp_h4=np.nan, pp_h4=0.5),
        locus("c"),
        locus("d", status="no_scale", verdict="not_tested"),
        locus("e", susie_pp_h4=0.99),
    )
    assert in_order(table)["locus"].tolist() == ["e", "c", "a", "b"]
    points = pd.concat([variants(name) for name in "abce"])
    figure = draw_overview(table, points, LABELS)
    check_layout(figure)
    assert len(figure.axes) == 8
    page = coloc_page("A study", table, pairs(), LABELS, SETTINGS, "<svg></svg>")
    assert "4 of 5 loci could be tested: 2 with one variant for both traits, 1 with two neighbours." in page
    assert "neither declared (unit SD) nor to be" in page
    assert page.count("<tr>") == 4 + 5 + 2 + 3


def test_words_of_a_locus() -> None:
    assert basis(locus("a")) == "PP.H4 0.93 by ABF, 0.97 by SuSiE"
    assert basis(locus("a", susie="no_panel")) == "PP.H4 0.93 by ABF"
    assert conclusion(locus("a")) == "One causal variant for both traits."
    assert conclusion(locus("a", status="in_mhc")).startswith("Not tested: the locus lies in the MHC")
    assert notes(locus("a", notes="edge;weak_1"))[1].startswith("No variant has P < 0.001 for trait 1")
    assert notes(locus("a", notes=float("nan"))) == []
    shown = [posterior(value) for value in (0.0, 0.001, 0.5, 0.9999, float("nan"))]
    assert shown == ["0.00", "< 0.01", "0.50", "> 0.99", "–"]
    assert "EXAMPLE1 expression in whole blood and Heel bone mineral density at a" in caption_of(
        locus("a"), LABELS
    )


def test_several_traits_at_a_locus_make_a_matrix() -> None:
    table = loci(locus("a"), locus("a", trait_1="gene2", pp_h4=0.02), locus("b"))
    both = {"outcome": "bone", "locus": "a", "trait_1": "gene1", "trait_2": "gene2", "pp_h4": 0.031}
    page = coloc_page("A study", table, pairs(both), LABELS, SETTINGS, "<svg></svg>")
    matrix = page[page.index("<h3>a</h3>") :]
    cells = re.findall(r"<td class=\"n\">([^<]*)</td>", matrix)[:6]
    assert cells == ["–", "0.03", "0.93", "0.03", "–", "0.02"]
    assert "<h3>b</h3>" not in page
    assert "Several traits" not in coloc_page("A study", table, pairs(), LABELS, SETTINGS, "<svg></svg>")


def test_where_was_looked_and_what_it_rests_on() -> None:
    assert places(SETTINGS) == [
        "The lead exposure is compared at its pleiotropic loci, with 500 kb on either side.",
        "Traits of coloc.traits are compared around their genes, with 500 kb on either side.",
    ]
    assert places(SETTINGS | {"lead": False, "loci": "a.tsv"})[0].startswith(
        "Traits of coloc.traits are compared at the loci of a.tsv"
    )
    assert places(SETTINGS | {"lead": False, "traits": []}) == []
    assert method(locus("a")) == "SuSiE (1 and 2 sets)"
    assert method(locus("a", susie="ld_mismatch")) == "ABF (ld mismatch)"


def test_the_lead_is_of_the_method_that_decides() -> None:
    rows = variants("a")
    assert lead_of(rows) == 150
    assert lead_of(rows.assign(susie_pp_h4=np.where(np.arange(300) == 20, 0.9, np.nan))) == 20


def test_colours_go_by_r2() -> None:
    found = colour_class(np.array([np.nan, 0.0, 0.2, 0.79, 0.8, 1.0]))
    assert found.tolist() == [-1, 0, 1, 3, 4, 4]


def test_the_step_draws_the_first_loci_and_the_same_bytes_again(tmp_path: Path) -> None:
    names = ["a:1", "b", "c"]
    write_tsv(loci(*(locus(name) for name in names)), tmp_path / "coloc.tsv")
    write_tsv(pd.concat([priors(name) for name in names])[PRIORS], tmp_path / "priors.tsv")
    write_tsv(pairs(), tmp_path / "pairs.tsv")
    write_parquet(pd.concat([variants(name) for name in names]), tmp_path / "variants.parquet")
    made = []
    for run in ("one", "two"):
        folder = tmp_path / run
        plot_coloc(
            tmp_path / "coloc.tsv",
            tmp_path / "priors.tsv",
            tmp_path / "pairs.tsv",
            tmp_path / "variants.parquet",
            [],
            [],
            folder / "coloc",
            folder / "overview.svg",
            folder / "coloc.html",
            "A study",
            {trait: label.name for trait, label in LABELS.items()},
            SETTINGS,
        )
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        made.append({str(path.relative_to(folder)): path.read_bytes() for path in files})
    assert made[0] == made[1]
    assert sorted(made[0]) == [
        "coloc.html",
        "coloc/gene1/bone/a_1.svg",
        "coloc/gene1/bone/b.svg",
        "overview.svg",
    ]


def test_nothing_tested_is_said(tmp_path: Path) -> None:
    table = loci(locus("", status="no_locus", verdict="not_tested"))
    write_tsv(table, tmp_path / "coloc.tsv")
    write_tsv(pd.DataFrame(columns=PRIORS), tmp_path / "priors.tsv")
    write_tsv(pairs(), tmp_path / "pairs.tsv")
    write_parquet(pd.DataFrame({name: [] for name in PAIR}), tmp_path / "variants.parquet")
    outputs = (tmp_path / "coloc", tmp_path / "overview.svg", tmp_path / "coloc.html")
    names = ("coloc.tsv", "priors.tsv", "pairs.tsv", "variants.parquet")
    inputs = (*(tmp_path / name for name in names), [], [])
    plot_coloc(*inputs, *outputs, "A study", {"gene1": "X", "bone": "Y"}, SETTINGS)
    assert (tmp_path / "coloc/none/none/none.svg").exists()
    assert "0 of 1 locus could be tested" in (tmp_path / "coloc.html").read_text()
