"""Forest plot of a multivariable analysis: each exposure's total effect beside its direct one."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.forest import draw_blocks
from scripts.figure.forest_rows import Row, method_row
from scripts.figure.words import Labels, effect_unit, label_of, number

MAIN = "mvmr_ivw"
KEY = (
    "Filled square: the direct effect by inverse-variance weighting, with the other exposures held. "
    "F: conditional; below 10 the exposures are told apart badly."
)


def draw_multivariable(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Figure:
    """Rows of multivariable.tsv and multivariable_diagnostics.tsv of one analysis and one outcome."""
    outcome = label_of(str(estimates["outcome"].iloc[0]), labels)
    behind = diagnostics.set_index("exposure")
    strength = behind["conditional_f"]
    lost = ", ".join(behind["unreadable_members"].dropna()).split(", ")
    blocks: list[tuple[str, str, list[Row]]] = []
    for trait, rows in estimates.groupby("exposure", sort=False):
        exposure = label_of(str(trait), labels)
        note = "could not be read" if trait in lost else f"F {number(float(strength[str(trait)]), 1)}"
        heading = f"{exposure.name} ({note})"
        lines = [method_row(row, MAIN) for row in rows.itertuples()]
        blocks.append((heading, effect_unit(exposure, outcome), lines))
    return draw_blocks(f"Total and direct effects on {outcome.name}", blocks, KEY)
