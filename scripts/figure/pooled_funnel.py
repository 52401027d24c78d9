"""Funnel plot of a meta-analysis, and its effects beside a moderator; outliers are named in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.words import number
from scripts.method.estimate import confidence_quantile

LEFT, TOP, WIDTH, HEIGHT = 14.0, 9.0, 70.0, 54.0  # mm
BELOW = 22.0  # mm under the axes
CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}  # behind a name


@style.styled
def draw_pooled_funnel(title: str, effects: pd.DataFrame, beta: float, note: str) -> Figure:
    """Effects g against their standard errors, the most precise on top (rows of pooled_experiments.tsv).

    Between the dashed lines 95% would lie if all experiments had the effect `beta`, the pooled one.
    """
    figure, axes = _frame(title, note)
    deepest = 1.08 * float(effects["se"].max())
    half = confidence_quantile(np.inf) * deepest
    for end in (-half, half):
        axes.plot([beta, beta + end], [0.0, deepest], "--", color=style.GREY, linewidth=0.8, zorder=1)
    axes.axvline(beta, color=style.BLUE, linewidth=0.9, zorder=1)
    axes.axvline(0.0, color=style.PALE, linewidth=0.6, zorder=0)
    axes.set_ylim(deepest, 0.0)
    _points(axes, effects["g"], effects["se"], effects)
    axes.set_xlabel("Effect (Hedges' g)")
    axes.set_ylabel("Standard error")
    return figure


@style.styled
def draw_moderator(title: str, effects: pd.DataFrame, moderator: str, note: str) -> Figure:
    """Effects g against the column `moderator` of the same rows, whose name is the axis label."""
    figure, axes = _frame(title, note)
    axes.axhline(0.0, color=style.PALE, linewidth=0.6, zorder=0)
    _points(axes, effects["moderator"], effects["g"], effects)
    axes.set_xlabel(style.fit(figure, moderator, WIDTH))
    axes.set_ylabel("Effect (Hedges' g)")
    return figure


def correlation_words(rho: float, p: float, k: int) -> str:
    """Spearman's correlation in a line."""
    return f"Spearman's ρ {number(rho, 3)}, P {number(p, 3)}, {k} experiments"


def _frame(title: str, note: str) -> tuple[Figure, Axes]:
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + HEIGHT + BELOW)
    shown = style.fit(figure, title, style.WIDTH_SINGLE - 4, style.SIZE_TITLE)
    style.add_text(figure, 2.0, 2.0, shown, fontsize=style.SIZE_TITLE, fontweight="bold")
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, HEIGHT)
    wrapped = style.wrap(figure, note, style.WIDTH_SINGLE - 4, style.SIZE_SMALL)
    style.add_text(figure, 2.0, TOP + HEIGHT + 10.0, wrapped, fontsize=style.SIZE_SMALL)
    return figure, axes


def _points(axes: Axes, x: pd.Series[float], y: pd.Series[float], effects: pd.DataFrame) -> None:
    """Experiments as dots, outliers as open ones with their names."""
    out = effects["outlier"].to_numpy(bool)
    axes.plot(x[~out], y[~out], "o", color=style.BLUE, markersize=3.6, zorder=3)
    look: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": style.RED}
    axes.plot(x[out], y[out], "o", markersize=3.8, zorder=3, **look)
    middle = float(np.mean(axes.get_xlim()))
    for at, height, name in zip(x[out], y[out], effects.loc[out, "experiment"], strict=True):
        side, shift = ("right", -4) if at > middle else ("left", 4)
        place: dict[str, Any] = {"textcoords": "offset points", "ha": side, "va": "center"}
        axes.annotate(
            str(name), (at, height), xytext=(shift, 0), fontsize=style.SIZE_SMALL, bbox=CLEAR, **place
        )
