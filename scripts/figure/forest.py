"""Forest plot of a hit: every method on the primary outcome, then the validation outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from scripts.figure import style
from scripts.figure.forest_rows import Row, direction, method_row, validation_blocks
from scripts.figure.words import Label, Labels, effect_unit, intervals, p_value

ROW = 5.2  # mm
HEAD, FOOT, BETWEEN = 15.0, 17.0, 20.0  # mm above the first block, below the last, between two
NAME_LEFT, NAME_WIDTH = 3.0, 46.0
HEADING_WIDTH = 100.0  # as measured in the weight of text, which bold exceeds
AXES_LEFT, AXES_WIDTH = 51.0, 62.0
EFFECT_LEFT, P_LEFT, VERDICT_LEFT = 117.0, 151.0, 164.0

VERDICTS = {
    "concordant": "as expected",
    "discordant": "opposite",
    "silent": "silent",
    "not_testable": "not testable",
}
MARKS = {
    "concordant": ("o", style.BLUE, style.BLUE),
    "discordant": ("X", style.RED, style.RED),
    "silent": ("D", "white", style.BLACK),
}


@style.styled
def draw_forest(
    exposure: Label,
    outcome: Label,
    estimates: pd.DataFrame,
    primary_method: str,
    validation: pd.DataFrame,
    labels: Labels,
) -> Figure:
    """Estimates of one exposure on one outcome (estimates.tsv), and its validation rows (validation.tsv).

    Outcomes in different units never share an axis: there is one block for each unit. The half of a
    validation row where its effect is expected is shaded.
    """
    primary = [method_row(row, primary_method) for row in estimates.itertuples()]
    blocks = [(f"On {outcome.name}, by method", effect_unit(exposure, outcome), primary)]
    blocks += validation_blocks(exposure, validation, direction(primary), labels)
    return draw_blocks(f"Genetically predicted {exposure.name}", blocks, _key(len(blocks) > 1))


@style.styled
def draw_blocks(title: str, blocks: Sequence[tuple[str, str, list[Row]]], key: str) -> Figure:
    """Blocks of estimates, each with heading, unit of its axis and lines; `key` says what marks mean."""
    total, others = sum(len(rows) for _, _, rows in blocks), HEAD + BETWEEN * (len(blocks) - 1) + FOOT
    row = style.row_height(total, others, ROW)
    figure = style.new_figure(style.WIDTH_DOUBLE, others + total * row)
    shown = style.fit(figure, title, style.WIDTH_DOUBLE - 6, style.SIZE_TITLE)
    style.add_text(figure, NAME_LEFT, 2.5, shown, fontsize=style.SIZE_TITLE, fontweight="bold")
    top = HEAD
    for heading, unit, rows in blocks:
        _block(figure, top, heading, unit, rows, row)
        top += len(rows) * row + BETWEEN
    style.add_text(figure, NAME_LEFT, top - BETWEEN + FOOT - 5.0, key, fontsize=style.SIZE_SMALL)
    return figure


def _key(validated: bool) -> str:
    """What the marks mean."""
    key = "Filled square: the method that the screen reports."
    return f"{key} Shaded: the side where the effect is expected." if validated else key


def _block(figure: Figure, top: float, heading: str, unit: str, rows: list[Row], height: float) -> None:
    axes = style.add_axes(figure, AXES_LEFT, top, AXES_WIDTH, len(rows) * height)
    low, high = limits_of(rows)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvline(0, color=style.BLACK, linewidth=0.6, zorder=1)
    axes.set_yticks([])
    style.plain_spines(axes)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel(style.fit(figure, f"Effect, 95% interval ({unit})", AXES_WIDTH + 30))
    _headings(figure, top, heading, validated=any(row.verdict for row in rows))
    for index, row in enumerate(rows):
        shade_expected(axes, index, row)
        draw_estimate(axes, index, row)
        _words(figure, top + (index + 0.5) * height, row)


def limits_of(rows: list[Row]) -> tuple[float, float]:
    """All point estimates and zero, and intervals up to six times as far; longer ones end in an arrow."""
    points = np.array([0.0, *(row.beta for row in rows)])
    reach = 6 * np.nanmax(np.abs(points)) or 1.0
    ends = np.array([end for row in rows for part in row.parts for end in part])
    ends = np.append(np.clip(ends[np.isfinite(ends)], -reach, reach), 0.0)
    margin = 0.06 * (ends.max() - ends.min() or 1.0)
    return float(ends.min() - margin), float(ends.max() + margin)


def _headings(figure: Figure, top: float, heading: str, validated: bool) -> None:
    shown = style.fit_middle(figure, heading, HEADING_WIDTH, style.SIZE_SMALL)
    columns = {NAME_LEFT: shown, EFFECT_LEFT: "Effect (95% interval)", P_LEFT: "P"}
    if validated:
        columns[VERDICT_LEFT] = "Verdict"
    for left, text in columns.items():
        style.add_text(figure, left, top - 5.5, text, fontsize=style.SIZE_SMALL, fontweight="bold")


def shade_expected(axes: Axes, index: int, row: Row) -> None:
    """Shade the half of the row where the validation outcome's effect is expected."""
    if not row.expected_direction:
        return
    low, high = axes.get_xlim()
    end = high if row.expected_direction > 0 else low
    axes.add_patch(Rectangle((0, index - 0.5), end, 1.0, facecolor=style.FAINT, edgecolor="none", zorder=0))


def draw_estimate(axes: Axes, index: int, row: Row) -> None:
    """The mark and interval of one line at height `index`, within the limits of the axes."""
    if not np.isfinite(row.beta):
        return
    low, high = axes.get_xlim()
    for start, end in row.parts:
        if start < high and end > low:
            axes.plot([max(start, low), min(end, high)], [index, index], color=style.BLACK, linewidth=0.8)
    for beyond, edge, head in ((row.parts[0][0] < low, low, "<"), (row.parts[-1][1] > high, high, ">")):
        if beyond:
            axes.plot(edge, index, head, color=style.BLACK, markersize=3.0, clip_on=False)
    marker, face, edge_colour = MARKS.get(
        row.verdict, ("s", style.BLUE if row.is_primary else "white", style.BLUE)
    )
    axes.plot(
        row.beta,
        index,
        marker,
        markersize=4.6,
        markerfacecolor=face,
        markeredgecolor=edge_colour,
        markeredgewidth=0.8,
        zorder=3,
    )


def _words(figure: Figure, middle: float, row: Row) -> None:
    look: dict[str, Any] = {"va": "center", "fontsize": style.SIZE_SMALL}
    weight = "bold" if row.is_primary else "normal"
    name = style.fit(figure, row.name, NAME_WIDTH, style.SIZE_SMALL)
    style.add_text(figure, NAME_LEFT, middle, name, **look, fontweight=weight)
    if row.note:
        style.add_text(figure, EFFECT_LEFT, middle, row.note, **look, fontstyle="italic")
        return
    style.add_text(figure, EFFECT_LEFT, middle, _effect(figure, row), **look)
    style.add_text(figure, P_LEFT, middle, p_value(row.neglog10_p), **look)
    style.add_text(figure, VERDICT_LEFT, middle, VERDICTS.get(row.verdict, ""), **look)


def _effect(figure: Figure, row: Row) -> str:
    """The estimate and its interval, or the number of intervals where there is no room for them."""
    text = intervals(row.beta, row.parts)
    if len(row.parts) == 1 or style.text_width(figure, text, style.SIZE_SMALL) <= P_LEFT - EFFECT_LEFT - 1:
        return text
    return f"{text.split(' (')[0]} ({len(row.parts)} intervals)"
