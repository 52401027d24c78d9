"""What a triple of exposure, mediator and outcome comes to, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.figure.words import Labels, interval, label_of
from scripts.table.mediation import CAVEATS, TRIPLE, Gate, MediationStatus, ProportionStatus

# Mediated ones first, then those that a gate stopped after both steps, then the others.
STOPPED = (
    MediationStatus.AS_CONTROL,
    *(MediationStatus.NOT_COLOCALISED, MediationStatus.REVERSED_1, MediationStatus.REVERSED_2),
    *(MediationStatus.CONTROL_TOO, MediationStatus.STEP_2_SILENT, MediationStatus.SHARED_INSTRUMENTS),
    *(MediationStatus.COLLINEAR, MediationStatus.NO_INSTRUMENT_2),
)
NOT_REACHED = (
    *(MediationStatus.STEP_1_SILENT, MediationStatus.NO_INSTRUMENT_1),
    *(MediationStatus.MEDIATOR_SILENT, MediationStatus.NOT_FOLLOWED),
)
ORDER = (MediationStatus.MEDIATED, *STOPPED, *NOT_REACHED)

Triple = Mapping[str, Any]


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of mediation.tsv: mediated first, then by what stopped them; each by the P of step 1."""
    rank = table["status"].map({status.value: k for k, status in enumerate(ORDER)})
    ordered = table.assign(rank=rank).sort_values(
        ["rank", "step_1_neglog10_p"], ascending=[True, False], kind="stable"
    )
    return ordered.drop(columns="rank").reset_index(drop=True)


def names_of(row: Triple, labels: Labels) -> tuple[str, str, str]:
    """Names of exposure, mediator and outcome."""
    exposure, mediator, outcome = (label_of(str(row[role]), labels).name for role in TRIPLE)
    return exposure, mediator, outcome


def verdict(row: Triple) -> str:
    """The status as a sentence."""
    return MediationStatus.of(row["status"]).sentence


def proportion(row: Triple) -> str:
    """The proportion in percent with Fieller's interval, or the reason why none is printed."""
    status = ProportionStatus.of(row["proportion_status"])
    if status != ProportionStatus.PRINTED:
        return status.sentence
    low, high = (percent(row[f"proportion_fieller_{end}"]) for end in ("low", "high"))
    return f"{percent(row['proportion'])} ({low} to {high}) of the total effect"


def percent(value: float) -> str:
    """A share in whole percent; an end without a bound as infinity."""
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    return f"{100 * value:.0f}%".replace("-", "−")


def effect(row: Triple, name: str) -> str:
    """One of the effects with its interval."""
    return interval(*(float(row[f"{name}_{key}"]) for key in ("beta", "ci_low", "ci_high")))


def caveats(row: Triple) -> list[str]:
    """What is to be kept in mind, a sentence each."""
    keys = row["caveats"] if isinstance(row["caveats"], str) else ""
    return [CAVEATS[Gate.of(key)] for key in keys.split(";") if key]
