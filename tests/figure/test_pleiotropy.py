"""Manhattan and QQ plots, and the page of pleiotropy: complete, thinned, and honest about calibration."""

import html
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from scripts.figure.manhattan import draw_manhattan, thinned
from scripts.figure.pleiotropy_page import cautions
from scripts.figure.qq import draw_qq
from scripts.plot_pleiotropy import plot_pleiotropy
from scripts.table.files import write_json
from scripts.table.frames import write_parquet, write_tsv
from scripts.table.pleiotropy import ANNOTATED, LOCUS_VARIANT, Quantity
from tests.figure.test_figures import check_layout, texts_of

CALIBRATED: dict[str, float] = {
    Quantity.N_TESTED: 900_000.0,
    Quantity.MEDIAN_N_EXPOSURE: 30_000.0,
    Quantity.MEDIAN_N_OUTCOME: 60_000.0,
    Quantity.CORRELATION_ESTIMATED: 0.11,
    Quantity.CORRELATION_USED: 0.11,
    Quantity.LAMBDA: 1.02,
    Quantity.LAMBDA_PERMUTED: 1.0,
    Quantity.N_SIGNIFICANT: 12.0,
    Quantity.N_SIGNIFICANT_PERMUTED: 0.0,
    Quantity.N_SIGNIFICANT_EXPECTED: 0.045,
}


def points_of(n: int = 20_000) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    chromosome = np.sort(rng.integers(1, 23, n))
    p = rng.exponential(1 / np.log(10), n)
    p[::5000] = 12.0
    p[7] = np.nan
    position = rng.integers(1, 100_000_000, n)
    return pd.DataFrame({"chromosome": chromosome, "position": position, "neglog10_p": p})


def loci(points: pd.DataFrame) -> pd.DataFrame:
    """A locus for each significant point; the second has no gene, the third rests on one trait."""
    rows = points[points["neglog10_p"] > 7.3].reset_index(drop=True)
    table = pd.DataFrame(index=rows.index, columns=ANNOTATED)
    table = table.assign(
        locus=rows.index + 1,
        rsid=[f"rs{k}" for k in rows.index],
        chromosome=rows["chromosome"],
        position=rows["position"],
        nearest_gene=[f"GENE{k}<b>" for k in rows.index],
        nearest_gene_distance=1500.0,
        pops_gene="OTHER",
        pops_gene_distance=0.0,
        pops_score=1.25,
        genes="disagree",
        neglog10_p=rows["neglog10_p"],
        neglog10_p_exposure=320.5,
        neglog10_p_outcome=6.0,
        both_traits=True,
        in_mhc=False,
        n_known_associations=0,
    )
    names = table["nearest_gene"].where(table.index != 1)
    return table.assign(nearest_gene=names, both_traits=table.index != 2)


def words_of(figure: Figure) -> list[str]:
    return [text for text, _ in texts_of(figure)]


def test_one_point_is_drawn_of_those_in_one_place_and_it_is_the_highest() -> None:
    across, up = np.array([0.1, 0.2, 0.9, 5.0]), np.array([3.1, 3.9, 3.5, 3.0])
    assert thinned(across, up).tolist() == [1, 3]


def test_manhattan_names_every_locus_and_stays_small() -> None:
    points = points_of(300_000)
    few = points.assign(neglog10_p=points["neglog10_p"].where(points["neglog10_p"] < 7))
    few.loc[[10, 150_000, 299_990], "neglog10_p"] = [9.0, 12.0, 8.0]
    figure = draw_manhattan(few, loci(few), "Effects on both", 5e-8)
    check_layout(figure)
    drawn = {text for text in words_of(figure) if text.startswith(("GENE", "rs"))}
    assert drawn == {"GENE0<b>", "rs1", "GENE2<b>"}
    (axes,) = figure.axes
    assert sum(len(line.get_xdata()) for line in axes.lines) < 30_000


def test_manhattan_without_a_locus_and_of_one_chromosome() -> None:
    points = points_of(500)
    points = points[points["neglog10_p"] < 7].assign(chromosome=22)
    figure = draw_manhattan(points, pd.DataFrame(columns=ANNOTATED), "Effects on both", 5e-8)
    check_layout(figure)
    assert "22" in words_of(figure)


