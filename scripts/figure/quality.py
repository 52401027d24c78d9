"""The source files at a glance: a dot for each trait where they are few, else distributions with outliers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from scripts.figure import style
from scripts.figure.words import number
from scripts.method.arrays import BoolArray

FEW = 30  # traits that have a row of their own
NAMES, GAP, RIGHT = 44.0, 5.5, 4.0  # mm: names of traits, between panels, right margin
ROW, HEAD, FOOT = 4.2, 13.0, 11.0  # mm
PANEL_HEIGHT, PANEL_GAP, COLUMNS = 26.0, 24.0, 3
MOST_NAMED = 3  # outliers named in one distribution
BINS = 40


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of each trait, what is usual (low, high), and the checks that it stands out by."""

    head: str
    value: Callable[[pd.DataFrame], pd.Series[float]]
    low: float
    high: float
    checks: frozenset[str]


def _column(name: str) -> Callable[[pd.DataFrame], pd.Series[float]]:
    return lambda table: pd.to_numeric(table[name]).astype(float)


def usable_share(table: pd.DataFrame) -> pd.Series[float]:
    """Rows that were clean (kept, or left out as not significant) of those read, in percent."""
    clean = table["rows_kept"] + table["dropped_not_significant"]
    return pd.to_numeric(100.0 * clean / table["rows_read"]).astype(float)


def _log_n(table: pd.DataFrame) -> pd.Series[float]:
    ratio = pd.to_numeric(table["n_implied"] / table["n"]).astype(float)
    return pd.Series(np.log2(ratio.where(ratio > 0)), index=table.index)


TOLERATED = float(np.log2(1.5))
MEASURES = (
    Measure("Rows usable (%)", usable_share, 95.0, 100.0, frozenset()),
    Measure("Genomic inflation λ", _column("lambda_gc"), 0.8, 1.5, frozenset({"lambda_gc"})),
    Measure(
        "log₂ of N implied / N",
        _log_n,
        -TOLERATED,
        TOLERATED,
        frozenset({"sample_size", "effect_scale"}),
    ),
    Measure(
        "Correlation of frequencies",
        _column("eaf_correlation"),
        0.9,
        1.0,
        frozenset({"eaf_correlation", "swapped_alleles"}),
    ),
    Measure(
        "Fst from the LD panel",
        _column("fst_panel"),
        0.0,
        0.02,
        frozenset({"fst_panel", "ancestry", "panel_ancestry"}),
    ),
    Measure(
        "Panel's alleles (share)", _column("panel_alleles"), 0.9, 1.0, frozenset({"panel_alleles", "build"})
    ),
)


@style.styled
def draw_quality(table: pd.DataFrame) -> Figure:
    """`table` has the columns of quality.tsv, a row for each trait."""
    return _rows(table) if len(table) <= FEW else _distributions(table)


def stands_out(table: pd.DataFrame, measure: Measure) -> BoolArray:
    """For each trait, whether a check of this measure fired."""
    fired = ["" if pd.isna(names) else str(names) for names in table["findings"]]
    return np.array([not measure.checks.isdisjoint(names.split(";")) for names in fired], dtype=bool)


def _rows(table: pd.DataFrame) -> Figure:
    height = HEAD + ROW * len(table) + FOOT
    figure = style.new_figure(style.WIDTH_DOUBLE, height)
    width = (style.WIDTH_DOUBLE - NAMES - RIGHT - GAP * (len(MEASURES) - 1)) / len(MEASURES)
    for i, measure in enumerate(MEASURES):
        left = NAMES + i * (width + GAP)
        axes = style.add_axes(figure, left, HEAD, width, ROW * len(table))
        words = style.wrap(figure, measure.head, width + GAP - 1.0, style.SIZE_SMALL, lines=2)
        style.add_text(figure, left, HEAD - 2.0, words, fontsize=style.SIZE_SMALL, va="bottom")
        _dots(axes, table, measure)
    for i, name in enumerate(table["name"]):
        text = style.fit_middle(figure, str(name), NAMES - 4.0, style.SIZE_SMALL)
        style.add_text(figure, 2.0, HEAD + (i + 0.5) * ROW, text, fontsize=style.SIZE_SMALL, va="center")
    return figure


