"""How instruments and the methods' lines look wherever single instruments are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from scripts.figure import style
from scripts.table.status import GsmrStatus, VariantStatus

METHOD_LINES: dict[str, dict[str, Any]] = {
    "wald_ratio": {"color": style.BLUE, "linestyle": "-", "linewidth": 1.3},
    "ivw": {"color": style.BLUE, "linestyle": "-", "linewidth": 1.3},
    "egger": {"color": style.RED, "linestyle": "--", "linewidth": 1.2},
    "weighted_median": {"color": style.YELLOW, "linestyle": "-.", "linewidth": 1.4},
    "gsmr": {"color": style.BLACK, "linestyle": ":", "linewidth": 1.4},
}


def method_line(method: str) -> dict[str, Any]:
    """Colour and line of a method."""
    return METHOD_LINES.get(method, {"color": style.GREY, "linestyle": "-"})


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
    GsmrStatus.HEIDI_OUTLIER.value: Mark("HEIDI outlier (not in GSMR)", "X", style.RED, style.RED),
    GsmrStatus.IN_LD.value: Mark("In LD with another (not in GSMR)", "o", "white", style.BLACK),
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


def legend_below(axes: Axes, width: float, height: float, offset: float) -> None:
    """The legend in two columns, `offset` mm under axes of `width` x `height` mm."""
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(-10.0 / width, -offset / height),
        borderaxespad=0,
        ncols=2,
        fontsize=style.SIZE_SMALL,
        columnspacing=1.2,
        handletextpad=0.5,
    )
