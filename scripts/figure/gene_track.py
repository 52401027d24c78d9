"""Genes of a region as bars on as few lines as their names allow."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style

LINES = 6
LINE_HEIGHT = 4.2  # mm
GAP = 1.0  # mm between a name and the next gene


def genes_within(genes: pd.DataFrame, chromosome: int, start: int, end: int) -> pd.DataFrame:
    """Genes that reach into a stretch of a chromosome."""
    here = (genes["chromosome"] == chromosome) & (genes["end"] >= start) & (genes["start"] <= end)
    return genes[here].reset_index(drop=True)


def draw_genes(figure: Figure, axes: Axes, genes: pd.DataFrame, low: int, high: int, width: float) -> None:
    """Bars from start to end, in Mb, each with its symbol below, in axes of `width` mm from low to high (bp).

    Where names would overlap, genes take another line; those that find none are counted in words.
    """
    per_mm = (high - low) / width
    free = [float("-inf")] * LINES
    left_out = 0
    for symbol, first, last in zip(genes["symbol"], genes["start"], genes["end"], strict=True):
        start, end = max(int(first), low), min(int(last), high)
        half = style.text_width(figure, symbol, style.SIZE_SMALL) * per_mm / 2
        centre = min(max((start + end) / 2, low + half), high - half)
        begins, ends = min(start, centre - half), max(end, centre + half)
        line = next((k for k in range(LINES) if free[k] < begins), None)
        if line is None:
            left_out += 1
            continue
        free[line] = ends + GAP * per_mm
        axes.plot(
            [start / 1e6, end / 1e6], [-line, -line], color=style.BLUE, linewidth=1.8, solid_capstyle="butt"
        )
        axes.text(
            centre / 1e6,
            -line - 0.22,
            symbol,
            ha="center",
            va="top",
            fontsize=style.SIZE_SMALL,
            style="italic",
        )
    axes.set_ylim(-LINES + 0.2, 0.5)
    axes.set_yticks([])
    style.plain_spines(axes)
    if left_out:
        axes.text(
            1,
            1.0,
            f"and {left_out} more genes",
            transform=axes.transAxes,
            ha="right",
            va="center",
            fontsize=style.SIZE_SMALL,
            color=style.GREY,
        )
