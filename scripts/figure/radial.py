"""Radial plot: each instrument's weight, and its distance from the line, whose square is its part of Q."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.effect_axis import has_power
from scripts.figure.instrument_marks import legend_below, mark_outliers, mark_points, oriented
from scripts.figure.words import Label, effect_unit
from scripts.method.estimate import confidence_quantile

LEFT, TOP, WIDTH, HEIGHT = 16.0, 4.0, 56.0, 60.0  # mm
LEGEND = 36.0  # mm under the axes
REACH = confidence_quantile(math.inf)


@style.styled
def draw_radial(exposure: Label, outcome: Label, instruments: pd.DataFrame, slope: float) -> Figure:
    """Root of the weight across, ratio times that root up (Bowden et al. 2018, doi 10.1093/ije/dyy101).

    `instruments` has the columns of instruments.parquet, `slope` is the radial IVW estimate. Between the
    dashed lines an instrument's part of Q has P > 0.05. The scale on the right is the ratio estimate at which
    a line from the origin through a point arrives.
    """
    points = oriented(instruments)
    points = points[np.isfinite(points["radial_weight"]) & (points["radial_weight"] > 0)]
    if points.empty or not np.isfinite(slope):
        reason = f"Too few instruments for a radial plot of {exposure.name} on {outcome.name}."
        return style.message_figure(reason, style.WIDTH_SINGLE)
    points = points.assign(x=np.sqrt(points["radial_weight"]))
    points = points.assign(y=points["wald_beta"] * points["x"])
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + HEIGHT + LEGEND)
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, HEIGHT)
    mark_points(axes, points["x"], points["y"], points["gsmr_status"])
    _limits(axes, points, slope)
    mark_outliers(figure, axes, points)
    _lines(axes, slope)
    axes.set_xlabel("Root of the instrument's weight (1/SE of its ratio)")
    axes.xaxis.labelpad = 10.0 if has_power(figure, axes) else 3.0
    axes.set_ylabel("Ratio estimate × root of the weight")
    _ratio_scale(figure, axes, effect_unit(exposure, outcome))
    legend_below(figure, axes, top=TOP + HEIGHT + 13.0)
    return figure


def _limits(axes: Axes, points: pd.DataFrame, slope: float) -> None:
    right = 1.08 * float(points["x"].max())
    ends = [*points["y"], 0.0, REACH, -REACH, slope * right + REACH, slope * right - REACH]
    margin = 0.05 * (max(ends) - min(ends))
    axes.set_xlim(0, right)
    axes.set_ylim(min(ends) - margin, max(ends) + margin)


def _lines(axes: Axes, slope: float) -> None:
    x = np.array([0.0, axes.get_xlim()[1]])
    axes.axhline(0, color=style.GREY, linewidth=0.6, zorder=0)
    axes.plot(x, slope * x, color=style.BLUE, linewidth=1.3, zorder=2, label="Radial IVW")
    look: dict[str, Any] = {"color": style.BLUE, "linewidth": 0.7, "linestyle": "--", "zorder": 1}
    axes.plot(x, slope * x + REACH, label="Part of Q with P = 0.05", **look)
    axes.plot(x, slope * x - REACH, **look)


def _ratio_scale(figure: Figure, axes: Axes, unit: str) -> None:
    """Ratios on the right: y at the right edge over x there."""
    right = axes.get_xlim()[1]
    low, high = axes.get_ylim()
    scale = axes.twinx()
    scale.set_ylim(low / right, high / right)
    scale.set_ylabel(style.fit(figure, f"Ratio estimate ({unit})", HEIGHT))
    style.plain_spines(scale, keep=("right",))
