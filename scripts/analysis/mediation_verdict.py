"""From a screen's triples to the verdict on each: gates, the negative control of the mediator, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.mediation_gates import Answer, answers_of, caveats_of, status_of
from scripts.table.mediation import (
    COLUMNS,
    COUNTS,
    GATES,
    TRIPLE,
    Gate,
    GateStatus,
    MediationStatus,
    ProportionStatus,
)

Row = dict[str, Any]
Key = tuple[str, str, str]
# Steps that a negative control has passed, too, where it came so far.
CONTROL_SHOWS = (
    *(MediationStatus.AS_CONTROL, MediationStatus.MEDIATED, MediationStatus.CONTROL_TOO),
    *(MediationStatus.REVERSED_1, MediationStatus.REVERSED_2),
)
# What says nothing of a negative control.
CONTROL_UNTESTED = (
    *(MediationStatus.NO_INSTRUMENT_1, MediationStatus.NO_INSTRUMENT_2),
    *(MediationStatus.SHARED_INSTRUMENTS, MediationStatus.COLLINEAR),
)


def judged(
    rows: Sequence[Row],
    facts: Sequence[Mapping[str, Any]],
    controls: Mapping[str, Sequence[str]],
    fdr: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables mediation.tsv and mediation_gates.tsv; `controls` gives a mediator its negative controls."""
    answers = [answers_of(row, fact, fdr) for row, fact in zip(rows, facts, strict=True)]
    status = {
        _key(row): _status(found, row, fact) for row, found, fact in zip(rows, answers, facts, strict=True)
    }
    signs = {_key(row): float(np.sign(row["indirect_beta"])) for row in rows}
    for row, found in zip(rows, answers, strict=True):
        if status[_key(row)] == MediationStatus.MEDIATED:
            found += _controls(row, controls.get(row["mediator"], ()), status, signs)
            status[_key(row)] = status_of(found, row)
    told = [_told(row, found, status[_key(row)]) for row, found in zip(rows, answers, strict=True)]
    gates = [
        {
            **{name: row[name] for name in TRIPLE},
            "gate": a.gate.value,
            "status": a.status.value,
            "value": a.value,
        }
        for row, found in zip(rows, answers, strict=True)
        for a in found
    ]
    table = pd.DataFrame(told, columns=COLUMNS)
    counts = [*COUNTS, "q_step_1_df", "q_step_2_df", "reverse_1_n", "reverse_2_n"]
    return table.astype(dict.fromkeys(counts, "Int64")), pd.DataFrame(gates, columns=GATES)


def _key(row: Mapping[str, Any], mediator: str | None = None) -> Key:
    return row["exposure"], mediator or row["mediator"], row["outcome"]


def _status(answers: list[Answer], row: Row, facts: Mapping[str, Any]) -> MediationStatus:
    """As by the gates, but a negative control is no mediator."""
    found = status_of(answers, row)
    shows = facts["is_control"] and found == MediationStatus.MEDIATED
    return MediationStatus.AS_CONTROL if shows else found


def _controls(
    row: Row, controls: Sequence[str], status: Mapping[Key, MediationStatus], signs: Mapping[Key, float]
) -> list[Answer]:
    """Is each negative control of a mediator silent where the mediator is not?"""
    if not controls:
        return [Answer(Gate.CONTROL, GateStatus.NOT_ASKED, "no control")]
    return [_control(row, control, status, signs) for control in controls]


def _control(
    row: Row, control: str, status: Mapping[Key, MediationStatus], signs: Mapping[Key, float]
) -> Answer:
    found = status.get(_key(row, control))
    if found is None:
        return Answer(Gate.CONTROL, GateStatus.NOT_ASKED, f"{control} is the exposure")
    if found in CONTROL_UNTESTED:
        return Answer(Gate.CONTROL, GateStatus.CAVEAT, f"{control}: {found.value}")
    shows = found in CONTROL_SHOWS and signs[_key(row, control)] == signs[_key(row)]
    return Answer(
        Gate.CONTROL, GateStatus.FAILED if shows else GateStatus.PASSED, f"{control}: {found.value}"
    )


def _told(row: Row, answers: list[Answer], status: MediationStatus) -> Row:
    """A row with its status, caveats, and a proportion only where it means something."""
    mediated = status == MediationStatus.MEDIATED
    share = ProportionStatus.of(row["proportion_case"]) if mediated else ProportionStatus.NOT_MEDIATED
    said = {"status": status.value, "caveats": caveats_of(answers), "proportion_status": share.value}
    silent = [name for name in COLUMNS if name.startswith("proportion_") or name == "proportion"]
    if share != ProportionStatus.PRINTED:
        row = {**row, **dict.fromkeys(silent, np.nan), "proportion_fieller_parts": ""}
    if not mediated:
        row = {**row, **{name: np.nan for name in COLUMNS if name.startswith("indirect_")}}
    return {**row, **said}
