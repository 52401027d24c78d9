"""Forest plot of one exposure's estimates on the outcomes of a family, and their pooled effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.pooled_forest import Line, Summary, draw_pooled
from scripts.figure.words import Labels, effect_unit, label_of
from scripts.method.random_effects import weights
from scripts.table.pooling import PooledStatus

MOST = 20  # exposures of a family that are drawn
KEY = "Squares: primary estimates, size by weight. Diamond: mean effect; bar: 95% prediction interval."


def strongest(pooled: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows of pooled_outcomes.tsv of the exposures with the smallest P, at most MOST."""
    known = pooled[pooled["status"] == PooledStatus.ESTIMATED]
    ordered = known.sort_values("neglog10_p", ascending=False, kind="stable").head(MOST)
    rows: list[dict[Any, Any]] = ordered.to_dict("records")
    return rows


def draw_family(
    pooled: Mapping[Any, Any], primary: pd.DataFrame, family: Mapping[str, Any], labels: Labels
) -> Figure:
    """One row of pooled_outcomes.tsv with its estimates, among the primary ones of all exposures."""
    exposure = label_of(str(pooled["exposure"]), labels)
    own = primary[primary["exposure"] == pooled["exposure"]].set_index("outcome")
    rows = own.loc[[outcome for outcome in family["outcomes"] if outcome in own.index]]
    shares = weights(rows["se"].to_numpy(float) ** 2, float(pooled["tau2"]))
    lines = [
        Line(label_of(str(row.Index), labels).name, row.beta, row.ci_low, row.ci_high, 100.0 * float(share))
        for row, share in zip(rows.itertuples(), shares, strict=True)
    ]
    summary = Summary(
        f"Pooled (k = {int(pooled['k'])}, I² {pooled['i2_percent']:.1f}%)",
        **{"beta": pooled["beta"], "low": pooled["ci_low"], "high": pooled["ci_high"]},
        neglog10_p=pooled["neglog10_p"],
        prediction=(pooled["prediction_low"], pooled["prediction_high"]),
        leads=True,
    )
    unit = effect_unit(exposure, label_of(str(family["outcomes"][0]), labels))
    title = f"Genetically predicted {exposure.name} on {family['name']}"
    return draw_pooled(title, lines, [summary], f"Effect, 95% interval ({unit})", KEY)
