"""A simulated study against its truth: estimates beside true effects, and what was found of each class."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scripts.figure import style
from scripts.figure.effect_axis import has_power
from scripts.figure.overview import effect_limit
from scripts.figure.words import Label, effect_unit
from scripts.method.estimate import confidence_quantile
from scripts.table.status import TruthVerdict

CLASSES = {
    "causal": ("Causal", "o", style.BLUE),
    "weak": ("Weak instruments", "s", style.YELLOW),
    "no_effect": ("No effect", "o", "white"),
    "correlated": ("Correlated with a cause", "^", style.PALE),
    "balanced_pleiotropy": ("Balanced pleiotropy", "D", style.PALE),
    "directional_pleiotropy": ("Directional pleiotropy", "X", style.RED),
    "reverse": ("Caused by the outcome", "v", style.BLACK),
    "none": ("No instrument", "P", style.BLACK),
}
RESULTS = {
    "hit": ("Found and validated", style.BLUE, ""),
    "discovered": ("Found, not validated", style.YELLOW, "////"),
    "tested": ("Tested, not found", style.PALE, ""),
    "not_testable": ("Not testable", "white", ""),
}
HITS = (TruthVerdict.FOUND, TruthVerdict.WRONG_SIGN, TruthVerdict.FALSE_POSITIVE)
CROWD = 40  # estimates of a class from which on marks are smaller
REACH = confidence_quantile(math.inf)  # half-width of a 95% interval in standard errors


@style.styled
def draw_truth(truth: pd.DataFrame, exposure: Label, outcome: Label) -> Figure:
    """Three panels from truth_check.tsv; exposures without an estimate count in the third one only.

    `exposure` and `outcome` give the units that the exposures share and the outcome's name.
    """
    figure = style.new_figure(style.WIDTH_DOUBLE, 140.0)
    estimated = truth[np.isfinite(truth["beta"]) & np.isfinite(truth["se"])]
    acting, idle = estimated[estimated["effect"] != 0], estimated[estimated["effect"] == 0]
    unit = effect_unit(exposure, outcome)
    _true_effects(style.add_axes(figure, 16, 9, 68, 62), acting, _limit(acting), unit)
    zero = style.add_axes(figure, 120, 9, 60, 62)
    _no_effects(zero, idle, _limit(idle), unit)
    zero.xaxis.labelpad = 10.0 if has_power(figure, zero) else 3.0
    _found(style.add_axes(figure, 42, 92, 92, 36), truth)
    return figure


def _limit(estimated: pd.DataFrame) -> float:
    """The axis holds the true effects and the bulk of the estimates with their intervals."""
    ends = np.abs(estimated["beta"]) + REACH * estimated["se"]
    largest_effect = float(np.abs(estimated["effect"]).max()) if len(estimated) else 0.0
    return max(effect_limit(ends.to_numpy(float)), 1.3 * largest_effect)


def _true_effects(axes: Axes, rows: pd.DataFrame, limit: float, unit: str) -> None:
    reach = 1.2 * max(float(rows["effect"].abs().max()) if len(rows) else 0.0, limit / 20)
    axes.plot([-reach, reach], [-reach, reach], color=style.BLACK, linewidth=0.7, linestyle="--")
    axes.axhline(0, color=style.PALE, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.PALE, linewidth=0.6, zorder=0)
    for key, group in _classes(rows):
        _estimates(axes, group["effect"].to_numpy(float), group, key, limit)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-limit, limit)
    covered = (rows["beta"] - rows["effect"]).abs() <= REACH * rows["se"]
    _headings(axes, "True effects", f"{int(covered.sum())} of {len(rows)} hold the truth (dashed)")
    axes.set_xlabel(f"True effect ({unit})")
    axes.set_ylabel(f"Estimate with 95% interval ({unit})")
    if len(rows):
        axes.legend(loc="lower right", fontsize=style.SIZE_SMALL, handletextpad=0.2)


def _no_effects(axes: Axes, rows: pd.DataFrame, limit: float, unit: str) -> None:
    """Classes whose true effect is zero, one under the other; within a class by the size of the estimate."""
    ticks, names, start = [], [], 0.0
    for key, group in _classes(rows):
        group = group.sort_values(["beta", "exposure"])
        slot = max(len(group) + 2.0, 0.07 * len(rows))  # high enough for the name beside it
        y = start + (slot - len(group) + 1) / 2 + np.arange(len(group))
        _estimates(axes, y, group, key, limit, horizontal=True)
        ticks.append(start + slot / 2)
        names.append(CLASSES.get(key, (key, "", ""))[0])
        start += slot
    axes.axvline(0, color=style.BLACK, linewidth=0.7, linestyle="--", zorder=0)
    axes.set_ylim(max(start, 1.0), 0)
    axes.set_xlim(-limit, limit)
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    covered = rows["beta"].abs() <= REACH * rows["se"]
    _headings(axes, "No true effect", f"{int(covered.sum())} of {len(rows)} hold zero (dashed)")
    axes.set_xlabel(f"Estimate with 95% interval ({unit})")


def _headings(axes: Axes, title: str, note: str) -> None:
    axes.set_title(title)
    axes.set_title(note, loc="right", fontsize=style.SIZE_SMALL, fontweight="normal")


def _classes(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The classes that have rows, known ones first."""
    present = list(dict.fromkeys(rows["class"]))
    order = [key for key in CLASSES if key in present] + [key for key in present if key not in CLASSES]
    return [(key, rows[rows["class"] == key]) for key in order]


