"""The steps of a triple as the figures of a hit: effects of single variants, and leave-one-out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.leave_one_out import draw_leave_one_out
from scripts.figure.scatter import draw_scatter
from scripts.figure.words import Label
from scripts.table.status import GsmrStatus, OutlierStatus, VariantStatus

UNTESTED: dict[str, Any] = {
    "gsmr_status": GsmrStatus.NOT_RUN.value,
    "presso_status": OutlierStatus.NOT_RUN.value,
    "radial_status": OutlierStatus.NOT_RUN.value,
    "q": np.nan,
}


def draw_steps(
    roles: tuple[Label, Label, Label], variants: pd.DataFrame, leave_one_out: pd.DataFrame
) -> Iterator[tuple[str, Figure]]:
    """Name and figure of both steps' scatter and leave-one-out, from the triple's rows of both tables.

    In step 2 the effect on the outcome is what the direct effect of the exposure leaves.
    """
    exposure, mediator, outcome = roles
    held = Label(f"{outcome.name}, exposure held", outcome.unit)
    first = variants[variants["own"].astype(bool) & variants["beta_mediator"].notna()]
    second = variants[variants["used"].astype(bool)]
    steps = (
        (1, exposure, mediator, _points(first, "exposure", "beta_mediator", "se_mediator")),
        (2, mediator, held, _points(second, "mediator", "beta_held", "se_outcome")),
    )
    for step, x, y, points in steps:
        rows = leave_one_out[leave_one_out["step"] == step]
        method = "wald_ratio" if len(points) == 1 else "ivw"
        line = rows.loc[rows["rsid"] == "All", ["beta"]].assign(method=method)
        yield f"step_{step}_scatter", draw_scatter(x, y, points, line, np.nan)
        yield f"step_{step}_leave_one_out", draw_leave_one_out(x, y, rows)


def _points(variants: pd.DataFrame, role: str, beta: str, se: str) -> pd.DataFrame:
    """The variants in the columns of instruments.parquet."""
    own = variants[["chromosome", "position", "rsid"]].assign(
        beta_exposure=variants[f"beta_{role}"],
        se_exposure=variants[f"se_{role}"],
        beta_outcome=variants[beta],
        se_outcome=variants[se],
        status=VariantStatus.KEPT.value,
    )
    return own.assign(**UNTESTED)
