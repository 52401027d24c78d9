"""Step: estimates before and after the corrections for overlap."""

from pathlib import Path

from scripts.figure.overlap import draw_overlap
from scripts.figure.style import save
from scripts.step import run
from scripts.table.frames import read_tsv


def plot_overlap(estimates: Path, figure: Path) -> None:
    """Write the figure of overlap_estimates.tsv."""
    save(draw_overlap(read_tsv(estimates)), figure, "Estimates before and after correction for overlap")


if __name__ == "__main__":
    run(plot_overlap)
