"""The screen where outcomes outnumber exposures: each exposure's effects over its outcomes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.forest import draw_blocks
from scripts.figure.forest_rows import Row
from scripts.figure.words import Labels, effect_unit, label_of
from scripts.table.status import ExposureStatus


def outcomes_outnumber(screen: pd.DataFrame) -> bool:
    """Whether the screen has more outcomes than exposures: it then reads as a forest for each exposure."""
    return bool(screen["outcome"].nunique() > screen["exposure"].nunique())


def draw_outcome_forest(screen: pd.DataFrame, labels: Labels, p_max: float) -> Figure:
    """One block for each exposure and unit of outcomes, a line an outcome, in the order of screen.tsv."""
    blocks: dict[tuple[str, str], list[Row]] = {}
    for row in screen.to_dict("records"):
        exposure, outcome = label_of(row["exposure"], labels), label_of(row["outcome"], labels)
        tested = row["status"] == ExposureStatus.ESTIMATED
        line = Row(
            name=outcome.name,
            beta=row["beta"] if tested else np.nan,
            parts=((row["ci_low"], row["ci_high"]),),
            neglog10_p=row["neglog10_p"],
            note="" if tested else row["status"].replace("_", " "),
            is_primary=bool(row["discovered"]),
        )
        blocks.setdefault((exposure.name, effect_unit(exposure, outcome)), []).append(line)
    shown = [(f"Genetically predicted {name}", unit, rows) for (name, unit), rows in blocks.items()]
    key = f"Filled square, bold: discovered (P < {p_max:g}, and below the adjusted level where one is set)."
    return draw_blocks("Effects over all primary outcomes", shown, key)
