"""Steiger's test of a pair's instruments: do they explain more of the exposure, as they should?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.steiger import Steiger, liability, steiger, steiger_overall
from scripts.method.strength import variance_explained
from scripts.table.status import Direction, Scale, VariantStatus

LEAST_PEOPLE = 3  # Fisher's transformation needs more
# -log10 P from which an instrument points back. Of a small sample chance alone explains more than a valid
# instrument does of a large one (1/n of the variance): without a test of that, valid ones are left out, and
# what is left has effects near 0.
POINTS_BACK = 3.0
COLUMNS = ("r2_exposure", "r2_outcome", "steiger_z", "steiger_neglog10_p")


@dataclass(frozen=True, slots=True)
class Disease:
    """What a binary trait's share of variance needs; None where the trait table does not say."""

    case_share: float | None
    prevalence: float | None


@dataclass(frozen=True, slots=True)
class Explained:
    """Shares of a trait's variance that variants explain, and people, on a scale (arrays of length n)."""

    r2: FloatArray
    n: FloatArray
    scale: Scale

    @property
    def values(self) -> tuple[FloatArray, FloatArray]:
        """Shares and people."""
        return self.r2, self.n


def diseases_of(fields: Mapping[str, Sequence[float | None]]) -> dict[str, Disease]:
    """Binary traits by id, from their share of cases and prevalence in plain types."""
    return {trait: Disease(*values) for trait, values in fields.items()}


def explained(beta: FloatArray, se: FloatArray, n: FloatArray, disease: Disease | None) -> Explained:
    """F/(F + n - 2) of each variant, and on the scale of liability where case share and prevalence are known.

    `disease` is None for a quantitative trait. No unit matters: effects enter as z scores.
    """
    r2 = variance_explained(beta, se, n)
    if disease is None:
        return Explained(r2, n, Scale.QUANTITATIVE)
    if disease.case_share is None or disease.prevalence is None:
        return Explained(r2, n, Scale.OBSERVED)
    return Explained(*liability(r2, n, disease.case_share, disease.prevalence), Scale.LIABILITY)


def with_direction(
    aligned: pd.DataFrame, diseases: Mapping[str, Disease], outcome: str, leave_out: bool
) -> pd.DataFrame:
    """Aligned instruments of several exposures with Steiger's test of each kept one.

    `diseases` are the binary traits. The columns are COLUMNS and `steiger_status` (a Direction). With
    `leave_out` those that explain more of the outcome are no longer kept, under their own status.
    """
    y = side_of(aligned, "outcome", diseases.get(outcome))
    r2, n = (values.copy() for values in side_of(aligned, "exposure", None).values)
    for exposure in sorted(diseases.keys() & set(aligned["exposure"])):
        rows = (aligned["exposure"] == exposure).to_numpy()
        r2[rows], n[rows] = side_of(aligned[rows], "exposure", diseases[exposure]).values
    x = Explained(r2, n, Scale.QUANTITATIVE)
    tested = (aligned["status"] == VariantStatus.KEPT).to_numpy() & _testable(x) & _testable(y)
    test = steiger(x.r2[tested], x.n[tested], y.r2[tested], y.n[tested])
    values = (test.r2_x, test.r2_y, test.z, test.neglog10_p)
    columns = {name: _spread(value, tested) for name, value in zip(COLUMNS, values, strict=True)}
    status = np.full(len(aligned), Direction.NOT_RUN.value, dtype=object)
    status[tested] = np.where(test.forward, Direction.FORWARD.value, Direction.REVERSE.value)
    lost = (status == Direction.REVERSE.value) & leave_out
    return aligned.assign(
        **columns,
        steiger_status=pd.Series(status, index=aligned.index, dtype="str"),
        status=aligned["status"].mask(lost, VariantStatus.STEIGER_FILTERED.value),
    )


def direction_of(kept: pd.DataFrame, exposure: Disease | None, outcome: Disease | None) -> dict[str, Any]:
    """Steiger's test of the variants that were used, together: sums of shares, their scales, the answer."""
    x, y = side_of(kept, "exposure", exposure), side_of(kept, "outcome", outcome)
    test = _overall(x, y)
    answer = Direction.NOT_RUN if test is None else Direction.FORWARD if test.forward else Direction.REVERSE
    return {
        "r2_exposure": float(np.sum(x.r2)) if len(kept) else np.nan,
        "r2_outcome": float(np.sum(y.r2)) if len(kept) else np.nan,
        "r2_scale_exposure": x.scale.value,
        "r2_scale_outcome": y.scale.value,
        "steiger_z": float(test.z) if test else np.nan,
        "steiger_neglog10_p": float(test.neglog10_p) if test else np.nan,
        "steiger_direction": answer.value,
        "n_steiger_reverse": int(np.sum(kept["steiger_status"].to_numpy() == Direction.REVERSE.value)),
    }


def points_back(own: Explained, other: Explained) -> BoolArray:
    """Instruments (n) that explain significantly more of the other trait; not those that cannot be tested."""
    tested = _testable(own) & _testable(other)
    found = np.zeros(len(tested), dtype=np.bool_)
    test = steiger(own.r2[tested], own.n[tested], other.r2[tested], other.n[tested])
    found[tested] = ~test.forward & (test.neglog10_p > POINTS_BACK)
    return found


def side_of(variants: pd.DataFrame, side: str, disease: Disease | None) -> Explained:
    """What the variants explain of the exposure or of the outcome."""
    beta, se, n = (variants[f"{name}_{side}"].to_numpy(float) for name in ("beta", "se", "n"))
    return explained(beta, se, n, disease)


def _testable(side: Explained) -> BoolArray:
    return np.asarray((side.n > LEAST_PEOPLE) & (side.r2 >= 0.0) & (side.r2 < 1.0), dtype=np.bool_)


def _overall(x: Explained, y: Explained) -> Steiger | None:
    """None where there is nothing to test, or the shares of correlated variants add up to more than all."""
    usable = len(x.r2) > 0 and bool(np.all(_testable(x) & _testable(y)))
    if not usable or max(np.sum(x.r2), np.sum(y.r2)) >= 1.0:
        return None
    return steiger_overall(x.r2, x.n, y.r2, y.n)


def _spread(values: FloatArray, rows: BoolArray) -> FloatArray:
    """The values in their rows, NaN in the others."""
    spread = np.full(len(rows), np.nan)
    spread[rows] = values
    return spread
