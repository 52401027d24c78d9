"""Genes nearest to instruments whose expression differs: the instrument's effect beside the fold change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scripts.figure import style
from scripts.figure.words import Labels, effect_unit, label_of
from scripts.table.gene_list import GeneStatus

ROW = 5.0  # mm
HEAD, FOOT, BETWEEN = 14.0, 15.0, 24.0
NAME_LEFT, NAME_WIDTH = 3.0, 44.0
EFFECT_LEFT, FOLD_LEFT, WIDTH = 50.0, 118.0, 60.0
MOST = 40  # instruments of a pair that are drawn, the nearest to their genes first


@style.styled
def draw_gene_list(crossed: pd.DataFrame, labels: Labels) -> Figure:
    """One block a pair of exposure and outcome that has such genes (columns of gene_list.tsv)."""
    shown = crossed[crossed["used"].astype(bool) & (crossed["status"] == GeneStatus.DIFFERS)]
    if shown.empty:
        return style.message_figure("No instrument's nearest gene is one whose expression differs.")
    parts = [part.head(MOST) for _, part in shown.groupby(["exposure", "outcome"], sort=False)]
    heights = [len(part) * ROW for part in parts]
    total = HEAD + sum(heights) + BETWEEN * (len(parts) - 1) + FOOT
    figure = style.new_figure(style.WIDTH_DOUBLE, total)
    top = HEAD
    for part, height in zip(parts, heights, strict=True):
        _block(figure, top, height, part, labels)
        top += height + BETWEEN
    key = "Filled: expression goes up; hollow: down. A fold change of 1 stands for one that is not known."
    style.add_text(figure, NAME_LEFT, total - 4.0, key, fontsize=style.SIZE_SMALL)
    return figure


def _block(figure: Figure, top: float, height: float, rows: pd.DataFrame, labels: Labels) -> None:
    exposure, outcome = (label_of(str(rows[name].iloc[0]), labels) for name in ("exposure", "outcome"))
    title = style.fit(figure, f"{exposure.name} on {outcome.name}", 175, style.SIZE_TITLE)
    style.add_text(figure, NAME_LEFT, top - 11, title, fontsize=style.SIZE_TITLE, fontweight="bold")
    for left, text in (
        (NAME_LEFT, "Gene (kb from the instrument)"),
        (EFFECT_LEFT, "Effect by the instrument"),
    ):
        style.add_text(figure, left, top - 5, text, fontsize=style.SIZE_SMALL, fontweight="bold")
    style.add_text(figure, FOLD_LEFT, top - 5, "Expression", fontsize=style.SIZE_SMALL, fontweight="bold")
    effects = _axes(figure, EFFECT_LEFT, top, height, len(rows))
    folds = _axes(figure, FOLD_LEFT, top, height, len(rows))
    effects.set_xlabel(
        style.fit(figure, f"Effect, 95% interval ({effect_unit(exposure, outcome)})", WIDTH + 6)
    )
    folds.set_xlabel("log₂ fold change")
    for index, row in enumerate(rows.to_dict("records")):
        _draw(effects, folds, index, row)
        name = style.fit(
            figure, f"{row['symbol']} ({row['distance'] / 1000:.0f})", NAME_WIDTH, style.SIZE_SMALL
        )
        middle = top + (index + 0.5) * ROW
        style.add_text(figure, NAME_LEFT, middle, name, va="center", fontsize=style.SIZE_SMALL)


def _axes(figure: Figure, left: float, top: float, height: float, rows: int) -> Axes:
    axes = style.add_axes(figure, left, top, WIDTH, height)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.axvline(0, color=style.BLACK, linewidth=0.6, zorder=1)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    style.plain_spines(axes)
    return axes


def _draw(effects: Axes, folds: Axes, index: int, row: dict[Any, Any]) -> None:
    """The Wald ratio with its first-order interval; the fold change from 0, up filled and down hollow."""
    half = 1.96 * row["se_outcome"] / abs(row["beta_exposure"]) if row["beta_exposure"] else np.nan
    ends = [row["ratio"] - half, row["ratio"] + half]
    effects.plot(ends, [index, index], color=style.BLACK, linewidth=0.8)
    effects.plot(row["ratio"], index, "s", markersize=4, color=style.BLUE)
    up = row["expression"] == "up"
    change = row["log2_fold_change"]
    if np.isnan(change):  # only the direction is known
        change = 1.0 if up else -1.0
    colour = style.BLUE if up else style.RED
    face = colour if up else "white"
    folds.plot([0, change], [index, index], color=colour, linewidth=1.2)
    folds.plot(change, index, "o", markersize=4.4, markerfacecolor=face, markeredgecolor=colour)
