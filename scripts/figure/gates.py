"""The flow of exposures through the gates: who entered, who passed, how many chance alone would pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from scripts.figure import style
from scripts.figure.words import expected

ROW, GAP = 12.0, 6.0  # mm, a box and the arrow to the next one
HEAD = 10.5  # mm above the first box
BOX_LEFT, BOX_WIDTH = 3.0, 98.0
BAR_LEFT, BAR_WIDTH = 107.0, 34.0
CHANCE_LEFT = 156.0
CONTROL = "negative_control:"


@style.styled
def draw_gates(gates: pd.DataFrame) -> Figure:
    """A box per gate (columns of gates.tsv), negative controls last and apart from the flow."""
    is_control = gates["gate"].str.startswith(CONTROL).to_numpy()
    tops = _tops(is_control)
    height = tops[-1] + ROW + 5.0
    figure = style.new_figure(style.WIDTH_DOUBLE, height)
    page = style.add_axes(figure, 0, 0, style.WIDTH_DOUBLE, height)
    page.set_axis_off()
    page.set_xlim(0, style.WIDTH_DOUBLE)
    page.set_ylim(height, 0)
    _headings(figure)
    most = max(int(gates["n_entered"].max()), 1)
    rows: list[dict[Any, Any]] = gates.to_dict("records")
    for row, top, control in zip(rows, tops, is_control, strict=True):
        n_entered, n_passed = int(row["n_entered"]), int(row["n_passed"])
        _box(figure, page, top, row["gate"], row["sentence"], n_entered, n_passed)
        _bar(page, top, n_entered, n_passed, float(row["n_expected_by_chance"]), most)
        if not control and top > tops[0]:
            _arrow(page, top, n_entered - n_passed)
    return figure


def _tops(is_control: np.ndarray) -> list[float]:
    """Upper edge of each box in mm; the negative controls stand a little apart."""
    apart = np.cumsum(np.diff(is_control.astype(int), prepend=0) > 0) * 3.0
    return [float(top) for top in HEAD + np.arange(len(is_control)) * (ROW + GAP) + apart]


def _headings(figure: Figure) -> None:
    heads = {BOX_LEFT: "Gate", BAR_LEFT: "Passed, of those that entered", CHANCE_LEFT: "By chance alone"}
    for left, text in heads.items():
        style.add_text(figure, left, 4.0, text, fontsize=style.SIZE_TEXT, fontweight="bold")


def _box(
    figure: Figure, page: Axes, top: float, gate: str, sentence: str, n_entered: int, n_passed: int
) -> None:
    control = gate.startswith(CONTROL)
    patch = FancyBboxPatch(
        (BOX_LEFT, top),
        BOX_WIDTH,
        ROW,
        boxstyle="round,pad=0,rounding_size=1.2",
        facecolor="white" if control else style.FAINT,
        edgecolor=style.BLACK,
        linestyle="--" if control else "-",
        linewidth=0.7,
    )
    page.add_patch(patch)
    title = "Negative control" if control else gate.replace("_", "-").capitalize()
    page.text(BOX_LEFT + 3, top + 3.6, title, va="center", fontweight="bold", fontsize=style.SIZE_TITLE)
    words = style.wrap(figure, sentence, BOX_WIDTH - 27, style.SIZE_SMALL, lines=2)
    page.text(BOX_LEFT + 3, top + 8.2, words, va="center", fontsize=style.SIZE_SMALL, linespacing=1.15)
    right = BOX_LEFT + BOX_WIDTH - 3
    page.text(right, top + 4.4, f"{n_passed:,}", va="center", ha="right", fontweight="bold", fontsize=11)
    page.text(
        right,
        top + 9.2,
        f"of {n_entered:,}",
        va="center",
        ha="right",
        fontsize=style.SIZE_SMALL,
        color=style.BLACK,
    )


def _arrow(page: Axes, top: float, n_left_out: int) -> None:
    x = BOX_LEFT + BOX_WIDTH / 2
    page.annotate(
        "",
        xy=(x, top - 0.3),
        xytext=(x, top - GAP + 0.3),
        arrowprops={"arrowstyle": "-|>", "color": style.BLACK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
    )
    page.text(x + 3, top - GAP / 2, f"{n_left_out:,} left out", va="center", fontsize=style.SIZE_SMALL)


def _bar(page: Axes, top: float, n_entered: int, n_passed: int, chance: float, most: int) -> None:
    """Frame: entered. Bar: passed. Diamond: at most so many would pass by chance alone."""
    middle, scale = top + ROW / 2, BAR_WIDTH / most
    page.barh(
        middle, n_entered * scale, 5.0, left=BAR_LEFT, color="white", edgecolor=style.BLACK, linewidth=0.6
    )
    page.barh(middle, n_passed * scale, 5.0, left=BAR_LEFT, color=style.BLUE, linewidth=0)
    share = f"{n_passed / n_entered:.0%}" if n_entered else "none entered"
    end = BAR_LEFT + n_entered * scale
    page.text(end + 2.5, middle, share, va="center", fontsize=style.SIZE_SMALL)
    if not np.isfinite(chance):
        return
    look: dict[str, Any] = {"markersize": 4.5, "markerfacecolor": style.YELLOW, "zorder": 5}
    look |= {"markeredgecolor": style.BLACK, "markeredgewidth": 0.7}
    for x in (
        BAR_LEFT + min(chance, most) * scale,
        CHANCE_LEFT + 1.2,
    ):  # in the bar, and as a key to the words
        page.plot(x, middle, marker="D", **look)
    page.text(CHANCE_LEFT + 4, middle, f"at most {expected(chance)}", va="center", fontsize=style.SIZE_TEXT)
