"""Path diagrams: exposure to mediator to outcome, with the effect on each arrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from scripts.figure import style
from scripts.figure.mediation_words import effect, in_order, names_of, proportion, verdict
from scripts.figure.words import Labels
from scripts.table.mediation import MediationStatus

WIDTH, HEIGHT, COLUMNS, MOST = 88.0, 60.0, 2, 8  # mm of a diagram
BOX, TALL = 32.0, 10.0
PLACES = {"exposure": (18.0, 34.0), "mediator": (44.0, 13.0), "outcome": (70.0, 34.0)}  # centres
TOP = 5.0


@style.styled
def draw_paths(table: pd.DataFrame, labels: Labels) -> Figure:
    """A diagram for each of the first triples of mediation.tsv that have a second step."""
    known = in_order(table)
    shown = known[known["step_2_beta"].notna()].head(MOST).to_dict("records")
    if not shown:
        return style.message_figure("No exposure acts on a mediator that has instruments of its own.")
    lines = -(-len(shown) // COLUMNS)
    figure = style.new_figure(style.WIDTH_DOUBLE, TOP + lines * HEIGHT)
    for k, row in enumerate(shown):
        left, top = 3.0 + (k % COLUMNS) * (WIDTH + 2.0), TOP + (k // COLUMNS) * HEIGHT
        _diagram(figure, left, top, {str(key): value for key, value in row.items()}, labels)
    return figure


def _diagram(figure: Figure, left: float, top: float, row: Mapping[str, Any], labels: Labels) -> None:
    axes = style.add_axes(figure, left, top, WIDTH, HEIGHT - 14.0)
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(HEIGHT - 14.0, 0)
    axes.set_axis_off()
    mediated = row["status"] == MediationStatus.MEDIATED
    colour = style.BLUE if mediated else style.GREY
    for role, name in zip(PLACES, names_of(row, labels), strict=True):
        _box(figure, axes, PLACES[role], name, colour)
    small: dict[str, Any] = {"fontsize": style.SIZE_SMALL, "ha": "center", "va": "center"}
    _arrow(axes, (20.0, 29.0), (32.0, 18.0), colour)
    _arrow(axes, (56.0, 18.0), (68.0, 29.0), colour)
    _arrow(axes, (34.0, 34.0), (54.0, 34.0), style.BLACK)
    for letter, step, x, side in (("a", "step_1", 24.0, "right"), ("b", "step_2", 64.0, "left")):
        value, _, ends = effect(row, step).partition(" ")
        axes.text(x, 21.5, f"{letter} = {value}\n{ends}", **{**small, "ha": side})
    axes.text(44.0, 30.0, "direct", **small)
    below = f"direct {effect(row, 'direct')}    total {effect(row, 'total')}"
    axes.text(44.0, 43.0, below, **small)
    head = f"mediated a b: {effect(row, 'indirect')}" if mediated else "mediated a b: not reported"
    axes.text(44.0, 3.5, head, **{**small, "color": colour, "fontweight": "bold"})
    said = proportion(row) if mediated else verdict(row)
    words = style.wrap(figure, said, WIDTH - 8.0, style.SIZE_SMALL, lines=3)
    style.add_text(figure, left + 4.0, top + HEIGHT - 15.0, words, fontsize=style.SIZE_SMALL)


def _box(figure: Figure, axes: Axes, centre: tuple[float, float], name: str, colour: str) -> None:
    x, y = centre
    corner = (x - BOX / 2, y - TALL / 2)
    axes.add_patch(Rectangle(corner, BOX, TALL, facecolor="white", edgecolor=colour, linewidth=0.9))
    words = style.wrap(figure, name, BOX - 2.0, style.SIZE_SMALL, lines=3)
    axes.text(x, y, words, ha="center", va="center", fontsize=style.SIZE_SMALL)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    axes.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=7.0, color=colour, linewidth=1.0)
    )
