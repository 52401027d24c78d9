"""Forest plot of the instruments: the Wald ratio of each, and two pooled estimates below."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.effect_axis import effect_label, has_power
from scripts.figure.funnel import bulk
from scripts.figure.instrument_marks import is_outlier, oriented
from scripts.figure.words import Label
from scripts.method.arrays import FloatArray
from scripts.method.estimate import confidence_quantile
from scripts.table.methods import method_name

ROW = 3.0  # mm
TOP, FOOT = 8.0, 20.0
LEFT, WIDTH = 36.0, 48.0
MOST_ROWS = 60  # of more instruments, outliers and the most precise
POOLED = ("ivw", "egger")
REACH = confidence_quantile(math.inf)


@style.styled
def draw_single_variant(
    exposure: Label, outcome: Label, instruments: pd.DataFrame, estimates: pd.DataFrame
) -> Figure:
    """Ratios with 95% intervals, sorted (instruments.parquet), and two pooled estimates (estimates.tsv)."""
    single = _ratios(oriented(instruments))
    if single.empty:
        return style.message_figure(
            f"{exposure.name} has no instrument for {outcome.name}.", style.WIDTH_SINGLE
        )
    shown = _chosen(single)
    pooled = estimates[estimates["method"].isin(POOLED) & np.isfinite(estimates["beta"])]
    rows = pd.concat([shown, pooled.assign(name=pooled["method"].map(method_name), kind="pooled")])
    height = (len(rows) + 1.5) * ROW
    figure = style.new_figure(style.WIDTH_SINGLE, TOP + height + FOOT)
    axes = style.add_axes(figure, LEFT, TOP, WIDTH, height)
    axes.set_xlim(*_limits(single, pooled["beta"].to_numpy(float)))
    _rows(figure, axes, rows)
    axes.set_xlabel(effect_label(figure, exposure, outcome, style.WIDTH_SINGLE - 8))
    drop = 9.0 if has_power(figure, axes) else 6.0  # mm from the axis to its label
    axes.xaxis.set_label_coords((style.WIDTH_SINGLE / 2 - LEFT) / WIDTH, -drop / height)
    style.add_text(figure, 3, 2.5, _title(len(shown), single), fontweight="bold")
    return figure


def _ratios(points: pd.DataFrame) -> pd.DataFrame:
    points = points[np.isfinite(points["wald_beta"])]
    beta, reach = points["wald_beta"], REACH * points["wald_se"]
    kind = np.where(is_outlier(points), "outlier", "instrument")
    columns = {"name": points["rsid"], "beta": beta, "ci_low": beta - reach, "ci_high": beta + reach}
    return pd.DataFrame({**columns, "kind": kind})


def _chosen(single: pd.DataFrame) -> pd.DataFrame:
    """The rows to draw, by ratio; where there are too many, outliers and then the most precise."""
    width = (single["ci_high"] - single["ci_low"]).where(single["kind"] != "outlier", 0.0)
    kept = width.sort_values(kind="stable").index[:MOST_ROWS]
    return single.loc[kept].sort_values(["beta", "name"])


def _limits(single: pd.DataFrame, pooled: FloatArray) -> tuple[float, float]:
    """Zero, and the bulk of the ratios with a typical interval around them; longer ones end at the edge."""
    low, high = bulk(single["beta"].to_numpy(float), pooled)
    reach = float(np.median(single["ci_high"] - single["beta"]))
    return min(low - reach, -0.1 * reach), max(high + reach, 0.1 * reach)


def _title(n_shown: int, single: pd.DataFrame) -> str:
    outliers = " (outliers in red)" if (single["kind"] == "outlier").any() else ""
    if n_shown == len(single):
        return f"Ratio of each instrument{outliers}"
    return f"Ratios: {n_shown} most precise of {len(single):,}{outliers}"


LOOKS = {
    "instrument": ("o", style.BLACK, 2.6),
    "outlier": ("X", style.RED, 3.6),
    "pooled": ("D", style.BLUE, 4.0),
}


def _rows(figure: Figure, axes: Axes, rows: pd.DataFrame) -> None:
    low, high = axes.get_xlim()
    pooled = (rows["kind"] == "pooled").to_numpy()
    y = np.arange(len(rows)) + 0.7 * pooled
    axes.axvline(0, color=style.BLACK, linewidth=0.6, zorder=1)
    for kind, (marker, colour, size) in LOOKS.items():
        chosen = (rows["kind"] == kind).to_numpy()
        beta = rows["beta"].to_numpy(float)[chosen]
        ends = np.clip(rows[["ci_low", "ci_high"]].to_numpy(float)[chosen], low, high)
        axes.hlines(y[chosen], ends[:, 0], ends[:, 1], color=colour, linewidth=0.7, zorder=2)
        inside = (low <= beta) & (beta <= high)
        axes.plot(beta[inside], y[chosen][inside], marker, color=colour, markersize=size, zorder=3)
        for beyond, edge, head in ((beta < low, low, "<"), (beta > high, high, ">")):
            x = np.full(int(beyond.sum()), edge)
            axes.plot(x, y[chosen][beyond], head, color=colour, markersize=3.4, clip_on=False, zorder=3)
    axes.set_yticks(y, [style.fit(figure, str(name), LEFT - 5, style.SIZE_SMALL) for name in rows["name"]])
    axes.tick_params(axis="y", length=0, labelsize=style.SIZE_SMALL)
    axes.set_ylim(y[-1] + 0.8, -0.8)
    style.plain_spines(axes)
