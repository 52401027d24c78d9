"""Step: LD score regression on one page, with a forest plot of the genetic correlations."""

from pathlib import Path

from scripts.figure.genetic_correlation import draw_genetic_correlation
from scripts.figure.ldsc_page import ldsc_page
from scripts.figure.style import save
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv

TEXT = dict.fromkeys(["trait_1", "trait_2"], "str")


def show_ldsc(
    heritability: Path,
    correlations: Path,
    dropped: Path,
    page: Path,
    figure: Path,
    title: str,
    labels: dict[str, str],
    outcomes: list[str],
) -> None:
    """Write the figure, and the page with the figure in it."""
    pairs, named = read_tsv(correlations, TEXT), labels_of(labels, {})
    save(
        draw_genetic_correlation(pairs, outcomes, named),
        figure,
        "Genetic correlation of each validated exposure with the outcome",
    )
    svg = figure.read_text(encoding="utf-8")
    told = ldsc_page(title, read_tsv(heritability), pairs, read_tsv(dropped), named, svg)
    write_text(told, page)


if __name__ == "__main__":
    run(show_ldsc)
