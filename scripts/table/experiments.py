"""Published experiments and what they printed: two tables for people to fill in, checked cell by cell.

Experiments: `experiment` (its name), `n_case`, `n_control`, and any columns besides, such as mean scores.
Effects: `experiment`, `measure`, and what is known of cases and controls, in one of four ways (GIVEN); where
sides were measured apart, one row a side.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.table.status import Status

GROUPS = ("case", "control")
MEANS = tuple(f"{number}_{group}" for group in GROUPS for number in ("mean", "sd"))
QUARTILES = tuple(f"{number}_{group}" for group in GROUPS for number in ("median", "q1", "q3"))
EFFECT_NUMBERS = ("g", "d", *MEANS, *QUARTILES)
EXPERIMENT_COLUMNS = ("experiment", "n_case", "n_control")
EFFECT_COLUMNS = ("experiment", "measure")
OPTIONAL = ("side", "marker", *EFFECT_NUMBERS)
MEASURE = re.compile(r"\w[\w.-]*", re.ASCII)  # is part of file names
LEAST_PEOPLE = 2  # of a group that has an SD

Row = dict[str, Any]


class EffectStatus(Status):
    """Where the effect of an experiment on a measure comes from."""

    GIVEN_G = "given_g", "Hedges' g as printed."
    GIVEN_D = "given_d", "Cohen's d as printed, corrected for its bias in small samples."
    FROM_MEANS = "from_means", "Hedges' g from means and standard deviations."
    FROM_MEDIANS = (
        "from_medians",
        "Hedges' g, a group's mean and SD from median and quartiles (Wan et al.).",
    )
    INCOMPLETE = (
        "incomplete",
        "No effect: a group has neither mean and standard deviation nor median and quartiles.",
    )


class TableError(ValueError):
    """A table that cannot be used as it is; the message names file, line, column and what was expected."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment: numbers of people, and the other columns as text."""

    name: str
    n_case: int
    n_control: int
    others: dict[str, str]


def read_experiments(path: Path) -> dict[str, Experiment]:
    """Experiments by name, in the order of the table. Raises TableError for the first fault."""
    found: dict[str, Experiment] = {}
    for where, row in text_rows(path, EXPERIMENT_COLUMNS, extra=True):
        name = row["experiment"]
        if not name:
            raise TableError(f"{where}: `experiment` is empty; expected the name of an experiment")
        if name in found:
            raise TableError(f"{where}: experiment {name} is in an earlier row: give each its own name")
        n_case, n_control = (_people(row[f"n_{group}"], f"n_{group}", where) for group in GROUPS)
        others = {key: text for key, text in row.items() if key not in EXPERIMENT_COLUMNS}
        found[name] = Experiment(name, n_case, n_control, others)
    if not found:
        raise TableError(f"{path}: there is no experiment in it")
    return found


def read_effects(path: Path, experiments: Sequence[str]) -> list[Row]:
    """Rows of the effects' table: numbers (NaN where empty), and `decimals` of a printed g or d (else 0).

    Raises TableError for the first fault, such as an experiment that the other table does not have.
    """
    rows: list[Row] = []
    seen: dict[tuple[str, str, str], str] = {}
    for where, text in text_rows(path, EFFECT_COLUMNS, extra=False, optional=OPTIONAL):
        row = _effect(text, where, experiments)
        key = (row["experiment"], row["measure"], row["side"])
        if key in seen:
            raise TableError(f"{where}: {', '.join(filter(None, key))} is already in {seen[key]}")
        seen[key] = where
        rows.append(row)
    _check_sides(path, rows)
    return rows


def numbers_of(experiments: Sequence[Experiment], column: str, path: Path) -> list[float]:
    """A column of numbers of the experiments' table, NaN where empty. Raises TableError for other text."""
    cells = [(experiment.name, experiment.others.get(column, "")) for experiment in experiments]
    return [_number(text, column, f"{path}, experiment {name}") for name, text in cells]


