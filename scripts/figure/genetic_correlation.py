"""Forest plot of genetic correlations: each validated exposure with the outcome of its hit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.words import Labels, interval, label_of, p_value
from scripts.method.estimate import confidence_quantile
from scripts.table.status import RegressionStatus

ROW = 5.2  # mm
HEAD, FOOT, BETWEEN = 15.0, 17.0, 16.0  # mm above the first block, below the last, between two
NAME_LEFT, NAME_WIDTH = 3.0, 56.0
AXES_LEFT, AXES_WIDTH = 61.0, 62.0
RG_LEFT, P_LEFT = 127.0, 165.0
EDGE = 1.25  # of the axis: beyond it ldsc shows no genetic correlation
NOTES = {
    RegressionStatus.NO_HERITABILITY: "no heritability above 0",
    RegressionStatus.TOO_FEW_VARIANTS: "too few variants",
    RegressionStatus.SINGULAR: "nothing to regress on",
}


@style.styled
def draw_genetic_correlation(pairs: pd.DataFrame, outcomes: list[str], labels: Labels) -> Figure:
    """The hits among the rows of genetic_correlation.tsv, in blocks by outcome.

    Filled marks: no reservation. Open ones: the row's status has one (few variants, little power, a
    heritability or the correlation itself out of range).
    """
    hits = pairs[pairs["hit"].astype(bool)]
    blocks = [(outcome, hits[hits["trait_2"] == outcome]) for outcome in outcomes]
    blocks = [(outcome, rows) for outcome, rows in blocks if len(rows)]
    if not blocks:
        return style.message_figure("No exposure passed every gate: there is no genetic correlation to draw.")
    total, others = sum(len(rows) for _, rows in blocks), HEAD + BETWEEN * (len(blocks) - 1) + FOOT
    row = style.row_height(total, others, ROW)
    figure = style.new_figure(style.WIDTH_DOUBLE, others + total * row)
    style.add_text(
        figure, NAME_LEFT, 2.5, "Genetic correlation", fontsize=style.SIZE_TITLE, fontweight="bold"
    )
    top = HEAD
    for outcome, rows in blocks:
        _block(figure, top, f"With {label_of(outcome, labels).name}", rows, labels, row)
        top += len(rows) * row + BETWEEN
    key = "Filled: no reservation. Open: few variants, little power, or an estimate out of range."
    style.add_text(figure, NAME_LEFT, top - BETWEEN + FOOT - 5.0, key, fontsize=style.SIZE_SMALL)
    return figure


def _block(
    figure: Figure, top: float, heading: str, rows: pd.DataFrame, labels: Labels, height: float
) -> None:
    axes = style.add_axes(figure, AXES_LEFT, top, AXES_WIDTH, len(rows) * height)
    axes.set_xlim(-EDGE, EDGE)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for at, colour in ((-1.0, style.PALE), (0.0, style.BLACK), (1.0, style.PALE)):
        axes.axvline(at, color=colour, linewidth=0.6, zorder=1)
    axes.set_yticks([])
    axes.set_xticks([-1.0, -0.5, 0.0, 0.5, 1.0])
    style.plain_spines(axes)
    axes.set_xlabel("Genetic correlation, 95% interval")
    for left, words in ((NAME_LEFT, heading), (RG_LEFT, "rg (95% interval)"), (P_LEFT, "P")):
        shown = style.fit(figure, words, NAME_WIDTH)
        style.add_text(figure, left, top - 5.5, shown, fontsize=style.SIZE_SMALL, fontweight="bold")
    lines: list[Any] = list(rows.itertuples())
    for index, row in enumerate(lines):
        _words(figure, top + (index + 0.5) * height, row, label_of(str(row.trait_1), labels).name)
        if np.isfinite(row.rg):
            _estimate(axes, index, row)


def _ends(row: Any) -> tuple[float, float]:
    half = confidence_quantile(np.inf) * row.rg_se
    return row.rg - half, row.rg + half


def _estimate(axes: Axes, index: int, row: Any) -> None:
    """Interval and mark; what lies beyond the axis ends in an arrow head."""
    low, high = _ends(row)
    inside = np.clip([low, high], -EDGE, EDGE)
    axes.plot(inside, [index, index], color=style.BLACK, linewidth=0.8)
    for beyond, edge, head in ((low < -EDGE, -EDGE, "<"), (high > EDGE, EDGE, ">")):
        if beyond:
            axes.plot(edge, index, head, color=style.BLACK, markersize=3.0, clip_on=False)
    if abs(row.rg) <= EDGE:
        face = style.BLUE if row.status == RegressionStatus.ESTIMATED else "white"
        look: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": style.BLUE}
        axes.plot(row.rg, index, "s", markersize=4.6, markeredgewidth=0.8, zorder=3, **look)


def _words(figure: Figure, middle: float, row: Any, name: str) -> None:
    look: dict[str, Any] = {"va": "center", "fontsize": style.SIZE_SMALL}
    style.add_text(figure, NAME_LEFT, middle, style.fit_middle(figure, name, NAME_WIDTH), **look)
    if not np.isfinite(row.rg):
        note = NOTES.get(RegressionStatus.of(row.status), "not estimated")
        style.add_text(figure, RG_LEFT, middle, note, **look, fontstyle="italic")
        return
    style.add_text(figure, RG_LEFT, middle, interval(row.rg, *_ends(row)), **look)
    style.add_text(figure, P_LEFT, middle, p_value(row.neglog10_p), **look)