def _dots(axes: Axes, table: pd.DataFrame, measure: Measure) -> None:
    values, red = measure.value(table).to_numpy(np.float64), stands_out(table, measure)
    y = np.arange(len(table))
    known = np.isfinite(values)
    _limits(axes, values[known], measure)
    for look, chosen in ((style.BLUE, known & ~red), (style.RED, known & red)):
        axes.plot(values[chosen], y[chosen], "o" if look == style.BLUE else "D", color=look, markersize=3.2)
    axes.hlines(y, *axes.get_xlim(), color=style.FAINT, linewidth=0.4, zorder=0)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_yticks([])
    style.plain_spines(axes)


def _limits(axes: Axes, values: npt.ArrayLike, measure: Measure) -> None:
    """The usual band, and an axis that holds it and all values."""
    ends = np.array([measure.low, measure.high, *np.asarray(values)])
    pad = 0.06 * np.ptp(ends)
    axes.set_xlim(ends.min() - pad, ends.max() + pad)
    axes.axvspan(measure.low, measure.high, color=style.FAINT, linewidth=0, zorder=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="x", labelsize=style.SIZE_SMALL)


def _distributions(table: pd.DataFrame) -> Figure:
    n_rows = -(-len(MEASURES) // COLUMNS)
    height = n_rows * (PANEL_HEIGHT + PANEL_GAP) + 3.0
    figure = style.new_figure(style.WIDTH_DOUBLE, height)
    width = (style.WIDTH_DOUBLE - 14.0 - 10.0 * (COLUMNS - 1)) / COLUMNS
    for i, measure in enumerate(MEASURES):
        left = 10.0 + (i % COLUMNS) * (width + 10.0)
        top = 8.0 + (i // COLUMNS) * (PANEL_HEIGHT + PANEL_GAP)
        axes = style.add_axes(figure, left, top, width, PANEL_HEIGHT)
        style.add_text(figure, left, top - 1.5, measure.head, fontsize=style.SIZE_TEXT, va="bottom")
        _histogram(axes, table, measure)
        for line, text in enumerate(_outliers(table, measure)):
            fitted = style.fit_middle(figure, text, width, style.SIZE_SMALL)
            below = top + PANEL_HEIGHT + 5.5 + 3.0 * line
            style.add_text(figure, left, below, fitted, fontsize=style.SIZE_SMALL)
    return figure


def _histogram(axes: Axes, table: pd.DataFrame, measure: Measure) -> None:
    values, red = measure.value(table).to_numpy(np.float64), stands_out(table, measure)
    known = np.isfinite(values)
    _limits(axes, values[known], measure)
    edges = np.linspace(*axes.get_xlim(), BINS + 1)
    axes.hist(
        [values[known & ~red], values[known & red]],
        bins=[float(edge) for edge in edges],
        stacked=True,
        color=[style.BLUE, style.RED],
        linewidth=0,
    )
    axes.set_yscale("symlog", linthresh=1.0)
    axes.set_ylim(0.0, max(2.0, 1.3 * len(table)))
    axes.yaxis.set_major_locator(FixedLocator([1.0, 10.0, 100.0, 1000.0]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.tick_params(axis="both", labelsize=style.SIZE_SMALL)
    style.plain_spines(axes, ("bottom", "left"))


def _outliers(table: pd.DataFrame, measure: Measure) -> list[str]:
    """Names and values of those that stand out, the farthest from what is usual first."""
    values, red = measure.value(table).to_numpy(np.float64), stands_out(table, measure)
    far = np.maximum(measure.low - values, values - measure.high)
    order = [i for i in np.argsort(-far, kind="stable") if red[i] and np.isfinite(values[i])]
    named = [f"{number(values[i])}  {table['name'].iloc[i]}" for i in order[:MOST_NAMED]]
    more = len(order) - len(named)
    return [*named, *([f"and {more:,} more"] if more else [])]