def text_rows(
    path: Path, needed: Sequence[str], extra: bool, optional: Sequence[str] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each row of a table stands, and its cells by column; `extra`: other columns are no fault."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path} cannot be read: {error}") from None
    header = [cell.strip() for cell in lines[0].split("\t")]
    for name in needed:
        if name not in header:
            raise TableError(f"{path} line 1: column `{name}` is missing (columns are separated by tabs)")
    unknown = [name for name in header if not extra and name not in (*needed, *optional)]
    if unknown:
        known = ", ".join((*needed, *optional))
        raise TableError(f"{path} line 1: unknown column `{unknown[0]}`; known: {known}")
    if len(set(header)) < len(header):
        raise TableError(f"{path} line 1: a column occurs twice")
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > len(header):
            raise TableError(f"{path} line {number}: {len(cells)} cells, but {len(header)} columns")
        if line.strip():
            yield f"{path} line {number}", dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))


def _effect(text: dict[str, str], where: str, experiments: Sequence[str]) -> Row:
    for column in EFFECT_COLUMNS:
        if not text[column]:
            raise TableError(f"{where}: `{column}` is empty")
    if not MEASURE.fullmatch(text["measure"]):
        raise TableError(f"{where}: `measure` is '{text['measure']}', expected letters, digits, _ . or -")
    if text["experiment"] not in experiments:
        raise TableError(f"{where}: experiment {text['experiment']} is not in the table of experiments")
    row: Row = {name: text.get(name, "") for name in (*EFFECT_COLUMNS, "side", "marker")}
    row |= {name: _number(text.get(name, ""), name, where) for name in EFFECT_NUMBERS}
    printed = [name for name in ("g", "d") if not math.isnan(row[name])]
    others = [name for name in (*MEANS, *QUARTILES) if not math.isnan(row[name])]
    if len(printed) == 2 or (printed and others):
        both = " and ".join([*printed, *others[:1]])
        raise TableError(f"{where}: {both} are given; expected one of g, d, means or medians")
    for group in GROUPS:
        _check_group(row, group, where)
    row["decimals"] = _decimals(text[printed[0]]) if printed else 0
    return row


def _check_group(row: Row, group: str, where: str) -> None:
    sd, q1, median, q3 = (row[f"{name}_{group}"] for name in ("sd", "q1", "median", "q3"))
    if sd <= 0.0:
        raise TableError(f"{where}: `sd_{group}` is {sd:g}, expected a number above 0")
    if q1 > median or median > q3 or q1 == q3:
        raise TableError(
            f"{where}: quartiles of {group}s are {q1:g}, {median:g}, {q3:g}; expected rising numbers"
        )


def _check_sides(path: Path, rows: Sequence[Row]) -> None:
    """A pair with several rows names the side in each, and gives means: effects of sides cannot be pooled."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pairs.setdefault((row["experiment"], row["measure"]), []).append(row)
    for (experiment, measure), sides in pairs.items():
        if len(sides) > 1 and any(not row["side"] for row in sides):
            raise TableError(f"{path}: {experiment}, {measure} has {len(sides)} rows, one without a side")
        if len(sides) > 1 and any(not (math.isnan(row["g"]) and math.isnan(row["d"])) for row in sides):
            raise TableError(
                f"{path}: {experiment}, {measure} gives g or d of each side, whose correlation is unknown: "
                "give means and SDs of the sides, or one effect"
            )


def _number(text: str, column: str, where: str) -> float:
    """The number in a cell, NaN where it is empty."""
    if text in ("", "NA"):
        return math.nan
    try:
        value = float(text.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise TableError(f"{where}: `{column}` is '{text}', expected a number, or nothing if unknown")
    return value


def _people(text: str, column: str, where: str) -> int:
    value = _number(text, column, where)
    if not value >= LEAST_PEOPLE or value != int(value):
        raise TableError(f"{where}: `{column}` is '{text}', expected a whole number from {LEAST_PEOPLE}")
    return int(value)


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])
