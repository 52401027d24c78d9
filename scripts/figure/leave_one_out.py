"""Leave-one-out plot: the inverse-variance weighted estimate without each instrument in turn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.effect_axis import effect_label, has_power
from scripts.figure.words import Label

ROW = 3.0  # mm
TOP, FOOT = 8.0, 20.0
LEFT, WIDTH = 30.0, 54.0
MOST_ROWS = 60  # of more instruments, those that move the estimate most
ALL = "All"


@style.styled
def draw_leave_one_out(exposure: Label, outcome: Label, leave_one_out: pd.DataFrame) -> Figure:
    """Estimates without each variant, sorted, and from all of them (rows of leave_one_out.parquet)."""
    everything = leave_one_out[leave_one_out["rsid"] == ALL]
    single = leave_one_out[(leave_one_out["rsid"] != ALL) & np.isfinite(leave_one_out["beta"])]
    if everything.empty or single.empty:
        reason = f"Too few instruments for {exposure.name} on {outcome.name} to leave one out."
        return style.message_figure(reason, style.WIDTH_SINGLE)
    total = everything.iloc[0]
    shown = _most_influential(single, float(total["beta"]))
    rows = pd.concat([shown, everything], ignore_index=True)
    height = (len(rows) + 1) * ROW
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + height + FOOT)
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, height)
    _rows(figure, axes, rows, total)
    axes.set_xlabel(effect_label(figure, exposure, outcome, style.WIDTH_SINGLE - 8))
    drop = 9.0 if has_power(figure, axes) else 6.0  # mm from the axis to its label
    axes.xaxis.set_label_coords((style.WIDTH_SINGLE / 2 - LEFT) / WIDTH, -drop / height)
    style.add_text(figure, 3, 2.5, _title(len(shown), len(single)), fontweight="bold")
    return figure


def _most_influential(single: pd.DataFrame, total: float) -> pd.DataFrame:
    """The rows to draw, by estimate; where there are too many, those farthest from the total."""
    distance = (single["beta"] - total).abs()
    kept = distance.sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    return single.loc[kept].sort_values(["beta", "rsid"])


def _title(n_shown: int, n_single: int) -> str:
    if n_shown == n_single:
        return "Inverse-variance weighted estimate without"
    return f"Estimate without: {n_shown} most influential of {n_single:,}"


def _rows(figure: Figure, axes: Axes, rows: pd.DataFrame, total: pd.Series) -> None:
    y = np.arange(len(rows), dtype=float)
    y[-1] += 0.7
    is_all = (rows["rsid"] == ALL).to_numpy()
    axes.axvspan(total["ci_low"], total["ci_high"], color=style.FAINT, linewidth=0, zorder=0)
    axes.axvline(total["beta"], color=style.BLUE, linewidth=0.7, linestyle="--", zorder=1)
    axes.axvline(0, color=style.BLACK, linewidth=0.6, zorder=1)
    for chosen, marker, colour, size in ((~is_all, "o", style.BLACK, 2.6), (is_all, "D", style.BLUE, 4.4)):
        part = rows[chosen]
        reach = np.vstack([part["beta"] - part["ci_low"], part["ci_high"] - part["beta"]])
        look: dict[str, Any] = {"fmt": marker, "color": colour, "markersize": size, "elinewidth": 0.7}
        axes.errorbar(part["beta"], y[chosen], xerr=reach, zorder=3, **look)
    axes.set_yticks(y, [style.fit(figure, str(rsid), LEFT - 5, style.SIZE_SMALL) for rsid in rows["rsid"]])
    axes.tick_params(axis="y", length=0, labelsize=style.SIZE_SMALL)
    axes.set_ylim(y[-1] + 0.8, -0.8)
    style.plain_spines(axes)
