"""Step: the genes of the instruments and the user's list, as a figure and a page."""

from pathlib import Path

from scripts.figure.gene_list import draw_gene_list
from scripts.figure.gene_list_page import gene_list_page
from scripts.figure.style import save
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv


def plot_genes(
    crossed: Path,
    tests: Path,
    figure: Path,
    page: Path,
    title: str,
    labels: dict[str, str],
    units: dict[str, str],
    level: float,
) -> None:
    """Write the figure and the page."""
    table, traits = read_tsv(crossed), labels_of(labels, units)
    drawn = draw_gene_list(table, traits)
    save(drawn, figure, "Genes nearest to instruments whose expression differs")
    text = gene_list_page(table, read_tsv(tests), title, traits, level, figure.read_text(encoding="utf-8"))
    write_text(text, page)


if __name__ == "__main__":
    run(plot_genes)