@pytest.mark.parametrize("permuted", [True, False])
def test_qq_shows_the_permuted_band_where_there_is_one(permuted: bool) -> None:
    expected = np.linspace(5, 0.1, 50)
    band = expected if permuted else np.full(50, np.nan)
    qq = pd.DataFrame(
        {"expected": expected, "observed": expected, "permuted_low": band, "permuted_high": 1.1 * band}
    )
    figure = draw_qq(qq, 1.01, 0.99 if permuted else float("nan"))
    check_layout(figure)
    assert any("permuted" in text for text in words_of(figure)) == permuted


def test_nothing_to_beware_of_in_a_calibrated_study() -> None:
    assert cautions(loci(points_of())[:1], CALIBRATED) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({Quantity.MEDIAN_N_OUTCOME: 1_000_000.0}, "differ 33-fold"),
        ({Quantity.N_TESTED: 5_000.0}, "Only 5,000 variants"),
        ({Quantity.LAMBDA_PERMUTED: 0.82}, "λ is 0.82, not 1"),
        ({Quantity.N_SIGNIFICANT_PERMUTED: 4.2}, "4.2 variants have P below"),
        ({Quantity.LAMBDA_PERMUTED: float("nan")}, "calibration is not known"),
        ({Quantity.CORRELATION_USED: 0.0}, "the test assumed 0"),
    ],
)
def test_what_makes_p_doubtful_is_said(changed: dict[str, float], said: str) -> None:
    (caution,) = cautions(loci(points_of())[:1], CALIBRATED | changed)
    assert said in caution


def page_of(folder: Path, exposure: str | None) -> str:
    points = points_of()
    write_parquet(points, folder / "placo.parquet")
    note = {"exposure": exposure, "outcome": "y", "message": "No exposure passed every gate."}
    write_json(note, folder / "note.json")
    write_tsv(loci(points), folder / "annotated.tsv")
    write_tsv(pd.DataFrame(columns=LOCUS_VARIANT), folder / "variants.tsv")
    numbers = {quantity.value: CALIBRATED.get(quantity, 0.0) for quantity in Quantity}
    write_tsv(pd.DataFrame(list(numbers.items()), columns=["quantity", "value"]), folder / "summary.tsv")
    columns = ["expected", "observed", "permuted_low", "permuted_high"]
    write_tsv(pd.DataFrame([[2.0] * 4, [0.1] * 4], columns=columns), folder / "qq.tsv")
    plot_pleiotropy(
        tested=folder / "placo.parquet",
        note=folder / "note.json",
        annotated=folder / "annotated.tsv",
        variants=folder / "variants.tsv",
        summary=folder / "summary.tsv",
        quantiles=folder / "qq.tsv",
        manhattan=folder / "manhattan.svg",
        qq=folder / "qq.svg",
        page=folder / "page.html",
        title="A <study>",
        labels={"x": "Exposure & co", "y": "Outcome"},
        settings={"p_lead": 5e-8, "window_kb": 500},
    )
    return (folder / "page.html").read_text()


def test_page_has_every_locus_with_genes_and_p_that_do_not_underflow(tmp_path: Path) -> None:
    text = page_of(tmp_path, "x")
    assert "GENE0&lt;b&gt; (2 kb)" in text and "OTHER (inside, score 1.25)" in text
    assert "3.2×10⁻³²¹" in text and "rs1" in text
    assert "A &lt;study&gt;" in text and "Exposure &amp; co and Outcome" in text
    assert text.count("data:image/svg+xml;base64,") == 2
    assert "Known for" not in text
    assert all(quantity.sentence in html.unescape(text) for quantity in Quantity)


def test_page_without_an_exposure_says_why(tmp_path: Path) -> None:
    text = page_of(tmp_path, None)
    assert "No exposure passed every gate." in text and "Loci" not in text
    assert (tmp_path / "manhattan.svg").read_text().startswith("<svg")
