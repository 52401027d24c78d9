"""The forest plot and the page of LD score regression: complete, legible, with reasons where numbers lack."""

import html
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.ldsc import CORRELATION, DROPPED, HERITABILITY
from scripts.figure.genetic_correlation import draw_genetic_correlation
from scripts.figure.words import Label
from scripts.show_ldsc import show_ldsc
from scripts.table.frames import write_tsv
from scripts.table.status import RegressionStatus
from tests.figure.test_figures import check_layout, texts_of

LONG = "Mean diffusivity in the superior longitudinal fasciculus (left) & <others>"
LABELS = {"x0": Label(LONG, ""), "disease": Label("Disease", ""), "other": Label("Another disease", "")}


def pairs(n: int, outcomes: tuple[str, ...] = ("disease",)) -> pd.DataFrame:
    """Exposures x0, x1, ... with each outcome; the second has no heritability, the third is out of range."""
    rng = np.random.default_rng(n)
    rows = [{"trait_1": f"x{i}", "trait_2": outcome, "hit": True} for outcome in outcomes for i in range(n)]
    table = pd.DataFrame(rows, columns=CORRELATION)
    numbers = [name for name in CORRELATION[5:] if name not in ("status", "message")]
    table[numbers] = rng.uniform(0.1, 0.9, (len(table), len(numbers)))
    table[["n_variants", "n_allele_mismatch"]] = 1_100_000
    table["status"] = RegressionStatus.ESTIMATED.value
    if n > 2:
        table.loc[1, ["rg", "rg_se", "neglog10_p"]] = np.nan
        table.loc[1, "status"] = RegressionStatus.NO_HERITABILITY.value
        table.loc[2, ["rg", "rg_se"]] = [-1.9, 0.8]
        table.loc[2, "status"] = RegressionStatus.OUT_OF_RANGE.value
    return table.assign(message=[RegressionStatus.of(status).sentence for status in table["status"]])


@pytest.mark.parametrize("n", [1, 3, 60])
def test_forest_is_laid_out_well(n: int) -> None:
    check_layout(draw_genetic_correlation(pairs(n), ["disease"], LABELS))
    check_layout(draw_genetic_correlation(pairs(n, ("disease", "other")), ["disease", "other"], LABELS))


def test_forest_has_a_line_for_every_pair_and_says_why_one_has_no_number() -> None:
    shown = [text for text, _ in texts_of(draw_genetic_correlation(pairs(4), ["disease"], LABELS))]
    assert {"x1", "x2", "x3", "no heritability above 0", "With Disease"} <= set(shown)
    assert any(text.startswith("−1.9") for text in shown)


def test_no_hit_is_said_in_words() -> None:
    figure = draw_genetic_correlation(pairs(0), ["disease"], LABELS)
    assert "no genetic correlation to draw" in texts_of(figure)[0][0].replace("\n", " ")


def test_page_holds_every_trait_and_escapes_names(tmp_path: Path) -> None:
    h2 = pd.DataFrame([{"trait": "x0"}, {"trait": "disease"}], columns=HERITABILITY)
    h2.loc[0, HERITABILITY[3:]] = 0.25
    h2["status"] = [RegressionStatus.ESTIMATED.value, RegressionStatus.UNREADABLE.value]
    h2["message"] = ["Estimated.", "line 7: no number"]
    dropped = pd.DataFrame([("x0", "used", "Used.", 5), ("disease", "used", "Used.", 7)], columns=DROPPED)
    for name, table in (("h2", h2), ("pairs", pairs(3)), ("dropped", dropped)):
        write_tsv(table, tmp_path / f"{name}.tsv")
    show_ldsc(
        heritability=tmp_path / "h2.tsv",
        correlations=tmp_path / "pairs.tsv",
        dropped=tmp_path / "dropped.tsv",
        page=tmp_path / "ldsc.html",
        figure=tmp_path / "rg.svg",
        title="A screen",
        labels={trait: label.name for trait, label in LABELS.items()},
        outcomes=["disease"],
    )
    page = (tmp_path / "ldsc.html").read_text()
    assert html.escape(LONG) in page and LONG not in page
    for words in (
        "line 7: no number",
        "Heritability of 1 of 2 traits, and 2 of 3 genetic correlations",
        "12",
    ):
        assert words in page