def _estimates(
    axes: Axes, at: np.ndarray, rows: pd.DataFrame, key: str, limit: float, horizontal: bool = False
) -> None:
    """Points with intervals along one axis, placed by `at` on the other; beyond the limit an arrow head."""
    name, marker, face = CLASSES.get(key, (key, "h", style.PALE))
    beta, reach = rows["beta"].to_numpy(float), REACH * rows["se"].to_numpy(float)
    inside = np.abs(beta) <= limit
    look: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": style.BLACK, "markeredgewidth": 0.6}
    x, y = (beta, at) if horizontal else (at, beta)
    error = {"xerr" if horizontal else "yerr": reach[inside]}
    look |= {"markersize": 4.0 if len(rows) <= CROWD else 2.4, "ecolor": style.GREY, "elinewidth": 0.6}
    axes.errorbar(x[inside], y[inside], fmt=marker, label=name, **error, **look)
    heads = ("<", ">") if horizontal else ("v", "^")
    for head, sign in zip(heads, (-1, 1), strict=True):
        beyond = sign * beta > limit
        edge = np.full(int(beyond.sum()), sign * 0.97 * limit)
        ends = (edge, at[beyond]) if horizontal else (at[beyond], edge)
        axes.plot(*ends, head, markersize=4.5, markerfacecolor="white", markeredgecolor=style.BLACK)


def results_of(truth: pd.DataFrame) -> pd.Series[str]:
    """What became of each exposure: hit, discovered, tested or not_testable."""
    verdict = truth["verdict"]
    cases = [verdict == TruthVerdict.NOT_TESTABLE, verdict.isin(HITS), truth["discovered"].eq(True)]
    result = np.select(cases, ["not_testable", "hit", "discovered"], "tested")
    return pd.Series(result, index=truth.index, dtype="str")


def _found(axes: Axes, truth: pd.DataFrame) -> None:
    results = results_of(truth)
    classes = [key for key, _ in _classes(truth)]
    counts = pd.crosstab(truth["class"], results).reindex(index=classes, columns=list(RESULTS), fill_value=0)
    start = np.zeros(len(classes))
    for key, (name, colour, hatch) in RESULTS.items():
        n = counts[key].to_numpy(float)
        look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": style.BLACK, "linewidth": 0.5}
        bars = axes.barh(range(len(classes)), n, left=start, height=0.7, label=name, **look)
        for bar, size in zip(bars, n, strict=True):
            if size > 0.02 * len(results):
                _count(axes, bar.get_x() + size / 2, bar.get_y() + bar.get_height() / 2, int(size), key)
        start += n
    axes.set_yticks(range(len(classes)), [CLASSES.get(key, (key, "", ""))[0] for key in classes])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.02 * max(start.max(initial=1), 1))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Exposures")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title("What was found of each class")
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)


def _count(axes: Axes, x: float, y: float, n: int, key: str) -> None:
    """The number in a bar, on a white ground where the bar is hatched."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if key == "discovered" else None
    colour = "white" if key == "hit" else style.BLACK
    axes.text(x, y, str(n), ha="center", va="center", color=colour, bbox=box, fontsize=style.SIZE_SMALL)
