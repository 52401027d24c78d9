"""The screen at a glance: effect against -log10 P for each primary outcome, hits by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from scripts.figure import style
from scripts.figure.hit_names import write_names
from scripts.figure.overview_side import KINDS, draw_legend, write_notes
from scripts.figure.words import Labels, effect_unit, label_of, shared_unit
from scripts.table.status import ExposureStatus

LEFT, TOP, WIDTH, HEIGHT = 14.0, 9.0, 116.0, 84.0  # mm, the first panel
BELOW = 14.0  # mm under each panel
CROWD = 14  # hits from which a panel grows, by 1.6 mm a hit up to 70 mm
LOG_FROM = 20.0  # where -log10 P goes beyond twice this, the axis is logarithmic from here on
FAR = 6.0  # an effect beyond this many upper quartiles of |effect| is drawn at the edge


@style.styled
def draw_overview(screen: pd.DataFrame, labels: Labels, p_max: float, level: float) -> Figure:
    """One panel per primary outcome, in the order of the table (columns of screen.tsv).

    `p_max` is the nominal P of discovery, `level` that of the Benjamini-Hochberg line: one line for all
    panels, since P is adjusted over all primary outcomes together.
    """
    lines = (p_max, level, *benjamini_hochberg_line(screen, level))
    outcomes = list(dict.fromkeys(screen["outcome"]))
    heights = [_panel_height(screen[screen["outcome"] == outcome]) for outcome in outcomes]
    figure = style.new_figure(style.WIDTH_DOUBLE, sum(heights) + len(heights) * (TOP + BELOW))
    top = TOP
    for outcome, height in zip(outcomes, heights, strict=True):
        axes = style.add_axes(figure, LEFT, top, WIDTH, height)
        _panel(figure, axes, top, outcome, screen[screen["outcome"] == outcome], labels, lines)
        top += height + BELOW + TOP
    return figure


def _panel_height(rows: pd.DataFrame) -> float:
    crowd = max(0, int(rows["hit"].sum()) - CROWD)
    return HEIGHT + min(70.0, 1.6 * crowd)


def _panel(
    figure: Figure,
    axes: Axes,
    top: float,
    outcome: str,
    rows: pd.DataFrame,
    labels: Labels,
    thresholds: tuple[float, float, float, int],
) -> None:
    tested = rows[rows["status"] == ExposureStatus.ESTIMATED].copy()
    tested["kind"] = np.where(tested["discovered"], tested["validation"], "other")
    limit = effect_limit(tested["beta"].to_numpy(float))
    tested["x"] = tested["beta"].clip(-limit, limit)
    axes.set_title(style.fit(figure, label_of(outcome, labels).name, WIDTH, style.SIZE_TITLE))
    _scales(axes, tested["neglog10_p"].max(), limit)
    lines = _thresholds(axes, *thresholds)
    _points(axes, tested, limit)
    unplaced = write_names(figure, axes, tested[tested["hit"]])
    unit = effect_unit(shared_unit(rows["exposure"], labels), label_of(outcome, labels))
    axes.set_xlabel(f"Effect of the genetically predicted exposure ({unit})")
    axes.set_ylabel("−log₁₀ P")
    draw_legend(figure, top, lines, tested)
    write_notes(figure, top, rows, beyond=int((tested["beta"].abs() > limit).sum()), unplaced=unplaced)


def effect_limit(effects: np.ndarray) -> float:
    """Half-width of an axis that shows the bulk of the effects; few wild ones must not squash the rest."""
    sizes = np.abs(effects[np.isfinite(effects)])
    if not sizes.size or sizes.max() == 0:
        return 1.0
    usual = sizes[sizes <= max(FAR * np.quantile(sizes, 0.75), sizes.min())]
    return float(1.15 * usual.max())


def _scales(axes: Axes, highest: float, limit: float) -> None:
    highest = highest if np.isfinite(highest) else 1.0
    axes.set_xlim(-1.04 * limit, 1.04 * limit)
    if highest > 2 * LOG_FROM:
        axes.set_yscale("symlog", linthresh=LOG_FROM, linscale=2.0)
        ticks = [0, 5, 10, 15, 20, 50, 100, 200, 500, 1000, 2000, 5000]
        axes.set_yticks([tick for tick in ticks if tick < 1.5 * highest], minor=False)
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_ylim(0, 1.6 * highest)
        axes.axhline(LOG_FROM, color=style.PALE, linewidth=0.5, zorder=0)
    else:
        axes.set_ylim(0, max(1.12 * highest, 2.0))
    axes.axvline(0, color=style.PALE, linewidth=0.6, zorder=0)


def benjamini_hochberg_line(screen: pd.DataFrame, level: float) -> tuple[float, int]:
    """The P that a pair had to reach for an adjusted P below `level`, and how many did: k level / m.

    m is the number of tests that the study adjusted for (bh_m), k counts the pairs of every primary outcome.
    """
    passed = int((screen["p_bh"] < level).sum())
    m = screen["bh_m"].max()
    return max(passed, 1) * level / (m if m > 0 else 1), passed


def _thresholds(axes: Axes, p_max: float, level: float, line: float, passed: int) -> list[Line2D]:
    nominal = axes.axhline(-np.log10(p_max), color=style.BLACK, linestyle=":", linewidth=0.8, zorder=1)
    adjusted = axes.axhline(-np.log10(line), color=style.BLACK, linestyle="--", linewidth=0.8, zorder=1)
    nominal.set_label(f"P = {p_max:g}")
    adjusted.set_label(f"Benjamini-Hochberg {level:.2g}\n({passed} pass)")
    return [nominal, adjusted]


def _points(axes: Axes, tested: pd.DataFrame, limit: float) -> None:
    """Every tested exposure; those beyond the axis as an arrow head at its edge."""
    for order, (key, kind) in enumerate(reversed(KINDS.items())):
        rows = tested[tested["kind"] == key]
        look: dict[str, Any] = {
            "markerfacecolor": kind.face,
            "markeredgecolor": kind.edge,
            "markeredgewidth": 0.7,
        }
        inside = rows[rows["beta"].abs() <= limit]
        _mark(axes, inside, kind.marker, kind.size, order, look)
        _mark(axes, rows[rows["beta"] > limit], ">", kind.size + 0.6, order, look)
        _mark(axes, rows[rows["beta"] < -limit], "<", kind.size + 0.6, order, look)


def _mark(axes: Axes, rows: pd.DataFrame, marker: str, size: float, order: int, look: dict[str, Any]) -> None:
    axes.plot(
        rows["x"],
        rows["neglog10_p"],
        linestyle="none",
        marker=marker,
        markersize=size,
        zorder=3 + order,
        clip_on=False,
        **look,
    )
