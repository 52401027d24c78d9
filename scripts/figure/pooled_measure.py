"""The figures of one pooled measure: forest, funnel, and its effects beside each moderator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.pooled_forest import Line, Summary, draw_pooled
from scripts.figure.pooled_funnel import correlation_words, draw_moderator, draw_pooled_funnel
from scripts.figure.pooled_tables import Names, PooledTables, set_words
from scripts.figure.words import p_value
from scripts.table.pooling import PooledSet, PooledStatus

KEY = (
    "Squares: size by weight; open: outlier (beyond 1.5 interquartile ranges). Diamonds: mean effect; "
    "bar: 95% prediction interval."
)


def draw_measure(measure: str, tables: PooledTables, names: Names) -> Iterator[tuple[str, str, Figure]]:
    """Name, description and figure, one after the other."""
    called = names.measure(measure)
    effects = tables.influence[(tables.influence["measure"] == measure) & tables.influence["g"].notna()]
    rows = tables.pooled[(tables.pooled["measure"] == measure) & tables.pooled["leads"]]
    estimated = rows[rows["status"] == PooledStatus.ESTIMATED]
    summaries = [_summary(row) for row in estimated.itertuples()]
    lines = [_line(row) for row in effects.itertuples()]
    axis = "Effect (Hedges' g), 95% interval"
    yield "forest", f"Forest plot: {called}", draw_pooled(called, lines, summaries, axis, KEY)
    if estimated.empty:
        return
    beta = float(estimated["beta"].iloc[0])
    note = _egger_note(measure, tables.small_studies)
    yield "funnel", f"Funnel plot: {called}", draw_pooled_funnel(called, effects, beta, note)
    yield from _moderators(measure, effects, tables, names)


def _moderators(
    measure: str, effects: pd.DataFrame, tables: PooledTables, names: Names
) -> Iterator[tuple[str, str, Figure]]:
    correlations = tables.correlations
    of_all = (correlations["measure"] == measure) & (correlations["set"] == PooledSet.ALL)
    for row in correlations[of_all & (correlations["status"] == PooledStatus.ESTIMATED)].to_dict("records"):
        moderator = str(row["moderator"])
        given = effects.assign(moderator=effects[f"moderator_{moderator}"])
        given = given[given["moderator"].notna()]
        words = names.moderator(moderator)
        note = correlation_words(row["rho"], row["p"], row["k"])
        figure = draw_moderator(names.measure(measure), given, words, note)
        yield f"moderator_{moderator}", f"{names.measure(measure)} beside {words}", figure


def _line(row: Any) -> Line:
    return Line(row.experiment, row.g, row.ci_low, row.ci_high, row.weight_percent, bool(row.outlier))


def _summary(row: Any) -> Summary:
    name = f"Pooled, {set_words(row.set)} (k = {int(row.k)}, I² {row.i2_percent:.1f}%)"
    prediction = (row.prediction_low, row.prediction_high)
    leads = row.set == PooledSet.ALL
    return Summary(name, row.beta, row.ci_low, row.ci_high, row.neglog10_p, prediction, leads)


def _egger_note(measure: str, tests: pd.DataFrame) -> str:
    of_all = (tests["measure"] == measure) & (tests["set"] == PooledSet.ALL)
    found = tests[of_all].set_index("weights")["neglog10_p"]
    random, fixed = (p_value(float(found[kind])) for kind in ("random", "fixed"))
    return (
        f"Egger's test: P {random} (random-effects weights), {fixed} (fixed-effect weights). "
        "Dashed: where 95% would lie around one effect."
    )
