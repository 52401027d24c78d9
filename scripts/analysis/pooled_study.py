"""The whole meta-analysis of published experiments: tables in, tables out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.experiment_effects import effects_of
from scripts.analysis.moderators import Values
from scripts.analysis.pooling import How, outliers
from scripts.analysis.reproduced_correlations import (
    CORRELATION_QUANTITIES,
    check_correlation,
    correlations_of,
    restore_moderator,
)
from scripts.analysis.reproduction import (
    CHECK_COLUMNS,
    POOLED_QUANTITIES,
    RESTORATION_COLUMNS,
    check_measure,
    differs,
    measure_of,
    restore_measure,
)
from scripts.table.experiments import TableError, numbers_of, read_effects, read_experiments
from scripts.table.published import read_published

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Experiments:
    """Effects of the measures that are pooled (with the column `outlier`), and moderators by their column."""

    effects: pd.DataFrame
    moderators: dict[str, Values]


def read_study(
    experiments: Path,
    effects: Path,
    measures: Collection[str],
    falling_markers: Collection[str],
    moderators: Sequence[Mapping[str, str]],
) -> Experiments:
    """The study's tables, checked. `measures`: ids to pool, empty for all that are no moderators.

    Raises TableError where a measure, marker or moderator is not in the tables.
    """
    listed = read_experiments(experiments)
    rows = read_effects(effects, list(listed))
    every = effects_of(rows, listed, falling_markers)
    known = list(dict.fromkeys(every["measure"]))
    columns = [moderator["column"] for moderator in moderators]
    wanted = [measure for measure in measures or known if measures or measure not in columns]
    _refuse_unknown("pooling.measures", wanted, known, effects)
    _refuse_unknown("pooling.falling_markers", falling_markers, set(every["marker"]) - {""}, effects)
    others = next(iter(listed.values())).others
    _refuse_unknown("pooling.moderators", columns, [*others, *known], experiments)
    values: dict[str, Values] = {}
    for column in columns:
        found = numbers_of(list(listed.values()), column, experiments) if column in others else ()
        values[column] = (
            dict(zip(listed, found, strict=True)) if found else _effects_by(every, column, listed)
        )
    pooled = every[every["measure"].isin(wanted)].reset_index(drop=True)
    return Experiments(pooled.assign(outlier=outliers(pooled)), values)


def compare_with_published(study: Experiments, path: Path, how: How) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every published result beside the computed one, and what would restore those that differ."""
    measures = list(dict.fromkeys(study.effects["measure"]))
    quantities = {True: CORRELATION_QUANTITIES, False: POOLED_QUANTITIES}
    published = read_published(path, measures, list(study.moderators), quantities)
    checks: list[Row] = []
    restored: list[Row] = []
    for name in measures:
        measure = measure_of(name, study.effects, published, how)
        found = check_measure(measure)
        checks += found
        restored += restore_measure(measure) if differs(found) else []
    for moderator, values in study.moderators.items():
        correlations = correlations_of(study.effects, published, moderator)
        found = [row for one in correlations for row in check_correlation(one, moderator, values)]
        checks += found
        restored += restore_moderator(correlations, moderator, values) if differs(found) else []
    return (
        pd.DataFrame(checks, columns=CHECK_COLUMNS),
        pd.DataFrame(restored, columns=RESTORATION_COLUMNS),
    )


def _refuse_unknown(key: str, names: Collection[str], known: Collection[str], path: Path) -> None:
    for name in names:
        if name not in known:
            raise TableError(f"`{key}` has {name}, which {path} does not have; it has {', '.join(known)}")


def _effects_by(effects: pd.DataFrame, measure: str, experiments: Collection[str]) -> Values:
    """Effects of one measure by experiment, NaN for those that did not measure it."""
    rows = effects[effects["measure"] == measure]
    found = dict(zip(rows["experiment"], rows["g"].astype(float), strict=True))
    return {name: found.get(name, float("nan")) for name in experiments}
