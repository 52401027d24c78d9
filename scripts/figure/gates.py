"""The flow of exposures through the gates: who entered, who passed, how many chance alone would pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from scripts.figure import style
from scripts.figure.words import expected
from scripts.table.status import GateStatus

ROW, GAP = 12.0, 6.0  # mm, a box and the arrow to the next one
HEAD = 10.5  # mm above the first box
BOX_LEFT, BOX_WIDTH = 3.0, 98.0
BAR_LEFT, BAR_WIDTH = 107.0, 34.0
CHANCE_LEFT = 156.0
FLIPS_BELOW = 4.2  # mm, the line of the sign flips under the middle of the bar
EXACT = "nominal"  # later gates have an upper bound of what chance passes
FLOW = ("listed", "readable", "testable", "nominal", "concordant", "corrected", "validated")


@style.styled
def draw_gates(gates: pd.DataFrame) -> Figure:
    """A box per gate (columns of gates.tsv); what is asked of hits stands last and apart from the flow."""
    asked_of_hits = ~gates["gate"].isin(FLOW).to_numpy()
    tops = _tops(asked_of_hits)
    height = tops[-1] + ROW + 5.0
    figure = style.new_figure(style.WIDTH_DOUBLE, height)
    page = style.add_axes(figure, 0, 0, style.WIDTH_DOUBLE, height)
    page.set_axis_off()
    page.set_xlim(0, style.WIDTH_DOUBLE)
    page.set_ylim(height, 0)
    _headings(figure)
    most = max(int(gates["n_entered"].max()), 1)
    rows: list[dict[Any, Any]] = gates.to_dict("records")
    for row, top, apart in zip(rows, tops, asked_of_hits, strict=True):
        ran = row["status"] == GateStatus.RUN
        counts = (f"{int(row['n_passed']):,}", f"of {int(row['n_entered']):,}") if ran else ("", "")
        _box(figure, page, top, row["gate"], row["sentence"], counts)
        if not ran:
            page.text(BAR_LEFT, top + ROW / 2, "not run", va="center", fontsize=style.SIZE_SMALL)
            continue
        n_entered, n_passed = int(row["n_entered"]), int(row["n_passed"])
        _bar(page, top, n_entered, n_passed, row, most)
        if not apart and top > tops[0]:
            _arrow(page, top, n_entered - n_passed)
    return figure


def _tops(asked_of_hits: np.ndarray) -> list[float]:
    """Upper edge of each box in mm; what is asked of hits stands a little apart, close together."""
    steps = np.where(asked_of_hits, ROW + GAP / 3, ROW + GAP)
    steps[np.flatnonzero(asked_of_hits)[:1]] = ROW + 1.5 * GAP
    return [float(HEAD + top - steps[0]) for top in np.cumsum(steps)]


def _headings(figure: Figure) -> None:
    heads = {BOX_LEFT: "Gate", BAR_LEFT: "Passed, of those that entered", CHANCE_LEFT: "By chance alone"}
    for left, text in heads.items():
        style.add_text(figure, left, 4.0, text, fontsize=style.SIZE_TEXT, fontweight="bold")


def _box(figure: Figure, page: Axes, top: float, gate: str, sentence: str, counts: tuple[str, str]) -> None:
    ran = counts[0] != ""
    patch = FancyBboxPatch(
        (BOX_LEFT, top),
        BOX_WIDTH,
        ROW,
        boxstyle="round,pad=0,rounding_size=1.2",
        facecolor=style.FAINT if ran else "white",
        edgecolor=style.BLACK,
        linestyle="-" if ran else "--",
        linewidth=0.7,
    )
    page.add_patch(patch)
    title = gate.replace("_", " ").capitalize()
    page.text(BOX_LEFT + 3, top + 3.6, title, va="center", fontweight="bold", fontsize=style.SIZE_TITLE)
    words = style.wrap(figure, sentence, BOX_WIDTH - 27, style.SIZE_SMALL, lines=2)
    page.text(BOX_LEFT + 3, top + 8.2, words, va="center", fontsize=style.SIZE_SMALL, linespacing=1.15)
    right = BOX_LEFT + BOX_WIDTH - 3
    page.text(right, top + 4.4, counts[0], va="center", ha="right", fontweight="bold", fontsize=11)
    page.text(
        right,
        top + 9.2,
        counts[1],
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


def _bar(page: Axes, top: float, n_entered: int, n_passed: int, row: Mapping[Any, Any], most: int) -> None:
    """Frame: entered. Bar: passed. Diamond: what chance alone would pass. Line: 95% of the sign flips."""
    middle, scale = top + ROW / 2, BAR_WIDTH / most
    page.barh(
        middle, n_entered * scale, 5.0, left=BAR_LEFT, color="white", edgecolor=style.BLACK, linewidth=0.6
    )
    page.barh(middle, n_passed * scale, 5.0, left=BAR_LEFT, color=style.BLUE, linewidth=0)
    share = f"{n_passed / n_entered:.0%}" if n_entered else "none entered"
    end = BAR_LEFT + n_entered * scale
    page.text(end + 2.5, middle, share, va="center", fontsize=style.SIZE_SMALL)
    if np.isfinite(row["flips_p"]):
        ends = [BAR_LEFT + row[name] * scale for name in ("flips_low", "flips_high")]
        below = middle + FLIPS_BELOW
        page.plot(ends, [below, below], color=style.RED, linewidth=1.6, marker="|", markersize=3.5, zorder=4)
    chance = float(row["n_expected_by_chance"])
    if not np.isfinite(chance):
        return
    look: dict[str, Any] = {"markersize": 4.5, "markerfacecolor": style.YELLOW, "zorder": 5}
    look |= {"markeredgecolor": style.BLACK, "markeredgewidth": 0.7}
    for x in (
        BAR_LEFT + min(chance, most) * scale,
        CHANCE_LEFT + 1.2,
    ):  # in the bar, and as a key to the words
        page.plot(x, middle, marker="D", **look)
    words = f"{'' if row['gate'] == EXACT else 'at most '}{expected(chance)}"
    page.text(CHANCE_LEFT + 4, middle, words, va="center", fontsize=style.SIZE_TEXT)
