"""Estimates before and after the corrections for overlap and winner's curse, a point for each pair."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.method.estimate import confidence_quantile

# The estimate that is corrected, the correction, and what the two axes say of them.
PANELS = (
    ("ivw", "simss_ivw", "IVW", "MR-SimSS", "study's units"),
    ("ivw", "simss_raps", "IVW", "MR-SimSS (RAPS)", "study's units"),
    ("mrlap_observed", "mrlap", "IVW", "MRlap", "standard deviations of both traits"),
)
LEFT, TOP, SIZE, BETWEEN, FOOT = 16.0, 9.0, 43.0, 18.0, 14.0  # mm
REACH = confidence_quantile(math.inf)
PAIR = ["exposure", "outcome"]


@style.styled
def draw_overlap(estimates: pd.DataFrame) -> Figure:
    """Rows of overlap_estimates.tsv: one square panel a correction that was asked for."""
    panels = [panel for panel in PANELS if (estimates["method"] == panel[1]).any()]
    if not panels:
        return style.message_figure("No pair was corrected for overlap.")
    figure = style.new_figure(style.WIDTH_DOUBLE, TOP + SIZE + FOOT)
    for column, (before, after, *words) in enumerate(panels):
        pairs = before_and_after(estimates, before, after)
        axes = style.add_axes(figure, LEFT + column * (SIZE + BETWEEN), TOP, SIZE, SIZE)
        _panel(axes, pairs.dropna(), words, len(pairs))
    return figure


def before_and_after(estimates: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """A row for each pair that `after` was asked of: both estimates and errors, NaN where there is none."""
    rows = [
        estimates[estimates["method"] == method].set_index(PAIR)[["beta", "se"]] for method in (before, after)
    ]
    return rows[1].add_suffix("_after").join(rows[0].add_suffix("_before"))


def _panel(axes: Axes, drawn: pd.DataFrame, words: list[str], n_pairs: int) -> None:
    one, other, unit = words
    points = drawn[["beta_before", "beta_after"]].to_numpy()
    limit = 1.15 * float(np.max(np.abs(points), initial=0.0)) or 1.0
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    axes.axhline(0, color=style.PALE, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.PALE, linewidth=0.6, zorder=0)
    axes.plot([-limit, limit], [-limit, limit], color=style.GREY, linewidth=0.8, linestyle="--", zorder=1)
    axes.errorbar(
        drawn["beta_before"],
        drawn["beta_after"],
        xerr=REACH * drawn["se_before"],
        yerr=REACH * drawn["se_after"],
        fmt="o",
        markersize=3,
        color=style.BLUE,
        ecolor=style.PALE,
        elinewidth=0.5,
        zorder=2,
    )
    axes.set_title(f"{other}: {len(drawn)} of {n_pairs} pairs", fontsize=style.SIZE_TITLE)
    axes.set_xlabel(f"{one}\n({unit})")
    axes.set_ylabel(f"{other}, corrected")
