"""Discovery and validation as an UpSet figure: how many pairs each set has, and each combination of sets.

Sets have bars to the left and a row of dots, combinations have bars above and a column of dots (Lex et al.
2014, doi 10.1109/TVCG.2014.2346248).
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from scripts.figure import style
from scripts.figure.overview_side import KINDS
from scripts.figure.words import Labels, count, label_of
from scripts.table.discovery_sets import SetPart
from scripts.table.status import Validation

GATES = {"nominal": "Nominal", "concordant": "Nominal by every method", "discovered": "Discovered"}
ROW, GATE_ROWS_END = 5.0, 42.0  # mm; where the bars of gates end and the rows of dots begin
HEAD, GAP, FOOT = 9.0, 5.0, 15.0
BAR_LEFT, BAR_WIDTH = 3.0, 34.0
NAME_LEFT, NAME_WIDTH = 44.0, 44.0
DOTS_LEFT, DOTS_WIDTH = 91.0, 88.0
WIDEST, NARROWEST = 9.0, 4.4  # mm a combination


@style.styled
def draw_discovery_sets(sets: pd.DataFrame, labels: Labels) -> Figure:
    """Gates and validation outcomes to the left, combinations of validation outcomes to the right.

    `sets` are the rows of discovery_sets.tsv. Combinations that find no room are counted under the figure.
    """
    parts = {part: sets[sets["part"] == part].reset_index(drop=True) for part in SetPart}
    gates, outcomes = parts[SetPart.GATE], parts[SetPart.OUTCOME]
    every = parts[SetPart.COMBINATION].fillna({"agree": "", "contradict": ""})
    shown = every.head(int(DOTS_WIDTH / NARROWEST))
    height = HEAD + GATE_ROWS_END + GAP + len(outcomes) * ROW + FOOT
    figure = style.new_figure(style.WIDTH_DOUBLE, height)
    style.add_text(figure, BAR_LEFT, 2.0, "Pairs in each set", fontweight="bold")
    style.add_text(figure, DOTS_LEFT, 2.0, "Discovered pairs by what validates them", fontweight="bold")
    largest = max(1, *sets["n"])
    top = HEAD + GATE_ROWS_END
    _set_bars(figure, top - len(gates) * ROW, gates, [GATES[name] for name in gates["name"]], largest)
    names = [label_of(name, labels).name for name in outcomes["name"]]
    _set_bars(figure, top + GAP, outcomes, names, largest)
    _combinations(figure, top + GAP, list(outcomes["name"]), shown)
    _key(figure, top + GAP + len(outcomes) * ROW + 3.0, shown, every.iloc[len(shown) :])
    return figure


def _set_bars(figure: Figure, top: float, rows: pd.DataFrame, names: list[str], largest: int) -> None:
    """Bars that grow to the left, with the number at the end, and names to their right."""
    if rows.empty:
        return
    axes = style.add_axes(figure, BAR_LEFT, top, BAR_WIDTH + 6.0, len(rows) * ROW)
    axes.set_axis_off()
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(largest * (BAR_WIDTH + 6.0) / BAR_WIDTH * 1.15, 0)
    axes.barh(range(len(rows)), rows["n"], height=0.62, color=style.BLUE)
    at_end: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "va": "center"}
    for index, (n, name) in enumerate(zip(rows["n"], names, strict=True)):
        axes.annotate(f"{n:,}", (n, index), (-2, 0), fontsize=style.SIZE_SMALL, **at_end)
        written = style.fit_middle(figure, name, NAME_WIDTH, style.SIZE_SMALL)
        middle = top + (index + 0.5) * ROW
        style.add_text(figure, NAME_LEFT, middle, written, va="center", fontsize=style.SIZE_SMALL)


def _combinations(figure: Figure, top: float, outcomes: list[str], rows: pd.DataFrame) -> None:
    """A column for each combination: its bar, and dots at the outcomes that agree or contradict."""
    if rows.empty:
        style.add_text(figure, DOTS_LEFT, HEAD + 3.0, "No pair was discovered.", fontsize=style.SIZE_TEXT)
        return
    pitch = min(WIDEST, DOTS_WIDTH / len(rows))
    bars = style.add_axes(figure, DOTS_LEFT, HEAD, len(rows) * pitch, GATE_ROWS_END)
    bars.set_xlim(-0.5, len(rows) - 0.5)
    bars.set_ylim(0, 1.15 * rows["n"].max())
    bars.set_axis_off()
    for index, (n, validation) in enumerate(zip(rows["n"], rows["validation"], strict=True)):
        drawn = bars.bar(index, n, width=0.62, **_look(validation))
        bars.bar_label(drawn, fmt="{:,.0f}", padding=2, fontsize=style.SIZE_SMALL)
    if outcomes:
        dots = style.add_axes(figure, DOTS_LEFT, top, len(rows) * pitch, len(outcomes) * ROW)
        dots.set_xlim(-0.5, len(rows) - 0.5)
        dots.set_ylim(len(outcomes) - 0.5, -0.5)
        dots.set_axis_off()
        _dots(dots, outcomes, rows)


def _look(validation: str) -> dict[str, Any]:
    """How the bar of a combination is filled: as its pairs' marks in the overview."""
    kind = KINDS[validation]
    hatch = "/////" if validation == Validation.NOT_TESTED else None
    return {"facecolor": kind.face, "edgecolor": kind.edge, "linewidth": 0.7, "hatch": hatch}


def _dots(axes: Axes, outcomes: list[str], rows: pd.DataFrame) -> None:
    for place in range(0, len(outcomes), 2):
        axes.axhspan(place - 0.5, place + 0.5, facecolor=style.FAINT, edgecolor="none", zorder=0)
    for index, row in enumerate(rows.itertuples()):
        agree = [outcomes.index(name) for name in str(row.agree).split()]
        contradict = [outcomes.index(name) for name in str(row.contradict).split()]
        silent = sorted({*range(len(outcomes))} - {*agree, *contradict})
        spoken = sorted([*agree, *contradict])
        if spoken:
            axes.plot([index, index], [spoken[0], spoken[-1]], color=style.BLACK, linewidth=0.9, zorder=1)
        axes.plot([index] * len(silent), silent, "o", color=style.PALE, markersize=2.6, markeredgewidth=0)
        axes.plot([index] * len(agree), agree, "o", color=style.BLUE, markersize=4.6, zorder=2)
        axes.plot([index] * len(contradict), contradict, "X", color=style.RED, markersize=5.4, zorder=2)


def _key(figure: Figure, top: float, rows: pd.DataFrame, hidden: pd.DataFrame) -> None:
    """What colours and marks mean, and how many combinations are not shown."""
    kinds = [kind for kind in KINDS if kind in set(rows["validation"])]
    width, height = style.size_of(figure)
    figure.legend(
        handles=[Patch(label=KINDS[kind].text, **_look(kind)) for kind in kinds],
        loc="upper left",
        bbox_to_anchor=(DOTS_LEFT / width, 1 - top / height),
        ncols=3,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.0,
        columnspacing=1.2,
        fontsize=style.SIZE_SMALL,
    )
    marks = "Dot: agrees; cross: contradicts;\npale: silent or not testable."
    if len(hidden):
        marks += (
            f"\nNot shown: {count(len(hidden), 'combination')} of {count(int(hidden['n'].sum()), 'pair')}."
        )
    style.add_text(figure, NAME_LEFT, top, marks, fontsize=style.SIZE_SMALL, linespacing=1.4)
