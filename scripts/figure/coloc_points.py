"""Variants of a region as points: coloured by LD with the lead, thinned to what can be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scripts.figure import style
from scripts.method.arrays import BoolArray, FloatArray

BOUNDS = (0.2, 0.4, 0.6, 0.8)  # of r2
# From pale to dark, so that the order survives in grey; the last is for variants that the panel lacks.
COLOURS = ("#B4CCE3", "#85BCDC", "#4A98C9", "#1C6AAF", "#08306B")
UNKNOWN = "#BDBDBD"
LABELS = ("< 0.2", "0.2–0.4", "0.4–0.6", "0.6–0.8", "≥ 0.8")
CELL = 0.35  # mm within which points of one colour are one


def colour_class(r2: FloatArray) -> FloatArray:
    """Class of each r2 by BOUNDS (0 to 4), or -1 where it is unknown."""
    return np.where(np.isnan(r2), -1.0, np.searchsorted(BOUNDS, r2, side="right"))


def draw_points(axes: Axes, x: FloatArray, y: FloatArray, r2: FloatArray, size: float = 9.0) -> None:
    """Points of both axes' units, the ones in strong LD with the lead on top. Limits must be set before."""
    classes = colour_class(r2)
    for level, colour in zip((-1, *range(len(COLOURS))), (UNKNOWN, *COLOURS), strict=True):
        chosen = np.flatnonzero(classes == level)
        chosen = chosen[distinct(axes, x[chosen], y[chosen])]
        axes.scatter(
            x[chosen],
            y[chosen],
            s=size,
            color=colour,
            edgecolors="none",
            zorder=2 + level / 10,
            clip_on=False,
        )


def distinct(axes: Axes, x: FloatArray, y: FloatArray) -> BoolArray:
    """The first of the points of each small cell of the axes."""
    box = axes.get_window_extent()
    unit = style.MM_PER_INCH / axes.figure.dpi / CELL
    low_x, high_x = axes.get_xlim()
    low_y, high_y = axes.get_ylim()
    columns = np.floor((x - low_x) / (high_x - low_x) * box.width * unit)
    rows = np.floor((y - low_y) / (high_y - low_y) * box.height * unit)
    return ~pd.DataFrame({"column": columns, "row": rows}).duplicated().to_numpy()


def lead_of(variants: pd.DataFrame) -> int:
    """Row of the most probably shared variant: by the credible sets where they were compared, else by ABF."""
    by_sets = variants["susie_pp_h4"].to_numpy(float)
    known = np.isfinite(by_sets)
    return int(np.argmax(np.where(known, by_sets, 0.0) if known.any() else variants["pp_h4"].to_numpy()))


def mark_lead(axes: Axes, x: float, y: float, size: float = 26.0) -> None:
    """The most probable shared variant."""
    axes.scatter(
        [x],
        [y],
        s=size,
        marker="D",
        color=style.RED,
        edgecolors="white",
        linewidths=0.5,
        zorder=5,
        clip_on=False,
    )


def ring(axes: Axes, x: FloatArray, y: FloatArray, size: float = 22.0) -> None:
    """Rings around the variants of the credible set."""
    axes.scatter(
        x, y, s=size, facecolors="none", edgecolors=style.RED, linewidths=0.7, zorder=4, clip_on=False
    )
