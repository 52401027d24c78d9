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
from scripts.figure.hit_names import write_labels
from scripts.figure.words import count
from scripts.table.methods import method_name
from scripts.table.status import GsmrStatus, OutlierStatus, VariantStatus

METHOD_LINES: dict[str, dict[str, Any]] = {
    "wald_ratio": {"color": style.BLUE, "linestyle": "-", "linewidth": 1.3},
    "ivw": {"color": style.BLUE, "linestyle": "-", "linewidth": 1.3},
    "egger": {"color": style.RED, "linestyle": "--", "linewidth": 1.2},
    "weighted_median": {"color": style.YELLOW, "linestyle": "-.", "linewidth": 1.4},
    "weighted_mode": {"color": style.GREY, "linestyle": (0, (5, 1, 1, 1, 1, 1)), "linewidth": 1.2},
    "gsmr": {"color": style.BLACK, "linestyle": ":", "linewidth": 1.4},
}


OTHER_LINE: dict[str, Any] = {"color": style.PALE, "linestyle": "-", "linewidth": 0.5}


def method_lines(estimates: pd.DataFrame) -> Iterator[tuple[float, dict[str, Any]]]:
    """Effect and look of each method's line.

    Six have a line and a name of their own. The others, of which there may be many, are pale and share one
    line of the legend; the forest tells them apart.
    """
    own = estimates["method"].isin(METHOD_LINES)
    others = estimates.loc[~own, "beta"]
    label = f"{count(len(others), 'other method')} (see forest)"
    for beta in others:
        yield beta, {**OTHER_LINE, "label": label}
        label = "_nolegend_"
    for method, line in METHOD_LINES.items():
        for beta in estimates.loc[own & (estimates["method"] == method), "beta"]:
            yield beta, {**line, "label": method_name(method)}


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


RINGS = (
    ("presso_status", "MR-PRESSO outlier", "o", style.RED, 9.0),
    ("radial_status", "Radial outlier", "s", style.BLACK, 6.2),
)
MOST_NAMES = 20
NAME_WIDTH, NAME_GAP = 22.0, 0.8  # mm


def mark_outliers(figure: Figure, axes: Axes, points: pd.DataFrame) -> None:
    """Rings and squares around outliers, and the names of all outliers, at columns x and y of `points`.

    `points` has the columns of instruments.parquet. Names that find no place are counted in the legend, where
    the rings' numbers are too. To be called with the points drawn and the limits of the axes set.
    """
    for column, text, marker, colour, size in RINGS:
        chosen = points[points[column] == OutlierStatus.OUTLIER]
        if len(chosen):
            look: dict[str, Any] = {"markerfacecolor": "none", "markeredgewidth": 0.8, "zorder": 4}
            label = f"{text} ({len(chosen)})"
            axes.plot(
                chosen["x"], chosen["y"], marker, markersize=size, markeredgecolor=colour, label=label, **look
            )
    named = _outliers(points)
    unnamed = len(named) - MOST_NAMES if len(named) > MOST_NAMES else 0
    named = named.head(MOST_NAMES)
    at = named[["x", "y"]].to_numpy(float)
    unnamed += write_labels(figure, axes, list(named["rsid"]), at, "outlier-name", NAME_WIDTH, NAME_GAP)
    if unnamed:
        axes.plot([], [], " ", label=f"{count(unnamed, 'outlier')} not named")


def is_outlier(points: pd.DataFrame) -> pd.Series[bool]:
    """Whether an instrument is an outlier by any test: HEIDI, MR-PRESSO or radial."""
    return _tests(points) > 0


def _tests(points: pd.DataFrame) -> pd.Series[int]:
    """By how many tests each instrument is an outlier."""
    tests = (points["gsmr_status"] == GsmrStatus.HEIDI_OUTLIER).astype(int)
    for column, *_ in RINGS:
        tests = tests + (points[column] == OutlierStatus.OUTLIER)
    return tests


def _outliers(points: pd.DataFrame) -> pd.DataFrame:
    """Outliers of any test, those of most tests and of the largest part of Q first."""
    found = points.assign(tests=_tests(points))[is_outlier(points)]
    return found.sort_values(["tests", "q", "rsid"], ascending=[False, False, True])


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
