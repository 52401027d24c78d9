"""The page and the figure of the calibration: methods down, scenarios across."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from scripts.figure import style
from scripts.table.methods import method_name

EFFECT = 0.08
# Title, effect, column, digits of each table of the document.
TABLES = (
    ("Type-I error at P < 0.05", 0.0, "p<0.05", 3),
    ("Type-I error at P < 0.001", 0.0, "p<0.001", 4),
    ("Type-I error at P < 0.0001", 0.0, "p<0.0001", 4),
    ("Bias without an effect", 0.0, "bias", 4),
    (f"Bias with an effect of {EFFECT:g}", EFFECT, "bias", 4),
    (f"Coverage of the 95% interval with an effect of {EFFECT:g}", EFFECT, "coverage", 3),
    (f"Power at P < 0.05 with an effect of {EFFECT:g}", EFFECT, "p<0.05", 3),
    ("Share of exposures that the method gave an estimate for", EFFECT, "estimated", 3),
)


def by_scenario(table: pd.DataFrame, effect: float, column: str) -> pd.DataFrame:
    """One column of the results as methods x scenarios, in their own order."""
    wide = table[table["effect"] == effect].pivot(index="method", columns="scenario", values=column)
    return wide.loc[table["method"].unique(), table["scenario"].unique()]


def document(table: pd.DataFrame, exposures: int, draws: int, how: str) -> str:
    """The Markdown page."""
    rates = (math.sqrt(rate * (1.0 - rate) / exposures) for rate in (0.05, 0.001, 0.0001))
    parts = [
        "# Calibration of the estimators",
        f"{exposures:,} simulated exposures for each scenario and effect, {draws:,} draws where a method "
        "draws, by",
        f"    PYTHONPATH=. python tests/benchmarks/calibration.py --exposures {exposures} --draws {draws}",
        how,
        "Bias is the median estimate minus the truth. Monte-Carlo standard errors of rates of 0.05, 0.001 "
        f"and 0.0001 are {', '.join(f'{rate:.1g}' for rate in rates)}.",
        f"![{CAPTION}](images/calibration.png)",
    ]
    for title, effect, column, digits in TABLES:
        wide = by_scenario(table, effect, column)
        parts += [f"## {title}", markdown(wide.rename(index=method_name), digits)]
    return "\n\n".join(parts) + "\n"


def markdown(wide: pd.DataFrame, digits: int) -> str:
    """A table of rows x scenarios, each row under its name."""
    lines = ["| | " + " | ".join(wide.columns) + " |", "|---|" + "---:|" * wide.shape[1]]
    for name, row in wide.iterrows():
        cells = " | ".join(f"{value:.{digits}f}" for value in row)
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines)


CAPTION = "Type-I error, bias, coverage and power of each method in each scenario"
# Title, text below, effect, column, target.
PANELS = (
    ("Type-I error", "P < 0.05, no effect", 0.0, "p<0.05", 0.05),
    ("Bias", f"effect {EFFECT:g}", EFFECT, "bias", 0.0),
    ("Coverage", f"95%, effect {EFFECT:g}", EFFECT, "coverage", 0.95),
    ("Power", f"P < 0.05, effect {EFFECT:g}", EFFECT, "p<0.05", None),
)
MARKS = ("o", "s", "^", "D", "v", "<", ">")
COLOURS = (style.BLACK, style.BLUE, style.RED, style.YELLOW, style.PALE, style.GREY, style.BLACK)


@style.styled
def figure(table: pd.DataFrame) -> style.Figure:
    """Methods down, one mark a scenario, four panels side by side."""
    methods = list(table["method"].unique())
    height = 7.0 * len(methods)
    drawing = style.new_figure(style.WIDTH_DOUBLE, height + 32.0)
    left = 4.0 + max(style.text_width(drawing, method_name(method)) for method in methods)
    step = (style.WIDTH_DOUBLE - left) / len(PANELS)
    for number, (title, below, effect, column, target) in enumerate(PANELS):
        axes = style.add_axes(drawing, left + step * number, 8.0, step - 4.0, height)
        wide = by_scenario(table, effect, column)
        for i, (scenario, mark, colour) in enumerate(zip(wide.columns, MARKS, COLOURS, strict=True)):
            axes.plot(
                wide[scenario],
                np.arange(len(methods)) + 0.11 * (i - 3),
                mark,
                color=colour,
                markersize=2.8,
                fillstyle="none" if mark in "<>v" else "full",
                label=scenario,
            )
        if target is not None:
            axes.axvline(target, color=style.GREY, linewidth=0.6, zorder=0)
        axes.set_title(title)
        axes.set_xlabel(below)
        axes.set_ylim(len(methods) - 0.5, -0.5)
        names = map(method_name, methods) if number == 0 else [""] * len(methods)
        axes.set_yticks(range(len(methods)), names)
    handles, labels = axes.get_legend_handles_labels()
    drawing.legend(handles, labels, loc="lower center", ncols=4)
    return drawing
