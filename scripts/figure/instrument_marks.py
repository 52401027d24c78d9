"""How instruments and the methods' lines look wherever single instruments are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scripts.figure import style
from scripts.table.status import GsmrStatus, OutlierStatus, VariantStatus

METHOD_LINES: dict[str, dict[str, Any]] = {
    "wald_ratio": {"color": style.BLUE, "linestyle": "-", "linewidth": 1.3},
    "ivw": {"color": style.BLUE, "linestyle": "-", "linewidth": 1.3},
    "egger": {"color": style.RED, "linestyle": "--", "linewidth": 1.2},
    "weighted_median": {"color": style.YELLOW, "linestyle": "-.", "linewidth": 1.4},
    "weighted_mode": {"color": style.GREY, "linestyle": (0, (5, 1, 1, 1, 1, 1)), "linewidth": 1.2},
    "gsmr": {"color": style.BLACK, "linestyle": ":", "linewidth": 1.4},
}


def method_lines(estimates: pd.DataFrame) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Method, effect, and colour and line, of the methods that have one of their own; the forest has all."""
    for method, line in METHOD_LINES.items():
        for beta in estimates.loc[estimates["method"] == method, "beta"]:
            yield method, beta, line


@dataclass(frozen=True, slots=True)
class Mark:
    """How one kind of instrument is drawn and called."""

    text: str
    marker: str
    face: str
    edge: str


MARKS = {
    GsmrStatus.USED.value: Mark("Instrument", "o", style.BLUE, style.BLUE),
    GsmrStatus.NOT_RUN.value: Mark("Instrument", "o", style.BLUE, style.BLUE),
    GsmrStatus.HEIDI_OUTLIER.value: Mark("HEIDI outlier, not in GSMR", "X", style.RED, style.RED),
    GsmrStatus.IN_LD.value: Mark("In LD, not in GSMR", "o", "white", style.BLACK),
    GsmrStatus.MISSING.value: Mark("No LD known, not in GSMR", "s", "white", style.BLACK),
}


def oriented(instruments: pd.DataFrame) -> pd.DataFrame:
    """The aligned instruments, each for the allele that raises the exposure (beta_exposure >= 0)."""
    kept = instruments[instruments["status"] == VariantStatus.KEPT].copy()
    flip = kept["beta_exposure"] < 0
    kept.loc[flip, ["beta_exposure", "beta_outcome"]] *= -1
    return kept.sort_values(["chromosome", "position"])


def mark_points(axes: Axes, x: pd.Series[float], y: pd.Series[float], gsmr_status: pd.Series[str]) -> None:
    """Points by what GSMR made of them, with legend entries that hold the counts."""
    for kind in dict.fromkeys(MARKS.values()):
        chosen = gsmr_status.isin([status for status, mark in MARKS.items() if mark == kind])
        if chosen.any():
            axes.plot(
                x[chosen],
                y[chosen],
                kind.marker,
                markersize=3.4 if kind.marker == "o" else 5.0,
                markerfacecolor=kind.face,
                markeredgecolor=kind.edge,
                markeredgewidth=0.6,
                zorder=3,
                label=f"{kind.text} ({int(chosen.sum())})",
            )


def ring_outliers(
    axes: Axes, x: pd.Series[float], y: pd.Series[float], presso_status: pd.Series[str]
) -> None:
    """A ring around every point that MR-PRESSO calls an outlier, with their number in the legend."""
    chosen = presso_status == OutlierStatus.OUTLIER
    if chosen.any():
        axes.plot(
            x[chosen],
            y[chosen],
            "o",
            markersize=8.0,
            markerfacecolor="none",
            markeredgecolor=style.RED,
            markeredgewidth=0.8,
            zorder=4,
            label=f"MR-PRESSO outlier ({int(chosen.sum())})",
        )


def legend_below(figure: Figure, axes: Axes, top: float) -> None:
    """Points on the left, lines on the right of the figure, `top` mm from its upper edge."""
    handles = [handle for handle in axes.get_legend_handles_labels()[0] if isinstance(handle, Line2D)]
    width, height = style.size_of(figure)
    for lines, left in ((False, 3.0), (True, 46.0)):
        figure.legend(
            handles=[handle for handle in handles if (handle.get_linestyle() != "None") == lines],
            loc="upper left",
            bbox_to_anchor=(left / width, 1 - top / height),
            borderaxespad=0,
            borderpad=0,
            fontsize=style.SIZE_SMALL,
            handletextpad=0.5,
        )
