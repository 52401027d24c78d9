"""What the lines of a forest plot say, from the rows of estimates.tsv and validation.tsv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.figure.words import Label, Labels, effect_unit, label_of
from scripts.table.interval import Parts, parts_of
from scripts.table.methods import method_name
from scripts.table.status import MethodStatus

WHY = {
    MethodStatus.TOO_WEAK: "instruments too weak",
    MethodStatus.EQUAL_EFFECTS: "effects on the exposure of one size",
    MethodStatus.ONLY_OUTLIERS: "too few but outliers",
    MethodStatus.ONE_DOMINATES: "one instrument has all the weight",
    MethodStatus.UNREADABLE_MEMBER: "a member could not be read",
    MethodStatus.SINGULAR: "covariance cannot be inverted",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the forest: an estimate (NaN where there is none), its mark and its words.

    `parts`: the 95% confidence set, which a method may give with gaps or without end.
    """

    name: str
    beta: float
    parts: Parts
    neglog10_p: float
    note: str
    verdict: str = ""
    expected_direction: int = 0
    is_primary: bool = False


def direction(rows: list[Row]) -> int:
    """Sign of the primary method's effect (0 where it has none)."""
    return next((int(np.sign(row.beta)) for row in rows if row.is_primary and np.isfinite(row.beta)), 0)


def method_row(row: Any, primary_method: str) -> Row:
    """The line of one row of estimates.tsv."""
    return Row(
        name=method_name(row.method),
        **_numbers(row),
        note="" if np.isfinite(row.beta) else _why_none(row),
        is_primary=row.method == primary_method,
    )


def _why_none(row: Any) -> str:
    """Why a method has no estimate."""
    if row.status == MethodStatus.TOO_FEW_INSTRUMENTS:
        return f"too few instruments ({int(row.n_instruments)})"
    return f"not estimated: {WHY[MethodStatus.of(row.status)]}"


def _numbers(row: Any) -> dict[str, Any]:
    beta, low, high, neglog10_p = (
        float(getattr(row, name)) for name in ("beta", "ci_low", "ci_high", "neglog10_p")
    )
    parts = parts_of(getattr(row, "ci_parts", ""), low, high)
    return {"beta": beta, "parts": parts, "neglog10_p": neglog10_p}


def screen_row(row: Any) -> Row:
    """The line of a row of screen.tsv that has an estimate; without a name."""
    return Row(name="", **_numbers(row), note="", is_primary=True)


def validation_blocks(
    exposure: Label, validation: pd.DataFrame, direction: int, labels: Labels
) -> list[tuple[str, str, list[Row]]]:
    """Heading, unit and rows for each unit among the validation outcomes, in the order of the table."""
    blocks: dict[str, list[Row]] = {}
    for row in validation.itertuples():
        outcome = label_of(str(row.validation_outcome), labels)
        blocks.setdefault(effect_unit(exposure, outcome), []).append(
            validation_row(row, outcome.name, direction)
        )
    return [(f"On validation outcomes ({unit})", unit, rows) for unit, rows in blocks.items()]


def validation_row(row: Any, name: str, direction: int) -> Row:
    """The line of one row of validation.tsv; `direction` is the sign of the primary effect."""
    return Row(
        name=name,
        **_numbers(row),
        note="" if np.isfinite(row.beta) else "not testable",
        verdict=str(row.verdict),
        expected_direction=direction * int(row.expected_sign),
    )
