"""All triples at a glance: exposures by mediators, a panel for each outcome."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from scripts.figure import style
from scripts.figure.mediation_words import NOT_REACHED, STOPPED, in_order, percent
from scripts.figure.words import Labels, label_of
from scripts.method.normal import abs_z_from_neglog10_p
from scripts.table.mediation import MediationStatus, ProportionStatus

NAMES, CELL, ROW = 46.0, 22.0, 5.2  # mm
TOP, HEADS, FOOT, BETWEEN = 9.0, 16.0, 19.0, 12.0
MOST_ROWS, MOST_COLUMNS = 40, 6
LIMIT = 10.0  # |z| from which on the colour is full
COLOURS = LinearSegmentedColormap.from_list("steps", [style.RED, "#FFFFFF", style.BLUE])
NOT_TESTABLE = (
    *(MediationStatus.NO_INSTRUMENT_1, MediationStatus.NO_INSTRUMENT_2),
    *(MediationStatus.SHARED_INSTRUMENTS, MediationStatus.COLLINEAR),
)


@style.styled
def draw_heatmap(table: pd.DataFrame, labels: Labels) -> Figure:
    """Rows of mediation.tsv: exposures that act on a mediator, the first of them and of the mediators."""
    if table.empty:
        return style.message_figure("No exposure was followed for mediation.")
    ordered = in_order(table)
    rows = _rows(ordered)[:MOST_ROWS]
    columns = list(dict.fromkeys(ordered["mediator"]))[:MOST_COLUMNS]
    outcomes = list(dict.fromkeys(table["outcome"]))
    panel = HEADS + len(rows) * ROW
    height = TOP + len(outcomes) * (panel + BETWEEN) - BETWEEN + FOOT
    figure = style.new_figure(style.WIDTH_DOUBLE, height)
    for k, outcome in enumerate(outcomes):
        top = TOP + k * (panel + BETWEEN)
        _panel(figure, top, outcome, ordered[ordered["outcome"] == outcome], rows, columns, labels)
    hidden = len(set(table["exposure"])) - len(rows) + len(set(table["mediator"])) - len(columns)
    _key(figure, height - FOOT + 4.0, hidden)
    return figure


def joint_z(row: Any) -> float:
    """The weaker of both steps in standard errors, with the sign of their product; NaN without both.

    A part is mediated where both steps act, so the weaker one says how far from none it is.
    """
    z = [float(abs_z_from_neglog10_p(getattr(row, f"step_{step}_neglog10_p"))) for step in (1, 2)]
    return float(min(z) * np.sign(row.step_1_beta * row.step_2_beta)) if np.isfinite(z).all() else np.nan


def mark(row: Any) -> str:
    """What is written into a cell: the proportion, or a mark of what stopped it."""
    if row.status == MediationStatus.MEDIATED:
        printed = row.proportion_status == ProportionStatus.PRINTED
        return percent(row.proportion) if printed else "●"
    if row.status in NOT_TESTABLE:
        return "–"
    return "×" if row.status in STOPPED and row.status != MediationStatus.STEP_2_SILENT else ""


def _rows(ordered: pd.DataFrame) -> list[str]:
    """Exposures that came to a second step or were stopped there; all of them where none did."""
    came = ordered[~ordered["status"].isin(NOT_REACHED)]
    return list(dict.fromkeys((ordered if came.empty else came)["exposure"]))


def _panel(
    figure: Figure,
    top: float,
    outcome: str,
    table: pd.DataFrame,
    rows: list[str],
    columns: list[str],
    labels: Labels,
) -> None:
    name = style.fit(figure, f"On {label_of(outcome, labels).name}", 170.0, style.SIZE_TITLE)
    style.add_text(figure, 3.0, top - 6.0, name, fontsize=style.SIZE_TITLE, fontweight="bold")
    axes = style.add_axes(figure, NAMES + 3.0, top + HEADS, len(columns) * CELL, len(rows) * ROW)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    for row in table.itertuples():
        if row.exposure in rows and row.mediator in columns:
            _cell(axes, columns.index(str(row.mediator)), rows.index(str(row.exposure)), row)
    axes.set_xticks([])
    axes.set_yticks([])
    style.plain_spines(axes, keep=())
    look: dict[str, Any] = {"fontsize": style.SIZE_SMALL}
    for k, exposure in enumerate(rows):
        shown = style.fit(figure, label_of(exposure, labels).name, NAMES - 2.0, style.SIZE_SMALL)
        style.add_text(
            figure, NAMES + 1.5, top + HEADS + (k + 0.5) * ROW, shown, ha="right", va="center", **look
        )
    for k, mediator in enumerate(columns):
        shown = style.wrap(figure, label_of(mediator, labels).name, CELL - 2.0, style.SIZE_SMALL, lines=4)
        left = NAMES + 3.0 + (k + 0.5) * CELL
        style.add_text(figure, left, top + HEADS - 1.5, shown, ha="center", va="bottom", **look)


def _cell(axes: Axes, column: int, row_at: int, row: Any) -> None:
    z = joint_z(row)
    face = COLOURS(Normalize(-LIMIT, LIMIT, clip=True)(z)) if np.isfinite(z) else style.FAINT
    box = (column + 0.02, row_at + 0.06)
    axes.add_patch(Rectangle(box, 0.96, 0.88, facecolor=face, edgecolor=style.PALE, linewidth=0.4))
    dark = np.isfinite(z) and abs(z) > 0.6 * LIMIT
    colour = "white" if dark else style.BLACK
    axes.text(
        column + 0.5,
        row_at + 0.5,
        mark(row),
        ha="center",
        va="center",
        fontsize=style.SIZE_SMALL,
        color=colour,
    )


def _key(figure: Figure, top: float, hidden: int) -> None:
    axes = style.add_axes(figure, NAMES + 3.0, top, 40.0, 2.6)
    for low, high in itertools.pairwise(np.linspace(-LIMIT, LIMIT, 22)):
        face = COLOURS(Normalize(-LIMIT, LIMIT)((low + high) / 2))
        axes.add_patch(Rectangle((low, 0), high - low, 1, facecolor=face, edgecolor="none"))
    axes.set_xlim(-LIMIT, LIMIT)
    style.plain_spines(axes)
    axes.set_yticks([])
    axes.set_xticks([-LIMIT, 0, LIMIT], [f"≤ −{LIMIT:.0f}", "0", f"≥ {LIMIT:.0f}"], fontsize=style.SIZE_SMALL)
    label = "weaker step in standard errors, sign of the mediated effect"
    style.add_text(figure, NAMES + 46.0, top - 0.2, label, fontsize=style.SIZE_SMALL)
    more = f" Not shown: {hidden} exposures or mediators that came less far." if hidden else ""
    words = (
        "Percent: proportion mediated; ● mediated, no proportion; × stopped by a gate; – not testable; grey: "
    )
    words += f"no step 2.{more}"
    words = style.wrap(figure, words, style.WIDTH_DOUBLE - 6.0, style.SIZE_SMALL, lines=2)
    style.add_text(figure, 3.0, top + 8.0, words, fontsize=style.SIZE_SMALL)
