"""Forest plot of a random-effects meta-analysis: experiments with their weights, and what they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from scripts.figure import style
from scripts.figure.words import interval, number, p_value

ROW = 4.6  # mm
HEAD, FOOT = 14.0, 17.0  # mm above the first line, below the last
NAME_LEFT, NAME_WIDTH = 3.0, 52.0
AXES_LEFT, AXES_WIDTH = 57.0, 66.0
EFFECT_LEFT, WEIGHT_LEFT = 127.0, 163.0
SQUARE = (2.0, 6.0)  # pt, of the least and of the greatest weight
REACH = 3.0  # of the points' range: a longer interval ends in an arrow head


@dataclass(frozen=True, slots=True)
class Line:
    """One experiment: effect, 95% interval, share of the pooled effect in percent (NaN: not pooled)."""

    name: str
    beta: float
    low: float
    high: float
    weight_percent: float
    outlier: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """One pooled effect: a diamond from `low` to `high`, and a bar over `prediction` (NaN: none)."""

    name: str
    beta: float
    low: float
    high: float
    neglog10_p: float
    prediction: tuple[float, float]
    leads: bool = False


@style.styled
def draw_pooled(
    title: str, lines: Sequence[Line], summaries: Sequence[Summary], axis: str, key: str
) -> Figure:
    """Lines, then diamonds; `axis` names the effect and its unit, `key` says what marks mean."""
    row = style.row_height(len(lines) + len(summaries) + 1, HEAD + FOOT, ROW)
    height = (len(lines) + len(summaries) + 0.6) * row
    figure = style.new_figure(style.WIDTH_DOUBLE, HEAD + height + FOOT)
    shown = style.fit(figure, title, style.WIDTH_DOUBLE - 6, style.SIZE_TITLE)
    style.add_text(figure, NAME_LEFT, 2.5, shown, fontsize=style.SIZE_TITLE, fontweight="bold")
    axes = style.add_axes(figure, AXES_LEFT, HEAD, AXES_WIDTH, height)
    axes.set_xlim(*_limits(lines, summaries))
    axes.set_ylim(len(lines) + len(summaries) + 0.1, -0.5)
    axes.set_yticks([])
    style.plain_spines(axes)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.axvline(0, color=style.BLACK, linewidth=0.6, zorder=1)
    axes.set_xlabel(style.fit(figure, axis, AXES_WIDTH + 30))
    for left, text in ((EFFECT_LEFT, "Effect (95% interval)"), (WEIGHT_LEFT, "Weight")):
        style.add_text(figure, left, HEAD - 5.5, text, fontsize=style.SIZE_SMALL, fontweight="bold")
    _draw_lines(figure, axes, lines, row)
    _draw_summaries(figure, axes, summaries, len(lines) + 0.6, row)
    style.add_text(figure, NAME_LEFT, HEAD + height + FOOT - 5.0, key, fontsize=style.SIZE_SMALL)
    return figure


def _limits(lines: Sequence[Line], summaries: Sequence[Summary]) -> tuple[float, float]:
    """All effects, zero and pooled intervals; the others' intervals no farther than REACH ranges of these."""
    points = [0.0, *(line.beta for line in lines)]
    points += [end for one in summaries for end in (one.low, one.high) if np.isfinite(end)]
    low, high = min(points), max(points)
    reach = REACH * ((high - low) or 1.0)
    ends = [end for line in lines for end in (line.low, line.high) if np.isfinite(end)]
    ends += [end for one in summaries for end in one.prediction if np.isfinite(end)]
    ends = [*points, *np.clip(ends, low - reach, high + reach)]
    margin = 0.04 * ((max(ends) - min(ends)) or 1.0)
    return min(ends) - margin, max(ends) + margin


def _draw_lines(figure: Figure, axes: Axes, lines: Sequence[Line], row: float) -> None:
    most = max((line.weight_percent for line in lines if np.isfinite(line.weight_percent)), default=1.0)
    for index, line in enumerate(lines):
        _bar(axes, index, line.low, line.high, style.BLACK, 0.8)
        share = line.weight_percent / most if np.isfinite(line.weight_percent) else 0.0
        size = SQUARE[0] + (SQUARE[1] - SQUARE[0]) * float(np.sqrt(share))
        colour = style.RED if line.outlier else style.BLUE
        face = "white" if line.outlier else colour
        look: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": colour, "markeredgewidth": 0.8}
        axes.plot(line.beta, index, "s", markersize=size, zorder=3, **look)
        weight = f"{number(line.weight_percent, 1)}%" if np.isfinite(line.weight_percent) else ""
        words = (line.name, interval(line.beta, line.low, line.high), weight)
        _words(figure, HEAD + (index + 0.5) * row, words, bold=False)


def _draw_summaries(
    figure: Figure, axes: Axes, summaries: Sequence[Summary], first: float, row: float
) -> None:
    for index, one in enumerate(summaries):
        middle = first + index
        if not np.isfinite(one.beta):
            continue
        _bar(axes, middle, *one.prediction, style.YELLOW, 2.0)
        corners = [
            (one.low, middle),
            (one.beta, middle - 0.32),
            (one.high, middle),
            (one.beta, middle + 0.32),
        ]
        face = style.BLUE if one.leads else "white"
        axes.add_patch(Polygon(corners, facecolor=face, edgecolor=style.BLUE, linewidth=0.8, zorder=3))
        effect = interval(one.beta, one.low, one.high)
        words = (one.name, effect, f"P {p_value(one.neglog10_p)}")
        _words(figure, HEAD + (middle + 0.5) * row, words, bold=one.leads)


def _bar(axes: Axes, at: float, low: float, high: float, colour: str, width: float) -> None:
    """An interval; what lies beyond the axis ends in an arrow head."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return
    left, right = axes.get_xlim()
    axes.plot(np.clip([low, high], left, right), [at, at], color=colour, linewidth=width, zorder=2)
    for beyond, edge, head in ((low < left, left, "<"), (high > right, right, ">")):
        if beyond:
            axes.plot(edge, at, head, color=colour, markersize=3.0, clip_on=False)


def _words(figure: Figure, middle: float, words: tuple[str, str, str], bold: bool) -> None:
    look: dict[str, Any] = {"va": "center", "fontsize": style.SIZE_SMALL}
    look["fontweight"] = "bold" if bold else "normal"
    name = style.fit_middle(figure, words[0], NAME_WIDTH - 2, style.SIZE_SMALL)
    for left, text in zip((NAME_LEFT, EFFECT_LEFT, WEIGHT_LEFT), (name, *words[1:]), strict=True):
        style.add_text(figure, left, middle, text, **look)
