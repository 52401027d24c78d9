"""Funnel plot: each instrument's ratio estimate against its precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.effect_axis import effect_label, has_power
from scripts.figure.instrument_marks import (
    legend_below,
    mark_outliers,
    mark_points,
    method_lines,
    oriented,
)
from scripts.figure.overview import effect_limit
from scripts.figure.words import Label, count

LEFT, TOP, WIDTH, HEIGHT = 18.0, 4.0, 67.0, 56.0  # mm
LEGEND = 40.0  # mm under the axes


@style.styled
def draw_funnel(
    exposure: Label, outcome: Label, instruments: pd.DataFrame, estimates: pd.DataFrame
) -> Figure:
    """Ratio estimates b_y/b_x of the aligned instruments against 1/SE, SE = se_y/|b_x| (first order).

    Ratios far from the bulk are arrow heads at the edge. `estimates` holds the pair's rows of estimates.tsv.
    """
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + HEIGHT + LEGEND)
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, HEIGHT)
    points = oriented(instruments)
    points = points[points["beta_exposure"] != 0]
    ratio = points["beta_outcome"] / points["beta_exposure"]
    precision = points["beta_exposure"] / points["se_outcome"]
    low, high = bulk(ratio.to_numpy(float), estimates["beta"].to_numpy(float))
    inside = ratio.between(low, high)
    mark_points(axes, ratio[inside], precision[inside], points.loc[inside, "gsmr_status"])
    axes.set_xlim(low, high)
    axes.set_ylim(0, 1.1 * float(precision.max()) if len(precision) else 1.0)
    mark_outliers(figure, axes, points.assign(x=ratio, y=precision)[inside])
    _beyond(axes, ratio[~inside], precision[~inside], low, high)
    axes.axvline(0, color=style.PALE, linewidth=0.6, zorder=0)
    near = estimates[estimates["beta"].between(low, high)]
    for beta, line in method_lines(near):
        axes.axvline(beta, zorder=1, **line)
    axes.set_xlabel(effect_label(figure, exposure, outcome, WIDTH + 4))
    axes.xaxis.labelpad = 10.0 if has_power(figure, axes) else 3.0
    axes.set_ylabel("Precision of the ratio estimate (1/SE)")
    legend_below(figure, axes, top=TOP + HEIGHT + 17.0)
    return figure


def bulk(ratio: np.ndarray, estimates: np.ndarray) -> tuple[float, float]:
    """Ends of an axis: the bulk of the ratios around their median, and the estimates not far away."""
    centre = float(np.median(ratio)) if ratio.size else 0.0
    spread = np.abs(ratio - centre)
    half = effect_limit(spread) if spread.any() else abs(centre) or 1.0
    near = estimates[np.abs(estimates - centre) <= 3 * half]
    reach = max(half, 1.1 * float(np.abs(near - centre).max(initial=0.0)))
    return centre - reach, centre + reach


def _beyond(
    axes: Axes, ratio: pd.Series[float], precision: pd.Series[float], low: float, high: float
) -> None:
    """Arrow heads at the edges for the ratios that lie beyond them, with their number in the legend."""
    look: dict[str, Any] = {"markersize": 4.5, "markerfacecolor": "white", "markeredgecolor": style.BLACK}
    label = f"{count(len(ratio), 'ratio')} beyond the axis"
    for chosen, edge, head in ((ratio < low, low, "<"), (ratio > high, high, ">")):
        if chosen.any():
            x = np.full(int(chosen.sum()), edge)
            axes.plot(x, precision[chosen], head, clip_on=False, zorder=4, label=label, **look)
            label = "_nolegend_"
