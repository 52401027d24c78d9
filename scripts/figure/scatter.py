"""Instrument effects on exposure and outcome, with the slope of each method."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.instrument_marks import (
    legend_below,
    mark_outliers,
    mark_points,
    method_lines,
    oriented,
)
from scripts.figure.words import Label
from scripts.method.estimate import confidence_quantile

LEFT, TOP, WIDTH, HEIGHT = 21.0, 4.0, 64.0, 60.0  # mm
LEGEND = 40.0  # mm under the axes
REACH = confidence_quantile(math.inf)  # half-width of a 95% interval in standard errors


@style.styled
def draw_scatter(
    exposure: Label,
    outcome: Label,
    instruments: pd.DataFrame,
    estimates: pd.DataFrame,
    egger_intercept: float,
) -> Figure:
    """Aligned instruments (instruments.parquet), each oriented to raise the exposure, with 95% intervals.

    `estimates` holds the pair's rows of estimates.tsv; the MR-Egger line starts at `egger_intercept`.
    """
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + HEIGHT + LEGEND)
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, HEIGHT)
    points = oriented(instruments)
    axes.errorbar(
        points["beta_exposure"],
        points["beta_outcome"],
        xerr=REACH * points["se_exposure"],
        yerr=REACH * points["se_outcome"],
        fmt="none",
        ecolor=style.PALE,
        elinewidth=0.5,
        zorder=1,
    )
    axes.axhline(0, color=style.GREY, linewidth=0.6, zorder=0)
    mark_points(axes, points["beta_exposure"], points["beta_outcome"], points["gsmr_status"])
    _limits(axes, points)
    mark_outliers(figure, axes, points.assign(x=points["beta_exposure"], y=points["beta_outcome"]))
    _lines(axes, estimates, egger_intercept)
    axes.set_xlabel(_axis(figure, "Variant's effect", exposure, WIDTH + 4))
    axes.set_ylabel(_axis(figure, "Variant's effect", outcome, HEIGHT))
    legend_below(figure, axes, top=TOP + HEIGHT + 17.0)
    return figure


def _axis(figure: Figure, what: str, trait: Label, width: float) -> str:
    unit = trait.unit or "unit not stated"
    return (
        style.wrap(figure, f"{what} on {trait.name}", width, lines=2) + f"\n({unit} per allele, 95% interval)"
    )


def _limits(axes: Axes, points: pd.DataFrame) -> None:
    """All points whole; an interval reaches at most as far beyond them as the points' own spread."""
    axes.set_xlim(0, 1.08 * _far_end(points["beta_exposure"], points["se_exposure"]))
    top = _far_end(points["beta_outcome"], points["se_outcome"])
    bottom = _far_end(-points["beta_outcome"], points["se_outcome"])
    axes.set_ylim(-1.08 * bottom, 1.08 * top)


def _far_end(beta: pd.Series[float], se: pd.Series[float]) -> float:
    largest = float(np.abs(beta).max())
    ends = beta + REACH * se
    return max(float(np.minimum(ends, 2 * largest).max()), 0.1 * largest)


def _lines(axes: Axes, estimates: pd.DataFrame, egger_intercept: float) -> None:
    """The methods' lines from the vertical axis to the right edge, through the origin but for MR-Egger.

    Other methods may end at MR-Egger's slope, and have its intercept then.
    """
    x = np.array([0.0, axes.get_xlim()[1]])
    drawn = estimates[np.isfinite(estimates["beta"])]
    slopes = drawn.loc[drawn["method"] == "egger", "beta"] if np.isfinite(egger_intercept) else ()
    for beta, line in method_lines(drawn):
        intercept = egger_intercept if beta in set(slopes) else 0.0
        axes.plot(x, intercept + x * beta, zorder=2, **line)
