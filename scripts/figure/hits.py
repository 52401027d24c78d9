"""The six figures of one hit, from the rows of the study's tables that concern it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.forest import draw_forest
from scripts.figure.funnel import draw_funnel
from scripts.figure.leave_one_out import draw_leave_one_out
from scripts.figure.radial import draw_radial
from scripts.figure.scatter import draw_scatter
from scripts.figure.single_variant import draw_single_variant
from scripts.figure.words import Labels, label_of


@dataclass(frozen=True, slots=True)
class HitTables:
    """The study's tables behind the figures of the hits, with the columns that the files have."""

    estimates: pd.DataFrame
    diagnostics: pd.DataFrame
    instruments: pd.DataFrame
    leave_one_out: pd.DataFrame
    validation: pd.DataFrame


def draw_hit(
    exposure: str, outcome: str, primary_method: str, tables: HitTables, labels: Labels
) -> dict[str, Figure]:
    """Every plot of one exposure on one primary outcome, by name."""
    estimates = _pair(tables.estimates, exposure, outcome)
    instruments = _pair(tables.instruments, exposure, outcome)
    diagnostics = _pair(tables.diagnostics, exposure, outcome)
    intercept, radial = (_number(diagnostics[name]) for name in ("egger_intercept", "radial_beta"))
    pair = (label_of(exposure, labels), label_of(outcome, labels))
    validation = _pair(tables.validation, exposure, outcome)
    return {
        "forest": draw_forest(*pair, estimates, primary_method, validation, labels),
        "scatter": draw_scatter(*pair, instruments, estimates, intercept),
        "funnel": draw_funnel(*pair, instruments, estimates),
        "radial": draw_radial(*pair, instruments, radial),
        "single_variant": draw_single_variant(*pair, instruments, estimates),
        "leave_one_out": draw_leave_one_out(*pair, _pair(tables.leave_one_out, exposure, outcome)),
    }


def _number(column: pd.Series[float]) -> float:
    """The pair's value, NaN where it has no row."""
    return float(column.iloc[0]) if len(column) else float("nan")


def _pair(table: pd.DataFrame, exposure: str, outcome: str) -> pd.DataFrame:
    return table[(table["exposure"] == exposure) & (table["outcome"] == outcome)]
