"""Step: the source files of a study on one page, with a figure."""

from pathlib import Path

from scripts.figure.quality import draw_quality
from scripts.figure.quality_page import quality_page
from scripts.figure.style import save
from scripts.figure.words import labels_of
from scripts.step import run
from scripts.table.files import write_text
from scripts.table.frames import read_tsv


def show_quality(
    table: Path, findings: Path, page: Path, figure: Path, title: str, labels: dict[str, str]
) -> None:
    """Write the figure, and the page with the figure in it."""
    traits = read_tsv(table)
    save(draw_quality(traits), figure, "What is usual and what stands out in each source file")
    svg = figure.read_text(encoding="utf-8")
    write_text(quality_page(title, traits, read_tsv(findings), labels_of(labels, {}), svg), page)


if __name__ == "__main__":
    run(show_quality)
