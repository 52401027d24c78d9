"""The hits on one outcome as forests side by side: a panel an outcome, the same rows in each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.figure import style
from scripts.figure.forest import draw_estimate, limits_of, shade_expected
from scripts.figure.forest_rows import Row, screen_row, validation_row
from scripts.figure.words import MISSING, Label, Labels, effect_unit, label_of, shared_unit
from scripts.method.arrays import FloatArray

MOST_ROWS, MOST_PANELS = 60, 6  # on one page
ROW = 4.4  # mm
HEAD, FOOT = 13.0, 20.0
NAME_LEFT, NAME_WIDTH = 3.0, 44.0
PANELS_LEFT, PANELS_WIDTH, BETWEEN, WIDEST = 49.0, 131.0, 3.0, 40.0
BOLD = 0.88  # width of text in the usual weight to that in bold
LOG_ODDS = "log odds"
ODDS = (1.001, 1.002, 1.003, 1.005, 1.01, 1.02, 1.03, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2, 3, 5, 10, 30, 100)
ODDS_STEPS = np.log(ODDS)
STEPS = np.outer(10.0 ** np.arange(-8, 6), [1, 2, 3, 4, 5, 6, 8]).ravel()
KEY = (
    "Square: primary outcome. Circle: validation outcome agrees; cross: contradicts; open diamond: silent. "
    "Shaded: the side where its effect is expected.\n"
    "Bars: 95% intervals; an arrow head marks one that goes on. Dash: not testable."
)


def draw_validated(
    outcome: str, screen: pd.DataFrame, validation: pd.DataFrame, labels: Labels
) -> Iterator[Figure]:
    """The pages of the hits on `outcome`: their effect on it (screen.tsv), then on each validation outcome.

    Rows go from the largest to the smallest effect. A page has at most `MOST_ROWS` rows, and `MOST_PANELS`
    panels of which the first is the primary outcome's.
    """
    hits = screen[(screen["outcome"] == outcome) & screen["hit"].astype(bool)]
    hits = hits.sort_values(["beta", "exposure"], ascending=[False, True])
    tests = validation[validation["outcome"] == outcome]
    others = list(dict.fromkeys(tests["validation_outcome"]))
    for start in range(0, len(hits), MOST_ROWS):
        rows = hits.iloc[start : start + MOST_ROWS]
        for first in range(0, max(len(others), 1), MOST_PANELS - 1):
            panels = {outcome: [screen_row(row) for row in rows.itertuples()]}
            for other in others[first : first + MOST_PANELS - 1]:
                panels[other] = _validation_rows(rows, tests, other)
            yield _page(panels, rows["exposure"], labels)


def _validation_rows(hits: pd.DataFrame, tests: pd.DataFrame, outcome: str) -> list[Row]:
    """One validation outcome's rows, in the order of the hits."""
    own = tests[tests["validation_outcome"] == outcome].set_index("exposure").loc[hits["exposure"]]
    signs = np.sign(hits["beta"]).astype(int)
    return [validation_row(row, "", sign) for row, sign in zip(own.itertuples(), signs, strict=True)]


@style.styled
def _page(panels: dict[str, list[Row]], exposures: pd.Series[str], labels: Labels) -> Figure:
    pitch = style.row_height(len(exposures), HEAD + FOOT, ROW)
    height = len(exposures) * pitch
    figure = style.new_figure(style.WIDTH_DOUBLE, HEAD + height + FOOT)
    for index, exposure in enumerate(exposures):
        name = style.fit_middle(figure, label_of(exposure, labels).name, NAME_WIDTH, style.SIZE_SMALL)
        middle = HEAD + (index + 0.5) * pitch
        style.add_text(figure, NAME_LEFT, middle, name, va="center", fontsize=style.SIZE_SMALL)
    shared, room = shared_unit(exposures, labels), min(WIDEST, PANELS_WIDTH / len(panels))
    for place, (outcome, rows) in enumerate(panels.items()):
        left, width = PANELS_LEFT + place * room, room - BETWEEN
        title = style.wrap(figure, label_of(outcome, labels).name, BOLD * width, style.SIZE_SMALL)
        style.add_text(
            figure, left, HEAD - 1.5, title, va="bottom", fontsize=style.SIZE_SMALL, fontweight="bold"
        )
        axes = style.add_axes(figure, left, HEAD, width, height)
        _panel(figure, axes, rows, shared, label_of(outcome, labels), width)
    style.add_text(figure, NAME_LEFT, HEAD + height + FOOT - 7.0, KEY, fontsize=style.SIZE_SMALL)
    return figure


def _panel(
    figure: Figure, axes: Axes, rows: list[Row], exposure: Label, outcome: Label, width: float
) -> None:
    axes.set_xlim(*limits_of(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    style.plain_spines(axes)
    for index, row in enumerate(rows):
        shade_expected(axes, index, row)
        draw_estimate(axes, index, row)
        if not np.isfinite(row.beta):
            axes.annotate(MISSING, (0, index), (5, 0), textcoords="offset points", va="center")
    axes.axvline(0, color=style.BLACK, linewidth=0.6, zorder=1)
    odds = outcome.unit == LOG_ODDS
    _ticks(axes, ODDS_STEPS if odds else STEPS)
    axes.xaxis.set_major_formatter(_odds_ratio if odds else _effect)
    unit = f"Odds ratio per {exposure.unit or 'exposure unit'}" if odds else effect_unit(exposure, outcome)
    axes.set_xlabel(style.wrap(figure, unit, width, style.SIZE_SMALL, lines=2), fontsize=style.SIZE_SMALL)
    axes.tick_params(labelsize=style.SIZE_SMALL)


def _ticks(axes: Axes, steps: FloatArray) -> None:
    """Zero and, to either side on the axis, the largest of the steps that leaves room for its label."""
    low, high = axes.get_xlim()
    step = max(steps[steps <= 0.85 * max(-low, high)], default=0.0)
    axes.set_xticks(sorted({at for at in (-step, 0.0, step) if 0.97 * low <= at <= 0.97 * high}))


def _odds_ratio(log_odds: float, _: float) -> str:
    return f"{np.exp(log_odds):.3g}"


def _effect(value: float, _: float) -> str:
    return f"{value:g}".replace("-", "−")
